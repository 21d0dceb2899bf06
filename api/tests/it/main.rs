//! The doors of the program on a real database.

mod access;
mod asyncapi;
mod auth;
mod broadcast_files;
mod cap;
mod cap_in;
mod contract;
mod document;
mod goodbye;
mod hostile;
mod limits;
mod once;
mod people;
mod problems;
mod rules;
mod strict;
mod support;
mod tasks;
mod time;
mod uploads;
mod ws;
