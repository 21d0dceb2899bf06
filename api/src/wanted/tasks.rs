//! What may be asked of tasks.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    assignment::Crew,
    error::Invalid,
    geo::Point,
    task::{
        create::{self, NewTask, When},
        edit::{self, TaskPatch},
        life::Step,
    },
};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::{
    error::Result,
    extract::Ruled,
    out::{TaskPriority, tasks::Place},
};

/// A task to be created.
#[derive(Clone, Deserialize, ToSchema)]
#[schema(as = NewTask)]
pub(crate) struct NewTaskIn {
    #[serde(default)]
    #[schema(required, min_length = 3, max_length = 200)]
    title: String,
    /// Code of the kind.
    #[serde(default)]
    #[schema(required)]
    kind: String,
    /// The kind's own when there is none.
    priority: Option<TaskPriority>,
    description: Option<String>,
    place: Option<Place>,
    /// RFC 3339, or wall time without an offset in `zone`; now when there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    planned_start: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    planned_end: Option<Moment>,
    /// IANA name; the installation's when there is none.
    zone: Option<String>,
    unit_id: Option<i64>,
    lead_agent_id: Option<i64>,
    agent_ids: Option<Vec<i64>>,
    /// Why people are taken outside of their shift.
    override_reason: Option<String>,
    drill: Option<bool>,
}

impl NewTaskIn {
    pub fn into_domain(self) -> NewTask {
        NewTask {
            title: self.title,
            kind: self.kind,
            priority: self.priority.map(Into::into),
            description: self.description,
            place: self.place.map(Place::into_domain),
            planned_start: self
                .planned_start
                .map(|Moment(when)| when)
                .unwrap_or_default(),
            planned_end: self.planned_end.map(|Moment(when)| when),
            zone: self.zone,
            unit_id: self.unit_id,
            drill: self.drill.unwrap_or(false),
            crew: Crew {
                agent_ids: self.agent_ids.unwrap_or_default(),
                lead_agent_id: self.lead_agent_id,
                override_reason: self.override_reason,
            },
        }
    }
}

impl Ruled for NewTaskIn {
    fn broken(&self) -> Vec<Invalid> {
        create::broken(&self.clone().into_domain())
    }
}

/// A moment, or what a wall clock shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(pub When);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
            return Ok(Self(When::At(at.to_utc())));
        }
        let local = text
            .parse()
            .or_else(|_| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M"));
        local
            .map(|local| Self(When::Local(local)))
            .map_err(serde::de::Error::custom)
    }
}

/// What shall change; what is not there stays, `null` empties.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[schema(as = TaskPatch)]
pub(crate) struct TaskPatchIn {
    title: Option<String>,
    priority: Option<TaskPriority>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Place>)]
    place: Option<Option<Place>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    planned_start: Option<Moment>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    planned_end: Option<Option<Moment>>,
    unit_id: Option<i64>,
}

/// Tells `null` from nothing.
pub(crate) fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl TaskPatchIn {
    pub fn into_domain(self, if_version: Option<i32>) -> TaskPatch {
        TaskPatch {
            title: self.title,
            description: self.description,
            priority: self.priority.map(Into::into),
            place: self.place.map(|place| place.map(Place::into_domain)),
            planned_start: self.planned_start.map(|Moment(when)| when),
            planned_end: self.planned_end.map(|end| end.map(|Moment(when)| when)),
            unit_id: self.unit_id,
            if_version,
        }
    }
}

impl Ruled for TaskPatchIn {
    fn broken(&self) -> Vec<Invalid> {
        edit::broken(&self.clone().into_domain(None))
    }
}

/// The circumstances of a transition.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[schema(as = Transition)]
pub(crate) struct TransitionIn {
    reason: Option<String>,
    /// When it really happened; now when there is none.
    at: Option<DateTime<Utc>>,
    place: Option<Place>,
    /// For completing what was never started: when it did start.
    started_at: Option<DateTime<Utc>>,
}

impl TransitionIn {
    pub fn into_domain(self) -> Result<Step> {
        let point = self.place.and_then(|place| place.point());
        let place = point
            .map(|point| Point::new(point.lat, point.lon))
            .transpose()?;
        Ok(Step {
            reason: self.reason,
            at: self.at,
            place,
            started_at: self.started_at,
        })
    }
}

/// Exactly these people shall be on the task.
#[derive(Clone, Deserialize, ToSchema)]
pub(crate) struct AssignmentsIn {
    agent_ids: Vec<i64>,
    lead_agent_id: Option<i64>,
    /// Why people are taken outside of their shift.
    override_reason: Option<String>,
}

impl From<AssignmentsIn> for Crew {
    fn from(sent: AssignmentsIn) -> Self {
        Self {
            agent_ids: sent.agent_ids,
            lead_agent_id: sent.lead_agent_id,
            override_reason: sent.override_reason,
        }
    }
}

/// An observation on a task. As multipart the same fields, and `file`.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub(crate) struct ReportIn {
    pub text: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// When it happened; now when there is none.
    pub at: Option<DateTime<Utc>>,
}

impl ReportIn {
    /// Tells this report from others, however it was sent.
    pub fn fingerprint(&self) -> Vec<u8> {
        format!("{:?}", (&self.text, self.lat, self.lon, self.at)).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(text: &str) -> When {
        let Moment(when) = serde_json::from_value(text.into()).expect("a literal of the test");
        when
    }

    #[test]
    fn plans_are_moments_or_wall_time() {
        assert!(matches!(when("2026-11-22T12:00:00-03:00"), When::At(_)));
        assert!(matches!(when("2026-11-22T12:00"), When::Local(_)));
        assert!(matches!(when("2026-11-22T12:00:00"), When::Local(_)));
    }

    #[test]
    fn null_is_not_nothing() {
        let patch: TaskPatchIn =
            serde_json::from_str(r#"{"description":null}"#).expect("a literal");
        assert_eq!(patch.description, Some(None));
        assert!(patch.place.is_none());
    }
}

/// How often the people of a task are asked whether they are well.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = NewCheckIns)]
pub(crate) struct CheckInsIn {
    #[schema(minimum = 5, maximum = 240)]
    pub every_minutes: u32,
}
