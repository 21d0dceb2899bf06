//! The command `gad`.

use std::process::ExitCode;

fn main() -> ExitCode {
    gad::commands::main()
}
