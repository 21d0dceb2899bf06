//! The paper Telegram from outside: over HTTP as bots use it, and as people use it.

mod client;
mod delivery;
mod faults;
mod groups;
mod limits;
mod people;
mod phone;
mod store;
mod teloxide;
mod webhook;

/// Result of a test.
type Outcome = Result<(), Box<dyn std::error::Error>>;
