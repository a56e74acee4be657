//! Checks of owners and rights. On this system they are not known, so nothing is checked.

use std::path::Path;

use crate::error::Error;

/// Accepts every folder.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(crate) fn check(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// Changes nothing.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(crate) fn mend(_: &Path) -> Result<Option<String>, Error> {
    Ok(None)
}
