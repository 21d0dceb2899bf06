//! What people and programs do meanwhile, and how long it took.

pub mod api;
pub mod people;
pub mod samples;
pub mod talk;

pub use self::{
    api::{Asked, Traffic},
    people::{Force, Member},
    samples::Samples,
    talk::Talk,
};
