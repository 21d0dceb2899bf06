//! Whoever is responsible learns who is silent. Escalated is only who was named to somebody whom Telegram reaches.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, Query, SelectStatement},
};

use ::entity::{broadcast, broadcast_recipient, unit_member, user};

use super::{Chain, RecipientState, round::unheard, tell};
use crate::{Result, Tx, actor::Level, outbox::Notice, reach::hears};

/// Somebody who can be told.
#[derive(Clone, Copy)]
pub(super) struct Watcher {
    pub(super) user_id: i64,
    pub(super) level: i16,
}

/// Who was told already: of them `have` it those whom Telegram has brought it or may yet, and nobody of the `tried` is told
/// again.
#[derive(Default)]
pub(super) struct Before {
    pub(super) have: Vec<Watcher>,
    pub(super) tried: Vec<i64>,
}

/// Marks those who are in these states as escalated as far as there is anybody to be told, and tells him; with `phones` whom
/// to call. Those whose units nobody in the chain answers for are told to the admins.
pub(super) async fn escalate(
    tx: &mut Tx,
    row: &broadcast::Model,
    states: &[RecipientState],
    phones: bool,
) -> Result<()> {
    let named = unescalated(tx, row.id, states).await? > 0;
    let unheard = phones && !named && unheard(tx, row.id).await?;
    if !named && !unheard {
        return Ok(());
    }
    tell_of(tx, row, (states, phones), Before::default()).await
}

/// Tells those of the chain whom Telegram reaches, and where nobody of them answers for somebody, the admins.
pub(super) async fn tell_of(
    tx: &mut Tx,
    row: &broadcast::Model,
    (states, phones): (&[RecipientState], bool),
    before: Before,
) -> Result<()> {
    let untried = Condition::all().add(user::Column::Id.is_not_in(before.tried));
    let chain: Chain = serde_json::from_value(row.chain.clone())?;
    let theirs = untried.clone().add(user::Column::Id.is_in(chain.user_ids));
    let mut told = reachable(tx, theirs).await?;
    mark(tx, row.id, states, Some(&told[..])).await?;
    let watchers = [&told[..], &before.have[..]].concat();
    if orphans(tx, row.id, states, &watchers, phones).await? {
        let admin = untried.add(user::Column::Level.eq(Level::Admin as i16));
        let admins = reachable(tx, admin).await?;
        if admins.is_empty() {
            tracing::warn!(
                broadcast.id = row.id,
                "nobody can be told who does not answer: no supervisor and no admin is reached by Telegram"
            );
        } else {
            mark(tx, row.id, states, None).await?;
            told.extend(admins);
        }
    }
    let mut told: Vec<i64> = told.into_iter().map(|one| one.user_id).collect();
    told.sort_unstable();
    told.dedup();
    let notice = Notice::BroadcastSilent {
        broadcast_id: row.id,
        phones,
    };
    tell(tx, told, notice).await
}

/// Those of them whom Telegram reaches.
async fn reachable(tx: &Tx, which: Condition) -> Result<Vec<Watcher>> {
    let rows: Vec<(i64, i16)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Level)
        .filter(hears())
        .filter(which)
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(user_id, level)| Watcher { user_id, level })
        .collect())
}

/// Those in these states; when watchers are given, only whom one of them answers for.
pub(super) fn people(id: i64, states: &[RecipientState], of: Option<&[Watcher]>) -> Condition {
    let mut which = Condition::all()
        .add(broadcast_recipient::Column::BroadcastId.eq(id))
        .add(broadcast_recipient::Column::State.is_in(states.iter().copied()));
    if let Some(watchers) = of.filter(|all| all.iter().all(|one| one.level < Level::Admin as i16)) {
        let commands = watchers
            .iter()
            .filter(|one| one.level >= Level::Supervisor as i16);
        let theirs = mates_of(commands.map(|one| one.user_id).collect());
        which = which.add(broadcast_recipient::Column::UserId.in_subquery(theirs));
    }
    which
}

/// Everybody in the units of these people.
fn mates_of(user_ids: Vec<i64>) -> SelectStatement {
    let units = Query::select()
        .column(unit_member::Column::UnitId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UserId).is_in(user_ids))
        .to_owned();
    Query::select()
        .column(unit_member::Column::UserId)
        .from(unit_member::Entity)
        .and_where(Expr::col(unit_member::Column::UnitId).in_subquery(units))
        .to_owned()
}

async fn unescalated(tx: &Tx, id: i64, states: &[RecipientState]) -> Result<u64> {
    Ok(broadcast_recipient::Entity::find()
        .filter(people(id, states, None))
        .filter(broadcast_recipient::Column::EscalatedAt.is_null())
        .count(tx.db())
        .await?)
}

/// Whether there is anybody whom none of the watchers answers for and who was not named before, or has to be called.
pub(super) async fn orphans(
    tx: &Tx,
    id: i64,
    states: &[RecipientState],
    watchers: &[Watcher],
    phones: bool,
) -> Result<bool> {
    if unescalated(tx, id, states).await? > 0 {
        return Ok(true);
    }
    if !phones {
        return Ok(false);
    }
    let all = broadcast_recipient::Entity::find().filter(people(id, states, None));
    let theirs = broadcast_recipient::Entity::find().filter(people(id, states, Some(watchers)));
    Ok(theirs.count(tx.db()).await? < all.count(tx.db()).await?)
}

async fn mark(tx: &Tx, id: i64, states: &[RecipientState], of: Option<&[Watcher]>) -> Result<()> {
    broadcast_recipient::Entity::update_many()
        .col_expr(
            broadcast_recipient::Column::EscalatedAt,
            Expr::value(tx.now()),
        )
        .filter(people(id, states, of))
        .filter(broadcast_recipient::Column::EscalatedAt.is_null())
        .exec(tx.db())
        .await?;
    Ok(())
}
