//! Reads the options of the emulator, each from the command line or from its variable.

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use acs_identity_emulator::{Config, TrustedIssuer, host_name_problem};
use azure_core::http::Url;
use serde_json::Value as Json;

use crate::commands::emulator::log::Format;
use crate::commands::emulator::ready::text_of;
use crate::commands::emulator::settings::{
    ALLOW_ORIGIN, CERTIFICATE, CERTIFICATE_KEY, DATA_DIR, ENTRA_ADMIN, ENTRA_ISSUER, HOSTNAME, IN_MEMORY, LOG_FORMAT,
    LOG_REQUESTS, PUBLIC_URL, REVOCATION_DELAY, STRICT_API_VERSION, THROTTLE,
};
use crate::commands::emulator::{access_key, control_secret, origin};
use crate::knack::argument::Argument;
use crate::knack::config::parse_bool;
use crate::knack::invocation::Invocation;
use crate::knack::values::duration::parse_duration;
use crate::knack::variables;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::report::program::Program;
use crate::service::emulator_files;
use crate::service::fetch;

/// The longest time that the service takes to revoke (docs/service.md, section 7), in seconds.
const MAX_REVOCATION_DELAY: u64 = 15 * 60;

/// How long an issuer may take for its metadata, and for its keys.
const ISSUER_TIMEOUT: Duration = Duration::from_secs(10);

/// What a host name for the certificate is.
pub(crate) const HOST_NAMES: &str = "--hostname takes names and addresses: acs-emulator, acs.test, 10.0.0.5.";

const ENTRA_METADATA: &str = "Entra's: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration";

/// The value of an option.
///
/// # Errors
///
/// When it is empty.
fn given(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    match invocation.arguments.get(argument) {
        Some("") => Err(CliError::usage(format!("{} is empty.", argument.key()))),
        value => Ok(value.map(|value| Given { value: value.to_owned(), named_by: argument.key().to_owned() })),
    }
}

/// The value of an option, else of its variable.
///
/// # Errors
///
/// When it is given and empty, or the variable is not UTF-8.
pub(crate) fn option(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    Ok(match given(invocation, argument)? {
        None => variable(invocation, argument)?,
        given => given,
    })
}

/// The value of the variable that the command has for an option.
///
/// # Errors
///
/// When it is not UTF-8.
pub(crate) fn variable(invocation: &Invocation<'_>, argument: &Argument) -> Result<Option<Given>, CliError> {
    variable_name(invocation, argument).map_or(Ok(None), variables::value)
}

fn variable_name(invocation: &Invocation<'_>, argument: &Argument) -> Option<String> {
    let arguments = invocation.command.spec.arguments;
    arguments.iter().find(|known| known.key() == argument.key()).and_then(Argument::variable_name)
}

/// Whether a flag is given, or its variable says yes.
///
/// # Errors
///
/// When the variable says neither yes nor no.
pub(crate) fn flag(invocation: &Invocation<'_>, argument: &Argument) -> Result<bool, CliError> {
    if invocation.arguments.has(argument) {
        return Ok(true);
    }
    let Some(given) = variable(invocation, argument)? else { return Ok(false) };
    parse_bool(&given.value).ok_or_else(|| given.is_not("a boolean").hint("Set it to yes or no."))
}

/// Whether the data is to be in memory. What stands on the command line wins over the variable of the other one.
///
/// # Errors
///
/// When both stand on the command line, or the variable says neither yes nor no.
pub(crate) fn in_memory(invocation: &Invocation<'_>) -> Result<bool, CliError> {
    match (invocation.arguments.has(&IN_MEMORY), given(invocation, &DATA_DIR)?) {
        (true, Some(_)) => Err(CliError::usage("--in-memory and --data-dir are both given.")
            .hint("Leave one of them out: what is in memory is kept in no folder.")),
        (false, Some(_)) => Ok(false),
        (_, None) => flag(invocation, &IN_MEMORY),
    }
}

/// The form of the log.
///
/// # Errors
///
/// When the variable names another one. On the command line, the grammar refuses it.
pub(crate) fn log_format(invocation: &Invocation<'_>) -> Result<Format, CliError> {
    let Some(given) = option(invocation, &LOG_FORMAT)? else { return Ok(Format::Text) };
    Format::named(&given.value).ok_or_else(|| {
        let names = Format::NAMES.join(" or ");
        CliError::usage(format!("{} must be {names}, but it is '{}'.", given.named_by, given.value))
    })
}

/// The folder for the data, as an absolute path.
///
/// # Errors
///
/// When it is not known, or its path is not UTF-8.
pub(crate) fn data_dir(invocation: &Invocation<'_>) -> Result<PathBuf, CliError> {
    match option(invocation, &DATA_DIR)? {
        Some(given) => absolute(given.value.into()),
        None => absolute(emulator_files::data_dir()?),
    }
}

/// A path that stays the same in other working folders.
///
/// # Errors
///
/// When it is not UTF-8.
pub(crate) fn absolute(folder: PathBuf) -> Result<PathBuf, CliError> {
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    // The ready line names it.
    text_of(&folder)?;
    Ok(folder)
}

/// Applies the options that all ways of running the emulator have.
///
/// # Errors
///
/// When one of them is wrong, or an issuer cannot be asked.
pub(crate) fn configure(invocation: &Invocation<'_>, mut config: Config) -> Result<Config, CliError> {
    config.new_authority_command = Program::current().command(crate::commands::emulator::NEW_AUTHORITY);
    config.access_key = access_key::given(invocation)?.or(config.access_key);
    config.strict_api_version = flag(invocation, &STRICT_API_VERSION)?;
    config.log_requests = flag(invocation, &LOG_REQUESTS)?;
    config.throttle = flag(invocation, &THROTTLE)?;
    if let Some(given) = option(invocation, &REVOCATION_DELAY)? {
        let seconds = parse_duration(&given.value).and_then(|seconds| u64::try_from(seconds).ok());
        let seconds = seconds
            .filter(|seconds| *seconds <= MAX_REVOCATION_DELAY)
            .ok_or_else(|| given.is_not("a duration from 0s to 15m"))?;
        config.revocation_delay = Duration::from_secs(seconds);
    }
    config.hostnames = hostnames(invocation)?;
    config.certificate = match (option(invocation, &CERTIFICATE)?, option(invocation, &CERTIFICATE_KEY)?) {
        (Some(certificate), Some(key)) => Some((certificate.value.into(), key.value.into())),
        (None, None) => None,
        (Some(given), None) => return Err(alone(&given, "--certificate-key")),
        (None, Some(given)) => return Err(alone(&given, "--certificate")),
    };
    config.control_secret = control_secret::given(invocation)?;
    let admins = list(invocation, &ENTRA_ADMIN)?;
    for given in list(invocation, &ALLOW_ORIGIN)? {
        config.cors_origins.push(origin::parse(&given)?);
    }
    if let Some(given) = option(invocation, &PUBLIC_URL)? {
        config.public_url = Some(public_url(&given)?);
    }
    for given in list(invocation, &ENTRA_ISSUER)? {
        fetch::check_url(&given.named_by, &given.value).map_err(|error| error.hint(ENTRA_METADATA))?;
        let issuer = trusted_issuer(&given.value, invocation.printer).map_err(|error| {
            error.hint(format!(
                "{} names an issuer, whose metadata and keys are read once, at the start.",
                given.named_by
            ))
        })?;
        config.issuers.push(issuer);
    }
    if let (Some(admin), true) = (admins.first(), config.issuers.is_empty()) {
        return Err(CliError::usage(format!("{} is given without --entra-issuer.", admin.named_by)).hint(
            "Tokens of the emulator's own issuer never open the access keys. Name the issuer of these applications: \
             --entra-issuer URL",
        ));
    }
    let any_tenant = config.issuers.iter().any(TrustedIssuer::is_of_all_tenants);
    if let Some(admin) = admins.iter().find(|admin| !is_admin(&admin.value, any_tenant)) {
        let what = if any_tenant { "TENANT/CLIENT" } else { "a client id or TENANT/CLIENT" };
        let described = CliError::usage(format!("{} must be {what}, but it is '{}'.", admin.named_by, admin.value));
        return Err(match any_tenant {
            true => described.hint(
                "An issuer of --entra-issuer issues the tokens of all tenants, and everybody can make an application in a \
                 tenant of their own. Name the tenant of yours, or the issuer of that tenant.",
            ),
            false => described,
        });
    }
    config.entra_admins = admins.into_iter().map(|given| given.value).collect();
    Ok(config)
}

/// Whether it names an application, with its tenant where there is more than one.
fn is_admin(text: &str, any_tenant: bool) -> bool {
    match text.split_once('/') {
        Some((tenant, client)) => !tenant.is_empty() && !client.is_empty() && !client.contains('/'),
        None => !any_tenant,
    }
}

/// The values of an option that takes several, else those of its variable, with commas or blanks between them.
///
/// # Errors
///
/// When one is given and empty, or the variable is not UTF-8.
fn list(invocation: &Invocation<'_>, argument: &Argument) -> Result<Vec<Given>, CliError> {
    if !invocation.arguments.has(argument) {
        let Some(Given { value, named_by }) = variable(invocation, argument)? else { return Ok(Vec::new()) };
        let one = |value: &str| Given { value: value.to_owned(), named_by: named_by.clone() };
        let values = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|value| !value.is_empty());
        return Ok(values.map(one).collect());
    }
    let values = invocation.arguments.list(argument).iter();
    values
        .map(|value| match value.is_empty() {
            true => Err(CliError::usage(format!("{} is empty.", argument.key()))),
            false => Ok(Given { value: value.clone(), named_by: argument.key().to_owned() }),
        })
        .collect()
}

fn public_url(given: &Given) -> Result<String, CliError> {
    // It stands in connection strings, whose parts end at a semicolon.
    let parsed = Url::parse(&given.value).ok().filter(|url| is_web(url) && !url.as_str().contains(';'));
    let url = parsed.map(|url| url.as_str().trim_end_matches('/').to_owned());
    url.ok_or_else(|| given.is_not("a URL of clients").hint("Example: https://acs.example"))
}

/// Whether it is a URL of the web with nothing but a scheme, a host, a port and a path.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

/// Names for the certificate, from the option, else from its variable.
///
/// # Errors
///
/// When no certificate can have one of them, or the variable is not UTF-8.
pub(crate) fn hostnames(invocation: &Invocation<'_>) -> Result<Vec<String>, CliError> {
    let given = list(invocation, &HOSTNAME)?;
    let names = given.iter().flat_map(|Given { value, named_by }| {
        let parts = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
        parts.map(move |name| (name, named_by))
    });
    names
        .map(|(name, named_by)| match host_name_problem(name) {
            None => Ok(name.to_owned()),
            Some(problem) => {
                Err(CliError::usage(format!("The host name '{name}' of {named_by} {problem}.")).hint(HOST_NAMES))
            }
        })
        .collect()
}

/// One of the two options about one's own certificate is of no use without the other.
fn alone(given: &Given, other: &str) -> CliError {
    let variable = variables::name_of(other);
    CliError::new(format!("{} is given without {other}.", given.named_by))
        .hint(format!("A certificate needs its key: {other} FILE, or {variable}."))
}

/// Gets a document of an issuer. A start waits for it, so it ends after a time.
fn fetch(url: &str, printer: Printer) -> Result<Json, CliError> {
    let (answer, wanted) = mpsc::channel();
    let asked = url.to_owned();
    thread::spawn(move || answer.send(fetch::fetch_json(&asked, printer)));
    wanted.recv_timeout(ISSUER_TIMEOUT).unwrap_or_else(|_| {
        let (url, seconds) = (fetch::without_user(url), ISSUER_TIMEOUT.as_secs());
        Err(CliError::new(format!("{url} cannot be read: it has not answered within {seconds} s."))
            .hint(ENTRA_METADATA))
    })
}

/// Reads an issuer's metadata and keys.
fn trusted_issuer(url: &str, printer: Printer) -> Result<TrustedIssuer, CliError> {
    let metadata = fetch(url, printer)?;
    let member = |name: &str| {
        metadata.get(name).and_then(Json::as_str).map(str::to_owned).ok_or_else(|| {
            CliError::new(format!("{url} is not OpenID metadata: the member {name} is missing.")).hint(ENTRA_METADATA)
        })
    };
    Ok(TrustedIssuer { issuer: member("issuer")?, jwks: fetch(&member("jwks_uri")?, printer)? })
}
