//! Groups and topics of units: who registers them, what arrives there, who may answer there, and what ends it.

mod ends;
mod heard;
mod owners;
mod pages;
mod registers;
mod scene;
mod topics;
