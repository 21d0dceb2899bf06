//! The whole system, driven from outside.

mod albums;
mod broadcast;
mod check_ins;
mod commands;
mod crash;
mod demonstration;
mod difusion;
mod doors;
mod drift;
mod drills;
mod duty;
mod estimates;
mod figures;
mod first_wave;
mod groups;
mod hand;
mod heard;
mod house;
mod instances;
mod lanes;
mod late_taps;
mod location;
mod manners;
mod outage;
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
mod vanished;
mod whole_day;

/// The program under test.
const GAD: &str = env!("CARGO_BIN_EXE_gad-tested");
