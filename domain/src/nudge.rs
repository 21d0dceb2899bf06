//! What the system says unasked: not to whom is off duty, and not more often than a person bears. What is critical is
//! said always.

use std::collections::HashSet;

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use ::entity::{agent, nudge_day};

use crate::{
    Result, Tx, assignment, availability,
    duty::Reader,
    outbox::{self, Lane, Message, Notice},
    prune,
    task::{Priority, Task},
    zone,
};

/// Alerts for one person on one day, critical ones aside.
pub const MOST: i32 = 5;

/// What it is about.
pub(crate) enum Told<'a> {
    /// Counts, unless the task is critical.
    About(&'a Task),
    /// An overview: expected, so that it does not count.
    Overview,
    /// Somebody has to be looked for: said by its moment, and so it does not count either.
    Alert,
}

/// Tells it to those of these people who may be told now.
pub(crate) async fn tell(
    tx: &mut Tx,
    what: Told<'_>,
    mut readers: Vec<Reader>,
    notice: Notice,
) -> Result<()> {
    // Two that count for the same people wait for each other in the same order.
    readers.sort_by_key(|(_, user_id)| *user_id);
    readers.dedup_by_key(|(_, user_id)| *user_id);
    let critical = matches!(&what, Told::About(task) if task.priority == Priority::Critical);
    let quiet = match critical {
        true => HashSet::new(),
        false => off_duty(tx, &readers).await?,
    };
    readers.retain(|(_, user_id)| !quiet.contains(user_id));
    if matches!(what, Told::About(_)) && !critical {
        let spent = spend(tx, &readers).await?;
        readers.retain(|(_, user_id)| spent.contains(user_id));
    }
    let messages = readers
        .into_iter()
        .map(|reader| message(&what, reader, notice.clone()));
    outbox::push(tx, messages.collect()).await
}

fn message(what: &Told<'_>, (chat_id, user_id): Reader, notice: Notice) -> Message {
    match what {
        Told::About(task) => Message::about(chat_id, Some(user_id), task.id, notice)
            .in_lane(assignment::lane(task.priority)),
        Told::Overview => Message::news(chat_id, Some(user_id), notice).in_lane(Lane::Digest),
        Told::Alert => Message::news(chat_id, Some(user_id), notice),
    }
}

/// Those whose phone stays silent now: on leave, or outside of their shifts.
async fn off_duty(tx: &Tx, readers: &[Reader]) -> Result<HashSet<i64>> {
    let rows: Vec<Option<i64>> = agent::Entity::find()
        .select_only()
        .column(agent::Column::UserId)
        .filter(agent::Column::UserId.is_in(readers.iter().map(|(_, user_id)| *user_id)))
        .filter(availability::off_duty(tx.now()))
        .into_tuple()
        .all(tx.db())
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// Takes one of today's alerts from each of these people; those who had one left.
async fn spend(tx: &Tx, readers: &[Reader]) -> Result<HashSet<i64>> {
    if readers.is_empty() {
        return Ok(HashSet::new());
    }
    let day = zone::to_local(tx.now(), tx.rules().zone).date();
    let used = || Expr::col((nudge_day::Entity, nudge_day::Column::Used));
    let one_more = OnConflict::columns([nudge_day::Column::UserId, nudge_day::Column::Day])
        .value(nudge_day::Column::Used, used().add(1))
        .action_and_where(used().lt(MOST))
        .to_owned();
    let mut insert = Query::insert()
        .into_table(nudge_day::Entity)
        .columns([
            nudge_day::Column::UserId,
            nudge_day::Column::Day,
            nudge_day::Column::Used,
        ])
        .on_conflict(one_more)
        .returning_col(nudge_day::Column::UserId)
        .to_owned();
    for (_, user_id) in readers {
        insert.values_panic([(*user_id).into(), day.into(), 1.into()]);
    }
    let rows = tx.db().query_all(&insert).await?;
    let ids = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Forgets how often people were told on days that are over everywhere.
pub(crate) async fn prune(tx: &Tx) -> Result<u64> {
    let day = (tx.now() - TimeDelta::days(2)).date_naive();
    let old = Condition::all().add(nudge_day::Column::Day.lt(day));
    let key = [nudge_day::Column::UserId, nudge_day::Column::Day];
    prune::some::<nudge_day::Entity>(tx, &key, old).await
}
