//! The whole system, driven from outside.

mod broadcast;
mod commands;
mod crash;
mod demonstration;
mod difusion;
mod doors;
mod drift;
mod duty;
mod estimates;
mod figures;
mod hand;
mod heard;
mod house;
mod instances;
mod lanes;
mod late_taps;
mod location;
mod manners;
mod people_import;
mod phone_day;
mod postgis;
mod redis;
mod reminders;
mod reports;
mod rings;
mod safety;
mod search;
mod several;
mod sight;
mod sos;
mod steps;
mod unregistered;
mod whole_day;

/// The program under test.
const GAD: &str = env!("CARGO_BIN_EXE_gad-tested");
