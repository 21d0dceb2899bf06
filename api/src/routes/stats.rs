//! Figures of the present. Those that boards ask for all at once are remembered for a moment: see [`crate::cache`].

use axum::{extract::State, response::Response};
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::{
    Store,
    availability::Availability,
    figures::{self, Figures, Interval, Period, Sums},
    stats::{self, Overview},
    task::Status,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    addresses::{Addresses, routes},
    app::App,
    auth::Signed,
    cache,
    error::Result,
    extract::{Json, Path, Query},
};

mod counted;

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .routes(routes!(overview))
        .routes(routes!(unit))
        .routes(routes!(user))
        .merge(counted::router())
}

/// What the board shows at its top, within one's scope.
#[derive(Serialize, ToSchema)]
struct StatsOverview {
    at: DateTime<Utc>,
    tasks: TaskFigures,
    agents: AgentFigures,
    /// Supervisors and admins with a board open; null for agents.
    supervisors_online: Option<usize>,
    /// What was done in the period.
    work: Work,
}

/// Days of the installation's zone; the last 30 when nothing is said.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodQuery {
    /// The first day.
    from: Option<NaiveDate>,
    /// The last day; at most 366 days in all.
    until: Option<NaiveDate>,
}

/// Days of a period of which only the end is said.
const USUAL: u64 = 30;

/// The days that are meant.
pub(super) fn period(
    store: &Store,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<Period> {
    let until = until.unwrap_or(Period::last(store, 1).until);
    let usual = until
        .checked_sub_days(Days::new(USUAL - 1))
        .unwrap_or(until);
    Ok(Period::new(from.unwrap_or(usual), until)?)
}

/// What was done in a period. What nobody knows is null, never zero.
#[derive(Serialize, ToSchema)]
struct Work {
    from: NaiveDate,
    until: NaiveDate,
    #[serde(flatten)]
    total: WorkSums,
    /// By day; by week, called by its first day, when there are many.
    days: Vec<WorkDay>,
}

#[derive(Serialize, ToSchema)]
struct WorkDay {
    day: NaiveDate,
    #[serde(flatten)]
    sums: WorkSums,
}

/// Drills do not count.
#[derive(Serialize, ToSchema)]
struct WorkSums {
    completed: u64,
    cancelled: u64,
    reports: u64,
    /// Completed ones that had to end by a time; null when there are none.
    on_time: Option<OnTime>,
    /// From the offer to the answer.
    offered_to_acknowledged: Option<IntervalOut>,
    /// From the answer to being there.
    acknowledged_to_on_site: Option<IntervalOut>,
    /// From being there to the end.
    on_site_to_completed: Option<IntervalOut>,
}

#[derive(Serialize, ToSchema)]
struct OnTime {
    /// 0 to 1.
    share: f64,
    count: u64,
    of: u64,
}

#[derive(Serialize, ToSchema)]
struct IntervalOut {
    mean_seconds: f64,
    /// Of how many.
    count: u64,
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

/// What was done in a unit. For its supervisors, and level 3.
#[utoipa::path(get, path = "/stats/units/{id}", tag = "numbers", operation_id = "stats_unit",
    params(("id" = i64, Path), PeriodQuery), responses((status = 200, body = Work)))]
async fn unit(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(query): Query<PeriodQuery>,
) -> Result<Response> {
    let period = period(&app.store, query.from, query.until)?;
    let what = format!("unit {id} {} {}", period.from, period.until);
    let made = async {
        let figures = figures::of_unit(&app.store, &signed.actor, id, period).await?;
        Ok::<_, domain::Error>(Work::from(figures))
    };
    cache::answer(&app, &signed.actor, &what, Box::pin(made)).await
}

/// What somebody did: oneself, people of one's units, anybody for level 3.
#[utoipa::path(get, path = "/stats/users/{id}", tag = "numbers", operation_id = "stats_user",
    params(("id" = i64, Path), PeriodQuery), responses((status = 200, body = Work)))]
async fn user(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<i64>,
    Query(query): Query<PeriodQuery>,
) -> Result<Json<Work>> {
    let period = period(&app.store, query.from, query.until)?;
    let figures = figures::of_user(&app.store, &signed.actor, id, period).await?;
    Ok(Json(figures.into()))
}

impl From<Figures> for Work {
    fn from(figures: Figures) -> Self {
        let days = figures.days.into_iter();
        Self {
            from: figures.period.from,
            until: figures.period.until,
            total: figures.total.into(),
            days: days
                .map(|(day, sums)| WorkDay {
                    day,
                    sums: sums.into(),
                })
                .collect(),
        }
    }
}

impl From<Sums> for WorkSums {
    fn from(sums: Sums) -> Self {
        let interval = |one: Option<Interval>| {
            one.map(|one| IntervalOut {
                mean_seconds: one.mean_seconds,
                count: one.count,
            })
        };
        Self {
            completed: sums.completed,
            cancelled: sums.cancelled,
            reports: sums.reports,
            on_time: sums.on_time_share().map(|share| OnTime {
                share,
                count: sums.on_time,
                of: sums.timed,
            }),
            offered_to_acknowledged: interval(sums.to_acknowledge()),
            acknowledged_to_on_site: interval(sums.to_arrive()),
            on_site_to_completed: interval(sums.to_complete()),
        }
    }
}

/// The figures of what one may see: of now, and of what was done in a period.
#[utoipa::path(get, path = "/stats/overview", tag = "numbers", operation_id = "stats_overview", params(PeriodQuery),
    responses((status = 200, body = StatsOverview)))]
async fn overview(
    State(app): State<App>,
    signed: Signed,
    Query(query): Query<PeriodQuery>,
) -> Result<Response> {
    let period = period(&app.store, query.from, query.until)?;
    let what = format!("overview {} {}", period.from, period.until);
    let made = async {
        let (now, work) = tokio::try_join!(
            stats::overview(&app.store, &signed.actor),
            figures::of_scope(&app.store, &signed.actor, period)
        )?;
        let online = signed.actor.may_command();
        let online = online.then(|| app.hub.supervisors_online());
        Ok::<_, domain::Error>(StatsOverview::of(&now, online, work))
    };
    cache::answer(&app, &signed.actor, &what, Box::pin(made)).await
}

impl StatsOverview {
    fn of(figures: &Overview, supervisors_online: Option<usize>, work: Figures) -> Self {
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
            supervisors_online,
            work: work.into(),
        }
    }
}
