//! The variables that name certificates, for the command of `emulator run`. Each variable names a file that contains
//! the certificates that were in effect for the programs that read it, and the emulator's authority.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use acs_identity_emulator::TrustFiles;
use acs_identity_emulator::trust::TemporaryFolder;
use acs_identity_emulator::trust::bundle::{join, read};

use crate::commands::emulator::environment::java;
use crate::commands::emulator::serving::bundle::system;
use crate::commands::emulator::serving::temporary_folder;
use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::system::system_text;

/// Names and values of variables.
pub(crate) type Variables = Vec<(&'static str, OsString)>;

/// The certificates that the environment names, as PEM texts.
struct InForce<'a> {
    lookup: &'a dyn Fn(&str) -> Option<OsString>,
    warn: &'a dyn Fn(String),
}

impl InForce<'_> {
    /// Returns the certificates that a variable names. If they cannot be read, a warning is printed and the variable
    /// counts as not set.
    fn named_by(&self, name: &str) -> Option<String> {
        let path = PathBuf::from((self.lookup)(name).filter(|path| !path.is_empty())?);
        read(&path).inspect_err(|error| self.unreadable(name, &path, error)).ok()
    }

    /// Returns the certificates of the folders in SSL_CERT_DIR.
    fn of_folders(&self) -> String {
        let list = (self.lookup)("SSL_CERT_DIR").unwrap_or_default();
        let folders: Vec<PathBuf> = env::split_paths(&list).filter(|folder| !folder.as_os_str().is_empty()).collect();
        let texts: Vec<String> = folders.iter().filter_map(|folder| read(folder).ok()).collect();
        join(texts.iter().map(String::as_str))
    }

    fn unreadable(&self, name: &str, path: &Path, error: &std::io::Error) {
        let (path, why) = (path.display(), system_text(error));
        (self.warn)(format!("{name} names {path}, which cannot be read: {why}. It is ignored."));
    }

    /// Returns each variable with the certificates that were in effect for the programs that read it.
    fn all(&self) -> Vec<(&'static str, String)> {
        let requests = self.named_by("REQUESTS_CA_BUNDLE");
        let curl = self.named_by("CURL_CA_BUNDLE");
        let openssl = self.named_by("SSL_CERT_FILE");
        let folders = self.of_folders();
        let system = system();
        // Python's requests and this program read the first variable, or else the second one, or else their built-in
        // roots.
        let for_requests = requests.or_else(|| curl.clone()).unwrap_or_else(|| system.clone());
        // curl reads its own variable, or else the variable of OpenSSL.
        let for_curl = curl.unwrap_or_else(|| {
            let file = openssl.as_deref().unwrap_or(&system);
            if folders.is_empty() { file.to_owned() } else { join([file, &folders]) }
        });
        // OpenSSL and Go also read SSL_CERT_DIR, which stays unchanged.
        let for_openssl = openssl.unwrap_or(system);
        let for_node = self.named_by("NODE_EXTRA_CA_CERTS").unwrap_or_default();
        vec![
            ("REQUESTS_CA_BUNDLE", for_requests),
            ("CURL_CA_BUNDLE", for_curl),
            ("SSL_CERT_FILE", for_openssl),
            ("NODE_EXTRA_CA_CERTS", for_node),
        ]
    }
}

/// Writes one file for each different content.
///
/// # Errors
///
/// Fails when the folder cannot be written.
pub(crate) fn variables(run: &TemporaryFolder, authority: &str, printer: &Printer) -> Result<Variables, CliError> {
    let in_force = InForce { lookup: &|name| env::var_os(name), warn: &|text| printer.warning(&text) };
    // Usually, three of the four contents are the same.
    let mut written: Vec<(String, PathBuf)> = Vec::new();
    let mut variables = Vec::new();
    for (name, trusted) in in_force.all() {
        let path = match written.iter().find(|(other, _)| *other == trusted) {
            Some((_, path)) => path.clone(),
            None => {
                let content = join([trusted.as_str(), authority]);
                temporary_folder::write(run, &format!("{}.pem", name.to_ascii_lowercase().replace('_', "-")), content)?
            }
        };
        written.push((trusted, path.clone()));
        variables.push((name, path.into()));
    }
    variables.extend(java_options(run, authority)?.map(|options| ("JAVA_TOOL_OPTIONS", options.into())));
    Ok(variables)
}

/// Returns the files that the variables name, for the emulator's page.
pub(crate) fn trust_files(variables: &Variables, run: &TemporaryFolder) -> TrustFiles {
    let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| PathBuf::from(value));
    TrustFiles {
        certificate: value("NODE_EXTRA_CA_CERTS"),
        bundle: value("REQUESTS_CA_BUNDLE"),
        // The variable has options, and one of them names the file.
        java_trust_store: value("JAVA_TOOL_OPTIONS").map(|_| run.path().join(java::FILE)),
    }
}

/// Returns the options for Java with the trust store that they name. Returns `None` if the existing options name
/// another trust store.
fn java_options(run: &TemporaryFolder, authority: &str) -> Result<Option<String>, CliError> {
    let options = java::options(&run.path().join(java::FILE));
    if options.is_some() {
        temporary_folder::write(run, java::FILE, java::trust_store(authority))?;
    }
    Ok(options)
}
