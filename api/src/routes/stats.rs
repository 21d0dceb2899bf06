//! Figures of the present.

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{
    availability::Availability,
    stats::{self, Overview},
    task::Status,
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, auth::Signed, error::Result, extract::Json};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(overview))
}

/// What the board shows at its top, within one's scope.
#[derive(Serialize, ToSchema)]
struct StatsOverview {
    at: DateTime<Utc>,
    tasks: TaskFigures,
    agents: AgentFigures,
}

#[derive(Serialize, ToSchema)]
struct TaskFigures {
    scheduled: u64,
    in_progress: u64,
    paused: u64,
    completed: u64,
    cancelled: u64,
    /// Since midnight in the installation's zone.
    completed_today: u64,
    /// Should have started or ended by now.
    late: u64,
    /// Offers on open tasks that nobody has answered yet.
    unacknowledged: u64,
}

/// Active agents by availability.
#[derive(Serialize, ToSchema)]
struct AgentFigures {
    available: u64,
    on_task: u64,
    unavailable: u64,
    off_shift: u64,
    on_leave: u64,
}

/// The figures of what one may see.
#[utoipa::path(get, path = "/stats/overview", tag = "numbers", operation_id = "stats_overview",
    responses((status = 200, body = StatsOverview)))]
async fn overview(State(app): State<App>, signed: Signed) -> Result<Json<StatsOverview>> {
    Ok(Json(
        stats::overview(&app.store, &signed.actor).await?.into(),
    ))
}

impl From<Overview> for StatsOverview {
    fn from(figures: Overview) -> Self {
        let tasks = |status| figures.tasks.get(&status).copied().unwrap_or(0);
        let agents = |one: Availability| figures.agents.get(one.as_str()).copied().unwrap_or(0);
        Self {
            at: figures.at,
            tasks: TaskFigures {
                scheduled: tasks(Status::Scheduled),
                in_progress: tasks(Status::InProgress),
                paused: tasks(Status::Paused),
                completed: tasks(Status::Completed),
                cancelled: tasks(Status::Cancelled),
                completed_today: figures.completed_today,
                late: figures.late,
                unacknowledged: figures.unanswered,
            },
            agents: AgentFigures {
                available: agents(Availability::Available),
                on_task: agents(Availability::OnTask),
                unavailable: agents(Availability::Unavailable),
                off_shift: agents(Availability::OffShift),
                on_leave: agents(Availability::OnLeave),
            },
        }
    }
}
