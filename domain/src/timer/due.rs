//! What falls due: every kind of timer, how pressing it is and what it is about.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::remind::Reminder;

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
    /// Whether somebody who comes to one goes on, now that a call of his own began or ended.
    EmergencyHelper { emergency_id: i64, agent_id: i64 },
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
        /// When somebody was told who was missing by then.
        #[serde(default)]
        told_at: Option<DateTime<Utc>>,
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
    pub(super) const KINDS: [&str; 35] = [
        "ack",
        "refresh",
        "leave_cards",
        "fetch",
        Self::EDGE,
        "sos_wait",
        "emergency_ring",
        "emergency_back",
        "emergency_helper",
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

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Ack { .. } => "ack",
            Self::Refresh { .. } => "refresh",
            Self::LeaveCards { .. } => "leave_cards",
            Self::Fetch { .. } => "fetch",
            Self::Edge { .. } => Self::EDGE,
            Self::SosWait { .. } => "sos_wait",
            Self::EmergencyRing { .. } => "emergency_ring",
            Self::EmergencyBack { .. } => "emergency_back",
            Self::EmergencyHelper { .. } => "emergency_helper",
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
    pub(super) fn is_lasting(&self) -> bool {
        matches!(
            self,
            Self::SosWait { .. }
                | Self::EmergencyRing { .. }
                | Self::EmergencyBack { .. }
                | Self::EmergencyHelper { .. }
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
    pub(super) fn claim(&self) -> Duration {
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
            | Self::EmergencyHelper { .. }
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

    pub(super) fn subject(&self) -> String {
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
            Self::EmergencyHelper {
                emergency_id,
                agent_id,
            } => format!("{emergency_id}:{agent_id}"),
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
pub(super) const PRESSING: [&[&str]; 2] = [
    &[
        "sos_wait",
        "emergency_ring",
        "emergency_back",
        "emergency_helper",
    ],
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
pub(super) const CLAIM: Duration = Duration::from_secs(10);
pub(super) const LONG_CLAIM: Duration = Duration::from_secs(60);

/// What somebody waits for by the second must not wait for the dead: who is slower than this shares the work in vain, for
/// whoever comes second waits for the first and finds it done.
pub(super) const PRESSING_CLAIM: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
