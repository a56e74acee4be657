#![doc = include_str!("../README.md")]

mod config;
mod core;
mod edge;
mod error;
mod folder;
mod keys;
mod log;
mod server;
mod store;

pub use config::{Config, Storage, TrustedIssuer};
pub use error::Error;
pub use keys::pki::CA_CERTIFICATE_FILE;
pub use server::{Emulator, run};
