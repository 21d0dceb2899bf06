//! Who is on duty when: shifts, leave, exchanges and calendars.

mod calendars;
mod leaves;
mod patterns;
mod shifts;
mod swaps;
mod unavailabilities;

use crate::addresses::Addresses;

pub(crate) use calendars::open;

pub(crate) fn router() -> Addresses {
    Addresses::default()
        .merge(shifts::router())
        .merge(patterns::router())
        .merge(leaves::router())
        .merge(swaps::router())
        .merge(unavailabilities::router())
        .merge(calendars::router())
}
