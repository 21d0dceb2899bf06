//! The whole system, driven from outside.

mod day;
mod doors;
mod drift;
mod house;
