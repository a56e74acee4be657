//! `emulator key list|regenerate`: the access keys of a running emulator.

pub(crate) mod list;
pub(crate) mod regenerate;

/// The columns of a table of keys.
const COLUMNS: &[&str] = &["primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString"];
