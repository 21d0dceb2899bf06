//! What somebody who answers for others is told because he has to act: his board shows it at once as well, and nobody else's.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};

use ::entity::{broadcast, user};

use crate::{
    Result, Store, Tx,
    event::{Event, Logged, Scope},
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
            | Notice::TaskCry { .. }
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

fn asks(notice: &Notice) -> Option<i64> {
    match notice {
        Notice::BroadcastHelp { user_id, .. } | Notice::TaskCry { user_id, .. } => Some(*user_id),
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
            by_user: asks(&message.notice),
        };
        let scope = Scope {
            unit_ids: Vec::new(),
            user_ids: vec![user_id],
        };
        tx.log(event, &scope);
    }
}

/// What the log does not keep of notifications, as it is now.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Of those who ask for help.
    pub names: HashMap<i64, String>,
    /// Whether a broadcast is a drill.
    pub drills: HashMap<i64, bool>,
}

impl Beside {
    /// Of all these at once.
    pub async fn of(store: &Store, events: &[Logged]) -> Result<Self> {
        let (mut people, mut broadcasts) = (Vec::new(), Vec::new());
        for logged in events {
            if let Event::Notification {
                by_user,
                broadcast_id,
                ..
            } = &logged.event
            {
                people.extend(*by_user);
                broadcasts.extend(*broadcast_id);
            }
        }
        Ok(Self {
            names: names(store.reader(), people).await?,
            drills: drills(store.reader(), broadcasts).await?,
        })
    }
}

async fn names(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Name)
        .filter(user::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn drills(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, bool>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, bool)> = broadcast::Entity::find()
        .select_only()
        .column(broadcast::Column::Id)
        .column(broadcast::Column::Drill)
        .filter(broadcast::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
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
        assert_eq!((broadcast_of(&help), asks(&help)), (Some(7), Some(3)));
        let silent = Notice::BroadcastSilent {
            broadcast_id: 8,
            phones: false,
        };
        assert_eq!((broadcast_of(&silent), asks(&silent)), (Some(8), None));
        assert_eq!(broadcast_of(&Notice::DrillScore { broadcast_id: 9 }), None);
    }
}
