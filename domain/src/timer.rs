//! Things that fall due: rows judged by one clock, each done once across instances and restarts.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use ::entity::timer::{self, TimerStatus};

use crate::{
    Result, Store, Tx, assignment, broadcast, check_in, digest, drill, duty, edge, emergency,
    estimate, figures, late, outbox, position, prune,
    remind::{self, Reminder},
    shift::absence,
    task::load,
};

mod claims;
mod plan;

pub use claims::{Claim, Turn, claim, claim_for, failed, fired, next, next_for};
pub(crate) use claims::{fired_of, twin_fired, twin_fired_at};
pub use plan::{cancel, ensure, is_waiting, set};
pub(crate) use plan::{cancel_all, due_of, gather, set_all, set_each, waits};

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
    /// Whoever was asked in one and has not answered is rung again after Telegram was away.
    EmergencyBack {
        emergency_id: i64,
        since: DateTime<Utc>,
    },
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
    /// Those whose shifts in a unit began at this moment should be there by now.
    Missing {
        unit_id: Option<i64>,
        at: DateTime<Utc>,
        /// They were looked for before, when nobody could be told.
        #[serde(default)]
        unheard: bool,
    },
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
    /// The next page of those who get the file of a broadcast, but for the chat that had it first.
    BroadcastFiles {
        broadcast_id: i64,
        after: i64,
        first: i64,
    },
    /// The time of a planned drill.
    Drill { drill_id: i64 },
    /// Everybody who belongs to it is asked again whether he is well.
    CheckInRound { check_in_id: i64 },
    /// The time to say so is over for somebody.
    CheckInSilence { check_in_id: i64 },
    /// Whom Telegram reaches of its people may have changed; for so long it was away for everybody.
    CheckInReach { check_in_id: i64, away_seconds: u32 },
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
    /// Files that nothing names.
    Sweep,
}

impl Due {
    pub(crate) const EDGE: &str = "edge";

    /// Every kind. In a rolling restart there are rows of kinds that only the newer release knows: they are its own.
    const KINDS: [&str; 34] = [
        "ack",
        "refresh",
        "leave_cards",
        "fetch",
        Self::EDGE,
        "sos_wait",
        "emergency_ring",
        "emergency_back",
        "emergency_cards",
        "remind",
        "estimate",
        "morning",
        "changeover",
        "missing",
        "trim",
        "broadcast_ask",
        "broadcast_shown",
        "broadcast_round",
        "broadcast_held",
        "broadcast_end",
        "broadcast_told",
        "broadcast_back",
        "broadcast_files",
        "drill",
        "check_in_round",
        "check_in_silence",
        "check_in_reach",
        "check_in_end",
        "export",
        "export_gone",
        "figures",
        "prune",
        "backup",
        "sweep",
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
            Self::EmergencyBack { .. } => "emergency_back",
            Self::EmergencyCards { .. } => "emergency_cards",
            Self::Remind { .. } => "remind",
            Self::Estimate { .. } => "estimate",
            Self::Morning => "morning",
            Self::Changeover { .. } => "changeover",
            Self::Missing { .. } => "missing",
            Self::Trim => "trim",
            Self::BroadcastAsk { .. } => "broadcast_ask",
            Self::BroadcastShown { .. } => "broadcast_shown",
            Self::BroadcastRound { .. } => "broadcast_round",
            Self::BroadcastHeld { .. } => "broadcast_held",
            Self::BroadcastEnd { .. } => "broadcast_end",
            Self::BroadcastTold { .. } => "broadcast_told",
            Self::BroadcastBack { .. } => "broadcast_back",
            Self::BroadcastFiles { .. } => "broadcast_files",
            Self::Drill { .. } => "drill",
            Self::CheckInRound { .. } => "check_in_round",
            Self::CheckInSilence { .. } => "check_in_silence",
            Self::CheckInReach { .. } => "check_in_reach",
            Self::CheckInEnd { .. } => "check_in_end",
            Self::Export { .. } => "export",
            Self::ExportGone { .. } => "export_gone",
            Self::Figures => "figures",
            Self::Prune => "prune",
            Self::Backup => "backup",
            Self::Sweep => "sweep",
        }
    }

    /// Whether it comes again for as long as it fails: nobody else would do what it stands for.
    fn is_lasting(&self) -> bool {
        matches!(
            self,
            Self::SosWait { .. }
                | Self::EmergencyRing { .. }
                | Self::EmergencyBack { .. }
                | Self::BroadcastAsk { .. }
                | Self::BroadcastShown { .. }
                | Self::BroadcastRound { .. }
                | Self::BroadcastHeld { .. }
                | Self::BroadcastEnd { .. }
                | Self::BroadcastBack { .. }
                | Self::BroadcastFiles { .. }
                | Self::Drill { .. }
                | Self::CheckInRound { .. }
                | Self::CheckInSilence { .. }
                | Self::CheckInReach { .. }
                | Self::CheckInEnd { .. }
                | Self::Edge { .. }
                | Self::Remind { .. }
                | Self::Morning
                | Self::Trim
                | Self::ExportGone { .. }
                | Self::Figures
                | Self::Prune
                | Self::Sweep
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
            | Self::EmergencyBack { .. }
            | Self::EmergencyCards { .. }
            | Self::Remind { .. }
            | Self::Morning
            | Self::Changeover { .. }
            | Self::Missing { .. }
            | Self::CheckInEnd { .. }
            | Self::BroadcastTold { .. } => CLAIM,
            Self::BroadcastAsk { .. }
            | Self::BroadcastShown { .. }
            | Self::BroadcastRound { .. }
            | Self::BroadcastHeld { .. }
            | Self::BroadcastEnd { .. }
            | Self::BroadcastBack { .. }
            | Self::BroadcastFiles { .. }
            | Self::Drill { .. }
            | Self::CheckInRound { .. }
            | Self::CheckInSilence { .. }
            | Self::CheckInReach { .. }
            | Self::Fetch { .. }
            | Self::Estimate { .. }
            | Self::Trim
            | Self::Export { .. }
            | Self::ExportGone { .. }
            | Self::Figures
            | Self::Prune
            | Self::Backup
            | Self::Sweep => LONG_CLAIM,
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
            | Self::EmergencyBack { emergency_id, .. }
            | Self::EmergencyCards { emergency_id } => emergency_id.to_string(),
            Self::Remind { task_id, what, .. } => format!("{task_id}:{}", what.as_str()),
            Self::Estimate { kind_id } => kind_id.to_string(),
            Self::Changeover { unit_id, at } => format!("{unit_id}:{}", at.timestamp()),
            Self::Missing { unit_id, at, .. } => {
                format!("{}:{}", unit_id.unwrap_or_default(), at.timestamp())
            }
            Self::BroadcastRound { broadcast_id }
            | Self::BroadcastHeld { broadcast_id }
            | Self::BroadcastEnd { broadcast_id }
            | Self::BroadcastTold { broadcast_id }
            | Self::BroadcastAsk { broadcast_id, .. }
            | Self::BroadcastShown { broadcast_id, .. }
            | Self::BroadcastFiles { broadcast_id, .. }
            | Self::BroadcastBack { broadcast_id, .. } => broadcast_id.to_string(),
            Self::CheckInRound { check_in_id }
            | Self::CheckInSilence { check_in_id }
            | Self::CheckInEnd { check_in_id } => check_in_id.to_string(),
            Self::CheckInReach {
                check_in_id,
                away_seconds,
            } => format!("{check_in_id}:{away_seconds}"),
            Self::Morning
            | Self::Trim
            | Self::Figures
            | Self::Prune
            | Self::Backup
            | Self::Sweep => String::new(),
        }
    }
}

/// Kinds that are taken before all others, the first of these before the second: at the change of shifts thousands of
/// others fall due in the same second.
const PRESSING: [&[&str]; 2] = [
    &["sos_wait", "emergency_ring", "emergency_back"],
    &[
        "ack",
        "broadcast_ask",
        "broadcast_round",
        "broadcast_held",
        "broadcast_end",
        "check_in_round",
        "check_in_silence",
        "check_in_reach",
    ],
];

/// How long a claim lasts; a process that dies loses it after that.
const CLAIM: Duration = Duration::from_secs(10);
const LONG_CLAIM: Duration = Duration::from_secs(60);

/// What somebody waits for by the second must not wait for the dead: who is slower than this shares the work in vain, for
/// whoever comes second waits for the first and finds it done.
const PRESSING_CLAIM: Duration = Duration::from_secs(2);

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
                    Due::EmergencyBack {
                        emergency_id,
                        since,
                    } => emergency::ring_silent(tx, emergency_id, since).await,
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
                    Due::Missing {
                        unit_id,
                        at,
                        unheard,
                    } => absence::told(tx, claim.id, (unit_id, at), unheard).await,
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
                    Due::BroadcastFiles {
                        broadcast_id,
                        after,
                        first,
                    } => broadcast::files_on(tx, broadcast_id, after, first).await,
                    Due::Drill { drill_id } => drill::hold(tx, drill_id).await,
                    Due::CheckInRound { check_in_id } => {
                        check_in::round_over(tx, check_in_id).await
                    }
                    Due::CheckInSilence { check_in_id } => {
                        check_in::silence_over(tx, check_in_id).await
                    }
                    Due::CheckInReach {
                        check_in_id,
                        away_seconds,
                    } => check_in::review(tx, check_in_id, away_seconds).await,
                    Due::CheckInEnd { check_in_id } => check_in::time_over(tx, check_in_id).await,
                    Due::Figures => figures::keep(tx).await,
                    Due::Prune => prune::prune(tx).await,
                    Due::Fetch { .. }
                    | Due::Export { .. }
                    | Due::ExportGone { .. }
                    | Due::Backup
                    | Due::Sweep => Ok(()),
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
        Due::SosWait { emergency_id }
        | Due::EmergencyRing { emergency_id }
        | Due::EmergencyBack { emergency_id, .. } => {
            emergency::lock(tx, *emergency_id).await.map(drop)
        }
        Due::Remind { task_id, .. } => load::hold(tx, *task_id).await,
        Due::Changeover { unit_id, .. }
        | Due::Missing {
            unit_id: Some(unit_id),
            ..
        } => digest::lock(tx, *unit_id).await,
        Due::BroadcastRound { broadcast_id }
        | Due::BroadcastHeld { broadcast_id }
        | Due::BroadcastEnd { broadcast_id }
        | Due::BroadcastAsk { broadcast_id, .. }
        | Due::BroadcastFiles { broadcast_id, .. }
        // Also what only shows the end: the sender refreshes the same messages, in the order in which they were taken.
        | Due::BroadcastShown { broadcast_id, .. }
        | Due::BroadcastBack { broadcast_id, .. } => {
            broadcast::lock(tx, *broadcast_id).await.map(drop)
        }
        Due::Drill { drill_id } => drill::lock(tx, *drill_id).await.map(drop),
        Due::CheckInRound { check_in_id }
        | Due::CheckInSilence { check_in_id }
        | Due::CheckInReach { check_in_id, .. }
        | Due::CheckInEnd { check_in_id } => check_in::lock(tx, *check_in_id).await.map(drop),
        Due::Refresh { .. }
        | Due::LeaveCards { .. }
        | Due::Missing { unit_id: None, .. }
        | Due::EmergencyCards { .. }
        | Due::BroadcastTold { .. }
        | Due::Fetch { .. }
        | Due::Estimate { .. }
        | Due::Morning
        | Due::Trim
        | Due::Export { .. }
        | Due::ExportGone { .. }
        | Due::Figures
        | Due::Prune
        | Due::Backup
        | Due::Sweep => Ok(()),
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
                ensure(tx, &Due::Sweep, due_at).await?;
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
