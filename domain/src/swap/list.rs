//! Exchanges as they are read, and the colleagues to whom one can be proposed.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::ExprTrait,
};

use ::entity::{agent, shift, shift_swap};

use super::{Swap, SwapStatus};
use crate::{
    Actor, Page, Refusal, Result, Store,
    agent::within_scope,
    duty,
    error::Thing,
    page::Window,
    shift::{load as load_shifts, names},
};

/// The agents of the same units who can be told by Telegram, by name.
pub async fn mates(store: &Store, agent_id: i64) -> Result<Vec<(i64, String)>> {
    let units = duty::units_of(store.reader(), agent_id).await?;
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .column(agent::Column::Name)
        .filter(agent::Column::Id.in_subquery(duty::members(&units)))
        .filter(agent::Column::Id.ne(agent_id))
        .filter(agent::Column::Active.eq(true))
        .filter(agent::Column::UserId.in_subquery(duty::linked_accounts()))
        .order_by_asc(agent::Column::Name)
        .limit(MATES)
        .into_tuple()
        .all(store.reader())
        .await?)
}

/// The most colleagues that are offered.
const MATES: u64 = 200;

/// Which exchanges are wanted; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct SwapFilter {
    pub status: Option<SwapStatus>,
    /// Of either side.
    pub agent_id: Option<i64>,
    pub id: Option<i64>,
}

/// A page of exchanges, the latest first.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: SwapFilter,
    window: Window,
) -> Result<Page<Swap>> {
    let seen = Condition::any()
        .add(within_scope(actor, shift_swap::Column::FromAgentId))
        .add(within_scope(actor, shift_swap::Column::ToAgentId));
    let mut query = shift_swap::Entity::find().filter(seen);
    if let Some(status) = filter.status {
        query = query.filter(shift_swap::Column::Status.eq(status));
    }
    if let Some(id) = filter.agent_id {
        query = query.filter(
            shift_swap::Column::FromAgentId
                .eq(id)
                .or(shift_swap::Column::ToAgentId.eq(id)),
        );
    }
    if let Some(id) = filter.id {
        query = query.filter(shift_swap::Column::Id.eq(id));
    }
    let rows = query
        .filter(window.before(shift_swap::Column::Id)?)
        .order_by_desc(shift_swap::Column::Id)
        .limit(window.probe())
        .all(store.reader())
        .await?;
    let page = Page::cut(rows, &window, |row| row.id);
    Ok(Page {
        items: load(store.reader(), page.items).await?,
        next_cursor: page.next_cursor,
    })
}

/// An exchange that this person may see.
pub async fn find(store: &Store, actor: &Actor, id: i64) -> Result<Swap> {
    let filter = SwapFilter {
        id: Some(id),
        ..SwapFilter::default()
    };
    let mut page = list(store, actor, filter, Window::first(1)).await?;
    page.items
        .pop()
        .ok_or_else(|| Refusal::missing(Thing::Swap).into())
}

pub(super) async fn load(
    db: &impl ConnectionTrait,
    rows: Vec<shift_swap::Model>,
) -> Result<Vec<Swap>> {
    let agents = rows
        .iter()
        .flat_map(|row| [row.from_agent_id, row.to_agent_id]);
    let names = names(db, agents.collect::<Vec<_>>()).await?;
    let gone = gone(db, &rows).await?;
    let ids = rows
        .iter()
        .flat_map(|row| [Some(row.shift_id), row.other_shift_id])
        .flatten();
    let found = shift::Entity::find()
        .filter(shift::Column::Id.is_in(ids.collect::<Vec<_>>()))
        .all(db)
        .await?;
    let shifts = load_shifts(db, found).await?;
    let shift = |id: i64| shifts.iter().find(|shift| shift.id == id).cloned();
    let name = |id: i64| names.get(&id).cloned().unwrap_or_default();
    let removed = |row: &shift_swap::Model| {
        let both = [row.from_agent_id, row.to_agent_id];
        let one = both.into_iter().find(|id| gone.contains(id));
        one.filter(|_| is_dropped(row)).map(name)
    };
    Ok(rows
        .into_iter()
        .map(|row| Swap {
            removed: removed(&row),
            id: row.id,
            status: row.status,
            from_agent_id: row.from_agent_id,
            from: name(row.from_agent_id),
            to_agent_id: row.to_agent_id,
            to: name(row.to_agent_id),
            shift: shift(row.shift_id),
            other_shift: row.other_shift_id.and_then(shift),
            reason: row.reason,
            decided_at: row.decided_at,
            decided_reason: row.decided_reason,
        })
        .collect())
}

/// Whether it ended because one of both was switched off: nobody decides about what is taken back otherwise.
fn is_dropped(row: &shift_swap::Model) -> bool {
    row.status == SwapStatus::Cancelled && row.decided_at.is_some()
}

/// Who of those with whom exchanges ended is not in the service.
async fn gone(db: &impl ConnectionTrait, rows: &[shift_swap::Model]) -> Result<Vec<i64>> {
    let ended = rows.iter().filter(|row| is_dropped(row));
    let both: Vec<i64> = ended
        .flat_map(|row| [row.from_agent_id, row.to_agent_id])
        .collect();
    if both.is_empty() {
        return Ok(Vec::new());
    }
    Ok(agent::Entity::find()
        .select_only()
        .column(agent::Column::Id)
        .filter(agent::Column::Id.is_in(both))
        .filter(agent::Column::Active.eq(false))
        .into_tuple()
        .all(db)
        .await?)
}
