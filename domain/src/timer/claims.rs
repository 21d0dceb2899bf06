//! Who takes what is due: each timer one instance at a time, the pressing ones first.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockBehavior, LockType},
};

use ::entity::timer::{self, TimerStatus};

use super::due::{CLAIM, Due, LONG_CLAIM, PRESSING, PRESSING_CLAIM};
use crate::{Result, Store, Tx, bell::Topic, outbox};

/// Which timers a worker takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Only those for which somebody waits by the second.
    Pressing,
    /// All, the pressing ones first.
    Any,
}

impl Turn {
    /// What is taken, one after the other.
    fn order(self) -> Vec<Expr> {
        let mut order: Vec<Expr> = PRESSING
            .iter()
            .map(|kinds| timer::Column::Kind.is_in(kinds.iter().copied()))
            .collect();
        if self == Self::Any {
            order.push(timer::Column::Kind.is_not_in(PRESSING.concat()));
        }
        order
    }

    /// All of it together.
    fn all(self) -> Condition {
        match self {
            Self::Pressing => self
                .order()
                .into_iter()
                .fold(Condition::any(), Condition::add),
            Self::Any => Condition::all(),
        }
    }
}

/// A due timer that somebody has taken.
#[derive(Clone, Debug)]
pub struct Claim {
    pub id: i64,
    pub due: Due,
    pub due_at: DateTime<Utc>,
    pub tries: i32,
}

impl Claim {
    /// Whether the timer is given up when this try fails.
    pub fn is_last(&self) -> bool {
        self.tries + 1 >= TRIES && !self.due.is_lasting()
    }
}

/// How soon another instance may try what this release cannot read, in a rolling restart: it holds nobody up meanwhile.
const UNREAD_PAUSE: Duration = Duration::from_secs(2);

/// Tries until a timer is given up and counted as failed.
const TRIES: i32 = 10;

/// Takes what is due: first that for which somebody waits by the second, of the same kind the oldest first.
pub async fn claim(store: &Store, limit: u64) -> Result<Vec<Claim>> {
    claim_for(store, Turn::Any, limit).await
}

/// The same for a worker of this turn.
pub async fn claim_for(store: &Store, turn: Turn, limit: u64) -> Result<Vec<Claim>> {
    if next_for(store, turn)
        .await?
        .is_none_or(|at| at > store.now())
    {
        return Ok(Vec::new());
    }
    store
        .write(move |tx| Box::pin(async move { take(tx, turn, limit).await }))
        .await
}

async fn take(tx: &Tx, turn: Turn, limit: u64) -> Result<Vec<Claim>> {
    let mut rows = Vec::new();
    for kinds in turn.order() {
        let left = limit.saturating_sub(rows.len() as u64);
        if left > 0 {
            rows.extend(due(tx, kinds, left).await?);
        }
    }
    let mut claims = Vec::with_capacity(rows.len());
    let mut unread = Vec::new();
    for row in rows {
        let id = row.id;
        match claimed(row) {
            Ok(claim) => claims.push(claim),
            Err(error) => {
                tracing::warn!(timer.id = id, %error, "a timer cannot be read and is left to a newer release");
                unread.push(id);
            }
        }
    }
    hold(tx, unread, UNREAD_PAUSE).await?;
    for span in [PRESSING_CLAIM, CLAIM, LONG_CLAIM] {
        let of_this = claims.iter().filter(|claim| claim.due.claim() == span);
        hold(tx, of_this.map(|claim| claim.id).collect(), span).await?;
    }
    Ok(claims)
}

async fn due(tx: &Tx, kinds: Expr, limit: u64) -> Result<Vec<timer::Model>> {
    Ok(known()
        .filter(timer::Column::DueAt.lte(tx.now()))
        .filter(unclaimed(tx.now()))
        .filter(kinds)
        .order_by_asc(timer::Column::DueAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.db())
        .await?)
}

/// What waits for this release.
fn known() -> Select<timer::Entity> {
    timer::Entity::find()
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .filter(timer::Column::Kind.is_in(Due::KINDS))
}

async fn hold(tx: &Tx, ids: Vec<i64>, span: Duration) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    timer::Entity::update_many()
        .col_expr(timer::Column::ClaimedUntil, Expr::value(tx.now() + span))
        .filter(timer::Column::Id.is_in(ids))
        .exec(tx.db())
        .await?;
    Ok(())
}

fn unclaimed(now: DateTime<Utc>) -> Condition {
    Condition::any()
        .add(timer::Column::ClaimedUntil.is_null())
        .add(timer::Column::ClaimedUntil.lte(now))
}

fn claimed(row: timer::Model) -> Result<Claim> {
    Ok(Claim {
        id: row.id,
        due: serde_json::from_value(row.data)?,
        due_at: row.due_at,
        tries: row.tries,
    })
}

/// When the next waiting timer can be taken.
pub async fn next(store: &Store) -> Result<Option<DateTime<Utc>>> {
    next_for(store, Turn::Any).await
}

/// The same for a worker of this turn.
pub async fn next_for(store: &Store, turn: Turn) -> Result<Option<DateTime<Utc>>> {
    let row = known()
        .filter(turn.all())
        .filter(unclaimed(store.now()))
        .order_by_asc(timer::Column::DueAt)
        .limit(1)
        .one(store.reader())
        .await?;
    Ok(row.map(|row| row.due_at))
}

/// Marks a timer done in the transaction of what it caused. False when it was done or cancelled before:
/// then this transaction must change nothing.
pub async fn fired(tx: &Tx, id: i64) -> Result<bool> {
    let done = timer::Entity::update_many()
        .col_expr(timer::Column::Status, Expr::value(TimerStatus::Fired))
        .col_expr(timer::Column::FiredAt, Expr::value(tx.now()))
        .filter(timer::Column::Id.eq(id))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .exec(tx.db())
        .await?;
    Ok(done.rows_affected == 1)
}

/// Which of these, all of one kind, were done once.
pub(crate) async fn fired_of(tx: &Tx, dues: &[Due]) -> Result<Vec<Due>> {
    let Some(kind) = dues.first().map(Due::kind) else {
        return Ok(Vec::new());
    };
    let subjects: Vec<String> = timer::Entity::find()
        .select_only()
        .distinct()
        .column(timer::Column::Subject)
        .filter(timer::Column::Kind.eq(kind))
        .filter(timer::Column::Subject.is_in(dues.iter().map(Due::subject)))
        .filter(timer::Column::Status.eq(TimerStatus::Fired))
        .into_tuple()
        .all(tx.db())
        .await?;
    let done = dues.iter().filter(|due| subjects.contains(&due.subject()));
    Ok(done.cloned().collect())
}

/// Whether another timer for the same was done before: two transactions that saw none waiting may each have set one.
pub(crate) async fn twin_fired(tx: &Tx, id: i64) -> Result<bool> {
    let Some(own) = timer::Entity::find_by_id(id).one(tx.db()).await? else {
        return Ok(true);
    };
    Ok(twins(own).one(tx.db()).await?.is_some())
}

/// When another timer for the same was done last, if one was.
pub(crate) async fn twin_fired_at(tx: &Tx, id: i64) -> Result<Option<DateTime<Utc>>> {
    let Some(own) = timer::Entity::find_by_id(id).one(tx.db()).await? else {
        return Ok(None);
    };
    let last = twins(own).order_by_desc(timer::Column::FiredAt);
    let twin = last.limit(1).one(tx.db()).await?;
    Ok(twin.and_then(|twin| twin.fired_at))
}

/// The other timers for the same that were done.
fn twins(own: timer::Model) -> Select<timer::Entity> {
    timer::Entity::find()
        .filter(timer::Column::Kind.eq(own.kind))
        .filter(timer::Column::Subject.eq(own.subject))
        .filter(timer::Column::Status.eq(TimerStatus::Fired))
        .filter(timer::Column::Id.ne(own.id))
}

/// Gives a timer back after a failure, for a later try; given up after ten, unless it must not be.
pub async fn failed(store: &Store, claim: &Claim, error: String) -> Result<()> {
    let claim = claim.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                let tries = claim.tries + 1;
                let status = if claim.is_last() {
                    TimerStatus::Failed
                } else {
                    TimerStatus::Waiting
                };
                timer::Entity::update_many()
                    .col_expr(timer::Column::Status, Expr::value(status))
                    .col_expr(timer::Column::Tries, Expr::value(tries))
                    .col_expr(
                        timer::Column::ClaimedUntil,
                        Expr::value(tx.now() + outbox::backoff(tries)),
                    )
                    .col_expr(timer::Column::Error, Expr::value(error))
                    .filter(timer::Column::Id.eq(claim.id))
                    .filter(timer::Column::Status.eq(TimerStatus::Waiting))
                    .exec(tx.db())
                    .await?;
                tx.ring(Topic::Timers);
                Ok(())
            })
        })
        .await
}
