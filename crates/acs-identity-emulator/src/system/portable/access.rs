//! Who owns the folder, and who may write it: nobody says so here.

use std::path::Path;

use crate::error::Error;

/// There is nothing to check.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(crate) fn check(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// There is nothing to mend.
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(crate) fn mend(_: &Path) -> Result<Option<String>, Error> {
    Ok(None)
}
