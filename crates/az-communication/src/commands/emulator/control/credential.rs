//! The credential for the control API of an emulator.

use std::path::Path;

use acs_identity_emulator::CONTROL_SECRET_FILE;
use acs_identity_protocol::{AccessKey, ConnectionString};
use azure_core::http::Request;
use azure_core::time::OffsetDateTime;

use crate::commands::emulator::options::declared::{CONNECTION_STRING, CONTROL_SECRET, STATUS_CONTROL_SECRET_FILE};
use crate::commands::emulator::options::read;
use crate::commands::emulator::running::target::{Ask, NamedKey, Target};
use crate::files::text_file;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::secrets;
use crate::service::emulator_options::value_of;

/// The credential, and what the user can do if it is refused.
pub(super) enum Credential {
    /// The control secret, and the name of its source.
    Secret(String, String),
    /// An access key, with which the request is signed, and the name of its source.
    Key(AccessKey, String),
    /// The well-known access key, because nothing is known about the emulator.
    WellKnown(AccessKey),
}

impl Credential {
    /// Finds the credential for an emulator. An emulator on this machine may have the well-known access key.
    ///
    /// # Errors
    ///
    /// Fails when the file with the secret cannot be read, or when there is no credential.
    pub(super) fn find(invocation: &Invocation<'_>, target: &Target) -> Result<Self, CliError> {
        match (Self::known(invocation, target)?, &target.ask) {
            (Some(credential), _) => Ok(credential),
            // A signature does not reveal the key, so it may be sent to any server.
            (None, Ask::Plain(_)) => Ok(Self::WellKnown(AccessKey::development())),
            (None, Ask::Service(_) | Ask::Unavailable(_)) => {
                Err(CliError::usage("The control API needs the access key or the control secret of the emulator.")
                    .hint("Give --connection-string, or --control-secret-file FILE."))
            }
        }
    }

    /// Returns the credential that an option gives, or else a variable, or else the ready file of the emulator.
    ///
    /// # Errors
    ///
    /// Fails when the file with the secret cannot be read.
    pub(super) fn known(invocation: &Invocation<'_>, target: &Target) -> Result<Option<Self>, CliError> {
        if let Some(file) = read::given(invocation, &STATUS_CONTROL_SECRET_FILE)? {
            return Self::of_file(&file).map(Some);
        }
        let key = target.key.clone().map(Self::of_key);
        if invocation.arguments.has(&CONNECTION_STRING) && key.is_some() {
            return Ok(key);
        }
        if let Some(secret) = value_of(&CONTROL_SECRET)? {
            return Ok(Some(Self::secret(secret.value, format!("the control secret in {}", secret.named_by))));
        }
        if let Some(file) = read::variable(invocation, &STATUS_CONTROL_SECRET_FILE)? {
            return Self::of_file(&file).map(Some);
        }
        let of_ready_file = || Self::of_ready_file(target);
        let of_configuration = || target.configured_key(invocation).map(Self::of_key);
        Ok(key.or_else(of_ready_file).or_else(of_configuration))
    }

    /// Returns the credential for the emulator that uses a data folder: a given one, or else the control secret in the
    /// folder.
    ///
    /// # Errors
    ///
    /// Fails when the file with a given secret cannot be read.
    pub(super) fn of_folder(invocation: &Invocation<'_>, target: &Target, folder: &Path) -> Result<Self, CliError> {
        if let Some(known) = Self::known(invocation, target)? {
            return Ok(known);
        }
        let file = folder.join(CONTROL_SECRET_FILE);
        Ok(match read(&file) {
            Ok(secret) => Self::secret(secret, format!("the control secret in {}", file.display())),
            Err(_) => Self::WellKnown(AccessKey::development()),
        })
    }

    fn secret(secret: String, named_by: String) -> Self {
        secrets::hide(&secret);
        Self::Secret(secret, named_by)
    }

    fn of_file(file: &Given) -> Result<Self, CliError> {
        let Given { value: path, named_by } = file;
        let fail = |why: &str| CliError::new(format!("{named_by} names '{path}', which {why}."));
        let secret = read(Path::new(path)).map_err(|why| fail(&why))?;
        Ok(Self::secret(secret, format!("the control secret in {path}")))
    }

    /// Returns the credential that the ready file names. The emulator holds the file, so another program on its port
    /// does not get the secret.
    pub(super) fn of_ready_file(target: &Target) -> Option<Self> {
        let ready = target.ready.as_ref()?;
        let file = ready.control_secret_file.as_ref();
        if let Some((file, secret)) = file.and_then(|file| Some((file, read(Path::new(file)).ok()?))) {
            return Some(Self::secret(secret, format!("the control secret in {file}")));
        }
        let parsed: ConnectionString = ready.connection_string.parse().ok()?;
        let file = ready.file.as_deref().unwrap_or("the ready file");
        Some(Self::Key(parsed.access_key, format!("the access key in {file}")))
    }

    fn of_key(NamedKey { key, named_by }: NamedKey) -> Self {
        Self::Key(key, format!("the access key of {named_by}"))
    }

    /// Returns its description for messages.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Secret(_, named_by) | Self::Key(_, named_by) => named_by,
            Self::WellKnown(_) => "the well-known access key",
        }
    }

    /// Adds the credential to a request with that body.
    pub(super) fn authenticate(&self, request: &mut Request, body: &[u8]) {
        match self {
            Self::Secret(secret, _) => request.insert_header("authorization", format!("Bearer {secret}")),
            Self::Key(key, _) | Self::WellKnown(key) => {
                let url = request.url();
                let host = url.host_str().unwrap_or_default();
                let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
                let target = request.path_and_query();
                let method = request.method().as_str();
                let signed = key.sign_request(method, &target, &host, body, OffsetDateTime::now_utc());
                for (name, value) in signed {
                    request.insert_header(name, value);
                }
            }
        }
    }
}

/// Reads a secret from a file, without the white space at its ends.
fn read(path: &Path) -> Result<String, String> {
    let bytes = text_file::read_or_wait(path, text_file::USUAL).map_err(|fault| format!("cannot be read: {fault}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())?;
    match text.trim_ascii() {
        "" => Err("is empty".to_owned()),
        text => Ok(text.to_owned()),
    }
}
