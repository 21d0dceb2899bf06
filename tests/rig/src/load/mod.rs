//! What people and programs do meanwhile, and how long it took.

pub mod api;
pub mod bodies;
pub mod crowd;
pub mod frames;
pub mod junk;
pub mod people;
pub mod radio;
pub mod samples;
pub mod talk;
pub mod views;

pub use self::{
    api::{Asked, Traffic},
    crowd::Crowd,
    people::{Force, Member},
    samples::Samples,
    talk::Talk,
    views::Views,
};
