//! TLS, trusted authorities, and explanations of certificates that are not trusted.

pub(crate) mod algorithms;
pub(crate) mod anchor_check;
pub(crate) mod anchors;
pub(crate) mod bundle;
pub(crate) mod bundle_error;
pub(crate) mod bundle_scan;
pub(crate) mod certificate_problem;
pub(crate) mod client;
pub(crate) mod diagnosis;
pub(crate) mod handshake_text;
pub(crate) mod spelling;
pub(crate) mod trust;
pub(crate) mod verify;
