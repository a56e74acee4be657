//! Makes the configuration of the emulator from the options, and checks their values.

use acs_identity_emulator::{Config, TrustedIssuer, host_name_problem};
use azure_core::http::Url;

use crate::commands::emulator::log;
use crate::commands::emulator::log::Format;
use crate::commands::emulator::options::control_secret::Source;
use crate::commands::emulator::options::declared::{
    ALLOW_ORIGIN, CERTIFICATE, CERTIFICATE_KEY, CLOCK, ENTRA_ADMIN, ENTRA_ISSUER, HOSTNAME, IMPORT, LOG_FORMAT,
    LOG_REQUESTS, NO_REQUEST_LOG, PLAIN_HTTP, PUBLIC_URL, REVOCATION_DELAY, SEED, STRICT_API_VERSION, THROTTLE,
    TOKEN_ENDPOINT,
};
use crate::commands::emulator::options::origin::is_web;
use crate::commands::emulator::options::read::{flag, list, option};
use crate::commands::emulator::options::trusted_issuers::ENTRA_METADATA;
use crate::commands::emulator::options::trusted_issuers::is_admin;
use crate::commands::emulator::options::trusted_issuers::trusted_issuer;
use crate::commands::emulator::options::{access_key, clock_time, control_secret, origin};
use crate::commands::emulator::{seed_file, state_file};
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::values::choice;
use crate::knack::values::duration::Durations;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::json_lines;
use crate::report::program::Program;
use crate::service::fetch;

/// The name of the command that replaces an authority.
pub(crate) const NEW_AUTHORITY: &str = "communication emulator new-authority";

/// The service takes up to 15 minutes to revoke tokens (docs/service.md, section 7).
const REVOCATION_DELAYS: Durations = Durations::of(0..=15 * 60);

/// The hint about valid host names for the certificate.
pub(crate) const HOST_NAMES: &str = "--hostname takes names and addresses: acs-emulator, acs.test, 10.0.0.5.";

/// Applies the options that all commands that run the emulator have.
///
/// # Errors
///
/// Fails when a value is invalid, or when an issuer's metadata cannot be read.
pub(crate) fn configure(invocation: &Invocation<'_>, mut config: Config) -> Result<Config, CliError> {
    config.new_authority_command = Program::current().command(NEW_AUTHORITY);
    config.access_key = access_key::given(invocation)?.or(config.access_key);
    config.strict_api_version = flag(invocation, &STRICT_API_VERSION)?;
    config.log_requests = flag(invocation, &LOG_REQUESTS)?;
    config.keep_requests = !flag(invocation, &NO_REQUEST_LOG)?;
    config.log_lines_dropped = Some(log::dropped);
    config.throttle = flag(invocation, &THROTTLE)?;
    if let Some(given) = option(invocation, &REVOCATION_DELAY)? {
        config.revocation_delay = given.duration(&REVOCATION_DELAYS)?;
    }
    config.clock_time = option(invocation, &CLOCK)?.as_ref().map(clock_time::parse).transpose()?;
    config.hostnames = hostnames(invocation)?;
    config.certificate = match (option(invocation, &CERTIFICATE)?, option(invocation, &CERTIFICATE_KEY)?) {
        (Some(certificate), Some(key)) => Some((certificate.value.into(), key.value.into())),
        (None, None) => None,
        (Some(given), None) => return Err(alone(&given, &CERTIFICATE_KEY)),
        (None, Some(given)) => return Err(alone(&given, &CERTIFICATE)),
    };
    match control_secret::given(invocation)? {
        Source::Secret(secret) => config.control_secret = Some(secret),
        Source::File(file) => config.control_secret_file = Some(file),
        Source::Usual => {}
    }
    if let Some(given) = option(invocation, &IMPORT)? {
        config.import = Some(state_file::read(&given.value)?.into());
    }
    config.closed_by_caller = true;
    config.seed = option(invocation, &SEED)?.as_ref().map(seed_file::read).transpose()?;
    let admins = list(invocation, &ENTRA_ADMIN)?;
    for given in list(invocation, &ALLOW_ORIGIN)? {
        config.cors_origins.push(origin::parse(&given)?);
    }
    config.token_endpoint = flag(invocation, &TOKEN_ENDPOINT)?;
    if let Some(given) = option(invocation, &PUBLIC_URL)? {
        config.public_url = Some(public_url(&given)?);
    }
    config.plain_http = flag(invocation, &PLAIN_HTTP)?;
    if config.token_endpoint && (config.plain_http || config.public_url.is_some()) {
        let other = if config.plain_http { PLAIN_HTTP.key() } else { PUBLIC_URL.key() };
        return Err(CliError::usage(format!("{} cannot be given with {other}.", TOKEN_ENDPOINT.key())).hint(
            "It gives tokens without a credential to pages on this machine, and a proxy makes every client look as if it \
             were on this machine.",
        ));
    }
    for given in list(invocation, &ENTRA_ISSUER)? {
        fetch::check_url(&given.named_by, &given.value).map_err(|error| error.hint(ENTRA_METADATA))?;
        let issuer = trusted_issuer(&given.value, invocation.printer).map_err(|error| {
            error
                .hint(format!("{} names an issuer. Its metadata and keys are read once, at the start.", given.named_by))
        })?;
        config.issuers.push(issuer);
    }
    if let (Some(admin), true) = (admins.first(), config.issuers.is_empty()) {
        return Err(CliError::usage(format!("{} is given without --entra-issuer.", admin.named_by)).hint(
            "Tokens of the emulator's own issuer never give access to the access keys. Name the issuer of these \
             applications: --entra-issuer URL",
        ));
    }
    let any_tenant = config.issuers.iter().any(TrustedIssuer::is_of_all_tenants);
    if let Some(admin) = admins.iter().find(|admin| !is_admin(&admin.value, any_tenant)) {
        let what = if any_tenant { "TENANT/CLIENT" } else { "a client id or TENANT/CLIENT" };
        let described = CliError::usage(format!("{} must be {what}, but it is '{}'.", admin.named_by, admin.value));
        return Err(match any_tenant {
            true => described.hint(
                "An issuer of --entra-issuer issues tokens for all tenants, and anyone can create an application in \
                 their own tenant. Name the tenant of your application, or the issuer of that tenant.",
            ),
            false => described,
        });
    }
    config.entra_admins = admins.into_iter().map(|given| given.value).collect();
    Ok(config)
}

fn public_url(given: &Given) -> Result<String, CliError> {
    // The URL becomes part of connection strings, in which a semicolon ends a part.
    let parsed = Url::parse(&given.value).ok().filter(|url| is_web(url) && !url.as_str().contains(';'));
    let url = parsed.map(|url| url.as_str().trim_end_matches('/').to_owned());
    url.ok_or_else(|| given.is_not("a URL of clients").hint("Example: https://acs.example"))
}

/// Returns the names for the certificate, from the option or from its variable.
///
/// # Errors
///
/// Fails when no certificate can have one of them, or when the variable is not UTF-8.
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

/// Returns the error for one of the two certificate options without the other one.
fn alone(given: &Given, other: &Argument) -> CliError {
    let (option, variable) = (other.key(), other.variable_name().unwrap_or_default());
    CliError::usage(format!("{} is given without {option}.", given.named_by))
        .hint(format!("A certificate needs its key: {option} FILE, or {variable}."))
}

/// Returns the format of the log. From now on, the messages of this process have it, too.
///
/// # Errors
///
/// Fails when the variable has another value. On the command line, the parser refuses other values.
pub(crate) fn choose_log_format(invocation: &Invocation<'_>) -> Result<Format, CliError> {
    let Some(given) = option(invocation, &LOG_FORMAT)? else { return Ok(Format::Text) };
    let format =
        Format::named(&given.value).ok_or_else(|| choice::error(&given.named_by, &given.value, &Format::NAMES))?;
    if format == Format::Json {
        json_lines::choose();
    }
    Ok(format)
}
