//! Keys that sign tokens, and certificates. The store keeps both.

pub(crate) mod pki;
pub(crate) mod signing;
