//! Reads the options of a store in a PostgreSQL database: its URL, its password, its key and the trusted certificates.

mod certificates;
mod key;
mod passfile;
mod password;
mod secret_file;

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use acs_identity_emulator::{PostgresAddress, PostgresStorage};

use crate::commands::emulator::options::declared::STORE;
use crate::commands::emulator::options::read;
use crate::commands::emulator::options::secret::Secret;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::secrets;
use crate::transport::names;

/// The URL. It may contain a password.
pub(crate) const SECRET: Secret = Secret { option: &STORE, what: "URL", check };

/// The options of a command.
pub(crate) struct Options {
    pub(crate) url: &'static Argument,
    pub(crate) key_file: &'static Argument,
    pub(crate) password_file: &'static Argument,
}

/// Returns the store, or `None` if none is given. `warns` is false in the process of an emulator in the background: the
/// process that has started it has warned already.
///
/// # Errors
///
/// Fails when the URL is not valid, or when one of the files cannot be used.
pub(crate) fn given(
    invocation: &Invocation<'_>,
    options: &Options,
    warns: bool,
) -> Result<Option<PostgresStorage>, CliError> {
    let secret = Secret { option: options.url, ..SECRET };
    let Some(url) = secret.given(invocation)? else {
        return match [options.key_file, options.password_file].iter().find(|file| invocation.arguments.has(file)) {
            Some(file) => Err(CliError::usage(format!("{} is given without {}.", file.key(), options.url.key()))
                .hint("It belongs to a database: --store postgres://USER@HOST/DATABASE")),
            None => Ok(None),
        };
    };
    let address = parse(&url)?;
    let key = read::option(invocation, options.key_file)?.as_ref().map(key::read).transpose()?;
    let address = certificates::add(address, &url.named_by)?;
    let address = password::add(invocation, address, options.password_file, warns)?;
    if warns {
        warn(invocation, options.url, &address);
    }
    Ok(Some(PostgresStorage { address: address.with_look_up(addresses), key }))
}

/// Returns the addresses of a name, without the C library.
fn addresses(name: &str, port: u16, until: Instant) -> io::Result<Vec<SocketAddr>> {
    names::addresses(name, port, until).map_err(|error| io::Error::new(io::ErrorKind::NotFound, error.to_string()))
}

/// Warns about what a user may not know: a password that all users of the machine can see, and a network on which the
/// server is not verified.
fn warn(invocation: &Invocation<'_>, url: &Argument, address: &PostgresAddress) {
    let given = invocation.arguments.get(url).unwrap_or_default();
    // A URL that was read from a file is not on the command line.
    let is_visible = !given.is_empty() && invocation.raw.iter().any(|word| word.to_string_lossy().contains(given));
    if is_visible && PostgresAddress::parse(given).is_ok_and(|given| given.has_password()) {
        invocation.printer.warning(
            "The URL of --store contains a password, and all users of this machine can see the command line of a \
             process. Leave the password out, and give it by --store-password-file FILE, by PGPASSWORD or by ~/.pgpass.",
        );
    }
    if address.is_open_to_the_network() {
        invocation.printer.warning(
            "The URL of --store has no sslmode, so the connection is encrypted only if the server has TLS, and the server \
             is not verified. Add sslmode=verify-full, or sslmode=disable if nobody else can use the network.",
        );
    }
}

fn check(given: &Given) -> Result<(), CliError> {
    parse(given).map(drop)
}

/// Parses the URL. No error contains it, because it may contain a password.
fn parse(given: &Given) -> Result<PostgresAddress, CliError> {
    let url = given.value.trim_end_matches(['\r', '\n']);
    let address = PostgresAddress::parse(url);
    if let Some((_, password)) = url.rsplit_once('@').and_then(|(user, _)| user.split_once("://")?.1.split_once(':')) {
        secrets::hide(password);
    }
    address.map_err(|error| {
        CliError::usage(format!("{} {error}.", given.named_by))
            .hint("Example: postgres://acs@db.example/acs?sslmode=verify-full")
    })
}
