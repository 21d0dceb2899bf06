//! The way of updates and messages, against the paper Telegram, with handlers and words made for the tests.

mod handling;
mod receiving;
mod sending;
mod support;
mod webhook;
