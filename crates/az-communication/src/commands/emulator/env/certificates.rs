//! The variables that name certificates: the files of a running emulator, or files that are written here.

use acs_identity_emulator::CA_CERTIFICATE_FILE;

use super::folder;
use crate::commands::emulator::control::Control;
use crate::commands::emulator::environment::java;
use crate::commands::emulator::options::path_text::text_of;
use crate::commands::emulator::serving::bundle;
use crate::files::private_file;
use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::service::emulator_files::{self, BUNDLE_FILE};

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
pub(super) fn variables(control: &Control, printer: &Printer) -> Result<Vec<(&'static str, String)>, CliError> {
    let authority = control.text("/emulator/ca.pem")?;
    let files = match of_ready_file(control).or_else(|| of_data_folder(&authority)) {
        Some(files) => files,
        None => written(control, &authority)?,
    };
    let mut variables = vec![
        ("REQUESTS_CA_BUNDLE", files.bundle.clone()),
        ("SSL_CERT_FILE", files.bundle.clone()),
        ("CURL_CA_BUNDLE", files.bundle),
        ("NODE_EXTRA_CA_CERTS", files.certificate),
    ];
    match java_options(control, &authority) {
        Ok(options) => variables.extend(options.map(|options| ("JAVA_TOOL_OPTIONS", options))),
        // The other variables do not need a folder that can be written.
        Err(error) => {
            let why = error.message.trim_end_matches('.');
            printer.warning(&format!("JAVA_TOOL_OPTIONS is left out: {why}."));
        }
    }
    Ok(variables)
}

/// Returns the options for Java, and writes the trust store that they name. Returns `None` if the existing options name
/// another trust store.
fn java_options(control: &Control, authority: &str) -> Result<Option<String>, CliError> {
    let path = folder::of(control)?.join(java::FILE);
    let options = java::options(&path);
    if options.is_some() {
        folder::write(&path, &java::trust_store(authority))?;
    }
    Ok(options)
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
    let folder = folder::of(control)?;
    let (certificate, bundle) = (folder.join(CA_CERTIFICATE_FILE), folder.join(BUNDLE_FILE));
    folder::write(&certificate, authority.as_bytes())?;
    folder::write(&bundle, bundle::bundle(authority, &folder::parent()?).as_bytes())?;
    Ok(Files { certificate: text_of(&certificate)?, bundle: text_of(&bundle)? })
}
