//! `emulator identity list|show`: the identities of a running emulator.

pub(crate) mod list;
pub(crate) mod show;

/// The columns of a table of identities.
const COLUMNS: &[&str] = &["id", "customId", "createdAt", "lastTokenIssuedAt", "revoked"];
