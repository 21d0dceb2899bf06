//! Telegram in and out: updates come through the durable inbox to teloxide's dispatcher, messages leave through the
//! outbox and one sender.

pub mod client;
#[doc(hidden)]
pub mod doors;
pub mod errors;
pub mod fetch;
pub mod health;
pub mod limiter;
pub mod menu;
pub mod receive;
pub mod screen;
pub mod storage;
pub mod toasts;

mod answers;
mod broadcasts;
mod by_phone;
mod call_ended;
mod cards;
mod check_ins;
mod commands;
mod content;
mod corrections;
mod counted;
mod ctx;
mod dialogues;
mod drills;
mod duty;
mod emergencies;
mod errands;
pub mod exports;
mod extend;
mod fence;
mod figures;
mod flow;
mod groups;
mod history;
mod inflight;
mod inline;
mod keyboards;
mod listener;
mod lists;
mod menus;
mod meter;
mod moves;
mod my_data;
mod not_back;
mod papers_asked;
mod passed_on;
mod presence;
mod presses;
mod reminders;
mod render;
mod reply;
mod says;
mod schema;
mod search;
mod sender;
mod sos;
mod state;
mod strangers;
mod text;
mod view;
mod wording;

pub use self::{
    client::Client,
    errors::HandlerError,
    flow::{Flow, Receive, describe_metrics, run},
    health::Health,
    inflight::InboxId,
    limiter::Limits,
    menus::for_strangers,
    render::Words,
    schema::{Command, tree},
    screen::{Keyboard, Media, Render, Rendered, Screen},
    storage::DialogueStorage,
    toasts::Toasts,
};
