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
//!
//! `Config::default()` is Telegram without sending limits; `Config { rates: Some(Rates::default()), .. }`
//! adds them, `clock` takes a [`HandClock`] for expiries, `folder` keeps chats over a restart.
//! Markdown parse modes, albums, stickers, polls and payments are not played.
//!
//! # The phone page and its interface
//!
//! [`Paper::phone_url`] shows the phones of all people: `/?people=1001,Ana` opens some of them,
//! `/#person=1001&start=CODE` opens an enrolment link as somebody. The same server answers programs
//! on this computer (other hosts' names and other pages' origins are refused):
//!
//! | request | answer |
//! |---|---|
//! | `GET /paper/info` | bots and the place in the middle |
//! | `GET /paper/people` | everybody with their chats, unread counts and newest messages |
//! | `POST /paper/people` `{"first_name": "Zoe"}` | 201 `{"id"}`; also `id`, `last_name`, `username`, `language_code`, `note` |
//! | `GET /paper/people/{id}/chat?since=0` | what changed in the chat after a revision: `messages` as the Bot API has them, `gone`, `toasts`, `keyboard`, `commands`, `typing`, `blocked`, and the `revision` to ask with next; `chat` names a group, `bot` another bot |
//! | `POST /paper/people/{id}/act` | does an [`Act`]; 200 [`Done`], or 409 `{"error"}` that lists the buttons there are |
//! | `GET /paper/files/{file_id}` | bytes of a file |
//! | `GET /paper/calls` | the log of Bot API calls |
//! | `GET /paper/events` | server-sent events `{"revision","bot","chat"}`; `resync` when some were missed |
//!
//! ```text
//! curl -d '{"do":"says","text":"/tareas"}' -H 'Content-Type: application/json' $PHONE/paper/people/1001/act
//! curl -d '{"do":"taps","label":"Finalizar"}' -H 'Content-Type: application/json' $PHONE/paper/people/1001/act
//! curl -d '{"do":"shares_location","latitude":-34.6,"longitude":-58.4}' -H 'Content-Type: application/json' …
//! ```
//!
//! Acts: `says` (text, reply_to), `edits` (message_id, text), `taps` (label, message_id), `presses`
//! (message_id, data), `sends` (kind, base64, name, mime, caption, reply_to), `sends_album`
//! (items, each with kind, base64, name, mime, caption), `shares_location` (latitude, longitude,
//! live_period), `moves_live_location`, `stops_live_location`, `shares_venue` (latitude, longitude,
//! title, address), `shares_contact` (phone), `blocks_bot`, `unblocks_bot`,
//! `adds_bot`, `removes_bot`, `upgrades_group` (to), `opens_topic` (name), `closes_topic` (topic), `deletes_account`, `opens_link` (link), `asks_inline` (text),
//! `stands` (latitude, longitude), `reads`.

mod acts;
mod answer;
mod balance;
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
mod mini_app;
mod paper;
mod params;
mod perform;
mod person;
mod phone;
mod poll;
mod press;
mod queue;
mod scene;
mod shared;
mod state;
mod store;
mod view;
mod wire;

pub use acts::{Act, CannotAct, Done, Item, MediaKind};
pub use calls::Call;
pub use config::{Clock, Config, HandClock, Rates, SystemClock};
pub use faults::{Fault, FaultKind};
pub use mini_app::init_data;
pub use paper::{NotCalled, Paper, StartError};
pub use person::{NotSeen, Person};
pub use view::{Button, ChatView, Seen, Toast};
