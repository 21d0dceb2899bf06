//! Deadlines for tests on shared machines: what a host takes away from its guests is not held against the tested.
//! A wait of ten seconds is ten seconds where the machine is ours, and longer where others had a part of it.

mod deadline;
mod failure;
mod machine;
mod stopwatch;

pub use deadline::{Deadline, within};
pub use failure::{failed, last_failure};
pub use stopwatch::Stopwatch;
