//! The whole system, driven from outside.

mod commands;
mod crash;
mod day;
mod demonstration;
mod doors;
mod drift;
mod house;
mod rings;

/// The program under test.
const GAD: &str = env!("CARGO_BIN_EXE_gad-tested");
