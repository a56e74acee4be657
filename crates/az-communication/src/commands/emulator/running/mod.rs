//! Finds a running emulator, and asks it.

pub(crate) mod health;
mod local;
pub(crate) mod target;
