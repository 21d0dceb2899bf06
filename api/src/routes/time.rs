//! Who is on duty when: shifts, leave, exchanges and calendars.

mod calendars;
mod leaves;
mod patterns;
mod shifts;
mod swaps;
mod unavailabilities;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub(crate) use calendars::open;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(shifts::router())
        .merge(patterns::router())
        .merge(leaves::router())
        .merge(swaps::router())
        .merge(unavailabilities::router())
        .merge(calendars::router())
}
