//! The paper Telegram: a Bot API server that behaves like Telegram, for tests and for the demo.
//!
//! It knows the methods a bot of ours uses, with Telegram's limits, expiries, ordering and error
//! bodies, plays the people on the other side, and fails on demand. A test drives it in process:
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let paper = telegram::Paper::start("127.0.0.1:0".parse()?).await?;
//! paper.add_bot("1:token", "gad_bot");
//! let ana = paper.person(1001, "Ana", "es");
//! ana.says("/start")?;
//! let hello = ana.until_text("Hola").await?;
//! ana.taps_on(hello.id, "Mis tareas")?;
//! # Ok(()) }
//! ```

mod acts;
mod answer;
mod calls;
mod config;
mod deliver;
mod desk;
mod door;
mod entities;
mod faults;
mod files;
mod html;
mod keyboard;
mod limits;
mod menu;
mod message;
mod methods;
mod paper;
mod params;
mod perform;
mod person;
mod phone;
mod poll;
mod press;
mod queue;
mod shared;
mod state;
mod store;
mod view;
mod wire;

pub use acts::{Act, CannotAct, Done, MediaKind};
pub use calls::Call;
pub use config::{Clock, Config, HandClock, Rates, SystemClock};
pub use faults::{Fault, FaultKind};
pub use paper::{NotCalled, Paper, StartError};
pub use person::{NotSeen, Person};
pub use view::{Button, ChatView, Seen, Toast};
