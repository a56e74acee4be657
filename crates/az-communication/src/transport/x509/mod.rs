//! Certificates as they are written: DER, PEM, and the names in them.

pub(crate) mod certificate;
pub(crate) mod der;
pub(crate) mod name;
pub(crate) mod pem;
