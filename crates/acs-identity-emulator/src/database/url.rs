//! Parses the URL of a database as libpq does.

use percent_encoding::percent_decode_str;

use acs_identity_protocol::visible::inert;

use super::host::PORT;
use super::look_up::LOCAL;
use super::parameters::{Attributes, Binding, KNOWN, Parameters, TlsMode};
use super::{APPLICATION, AddressError, PostgresAddress, PostgresHost, RootCertificates};

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
const FORM: &str = "postgres://USER@HOST/DATABASE?sslmode=verify-full";

/// The parts of a URL before they are decoded.
struct Parts<'a> {
    /// The user's name, and the password.
    user: Option<(&'a str, Option<&'a str>)>,
    hosts: &'a str,
    database: &'a str,
    parameters: &'a str,
}

pub(super) fn parse(url: &str) -> Result<PostgresAddress, AddressError> {
    let parts = split(url)?;
    let mut given = Parameters::default();
    for parameter in parts.parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter
            .split_once('=')
            // What is no parameter may be a part of a password.
            .ok_or_else(|| match KNOWN.contains(&parameter) {
                true => AddressError(format!("has the parameter '{parameter}' without a value")),
                false => AddressError("has a parameter without a value".to_owned()),
            })?;
        given.set(&decoded("a parameter", name)?, decoded("a parameter", value)?)?;
    }
    if parts.database.contains('&') {
        let what = "has '&' in the name of the database. Parameters begin with '?'. Write & as %26 in a name";
        return Err(AddressError(what.to_owned()));
    }
    let (user, password) = parts.user.unwrap_or_default();
    let user = given.user.map_or_else(|| decoded("the user", user), Ok)?;
    if user.is_empty() {
        return Err(AddressError(format!("names no user: {FORM}")));
    }
    let password = match (given.password, password) {
        (Some(password), _) => Some(password),
        (None, password) => password.map(|password| decoded("the password", password)).transpose()?,
    };
    let hosts = match given.hosts {
        Some(hosts) => named(hosts.split(',').map(str::to_owned), given.ports.as_deref())?,
        None => listed(parts.hosts, given.ports.as_deref())?,
    };
    let database = given.database.map_or_else(|| decoded("the database", parts.database), Ok)?;
    let trusted = given.roots.unwrap_or(RootCertificates::Unnamed);
    let default_tls = if trusted == RootCertificates::System { TlsMode::VerifyFull } else { TlsMode::Prefer };
    let tls = given.tls.unwrap_or(default_tls);
    if trusted == RootCertificates::System && tls != TlsMode::VerifyFull {
        let what = "has sslrootcert=system, which needs sslmode=verify-full: the authorities of the system certify \
                    every host of the internet";
        return Err(AddressError(what.to_owned()));
    }
    if trusted == RootCertificates::Unnamed && tls == TlsMode::VerifyCa {
        let what = "has sslmode=verify-ca, which needs sslrootcert=FILE with the certificate of the server's authority";
        return Err(AddressError(what.to_owned()));
    }
    Ok(PostgresAddress {
        hosts,
        database: if database.is_empty() { user.clone() } else { database },
        user,
        password: password.filter(|password| !password.is_empty()).map(Into::into),
        tls,
        names_tls: given.tls.is_some() || trusted != RootCertificates::Unnamed,
        trusted,
        roots: Vec::new(),
        attributes: given.attributes.unwrap_or(Attributes::ReadWrite),
        binding: given.binding.unwrap_or(Binding::Prefer),
        connect_timeout: given.connect_timeout,
        application: given.application.unwrap_or_else(|| APPLICATION.to_owned()),
        prepares: given.prepares.unwrap_or(false),
        look_up: LOCAL,
    })
}

fn split(url: &str) -> Result<Parts<'_>, AddressError> {
    let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme));
    let rest = rest.ok_or_else(|| AddressError(format!("is not a URL of a PostgreSQL database: {FORM}")))?;
    let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // The last one, so that a password with an unescaped '@' is read as it was meant.
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (Some(user), hosts),
        None => (None, authority),
    };
    // A password with an unescaped '/' or '?' moves the '@' out of its place. Nothing of the URL is shown then.
    if database.contains('@') || parameters.contains('@') || url.contains('#') {
        let what = "has an unexpected '@' or '#'. Write special characters of a user name, password or parameter as %XX: \
                    @ is %40, / is %2F, ? is %3F, # is %23, % is %25";
        return Err(AddressError(what.to_owned()));
    }
    let user = user.map(|user| user.split_once(':').map_or((user, None), |(user, password)| (user, Some(password))));
    Ok(Parts { user, hosts, database, parameters })
}

/// Decodes `%XX`. The error does not contain the text, which may be a password.
fn decoded(what: &str, text: &str) -> Result<String, AddressError> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let are_pairs = (0..bytes.len()).all(|at| bytes[at] != b'%' || (is_digit(at + 1) && is_digit(at + 2)));
    let decoded = percent_decode_str(text).decode_utf8().ok();
    decoded.filter(|decoded| are_pairs && !decoded.contains('\0')).map(|decoded| decoded.into_owned()).ok_or_else(
        || {
            AddressError(format!(
                "has {what} with a '%' that two hexadecimal digits must follow, or that is not UTF-8: write % as %25"
            ))
        },
    )
}

/// Reads the hosts of the URL itself: `HOST[:PORT],…`.
fn listed(hosts: &str, ports: Option<&str>) -> Result<Vec<PostgresHost>, AddressError> {
    let mut names = Vec::new();
    let mut own_ports = Vec::new();
    for host in hosts.split(',') {
        let (name, port) = if let Some(rest) = host.strip_prefix('[') {
            let (name, port) = rest.split_once(']').ok_or_else(|| wrong_host(host, "has no ']'"))?;
            if name.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(wrong_host(host, "is not an IPv6 address"));
            }
            match port {
                "" => (name, None),
                port => (name, Some(port.strip_prefix(':').ok_or_else(|| wrong_host(host, "has text behind ']'"))?)),
            }
        } else {
            host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)))
        };
        names.push(decoded("a host", name)?);
        own_ports.push(port.filter(|port| !port.is_empty()));
    }
    if own_ports.iter().all(Option::is_none) {
        return named(names.into_iter(), ports);
    }
    if ports.is_some() {
        return Err(AddressError("has ports behind the hosts and the parameter port: use one of them".to_owned()));
    }
    let ports: Vec<&str> = own_ports.into_iter().map(Option::unwrap_or_default).collect();
    named(names.into_iter(), Some(&ports.join(",")))
}

/// Makes hosts of names and of the ports that `port` lists.
fn named(names: impl Iterator<Item = String>, ports: Option<&str>) -> Result<Vec<PostgresHost>, AddressError> {
    let names: Vec<String> = names.collect();
    let ports: Vec<&str> = ports.map_or_else(Vec::new, |ports| ports.split(',').collect());
    if ports.len() > 1 && ports.len() != names.len() {
        let what =
            format!("has {} ports for {} hosts: give one port for all, or one for each", ports.len(), names.len());
        return Err(AddressError(what));
    }
    let port_of = |number: usize| match ports.get(number).or_else(|| ports.first().filter(|_| ports.len() == 1)) {
        None | Some(&"") => Ok(PORT),
        Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
            let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
            let shown = if is_number { format!("the port '{port}'") } else { "a port that is no number".to_owned() };
            AddressError(format!("has {shown}. A port is a number from 1 to 65535"))
        }),
    };
    names
        .into_iter()
        .enumerate()
        .map(|(number, name)| {
            if name.is_empty() {
                return Err(AddressError(format!(
                    "names no host: {FORM}, or ?host=/var/run/postgresql for the folder of a Unix socket"
                )));
            }
            Ok(PostgresHost::new(name, port_of(number)?))
        })
        .collect()
}

fn wrong_host(host: &str, problem: &str) -> AddressError {
    AddressError(format!("has the host '{}', which {problem}", inert(host)))
}
