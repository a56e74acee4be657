//! Keys and certificates. They are made once, and stored in the data folder with owner-only rights.

pub(crate) mod pki;
pub(crate) mod signing;
