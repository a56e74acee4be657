//! The program `az-communication` as a library: the commands `communication identity`, `communication user-identity`
//! and `communication emulator` of `az`. The binary passes its words to [`run`], which prints and returns an
//! [`ExitCode`](report::exit_code::ExitCode).
//!
//! Called as `az`, it runs the other `az` further down PATH for every command that is not its own. Called by another
//! name, it is a program of its own with the same commands, and their words can be shorter.
//!
//! ```
//! use az_communication::run;
//!
//! let words = ["az-communication", "token", "issue", "--help"];
//! let code = run(words.map(Into::into));
//! assert_eq!(code.number(), 0);
//! ```
//!
//! The folders form layers. A folder may refer to itself and to the folders below it (ARCHITECTURE.md;
//! `tests/structure` checks it):
//!
//! 1. `app`: the stages of a command;
//! 2. [`commands`]: [`TABLE`](commands::table::TABLE) lists all of them;
//! 3. `batch`: many requests;
//! 4. `service`: the calls, and the messages about failures;
//! 5. [`knack`]: the command line as the reference has it; [`transport`]: HTTP, TLS, proxies and names;
//! 6. `delegate`: the other `az`;
//! 7. `files`: reading, writing and comparing files;
//! 8. [`report`]: errors, exit codes and output;
//! 9. `system`: functions that differ between systems.

mod app;
mod batch;
pub mod commands;
mod delegate;
mod files;
pub mod knack;
pub mod report;
mod service;
mod system;
pub mod transport;

pub use app::run;
