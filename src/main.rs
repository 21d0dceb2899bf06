//! The command `gad`.

use std::process::ExitCode;

/// Requests allocate much and briefly, on many threads; the C library's allocator spends a quarter of their time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gad::commands::main()
}
