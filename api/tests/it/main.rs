//! The doors of the program on a real database.

mod access;
mod auth;
mod document;
mod limits;
mod once;
mod problems;
mod support;
mod tasks;
mod ws;
