//! The certificates in the form that the store keeps, and the copy of the authority's certificate for users.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files;

/// The file name of the authority's certificate in the data folder. It is a copy for users and their trust stores.
pub const CA_CERTIFICATE_FILE: &str = "ca.pem";

/// All certificates and keys that a start needs, in PEM. It contains secrets.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredCertificates {
    /// The certificate that clients trust.
    pub(crate) root: String,
    /// The certificate that the root has signed. `None` for an authority of the previous version, whose root signs
    /// server certificates directly.
    pub(crate) intermediate: Option<String>,
    /// The key that signs server certificates: the intermediate's key, or the root's key if there is no intermediate.
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
    /// Parses the text that [`Self::to_text`] returns.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Returns the value for the store.
    pub(crate) fn to_text(&self) -> String {
        // All fields are strings, so this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Writes the authority's certificate for users, unless the file already has this content. All users may read it,
/// because it is not a secret.
pub(crate) fn write_copy(folder: &Path, root: &str) -> Result<(), Error> {
    let path = folder.join(CA_CERTIFICATE_FILE);
    // A copy that cannot be read is replaced as well. It may be damaged so that it is not even text.
    if files::read(&path).ok().flatten().as_deref() == Some(root) {
        files::make_readable_by_all(&path);
        return Ok(());
    }
    files::write_readable_by_all(&path, root.as_bytes())
}
