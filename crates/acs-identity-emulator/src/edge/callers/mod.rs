//! Who calls, and who may.

pub(super) mod authentication;
pub(super) mod origins;
pub(super) mod signature;
pub(super) mod this_machine;
