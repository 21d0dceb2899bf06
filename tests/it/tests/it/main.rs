//! The whole system, driven from outside.

mod drift;
mod house;
