//! Events and control messages as JSON text. The AsyncAPI document is made from the types here.

use axum::extract::ws::Utf8Bytes;
use chrono::{DateTime, Utc};
use domain::{event::Topic, notification::NotificationKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::out::{AvailabilityWord, TaskStatus, emergencies::EmergencyWord, words};

mod made;

pub(crate) use made::messages;

words! {
    /// What a socket may subscribe to.
    TopicWord as Topic = Topic { Tasks, Agents, Positions, Emergencies, Broadcasts, Notifications, Kpis }
}

/// What has happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "event_type", content = "data", rename_all = "snake_case")]
pub(crate) enum EventOut {
    /// A task was made.
    TaskCreated(TaskTold),
    /// A task says something else about itself.
    TaskUpdated(TaskTold),
    /// A task went on in its life.
    TaskStatusChanged(StatusTold),
    /// Other people are on a task.
    TaskAssigned(CrewTold),
    /// Somebody has answered that he comes.
    AssignmentAcknowledged(AnswerTold),
    /// Somebody has answered that he cannot.
    AssignmentDeclined(AnswerTold),
    /// Somebody has reported on a task.
    TaskReported(ReportTold),
    /// Somebody is free, or no longer.
    AgentAvailabilityChanged(AvailabilityTold),
    /// Somebody is elsewhere.
    AgentPositionChanged(PositionTold),
    /// Shifts of somebody were planned, moved or removed, or one began or ended.
    ShiftsChanged(AgentTold),
    /// Leave was asked for, decided or withdrawn.
    LeaveChanged(DutyTold),
    /// An exchange of shifts went one step on.
    SwapChanged(DutyTold),
    /// Somebody called for help, and people are asked.
    EmergencyRaised(EmergencyTold),
    /// Somebody was asked, comes or cannot, or it is over.
    EmergencyUpdated(EmergencyChanged),
    /// A message to many leaves.
    BroadcastStarted(BroadcastTold),
    /// Somebody got it or answered, or it is over.
    BroadcastProgress(BroadcastTold),
    /// People of a task, or one who works alone, are asked whether they are well, or somebody answered, or does not.
    CheckInUpdated(CheckInTold),
    /// Whoever reads this is told something that he has to act on; nobody else is sent it.
    Notification(NotificationTold),
    /// The figures of the overview are worth reading again.
    KpisChanged(Nothing),
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AgentTold {
    agent_id: i64,
}

/// With the id of the leave, or of the exchange; this comes once for each agent of an exchange.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyTold {
    id: i64,
    agent_id: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskTold {
    id: i64,
    code: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusTold {
    id: i64,
    code: String,
    from: Option<TaskStatus>,
    status: TaskStatus,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CrewTold {
    id: i64,
    code: String,
    agent_ids: Vec<i64>,
    lead_agent_id: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerTold {
    id: i64,
    code: String,
    agent_id: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportTold {
    id: i64,
    code: String,
    report_id: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmergencyTold {
    id: i64,
    task_id: i64,
    code: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EmergencyChanged {
    id: i64,
    task_id: i64,
    code: String,
    status: EmergencyWord,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BroadcastTold {
    id: i64,
}

/// With the task, or with the agent who works alone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckInTold {
    id: i64,
    task_id: Option<i64>,
    agent_id: Option<i64>,
}

words! {
    /// What somebody has to act on.
    NotificationWord as NotificationKind = NotificationKind { NoAnswer, Unreachable, Escalation, Silent, Help, Late }
}

/// With the task or the broadcast it is about, if there is one, and who asks for help in that.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotificationTold {
    user_id: i64,
    kind: NotificationWord,
    task_id: Option<i64>,
    broadcast_id: Option<i64>,
    by_user: Option<i64>,
    by_name: Option<String>,
    /// Whether the broadcast is a drill.
    drill: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AvailabilityTold {
    agent_id: i64,
    availability: AvailabilityWord,
}

/// Coordinates are not in the log: they are those of the moment of sending, and absent when they are kept no longer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PositionTold {
    agent_id: i64,
    /// Degrees, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    accuracy_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Nothing {}

/// What is said about the connection itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "event_type", content = "data", rename_all = "snake_case")]
pub(crate) enum ControlOut {
    /// The first message.
    ConnectionAck(Greeting),
    /// Are you there? Answer `pong`, as text or as a WebSocket pong.
    Ping(Nothing),
    /// The answer to a client's ping.
    Pong(Nothing),
    /// The topics from now on, before any replay.
    Subscribed(Subscribed),
    /// What was missed cannot be replayed: read everything anew.
    Resync(Resync),
    /// What the client said was not understood, or not all of it.
    Error(Complaint),
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Greeting {
    pub connection_id: String,
    /// Names the log; another one begins anew.
    pub epoch: String,
    /// Of the newest event.
    pub seq: i64,
    pub heartbeat_seconds: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscribed {
    pub topics: Vec<TopicWord>,
    pub epoch: String,
    pub seq: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resync {
    pub epoch: String,
    pub seq: i64,
    pub reason: Gap,
}

/// Why what was missed cannot be replayed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gap {
    /// The log is another one.
    Epoch,
    /// The events are kept no longer.
    TooOld,
    /// Reading everything anew is cheaper.
    TooMany,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Complaint {
    /// `malformed`, `unknown` or `unknown_topic`.
    pub code: &'static str,
    pub message: &'static str,
}

/// A control message as it is sent.
#[derive(Serialize)]
struct ControlMessage {
    #[serde(flatten)]
    control: ControlOut,
    timestamp: DateTime<Utc>,
}

/// A message that is no event of the log.
pub(crate) fn control(control: ControlOut, timestamp: DateTime<Utc>) -> Utf8Bytes {
    let message = ControlMessage { control, timestamp };
    let text = serde_json::to_string(&message).expect("plain values have a JSON form");
    text.into()
}

/// The topic with this name.
pub(crate) fn topic(name: &str) -> Option<Topic> {
    Topic::ALL.into_iter().find(|topic| topic.as_str() == name)
}
