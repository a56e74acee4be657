//! The certificates as the store keeps them, and the copy of the authority's for people.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files;

/// The authority's certificate in the data folder: a copy for people and their trust stores.
pub const CA_CERTIFICATE_FILE: &str = "ca.pem";

/// Everything that a start needs, in PEM. It holds secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredCertificates {
    /// What people trust.
    pub(crate) root: String,
    /// What the root has signed once. `None` with an authority of the version before, which signs servers by itself.
    pub(crate) intermediate: Option<String>,
    /// The key that signs server certificates: the intermediate's, else the root's.
    pub(crate) signing_key: String,
    pub(crate) server: String,
    pub(crate) server_key: String,
}

impl std::fmt::Debug for StoredCertificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredCertificates").finish_non_exhaustive()
    }
}

impl StoredCertificates {
    /// Reads what [`Self::to_text`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As a value of the store.
    pub(crate) fn to_text(&self) -> String {
        // Strings only: that cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Writes the authority's certificate for people, where the file says something else. Everybody may read it: it is no secret.
pub(crate) fn write_copy(folder: &Path, root: &str) -> Result<(), Error> {
    let path = folder.join(CA_CERTIFICATE_FILE);
    // A copy that cannot be read is replaced, too: it may not even be text.
    if files::read(&path).ok().flatten().as_deref() == Some(root) {
        files::let_everybody_read(&path);
        return Ok(());
    }
    files::write_for_everybody(&path, root.as_bytes())
}
