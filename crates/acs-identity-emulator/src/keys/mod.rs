//! Keys and certificates: made once, kept in the data folder with owner-only rights.

pub(crate) mod pki;
pub(crate) mod signing;
