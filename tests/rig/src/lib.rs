//! The fault rig: real `gad` processes on a real PostgreSQL and Redis beside the paper Telegram, a model of what must
//! be true, and what goes wrong in a night of production. How to add a row: README.md.

pub mod cluster;
pub mod faults;
pub mod load;
pub mod model;
pub mod moment;
pub mod proxy;
pub mod report;
pub mod run;
pub mod services;
pub mod solo;
