//! The variables that name certificates: the files of a running emulator, or files that are written here.

use std::path::{Path, PathBuf};

use acs_identity_emulator::CA_CERTIFICATE_FILE;

use crate::commands::emulator::control::Control;
use crate::commands::emulator::options::path_text::text_of;
use crate::commands::emulator::serving::bundle;
use crate::files::private_file;
use crate::knack::config;
use crate::report::error::CliError;
use crate::service::emulator_files::{self, BUNDLE_FILE};
use crate::system::system_text;

/// The folder in the configuration directory for the certificates of emulators that have no folder here.
const FOLDER: &str = "communication-emulator-env";

/// The certificate of an authority, and the bundle that contains it.
struct Files {
    certificate: String,
    bundle: String,
}

/// Returns the variables.
///
/// # Errors
///
/// Fails when the certificate cannot be read from the emulator, or when its files cannot be written.
pub(super) fn variables(control: &Control) -> Result<Vec<(&'static str, String)>, CliError> {
    let files = match of_ready_file(control) {
        Some(files) => files,
        None => {
            let authority = control.text("/emulator/ca.pem")?;
            match of_data_folder(&authority) {
                Some(files) => files,
                None => written(control, &authority)?,
            }
        }
    };
    Ok(vec![
        ("REQUESTS_CA_BUNDLE", files.bundle.clone()),
        ("SSL_CERT_FILE", files.bundle.clone()),
        ("CURL_CA_BUNDLE", files.bundle),
        ("NODE_EXTRA_CA_CERTS", files.certificate),
    ])
}

/// Returns the files that the ready file of the emulator names.
fn of_ready_file(control: &Control) -> Option<Files> {
    let ready = control.ready()?;
    Some(Files { certificate: ready.certificate.clone()?, bundle: ready.bundle.clone()? })
}

/// Returns the files in the default data folder, if they belong to the emulator with this authority.
fn of_data_folder(authority: &str) -> Option<Files> {
    let folder = std::path::absolute(emulator_files::data_dir().ok()?).ok()?;
    let path = folder.join(CA_CERTIFICATE_FILE);
    let bundle = folder.join(BUNDLE_FILE);
    if !private_file::holds(&path, authority.as_bytes()) || !bundle.is_file() {
        return None;
    }
    Some(Files { certificate: text_of(&path).ok()?, bundle: text_of(&bundle).ok()? })
}

/// Writes the files for an emulator in memory, with another folder, or on another machine.
fn written(control: &Control, authority: &str) -> Result<Files, CliError> {
    let parent = config::directory().ok_or_else(|| {
        CliError::new("There is no home directory for the certificate of the emulator.")
            .hint("Set AZURE_CONFIG_DIR to a folder, or start the emulator with --ready-file.")
    })?;
    let parent = std::path::absolute(&parent).unwrap_or(parent).join(FOLDER);
    let name: String = control.endpoint().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let folder = parent.join(name.trim_start_matches("https---"));
    std::fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    let write = |name: &str, content: &str| -> Result<PathBuf, CliError> {
        let path = folder.join(name);
        private_file::replace_for_all_users(&path, content.as_bytes()).map_err(|error| unwritable(&path, &error))?;
        Ok(path)
    };
    let certificate = write(CA_CERTIFICATE_FILE, authority)?;
    let bundle = write(BUNDLE_FILE, &bundle::bundle(authority, &parent))?;
    Ok(Files { certificate: text_of(&certificate)?, bundle: text_of(&bundle)? })
}

fn unwritable(path: &Path, error: &std::io::Error) -> CliError {
    CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(error))).advise(error)
}
