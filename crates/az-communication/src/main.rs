//! The binary, which acts by the name that it is called by. Everything is in the library; see ARCHITECTURE.md.

use std::process::ExitCode;

fn main() -> ExitCode {
    az_communication::run(std::env::args_os()).into()
}
