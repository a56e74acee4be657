//! The certificates that the database's certificate must come from.

use std::path::Path;

use acs_identity_emulator::{PostgresAddress, RootCertificates, TlsMode};

use crate::files::text_file;
use crate::report::error::CliError;
use crate::system;
use crate::transport::tls::trust;

/// The file that libpq uses if the URL names none, in the home directory.
const USUAL: &str = ".postgresql/root.crt";

/// Adds the certificates that the URL names, or those of the usual file. Without both, `verify-full` trusts the roots
/// of this machine, where libpq would fail.
///
/// # Errors
///
/// Fails when the file cannot be read, or has no certificate.
pub(super) fn add(address: PostgresAddress, named_by: &str) -> Result<PostgresAddress, CliError> {
    let usual = system::home().map(|home| Path::new(&home).join(USUAL)).filter(|file| file.is_file());
    let file = match (address.trusted(), usual) {
        (RootCertificates::File(file), _) => file.into(),
        (RootCertificates::Unnamed, Some(file)) if address.tls() != TlsMode::Disable => file,
        (RootCertificates::System, _) => return Ok(of_machine(address)),
        (RootCertificates::Unnamed, _) if address.tls() == TlsMode::VerifyFull => return Ok(of_machine(address)),
        (RootCertificates::Unnamed, _) => return Ok(address),
    };
    of_file(address, &file).map_err(|why| {
        CliError::new(format!("The file '{}' of trusted certificates {why}.", file.display()))
            .hint(format!("sslrootcert in the URL of {named_by} names a PEM file."))
    })
}

fn of_file(address: PostgresAddress, file: &Path) -> Result<PostgresAddress, String> {
    let pem = text_file::read_or_wait(file, text_file::USUAL).map_err(|fault| format!("cannot be read: {fault}"))?;
    address.with_roots_of_pem(&pem).map_err(|error| error.to_string())
}

fn of_machine(address: PostgresAddress) -> PostgresAddress {
    address.with_roots(trust::machine_certificates())
}
