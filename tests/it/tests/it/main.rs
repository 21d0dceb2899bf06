//! The whole system, driven from outside.

mod day;
mod drift;
mod house;
