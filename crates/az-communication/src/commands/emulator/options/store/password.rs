//! The password of the database's user: from the URL, from a file of its own, from PGPASSWORD, or from a password file
//! of libpq.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use acs_identity_emulator::{PostgresAddress, PostgresHost};

use super::passfile::Passfile;
use super::secret_file;
use crate::commands::emulator::options::read;
use crate::files::text_file;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::variables;
use crate::report::error::CliError;
use crate::report::secrets;
use crate::system;
use crate::system::platform::Platform;

/// The file that libpq uses if PGPASSFILE does not name one, in the home directory.
const USUAL: &str = ".pgpass";

/// Adds the password to an address, if it has none and one is found.
///
/// # Errors
///
/// Fails when the file of the option cannot be used, or when a variable is not UTF-8.
pub(super) fn add(
    invocation: &Invocation<'_>,
    address: PostgresAddress,
    file: &Argument,
    warns: bool,
) -> Result<PostgresAddress, CliError> {
    let named = read::option(invocation, file)?;
    if address.has_password() {
        return match named.filter(|_| invocation.arguments.has(file)) {
            Some(file) => Err(CliError::usage(format!("{} is given, and the URL has a password.", file.named_by))
                .hint("Leave out one of them.")),
            None => Ok(address),
        };
    }
    if let Some(file) = named {
        let password = secret_file::read(&file)?;
        secrets::hide(&password);
        return Ok(address.with_password(&password));
    }
    if let Some(given) = variables::value("PGPASSWORD".to_owned())?.filter(|given| !given.value.is_empty()) {
        secrets::hide(&given.value);
        return Ok(address.with_password(&given.value));
    }
    let Some(passfile) = passfile(invocation, warns) else { return Ok(address) };
    let (user, database) = (address.user().to_owned(), address.database().to_owned());
    let password = |host: &PostgresHost| {
        // libpq looks for its usual folder of sockets under this name. Other folders have their own.
        let name = if host.is_socket() && is_usual_folder(host.name()) { "localhost" } else { host.name() };
        let password = passfile.password(name, host.port(), &database, &user)?;
        secrets::hide(&password);
        Some(password)
    };
    Ok(address.with_passwords_of(password))
}

fn is_usual_folder(folder: &str) -> bool {
    ["/var/run/postgresql", "/run/postgresql", "/tmp"].contains(&folder.trim_end_matches('/'))
}

/// Reads the password file of libpq. As in libpq, a missing file is ignored, and a file that others can read is ignored
/// with a warning.
fn passfile(invocation: &Invocation<'_>, warns: bool) -> Option<Passfile> {
    let named = env::var_os("PGPASSFILE").filter(|name| !name.is_empty()).map(PathBuf::from);
    let path = named.or_else(|| Some(Path::new(&system::home()?).join(USUAL)))?;
    let metadata = fs::metadata(&path).ok()?;
    let ignored = |why: &str, hint: &str| {
        if warns {
            let message = format!("The password file '{}' {why}, so it is ignored.{hint}", path.display());
            invocation.printer.warning(&message);
        }
    };
    if !metadata.is_file() {
        ignored("is not a regular file", "");
        return None;
    }
    if system::has_rights_for_others(&metadata) {
        let close = Platform::HERE.close_file(&path.to_string_lossy());
        ignored("can be read or written by other users", &format!(" To close it to them: {close}"));
        return None;
    }
    match text_file::read(&path, text_file::USUAL) {
        Ok(content) => Some(Passfile::parse(&content)),
        Err(fault) => {
            ignored(&format!("cannot be read: {fault}"), "");
            None
        }
    }
}
