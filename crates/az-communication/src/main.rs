//! The `az` binary. Everything is in the library; see ARCHITECTURE.md.

use std::process::ExitCode;

fn main() -> ExitCode {
    az_communication::run(std::env::args_os().skip(1).collect()).into()
}
