//! What somebody who answers for others is told because he has to act: his board shows it at once as well, and nobody else's.

use serde::{Deserialize, Serialize};

use crate::{
    Tx,
    event::{Event, Scope},
    outbox::{Message, Notice},
    remind::Reminder,
};

/// What he has to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// Somebody on a task does not answer.
    NoAnswer,
    /// Telegram does not reach somebody on a task.
    Unreachable,
    /// Nobody comes, or a broadcast stays without answers.
    Escalation,
    /// Somebody does not say that he is well.
    Silent,
    /// Somebody asks for help, or for more people.
    Help,
    /// A task is late, or stands still.
    Late,
}

impl NotificationKind {
    fn of(notice: &Notice) -> Option<Self> {
        Some(match notice {
            Notice::NoAnswer { .. } => Self::NoAnswer,
            Notice::Unreachable { .. } | Notice::EmergencyDeaf { .. } => Self::Unreachable,
            Notice::EmergencyEscalated { .. } | Notice::BroadcastSilent { .. } => Self::Escalation,
            Notice::CheckInSilent { .. } => Self::Silent,
            Notice::BroadcastHelp { .. }
            | Notice::CheckInHelp { .. }
            | Notice::Reinforce { .. } => Self::Help,
            Notice::Reminder {
                what: Reminder::NotStarted | Reminder::Running | Reminder::Stalled,
                ..
            } => Self::Late,
            _ => return None,
        })
    }
}

fn broadcast_of(notice: &Notice) -> Option<i64> {
    match notice {
        Notice::BroadcastHelp { broadcast_id, .. }
        | Notice::BroadcastSilent { broadcast_id, .. } => Some(*broadcast_id),
        _ => None,
    }
}

/// Puts those of these messages that somebody has to act on into the log, each for its reader alone.
pub(crate) fn announce(tx: &mut Tx, messages: &[Message]) {
    for message in messages {
        let Some((user_id, kind)) = message.user_id.zip(NotificationKind::of(&message.notice))
        else {
            continue;
        };
        let event = Event::Notification {
            user_id,
            kind,
            task_id: message.task_id,
            broadcast_id: broadcast_of(&message.notice),
        };
        let scope = Scope {
            unit_ids: Vec::new(),
            user_ids: vec![user_id],
        };
        tx.log(event, &scope);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_help_in_a_broadcast_is_found_there() {
        let help = Notice::BroadcastHelp {
            broadcast_id: 7,
            user_id: 3,
            answer_id: None,
        };
        assert_eq!(broadcast_of(&help), Some(7));
        let silent = Notice::BroadcastSilent {
            broadcast_id: 8,
            phones: false,
        };
        assert_eq!(broadcast_of(&silent), Some(8));
        assert_eq!(broadcast_of(&Notice::DrillScore { broadcast_id: 9 }), None);
    }
}
