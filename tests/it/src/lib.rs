//! What a test of the whole system needs: databases, a running GAD, and people who use it.

pub mod database;
