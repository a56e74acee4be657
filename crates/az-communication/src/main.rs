//! The binary `az`. It calls [`az_communication::run`], which acts by the name that the program was called by.

use std::process::ExitCode;

fn main() -> ExitCode {
    az_communication::run(std::env::args_os()).into()
}
