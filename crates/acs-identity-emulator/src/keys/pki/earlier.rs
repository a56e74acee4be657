//! The certificate files of the previous version. Its authority, which has no constraints, stays in use, because
//! clients trust it.

use std::path::Path;

use super::authority::Authority;
use super::server_certificate::ServerCertificate;
use super::stored::{CA_CERTIFICATE_FILE, StoredCertificates};
use crate::error::Error;
use crate::files;

const CA_KEY_FILE: &str = "ca-key.pem";
const SERVER_CERTIFICATE_FILE: &str = "server.pem";
const SERVER_KEY_FILE: &str = "server-key.pem";
const VALIDITY_FILE: &str = "certificates.json";

/// Reads the certificates of a folder of the previous version. Returns `None` if there are none.
///
/// # Errors
///
/// Fails when a file of the authority is missing, or when they do not match. The error names the file, and nothing is
/// changed.
pub(crate) fn import(folder: &Path) -> Result<Option<StoredCertificates>, Error> {
    let (root, key) = (folder.join(CA_CERTIFICATE_FILE), folder.join(CA_KEY_FILE));
    let unusable = |what: String| Error::Authority(format!("its certificate authority cannot be used: {what}"));
    let missing = |path: &Path| unusable(format!("{} is missing", path.display()));
    let other = [SERVER_CERTIFICATE_FILE, VALIDITY_FILE].into_iter().find(|name| folder.join(name).exists());
    let (certificate, signing_key) = match (read(&root)?, read(&key)?, other) {
        (Some(certificate), Some(signing_key), _) => (certificate, signing_key),
        (Some(_), None, _) => return Err(missing(&key)),
        (None, _, Some(_)) => return Err(missing(&root)),
        // No client can trust a key whose certificate was never written: the first start was interrupted.
        (None, _, None) => return Ok(None),
    };
    let server = |name: &str| read(&folder.join(name)).ok().flatten().unwrap_or_default();
    let imported = StoredCertificates {
        root: certificate,
        intermediate: None,
        signing_key,
        server: server(SERVER_CERTIFICATE_FILE),
        server_key: server(SERVER_KEY_FILE),
    };
    match Authority::open(&imported) {
        Ok(_) => Ok(Some(imported)),
        Err(damage) => Err(unusable(format!("{damage} ({}, {})", root.display(), key.display()))),
    }
}

/// A file that is not text is damaged. It gets the same error as a file with other text.
fn read(path: &Path) -> Result<Option<String>, Error> {
    match files::read(path) {
        Err(Error::File(_, error)) if error.kind() == std::io::ErrorKind::InvalidData => Ok(Some(String::new())),
        other => other,
    }
}

/// Removes the files whose content is in the store. A key that may sign for every name must not stay on the disk after
/// it was replaced. The authority's key is removed last, so that the next start finishes the work after a kill. A
/// server certificate from another issuer stays.
pub(crate) fn remove(folder: &Path, stored: &StoredCertificates) -> Result<(), Error> {
    let path = |name: &str| folder.join(name);
    if read(&path(CA_KEY_FILE)).ok().flatten().as_ref() != Some(&stored.signing_key) {
        return Ok(());
    }
    let server = read(&path(SERVER_CERTIFICATE_FILE)).ok().flatten();
    let authority = Authority::open(stored).ok();
    if let (Some(server), Some(authority)) = (server, authority)
        && ServerCertificate::is_of(&server, &authority)
    {
        files::remove(&path(SERVER_CERTIFICATE_FILE))?;
        files::remove(&path(SERVER_KEY_FILE))?;
    }
    files::remove(&path(VALIDITY_FILE))?;
    files::remove(&path(CA_KEY_FILE))
}

/// Removes the key of an authority that cannot be used, after another authority has replaced it.
pub(crate) fn discard(folder: &Path) -> Result<(), Error> {
    files::remove(&folder.join(VALIDITY_FILE))?;
    files::remove(&folder.join(CA_KEY_FILE))
}
