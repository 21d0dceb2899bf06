//! Drills as they are sent.

use chrono::{DateTime, Utc};
use domain::drill::{self, DrillStatus, MissedWhy, Silence};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    List,
    broadcasts::{AudienceOut, BroadcastWord},
    emergencies::EmergencyWord,
    words,
};

words! {
    /// Where a drill stands; a held one goes on as a broadcast.
    DrillWord as DrillStatus = DrillStatus { Planned, Held, Missed, Cancelled }
}

words! {
    /// Why a drill could not be held: nothing was running at its time, its planner may not send any more, nobody of its
    /// audience is linked, or its protocol is gone.
    MissedWord as MissedWhy = MissedWhy { Late, NoSender, Nobody, Words }
}

words! {
    /// Why nothing was heard of somebody: no answer in time, or Telegram took no message for him.
    SilenceWord as Silence = Silence { Silent, Unreachable }
}

/// A drill.
#[derive(Serialize, ToSchema)]
pub(crate) struct DrillOut {
    pub id: i64,
    pub status: DrillWord,
    pub protocol: Option<String>,
    /// What people read; of a practised call for help its code.
    pub text: String,
    /// None for a practised call: the search finds who is asked.
    pub audience: Option<AudienceOut>,
    /// The IANA name of the zone it was planned in; none for one that was sent by hand.
    pub zone: Option<String>,
    pub starts_at: DateTime<Utc>,
    /// When answers are no longer awaited, by plan; none for a practised call.
    pub ends_at: Option<DateTime<Utc>>,
    /// Why it was missed.
    pub why: Option<MissedWord>,
    pub created_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub broadcast_id: Option<i64>,
    pub broadcast_status: Option<BroadcastWord>,
    /// The call for help that was practised.
    pub emergency_id: Option<i64>,
    pub emergency_status: Option<EmergencyWord>,
    /// When its broadcast or its call ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it was answered: so far while it runs, kept from its end on; none before it is held.
    pub score: Option<ScoreOut>,
    /// Who did not answer in time, by name; only of one drill that was a broadcast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<List<UnansweredOut>>,
}

/// How people answered until it ended. Acknowledged, silent and unreachable sum to the recipients; of a call those who were
/// stood down before they had answered do not count.
#[derive(Serialize, ToSchema)]
pub(crate) struct ScoreOut {
    pub recipients: i64,
    /// For whom Telegram took a message, and whoever answered.
    pub reached: i64,
    /// Who answered, whatever they said.
    pub acknowledged: i64,
    /// Reached and without an answer.
    pub silent: i64,
    /// For whom Telegram took no message.
    pub unreachable: i64,
    pub of_reached: AnswerTimes,
    pub of_all: AnswerTimes,
    /// Seconds until the first said that he comes; only of a practised call for help, and once somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_to_first_coming: Option<i64>,
}

/// Seconds from its leaving until so many of them had answered; none while they have not.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerTimes {
    pub seconds_to_50: Option<i64>,
    pub seconds_to_90: Option<i64>,
}

/// Somebody of whom nothing was heard in time.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnansweredOut {
    pub user_id: i64,
    pub name: String,
    pub why: SilenceWord,
}

impl From<drill::Drill> for DrillOut {
    fn from(one: drill::Drill) -> Self {
        let (held, call) = (one.broadcast.as_ref(), one.call.as_ref());
        let ended_at = held.map(|held| held.ended_at);
        Self {
            broadcast_id: held.map(|held| held.id),
            broadcast_status: held.map(|held| held.status.into()),
            emergency_id: call.map(|call| call.id),
            emergency_status: call.map(|call| call.status.into()),
            ended_at: ended_at.or(call.map(|call| call.ended_at)).flatten(),
            score: one.score().map(Into::into),
            id: one.id,
            status: one.status.into(),
            protocol: one.protocol,
            text: one.words,
            audience: one.audience.map(Into::into),
            zone: one.zone,
            starts_at: one.starts_at,
            ends_at: one.ends_at,
            why: one.why.map(Into::into),
            created_by: one.created_by,
            created_at: one.created_at,
            unanswered: None,
        }
    }
}

impl From<drill::Score> for ScoreOut {
    fn from(score: drill::Score) -> Self {
        Self {
            recipients: score.recipients,
            reached: score.reached,
            acknowledged: score.acknowledged,
            silent: score.silent(),
            unreachable: score.unreachable(),
            of_reached: score.of_reached.into(),
            of_all: score.of_all.into(),
            seconds_to_first_coming: score.first_coming_seconds,
        }
    }
}

impl From<drill::Times> for AnswerTimes {
    fn from(times: drill::Times) -> Self {
        Self {
            seconds_to_50: times.half_seconds,
            seconds_to_90: times.most_seconds,
        }
    }
}

impl From<drill::Unanswered> for UnansweredOut {
    fn from(one: drill::Unanswered) -> Self {
        Self {
            user_id: one.user_id,
            name: one.name,
            why: one.why.into(),
        }
    }
}
