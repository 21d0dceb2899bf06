//! What comes in: requests as they are written, and what they mean to the domain.

pub(crate) mod broadcasts;
pub(crate) mod people;
pub(crate) mod tasks;
pub(crate) mod time;
