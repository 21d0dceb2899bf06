//! Shifts, leave, exchanges and calendar links as they are sent.

mod calendars;
mod leaves;
mod patterns;
mod shifts;
mod swaps;
mod unavailabilities;

pub(crate) use calendars::CalendarOut;
pub(crate) use leaves::{LeaveDetail, LeaveOut, LeaveWord};
pub(crate) use patterns::{ImportOut, LotOut};
pub(crate) use shifts::{NoteOut, ShiftOut, ShiftReportOut};
pub(crate) use swaps::{SwapOut, SwapWord};
pub(crate) use unavailabilities::UnavailabilityOut;
