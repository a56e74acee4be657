//! The formats of certificates: DER, PEM, and the names in certificates.

pub(crate) mod certificate;
pub(crate) mod der;
pub(crate) mod name;
pub(crate) mod pem;
