//! What the system says unasked: not to whom is off duty, and not more often than a person bears. What is critical is
//! said always.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};

use ::entity::{agent, nudge_day, task};

use crate::{
    Actor, Result, Rules, Store, Tx, assignment, availability,
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
    if !critical {
        readers = on_duty(tx, readers).await?;
    }
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

/// Whether this person may be told now what was put on its way at `since`: what leaves late is judged again, by his duty
/// and by what the day on which it leaves still bears.
pub(crate) async fn bears(
    store: &Store,
    user_id: i64,
    task: &Task,
    since: DateTime<Utc>,
) -> Result<bool> {
    if task.priority == Priority::Critical {
        return Ok(true);
    }
    let quiet = off_duty_of(store.reader(), &[user_id], store.now()).await?;
    let today = day(store.now(), store.rules());
    if !quiet.is_empty() || day(since, store.rules()) == today {
        return Ok(quiet.is_empty());
    }
    let spent = nudge_day::Entity::find_by_id((user_id, today));
    let spent = spent.one(store.reader()).await?;
    Ok(spent.is_none_or(|row| row.used < MOST))
}

/// Whether the phone of this person may ring now: what is no matter of a task is not said off duty, however late it leaves.
pub(crate) async fn may_ring(store: &Store, reader: &Actor) -> Result<bool> {
    let ids: Vec<i64> = reader.user_id.into_iter().collect();
    let quiet = off_duty_of(store.reader(), &ids, store.now()).await?;
    Ok(quiet.is_empty())
}

/// Telegram has it: what left on another day than it was put on its way counts on that one.
pub(crate) async fn left(
    tx: &Tx,
    user_id: Option<i64>,
    task_id: i64,
    since: DateTime<Utc>,
) -> Result<()> {
    let (meant, today) = (day(since, tx.rules()), day(tx.now(), tx.rules()));
    let Some(user_id) = user_id.filter(|_| meant != today) else {
        return Ok(());
    };
    let counts = task::Entity::find_by_id(task_id)
        .filter(task::Column::Priority.ne(Priority::Critical as i16))
        .one(tx.db())
        .await?;
    if counts.is_none() {
        return Ok(());
    }
    let used = || Expr::col((nudge_day::Entity, nudge_day::Column::Used));
    nudge_day::Entity::update_many()
        .col_expr(nudge_day::Column::Used, used().sub(1))
        .filter(nudge_day::Column::UserId.eq(user_id))
        .filter(nudge_day::Column::Day.eq(meant))
        .filter(nudge_day::Column::Used.gt(0))
        .exec(tx.db())
        .await?;
    let row = nudge_day::ActiveModel {
        user_id: Set(user_id),
        day: Set(today),
        used: Set(1),
    };
    let one_more = OnConflict::columns([nudge_day::Column::UserId, nudge_day::Column::Day])
        .value(nudge_day::Column::Used, used().add(1))
        .to_owned();
    nudge_day::Entity::insert(row)
        .on_conflict(one_more)
        .exec_without_returning(tx.db())
        .await?;
    Ok(())
}

/// The day of the installation's wall.
fn day(at: DateTime<Utc>, rules: &Rules) -> NaiveDate {
    zone::to_local(at, rules.zone).date()
}

/// Those of these people whose phone may ring now.
pub(crate) async fn on_duty(tx: &Tx, mut readers: Vec<Reader>) -> Result<Vec<Reader>> {
    let ids: Vec<i64> = readers.iter().map(|(_, user_id)| *user_id).collect();
    let quiet = off_duty_of(tx.db(), &ids, tx.now()).await?;
    readers.retain(|(_, user_id)| !quiet.contains(user_id));
    Ok(readers)
}

/// Those whose phone stays silent now: on leave, or outside of their shifts.
async fn off_duty_of(
    db: &impl ConnectionTrait,
    user_ids: &[i64],
    now: DateTime<Utc>,
) -> Result<HashSet<i64>> {
    let rows: Vec<Option<i64>> = agent::Entity::find()
        .select_only()
        .column(agent::Column::UserId)
        .filter(agent::Column::UserId.is_in(user_ids.iter().copied()))
        .filter(availability::off_duty(now))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().flatten().collect())
}

/// Takes one of today's alerts from each of these people; those who had one left.
async fn spend(tx: &Tx, readers: &[Reader]) -> Result<HashSet<i64>> {
    if readers.is_empty() {
        return Ok(HashSet::new());
    }
    let day = day(tx.now(), tx.rules());
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
