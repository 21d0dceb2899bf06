//! What happened becomes a message: once, for all who hear it.

use std::collections::HashMap;

use axum::extract::ws::Utf8Bytes;
use chrono::{DateTime, Utc};
use domain::{
    Store,
    agent::LastPosition,
    event::{Event, Logged},
    notification::Beside,
    position,
};
use serde::Serialize;

use super::{
    AgentTold, AnswerTold, AvailabilityTold, BroadcastTold, CheckInTold, CrewTold, DutyTold,
    EmergencyChanged, EmergencyTold, EventOut, Nothing, NotificationTold, PositionTold, ReportTold,
    StatusTold, TaskTold, TopicWord,
};
use crate::out::TaskStatus;

/// An event as it is sent.
#[derive(Serialize)]
struct EventMessage {
    #[serde(flatten)]
    event: EventOut,
    seq: i64,
    topic: TopicWord,
    timestamp: DateTime<Utc>,
}

/// What the log does not keep: it is that of the moment of sending.
struct Now {
    positions: HashMap<i64, LastPosition>,
    beside: Beside,
}

/// The messages of these events, in their order.
pub(crate) async fn messages(store: &Store, events: &[Logged]) -> domain::Result<Vec<Utf8Bytes>> {
    let moved: Vec<i64> = events
        .iter()
        .filter_map(|logged| moved(&logged.event))
        .collect();
    let positions = if moved.is_empty() {
        HashMap::new()
    } else {
        position::latest(store, moved).await?
    };
    let beside = Beside::of(store, events).await?;
    let now = Now { positions, beside };
    events.iter().map(|logged| message(logged, &now)).collect()
}

fn moved(event: &Event) -> Option<i64> {
    match event {
        Event::AgentPositionChanged { agent_id } => Some(*agent_id),
        _ => None,
    }
}

fn message(logged: &Logged, now: &Now) -> domain::Result<Utf8Bytes> {
    let message = EventMessage {
        event: told(logged.event.clone(), now),
        seq: logged.seq,
        topic: logged.topic.into(),
        timestamp: logged.at,
    };
    Ok(serde_json::to_string(&message)?.into())
}

fn told(event: Event, now: &Now) -> EventOut {
    match event {
        Event::TaskCreated { id, code } => EventOut::TaskCreated(TaskTold { id, code }),
        Event::TaskUpdated { id, code } => EventOut::TaskUpdated(TaskTold { id, code }),
        Event::TaskStatusChanged {
            id,
            code,
            from,
            status,
        } => EventOut::TaskStatusChanged(StatusTold {
            id,
            code,
            from: from.map(TaskStatus::from),
            status: status.into(),
        }),
        Event::TaskAssigned {
            id,
            code,
            agent_ids,
            lead_agent_id,
        } => EventOut::TaskAssigned(CrewTold {
            id,
            code,
            agent_ids,
            lead_agent_id,
        }),
        Event::AssignmentAcknowledged { id, code, agent_id } => {
            EventOut::AssignmentAcknowledged(AnswerTold { id, code, agent_id })
        }
        Event::AssignmentDeclined { id, code, agent_id } => {
            EventOut::AssignmentDeclined(AnswerTold { id, code, agent_id })
        }
        Event::TaskReported {
            id,
            code,
            report_id,
        } => EventOut::TaskReported(ReportTold {
            id,
            code,
            report_id,
        }),
        Event::AgentAvailabilityChanged {
            agent_id,
            availability,
        } => EventOut::AgentAvailabilityChanged(AvailabilityTold {
            agent_id,
            availability: availability.into(),
        }),
        Event::AgentPositionChanged { agent_id } => {
            EventOut::AgentPositionChanged(position_told(agent_id, now.positions.get(&agent_id)))
        }
        Event::ShiftsChanged { agent_id } => EventOut::ShiftsChanged(AgentTold { agent_id }),
        Event::LeaveChanged { id, agent_id } => EventOut::LeaveChanged(DutyTold { id, agent_id }),
        Event::SwapChanged { id, agent_id } => EventOut::SwapChanged(DutyTold { id, agent_id }),
        Event::EmergencyRaised { id, task_id, code } => {
            EventOut::EmergencyRaised(EmergencyTold { id, task_id, code })
        }
        Event::EmergencyUpdated {
            id,
            task_id,
            code,
            status,
        } => EventOut::EmergencyUpdated(EmergencyChanged {
            id,
            task_id,
            code,
            status: status.into(),
        }),
        Event::BroadcastStarted { id } => EventOut::BroadcastStarted(BroadcastTold { id }),
        Event::BroadcastProgress { id } => EventOut::BroadcastProgress(BroadcastTold { id }),
        Event::CheckInUpdated {
            id,
            task_id,
            agent_id,
        } => EventOut::CheckInUpdated(CheckInTold {
            id,
            task_id,
            agent_id,
        }),
        Event::Notification {
            user_id,
            kind,
            task_id,
            broadcast_id,
            by_user,
        } => EventOut::Notification(NotificationTold {
            user_id,
            kind: kind.into(),
            task_id,
            broadcast_id,
            by_user,
            by_name: by_user.and_then(|id| now.beside.names.get(&id).cloned()),
            drill: broadcast_id.and_then(|id| now.beside.drills.get(&id).copied()),
        }),
        Event::KpisChanged {} => EventOut::KpisChanged(Nothing {}),
    }
}

fn position_told(agent_id: i64, position: Option<&LastPosition>) -> PositionTold {
    PositionTold {
        agent_id,
        lat: position.map(|position| position.point.lat),
        lon: position.map(|position| position.point.lon),
        accuracy_m: position.and_then(|position| position.accuracy_m),
        at: position.map(|position| position.at),
    }
}
