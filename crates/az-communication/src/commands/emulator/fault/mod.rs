//! `emulator fault add|list|delete|clear`: the faults that a running emulator injects.

pub(crate) mod add;
pub(crate) mod clear;
pub(crate) mod delete;
pub(crate) mod list;

/// The path of the faults.
const PATH: &str = "/emulator/faults";

/// The columns of a table of faults.
const COLUMNS: &[&str] = &[
    "id",
    "operation",
    "?method",
    "?path",
    "?identity",
    "?every",
    "?probability",
    "?status",
    "?code",
    "?retryAfter",
    "?delayMilliseconds",
    "?drop",
    "?truncateBodyAt",
    "?tokenExpiresInSeconds",
    "?shiftSeconds",
    "?times",
    "?until",
    "hits",
];
