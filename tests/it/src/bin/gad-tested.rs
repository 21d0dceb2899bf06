//! The command `gad` again, because cargo tells tests only where the programs of their own package are.

use std::process::ExitCode;

fn main() -> ExitCode {
    gad::commands::main()
}
