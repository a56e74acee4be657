//! Finds a running emulator, and asks it.

pub(crate) mod health;
pub(crate) mod target;
