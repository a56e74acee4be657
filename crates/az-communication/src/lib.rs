//! The `az` command: `communication identity`, `communication user-identity` and `communication emulator`; everything
//! else is handed to the real `az` further down PATH. By another name, it is a program of its own with the same commands.

mod app;
pub mod cli;
mod client;
pub mod commands;
pub mod config;
mod delegate;
mod emulator_files;
mod emulator_variables;
pub mod error;
pub mod exit_code;
mod journal;
mod ledger;
mod limits;
mod log_file;
pub mod names;
mod number;
pub mod output;
mod pasted;
mod place;
mod platform;
pub mod printer;
mod private_file;
mod program;
mod prompt;
mod redact;
mod secrets;
mod subscription;
mod system;
mod text_file;
mod text_mode;
mod times;

pub use app::run;
