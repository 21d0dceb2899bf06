//! The ways into the table of tasks that an index keeps in the order of the list: a page is read along them,
//! so that it costs the same among ten thousand tasks and among millions.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Query, SelectStatement, UnionType},
};

use ::entity::task;

use super::{
    Status,
    list::{TaskFilter, apply},
    visible,
};
use crate::{
    Actor, Result, Store,
    actor::Level,
    late::{late_to_end, late_to_start},
};

/// In which order a list is, and behind which task its page begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sequence {
    /// The newest first, before the one with this number.
    Newest(i64),
    /// What ended last first, behind the end of this one.
    Ended(Option<(DateTime<Utc>, i64)>),
}

impl Sequence {
    fn columns(self) -> &'static [task::Column] {
        match self {
            Self::Newest(_) => &[task::Column::Id],
            Self::Ended(_) => &[task::Column::EndedAt, task::Column::Id],
        }
    }

    fn behind(self) -> Condition {
        use task::Column::{EndedAt, Id};
        match self {
            Self::Newest(before) => Condition::all().add(Id.lt(before)),
            Self::Ended(None) => Condition::all().add(EndedAt.is_not_null()),
            // The first term says again what the others say: from it a database knows where in the index to begin.
            Self::Ended(Some((at, id))) => Condition::all()
                .add(EndedAt.lte(at))
                .add(Condition::any().add(EndedAt.lt(at)).add(Id.lt(id))),
        }
    }

    fn first(self, tasks: Select<task::Entity>, limit: u64) -> Select<task::Entity> {
        let ordered =
            |tasks: Select<task::Entity>, column: &task::Column| tasks.order_by_desc(*column);
        self.columns().iter().fold(tasks, ordered).limit(limit)
    }
}

/// A query for the first `limit` tasks of this order that this person may see and wants.
pub(super) async fn first(
    store: &Store,
    actor: &Actor,
    filter: &TaskFilter,
    (sequence, limit): (Sequence, u64),
) -> Result<Select<task::Entity>> {
    let now = store.now();
    let along = |way: Condition| {
        let wanted = apply(task::Entity::find(), actor, filter, now).filter(visible::to(actor));
        sequence.first(wanted.filter(way).filter(sequence.behind()), limit)
    };
    Ok(match merged(ways(actor, filter, now), sequence, along) {
        Some(merged) => {
            let ids = ids(store, merged, (sequence, limit)).await?;
            sequence.first(
                task::Entity::find().filter(task::Column::Id.is_in(ids)),
                limit,
            )
        }
        None => along(Condition::all()),
    })
}

/// The first tasks of every way, each once; none when there is one way only, for the planner finds that one.
fn merged(
    ways: Vec<Condition>,
    sequence: Sequence,
    along: impl Fn(Condition) -> Select<task::Entity>,
) -> Option<SelectStatement> {
    if ways.len() < 2 {
        return None;
    }
    // SQLite takes a limited part of a union only as a table.
    let columns = || sequence.columns().iter().copied();
    let ids = |(number, way): (usize, Condition)| {
        let first = along(way).select_only().columns(columns());
        Query::select()
            .columns(columns())
            .from_subquery(first.into_query(), format!("way_{number}"))
            .to_owned()
    };
    ways.into_iter()
        .enumerate()
        .map(ids)
        .reduce(|mut all, one| all.union(UnionType::Distinct, one).to_owned())
}

/// Read apart from the rows: joined with them, the planner may prefer to read the whole table.
async fn ids(
    store: &Store,
    merged: SelectStatement,
    (sequence, limit): (Sequence, u64),
) -> Result<Vec<i64>> {
    let mut first = Query::select();
    first
        .column(task::Column::Id)
        .from_subquery(merged, "ways")
        .limit(limit);
    for column in sequence.columns() {
        first.order_by(*column, Order::Desc);
    }
    let rows = store.reader().query_all(&first).await?;
    let ids = rows.iter().map(|row| row.try_get("", "id"));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Conditions of which every wanted task fulfils at least one.
fn ways(actor: &Actor, filter: &TaskFilter, now: DateTime<Utc>) -> Vec<Condition> {
    let statuses = if filter.completed() {
        &[Status::Completed]
    } else {
        filter.statuses.as_slice()
    };
    if filter.ids.is_some() || filter.created_by.is_some() || filter.unanswered {
        Vec::new()
    } else if let Some(agent_id) = filter.agent_id {
        visible::of_agent(agent_id)
    } else if filter.own {
        visible::own(actor)
    } else if filter.late {
        vec![late_to_start(now), late_to_end(now)]
    } else if let Some(unit_id) = filter.unit_id {
        by_status(&[unit_id], statuses)
    } else if actor.level == Level::Admin {
        by_status(&[], statuses)
    } else {
        own(actor, statuses)
    }
}

/// More than this many parts cost more to plan than they save.
const MOST_PARTS: usize = 24;

/// A way for each unit and each state; nothing stands for all of them.
fn by_status(unit_ids: &[i64], statuses: &[Status]) -> Vec<Condition> {
    if unit_ids.len() * statuses.len().max(1) > MOST_PARTS {
        let units = unit_ids.iter().copied();
        return vec![Condition::all().add(task::Column::UnitId.is_in(units))];
    }
    let units: Vec<Option<i64>> = match unit_ids {
        [] => vec![None],
        some => some.iter().copied().map(Some).collect(),
    };
    let statuses: Vec<Option<Status>> = match statuses {
        [] => vec![None],
        some => some.iter().copied().map(Some).collect(),
    };
    let pairs = units
        .iter()
        .flat_map(|unit| statuses.iter().map(move |status| (*unit, *status)));
    pairs
        .map(|(unit, status)| {
            Condition::all()
                .add_option(unit.map(|id| task::Column::UnitId.eq(id)))
                .add_option(status.map(|status| task::Column::Status.eq(status)))
        })
        .collect()
}

/// What lets somebody see a task who does not see all.
fn own(actor: &Actor, statuses: &[Status]) -> Vec<Condition> {
    let mut ways = visible::stakes(actor);
    if actor.level == Level::Supervisor && !actor.unit_ids.is_empty() {
        ways.extend(by_status(&actor.unit_ids, statuses));
    }
    ways
}
