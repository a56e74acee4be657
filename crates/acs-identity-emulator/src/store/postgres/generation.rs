//! The generation of what processes keep a copy of.
//!
//! It is a random number that every change replaces. A number that counts would be the same in another database of that
//! name, or in a state that was restored, and a process would take its copy of the former one for up to date.

use super::fault::Fault;
use crate::random;

/// The statement with which a change takes another generation. Its parameter is one of [`other`].
pub(super) const CHANGE: &str =
    "UPDATE service SET generation = CASE WHEN generation = $1 THEN generation # 1 ELSE $1 END";

/// Returns a generation. It is positive, and so is the one that differs from it in the last bit.
pub(super) fn other() -> Result<i64, Fault> {
    let bytes = random::bytes().map_err(|error| Fault::Failed(error.to_string()))?;
    Ok((i64::from_le_bytes(bytes) & i64::MAX) | 2)
}
