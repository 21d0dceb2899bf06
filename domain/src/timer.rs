//! Things that fall due: rows judged by one clock, each done once across instances and restarts.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde::{Deserialize, Serialize};

use ::entity::timer::{self, TimerStatus};

use crate::{
    Result, Store, Tx, assignment,
    bell::Topic,
    broadcast, check_in, digest, drill, duty, edge, emergency, estimate, figures, late, outbox,
    position, prune,
    remind::{self, Reminder},
    task::load,
};

/// What falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Due {
    /// The answer to an offer.
    Ack { assignment_id: i64 },
    /// A card looks different from now on, though nothing happened.
    Refresh { task_id: i64 },
    /// The same for the cards of a leave.
    LeaveCards { leave_id: i64 },
    /// A file that has to be brought from Telegram.
    Fetch { attachment_id: i64 },
    /// A shift, a leave or being unavailable begins or ends.
    Edge { agent_id: i64 },
    /// The wait of an SOS for a place.
    SosWait { emergency_id: i64 },
    /// The next ring of the search for people.
    EmergencyRing { emergency_id: i64 },
    /// The cards of an emergency look different from now on.
    EmergencyCards { emergency_id: i64 },
    /// Something to say about the time of a task; `again` when it was said before.
    Remind {
        task_id: i64,
        what: Reminder,
        again: bool,
    },
    /// What is known of a kind of work is reckoned anew.
    Estimate { kind_id: i64 },
    /// The overview of the morning.
    Morning,
    /// Shifts of a unit have begun.
    Changeover { unit_id: i64, at: DateTime<Utc> },
    /// Positions that are too old to be exact.
    Trim,
    /// The next page of the silent who are asked again.
    BroadcastAsk { broadcast_id: i64, after: i64 },
    /// The next page of the messages that have to show how it ended.
    BroadcastShown { broadcast_id: i64, after: i64 },
    /// The next round of asking the silent.
    BroadcastRound { broadcast_id: i64 },
    /// Those who have a broadcast had time to get under way.
    BroadcastHeld { broadcast_id: i64 },
    /// The end of a broadcast.
    BroadcastEnd { broadcast_id: i64 },
    /// Boards learn how far a broadcast is.
    BroadcastTold { broadcast_id: i64 },
    /// The next page of those who are asked again after Telegram was away.
    BroadcastBack {
        broadcast_id: i64,
        since: DateTime<Utc>,
        after: i64,
    },
    /// The time of a planned drill.
    Drill { drill_id: i64 },
    /// Everybody who belongs to it is asked again whether he is well.
    CheckInRound { check_in_id: i64 },
    /// The time to say so is over for somebody.
    CheckInSilence { check_in_id: i64 },
    /// One who works alone is asked no longer.
    CheckInEnd { check_in_id: i64 },
    /// A file of figures that somebody waits for.
    Export { export_id: i64 },
    /// A file of figures that was kept long enough.
    ExportGone { export_id: i64 },
    /// Days that are over, whose figures are to be kept.
    Figures,
    /// Old rows.
    Prune,
    /// The safety copy of the night.
    Backup,
}

impl Due {
    pub(crate) const EDGE: &str = "edge";

    /// Every kind. In a rolling restart there are rows of kinds that only the newer release knows: they are its own.
    const KINDS: [&str; 29] = [
        "ack",
        "refresh",
        "leave_cards",
        "fetch",
        Self::EDGE,
        "sos_wait",
        "emergency_ring",
        "emergency_cards",
        "remind",
        "estimate",
        "morning",
        "changeover",
        "trim",
        "broadcast_ask",
        "broadcast_shown",
        "broadcast_round",
        "broadcast_held",
        "broadcast_end",
        "broadcast_told",
        "broadcast_back",
        "drill",
        "check_in_round",
        "check_in_silence",
        "check_in_end",
        "export",
        "export_gone",
        "figures",
        "prune",
        "backup",
    ];

    fn kind(&self) -> &'static str {
        match self {
            Self::Ack { .. } => "ack",
            Self::Refresh { .. } => "refresh",
            Self::LeaveCards { .. } => "leave_cards",
            Self::Fetch { .. } => "fetch",
            Self::Edge { .. } => Self::EDGE,
            Self::SosWait { .. } => "sos_wait",
            Self::EmergencyRing { .. } => "emergency_ring",
            Self::EmergencyCards { .. } => "emergency_cards",
            Self::Remind { .. } => "remind",
            Self::Estimate { .. } => "estimate",
            Self::Morning => "morning",
            Self::Changeover { .. } => "changeover",
            Self::Trim => "trim",
            Self::BroadcastAsk { .. } => "broadcast_ask",
            Self::BroadcastShown { .. } => "broadcast_shown",
            Self::BroadcastRound { .. } => "broadcast_round",
            Self::BroadcastHeld { .. } => "broadcast_held",
            Self::BroadcastEnd { .. } => "broadcast_end",
            Self::BroadcastTold { .. } => "broadcast_told",
            Self::BroadcastBack { .. } => "broadcast_back",
            Self::Drill { .. } => "drill",
            Self::CheckInRound { .. } => "check_in_round",
            Self::CheckInSilence { .. } => "check_in_silence",
            Self::CheckInEnd { .. } => "check_in_end",
            Self::Export { .. } => "export",
            Self::ExportGone { .. } => "export_gone",
            Self::Figures => "figures",
            Self::Prune => "prune",
            Self::Backup => "backup",
        }
    }

    /// Whether it comes again for as long as it fails: nobody else would do what it stands for.
    fn is_lasting(&self) -> bool {
        matches!(
            self,
            Self::SosWait { .. }
                | Self::EmergencyRing { .. }
                | Self::BroadcastAsk { .. }
                | Self::BroadcastShown { .. }
                | Self::BroadcastRound { .. }
                | Self::BroadcastHeld { .. }
                | Self::BroadcastEnd { .. }
                | Self::BroadcastBack { .. }
                | Self::Drill { .. }
                | Self::CheckInRound { .. }
                | Self::CheckInSilence { .. }
                | Self::CheckInEnd { .. }
                | Self::Edge { .. }
                | Self::Remind { .. }
                | Self::Morning
                | Self::Trim
                | Self::ExportGone { .. }
                | Self::Figures
                | Self::Prune
        )
    }

    /// How long somebody may be at it.
    fn claim(&self) -> Duration {
        if PRESSING.concat().contains(&self.kind()) {
            return PRESSING_CLAIM;
        }
        match self {
            Self::Ack { .. }
            | Self::Refresh { .. }
            | Self::LeaveCards { .. }
            | Self::Edge { .. }
            | Self::SosWait { .. }
            | Self::EmergencyRing { .. }
            | Self::EmergencyCards { .. }
            | Self::Remind { .. }
            | Self::Morning
            | Self::Changeover { .. }
            | Self::CheckInEnd { .. }
            | Self::BroadcastTold { .. } => CLAIM,
            Self::BroadcastAsk { .. }
            | Self::BroadcastShown { .. }
            | Self::BroadcastRound { .. }
            | Self::BroadcastHeld { .. }
            | Self::BroadcastEnd { .. }
            | Self::BroadcastBack { .. }
            | Self::Drill { .. }
            | Self::CheckInRound { .. }
            | Self::CheckInSilence { .. }
            | Self::Fetch { .. }
            | Self::Estimate { .. }
            | Self::Trim
            | Self::Export { .. }
            | Self::ExportGone { .. }
            | Self::Figures
            | Self::Prune
            | Self::Backup => LONG_CLAIM,
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Ack { assignment_id } => assignment_id.to_string(),
            Self::Refresh { task_id } => task_id.to_string(),
            Self::LeaveCards { leave_id } => leave_id.to_string(),
            Self::Fetch { attachment_id } => attachment_id.to_string(),
            Self::Edge { agent_id } => agent_id.to_string(),
            Self::Drill { drill_id } => drill_id.to_string(),
            Self::Export { export_id } | Self::ExportGone { export_id } => export_id.to_string(),
            Self::SosWait { emergency_id }
            | Self::EmergencyRing { emergency_id }
            | Self::EmergencyCards { emergency_id } => emergency_id.to_string(),
            Self::Remind { task_id, what, .. } => format!("{task_id}:{}", what.as_str()),
            Self::Estimate { kind_id } => kind_id.to_string(),
            Self::Changeover { unit_id, at } => format!("{unit_id}:{}", at.timestamp()),
            Self::BroadcastRound { broadcast_id }
            | Self::BroadcastHeld { broadcast_id }
            | Self::BroadcastEnd { broadcast_id }
            | Self::BroadcastTold { broadcast_id }
            | Self::BroadcastAsk { broadcast_id, .. }
            | Self::BroadcastShown { broadcast_id, .. }
            | Self::BroadcastBack { broadcast_id, .. } => broadcast_id.to_string(),
            Self::CheckInRound { check_in_id }
            | Self::CheckInSilence { check_in_id }
            | Self::CheckInEnd { check_in_id } => check_in_id.to_string(),
            Self::Morning | Self::Trim | Self::Figures | Self::Prune | Self::Backup => {
                String::new()
            }
        }
    }
}

/// Kinds that are taken before all others, the first of these before the second: at the change of shifts thousands of
/// others fall due in the same second.
const PRESSING: [&[&str]; 2] = [
    &["sos_wait", "emergency_ring"],
    &[
        "ack",
        "broadcast_ask",
        "broadcast_round",
        "broadcast_held",
        "broadcast_end",
        "check_in_round",
        "check_in_silence",
    ],
];

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

/// How long a claim lasts; a process that dies loses it after that.
const CLAIM: Duration = Duration::from_secs(10);
const LONG_CLAIM: Duration = Duration::from_secs(60);

/// What somebody waits for by the second must not wait for the dead: who is slower than this shares the work in vain, for
/// whoever comes second waits for the first and finds it done.
const PRESSING_CLAIM: Duration = Duration::from_secs(2);

/// Tries until a timer is given up and counted as failed.
const TRIES: i32 = 10;

/// Sets a timer; one that waits for the same is replaced.
pub async fn set(tx: &mut Tx, due: &Due, due_at: DateTime<Utc>) -> Result<()> {
    set_all(tx, vec![due.clone()], due_at).await
}

/// Sets a timer unless one waits for the same already.
pub async fn ensure(tx: &mut Tx, due: &Due, due_at: DateTime<Utc>) -> Result<()> {
    match waits(tx, due).await? {
        true => Ok(()),
        false => set(tx, due, due_at).await,
    }
}

/// Whether a timer waits for this.
pub(crate) async fn waits(tx: &Tx, due: &Due) -> Result<bool> {
    let waiting = timer::Entity::find()
        .filter(timer::Column::Kind.eq(due.kind()))
        .filter(timer::Column::Subject.eq(due.subject()))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .one(tx.db())
        .await?;
    Ok(waiting.is_some())
}

/// When those of these that wait, all of one kind, are due, by what they are about.
pub(crate) async fn due_of(
    db: &impl ConnectionTrait,
    dues: &[Due],
) -> Result<HashMap<String, DateTime<Utc>>> {
    let Some(kind) = dues.first().map(Due::kind) else {
        return Ok(HashMap::new());
    };
    let rows: Vec<(String, DateTime<Utc>)> = timer::Entity::find()
        .select_only()
        .column(timer::Column::Subject)
        .column(timer::Column::DueAt)
        .filter(timer::Column::Kind.eq(kind))
        .filter(timer::Column::Subject.is_in(dues.iter().map(Due::subject)))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Sets a timer for later, unless one waits for the same that nobody can take yet: what many cause is done once for them
/// all, and after each of them. Nobody waits for another here.
pub(crate) async fn gather(tx: &mut Tx, due: &Due, after: TimeDelta) -> Result<()> {
    let now = tx.now();
    let waiting = timer::Entity::find()
        .filter(timer::Column::Kind.eq(due.kind()))
        .filter(timer::Column::Subject.eq(due.subject()))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .filter(timer::Column::DueAt.gte(now + after / 2))
        .one(tx.db())
        .await?;
    match waiting {
        Some(_) => Ok(()),
        None => set_each(tx, vec![(due.clone(), now + after)]).await,
    }
}

/// Whether a timer still waits: neither done nor cancelled nor given up.
pub async fn is_waiting(store: &Store, id: i64) -> Result<bool> {
    let row = timer::Entity::find_by_id(id).one(store.reader()).await?;
    Ok(row.is_some_and(|row| row.status == TimerStatus::Waiting))
}

/// Sets timers of one kind for the same moment; those that wait for the same are replaced.
pub(crate) async fn set_all(tx: &mut Tx, dues: Vec<Due>, due_at: DateTime<Utc>) -> Result<()> {
    if dues.is_empty() {
        return Ok(());
    }
    cancel_all(tx, dues.clone()).await?;
    set_each(tx, dues.into_iter().map(|due| (due, due_at)).collect()).await
}

/// Sets timers that nothing waits for yet, each for its own moment.
pub(crate) async fn set_each(tx: &mut Tx, dues: Vec<(Due, DateTime<Utc>)>) -> Result<()> {
    if dues.is_empty() {
        return Ok(());
    }
    let rows = dues
        .iter()
        .map(|(due, due_at)| row(tx, due, *due_at))
        .collect::<Result<Vec<_>>>()?;
    timer::Entity::insert_many(rows)
        .exec_without_returning(tx.db())
        .await?;
    tx.ring(Topic::Timers);
    Ok(())
}

fn row(tx: &Tx, due: &Due, due_at: DateTime<Utc>) -> Result<timer::ActiveModel> {
    Ok(timer::ActiveModel {
        kind: Set(due.kind().into()),
        subject: Set(due.subject()),
        data: Set(serde_json::to_value(due)?),
        due_at: Set(due_at),
        status: Set(TimerStatus::Waiting),
        tries: Set(0),
        created_at: Set(tx.now()),
        ..Default::default()
    })
}

/// Takes back a timer that still waits.
pub async fn cancel(tx: &Tx, due: &Due) -> Result<()> {
    cancel_all(tx, vec![due.clone()]).await
}

/// Takes back timers of one kind that still wait.
pub(crate) async fn cancel_all(tx: &Tx, dues: Vec<Due>) -> Result<()> {
    let Some(kind) = dues.first().map(Due::kind) else {
        return Ok(());
    };
    timer::Entity::update_many()
        .col_expr(timer::Column::Status, Expr::value(TimerStatus::Cancelled))
        .filter(timer::Column::Kind.eq(kind))
        .filter(timer::Column::Subject.is_in(dues.iter().map(Due::subject)))
        .filter(timer::Column::Status.eq(TimerStatus::Waiting))
        .exec(tx.db())
        .await?;
    Ok(())
}

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
    let claims = rows.into_iter().map(claimed).collect::<Result<Vec<_>>>()?;
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

/// Does what a timer of the domain's own stands for; fetching files and safety copies are not among them.
pub async fn run(store: &Store, claim: &Claim) -> Result<()> {
    let claim = claim.clone();
    store
        .write(move |tx| {
            Box::pin(async move {
                lock(tx, &claim.due).await?;
                if !fired(tx, claim.id).await? {
                    return Ok(());
                }
                match claim.due {
                    Due::Ack { assignment_id } => assignment::overdue(tx, assignment_id).await,
                    Due::Refresh { task_id } => outbox::refresh_cards(tx, task_id).await,
                    Due::LeaveCards { leave_id } => outbox::refresh_leave(tx, leave_id).await,
                    Due::Edge { agent_id } => edge::passed(tx, agent_id, claim.due_at).await,
                    Due::SosWait { emergency_id } => emergency::wait_over(tx, emergency_id).await,
                    Due::EmergencyRing { emergency_id } => {
                        emergency::ring_over(tx, emergency_id).await
                    }
                    Due::EmergencyCards { emergency_id } => {
                        emergency::refresh_cards(tx, emergency_id).await
                    }
                    Due::Remind {
                        task_id,
                        what,
                        again,
                    } => remind::passed(tx, task_id, what, again).await,
                    Due::Estimate { kind_id } => estimate::refresh(tx, kind_id).await,
                    Due::Morning => digest::good_morning(tx, claim.due_at).await,
                    Due::Changeover { unit_id, .. } => digest::changed(tx, claim.id, unit_id).await,
                    Due::Trim => position::trim(tx).await,
                    Due::BroadcastAsk {
                        broadcast_id,
                        after,
                    } => broadcast::ask_on(tx, broadcast_id, after).await,
                    Due::BroadcastShown {
                        broadcast_id,
                        after,
                    } => broadcast::show_end(tx, broadcast_id, after).await,
                    Due::BroadcastRound { broadcast_id } => {
                        broadcast::round_over(tx, broadcast_id).await
                    }
                    Due::BroadcastHeld { broadcast_id } => {
                        broadcast::held_over(tx, broadcast_id).await
                    }
                    Due::BroadcastEnd { broadcast_id } => {
                        broadcast::expired(tx, broadcast_id).await
                    }
                    Due::BroadcastTold { broadcast_id } => {
                        broadcast::tell_progress(tx, broadcast_id).await
                    }
                    Due::BroadcastBack {
                        broadcast_id,
                        since,
                        after,
                    } => broadcast::ring_page(tx, broadcast_id, since, after).await,
                    Due::Drill { drill_id } => drill::hold(tx, drill_id).await,
                    Due::CheckInRound { check_in_id } => {
                        check_in::round_over(tx, check_in_id).await
                    }
                    Due::CheckInSilence { check_in_id } => {
                        check_in::silence_over(tx, check_in_id).await
                    }
                    Due::CheckInEnd { check_in_id } => check_in::time_over(tx, check_in_id).await,
                    Due::Figures => figures::keep(tx).await,
                    Due::Prune => prune::prune(tx).await,
                    Due::Fetch { .. }
                    | Due::Export { .. }
                    | Due::ExportGone { .. }
                    | Due::Backup => Ok(()),
                }
            })
        })
        .await
}

/// Takes the locks in the order in which people take them: the subject first, then its timer.
async fn lock(tx: &Tx, due: &Due) -> Result<()> {
    match due {
        Due::Ack { assignment_id } => assignment::lock_task_of(tx, *assignment_id).await,
        Due::Edge { agent_id } => duty::locked(tx, *agent_id).await.map(drop),
        Due::SosWait { emergency_id } | Due::EmergencyRing { emergency_id } => {
            emergency::lock(tx, *emergency_id).await.map(drop)
        }
        Due::Remind { task_id, .. } => load::hold(tx, *task_id).await,
        Due::Changeover { unit_id, .. } => digest::lock(tx, *unit_id).await,
        Due::BroadcastRound { broadcast_id }
        | Due::BroadcastHeld { broadcast_id }
        | Due::BroadcastEnd { broadcast_id }
        | Due::BroadcastAsk { broadcast_id, .. }
        | Due::BroadcastBack { broadcast_id, .. } => {
            broadcast::lock(tx, *broadcast_id).await.map(drop)
        }
        Due::Drill { drill_id } => drill::lock(tx, *drill_id).await.map(drop),
        Due::CheckInRound { check_in_id }
        | Due::CheckInSilence { check_in_id }
        | Due::CheckInEnd { check_in_id } => check_in::lock(tx, *check_in_id).await.map(drop),
        Due::Refresh { .. }
        | Due::LeaveCards { .. }
        | Due::EmergencyCards { .. }
        | Due::BroadcastTold { .. }
        | Due::BroadcastShown { .. }
        | Due::Fetch { .. }
        | Due::Estimate { .. }
        | Due::Morning
        | Due::Trim
        | Due::Export { .. }
        | Due::ExportGone { .. }
        | Due::Figures
        | Due::Prune
        | Due::Backup => Ok(()),
    }
}

/// Makes sure that the timers of the installation itself are there.
pub async fn start(store: &Store) -> Result<()> {
    store
        .write(|tx| {
            Box::pin(async move {
                let due_at = tx.now() + TimeDelta::minutes(5);
                set(tx, &Due::Prune, due_at).await?;
                ensure(tx, &Due::Trim, due_at).await?;
                digest::start(tx).await?;
                late::wind_up(tx).await?;
                remind::wind_up(tx).await?;
                estimate::wind_up(tx).await?;
                set(tx, &Due::Figures, due_at).await?;
                edge::wind_up(tx).await
            })
        })
        .await
}

/// How many are more than `late` overdue: also those that were given up, but for files, whose loss is told to people.
pub async fn overdue(store: &Store, late: TimeDelta) -> Result<u64> {
    let given_up = Condition::all()
        .add(timer::Column::Status.eq(TimerStatus::Failed))
        .add(timer::Column::Kind.ne("fetch"));
    let undone = Condition::any()
        .add(timer::Column::Status.eq(TimerStatus::Waiting))
        .add(given_up);
    Ok(timer::Entity::find()
        .filter(undone)
        .filter(timer::Column::DueAt.lt(store.now() - late))
        .count(store.reader())
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed() {
        let unknown = serde_json::json!({ "kind": "?" });
        let error = serde_json::from_value::<Due>(unknown).expect_err("no such kind");
        let error = error.to_string();
        let (_, expected) = error.split_once("expected one of ").expect("serde says so");
        let expected: Vec<&str> = expected
            .split(", ")
            .map(|kind| kind.trim_matches('`'))
            .collect();
        assert_eq!(expected, Due::KINDS);
    }
}
