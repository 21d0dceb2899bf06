//! The command `gad`.

use std::process::ExitCode;

/// Many threads ask the C library for memory in turns, and what they give back stays with the process; this one costs a
/// fifth less of a list's time. How it is set: `.cargo/config.toml`.
#[global_allocator]
static MEMORY: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    gad::commands::main()
}
