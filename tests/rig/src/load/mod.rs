//! What people and programs do meanwhile, and how long it took.

pub mod people;
pub mod samples;

pub use self::{
    people::{Force, Member},
    samples::Samples,
};
