//! What GAD does, told without Telegram, HTTP, Redis or Spanish.

pub mod actor;
pub mod agent;
pub mod assignment;
pub mod audit;
pub mod availability;
pub mod bell;
pub mod card;
pub mod clock;
pub mod dialogue;
pub mod error;
pub mod event;
pub mod files;
pub mod geo;
pub mod inbox;
pub mod lease;
pub mod leave;
pub mod outbox;
pub mod page;
pub mod position;
pub mod report;
pub mod rules;
pub mod secret;
pub mod shift;
pub mod store;
pub mod task;
pub mod timer;
pub mod zone;

pub use actor::Actor;
pub use clock::Clock;
pub use error::{Error, Refusal, Result};
pub use page::Page;
pub use rules::Rules;
pub use store::{Store, Tx};
