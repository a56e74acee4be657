//! Identifies callers, and checks their rights.

pub(super) mod authentication;
mod known_key;
mod mismatch;
mod mistakes;
pub(super) mod origins;
pub(super) mod own_page;
pub(super) mod signature;
pub(super) mod this_machine;
