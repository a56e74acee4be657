//! The `az` command: `communication identity`, `communication user-identity` and `communication emulator`; everything
//! else is handed to the real `az` further down PATH. By another name, it is a program of its own with the same commands.
//!
//! The folders stand in layers. Each one refers to those below it only, which tests/structure holds:
//! `app`, `commands`, `batch`, `service`, then `knack`, `transport` and `delegate`, then `files`, `report`, `system`.

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
