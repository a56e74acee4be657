//! Reads `--host`: the addresses on which the emulator listens, and the host name for them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use acs_identity_emulator::Place;

use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::transport::names;

/// The timeout for the lookup of the name in `--host`.
const NAME_TIMEOUT: Duration = Duration::from_secs(30);

const HOST_HINT: &str =
    "Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.";

/// Parses the value of `--host`.
///
/// # Errors
///
/// Fails when it is not a host name or an address, or when the name cannot be resolved.
pub(crate) fn place(given: Option<&Given>) -> Result<Place, CliError> {
    let Some(given) = given else { return Ok(Place::loopback()) };
    if names::is_localhost(&given.value) {
        return Ok(Place::loopback());
    }
    // A text with an interface suffix or with brackets is not a plain address.
    let literal = (!given.value.contains(['%', '['])).then(|| names::literal_address(&given.value)).flatten();
    if let Some(address) = literal {
        if address.is_multicast() || address == IpAddr::V4(Ipv4Addr::BROADCAST) {
            let what = "must be an address of this machine, not a multicast address";
            return Err(CliError::usage(format!("{} {what}: '{}'.", given.named_by, given.value)).hint(HOST_HINT));
        }
        return Ok(Place::address(address));
    }
    if let Some(problem) = problem_of(&given.value) {
        return Err(CliError::usage(format!("{} {problem}: '{}'.", given.named_by, given.value)).hint(HOST_HINT));
    }
    let found = names::addresses(&given.value, 0, Instant::now() + NAME_TIMEOUT).map_err(|error| {
        CliError::new(error.to_string()).hint(format!(
            "{} must be a name or an address of this machine. Without it, the emulator listens on 127.0.0.1 and ::1.",
            given.named_by
        ))
    })?;
    Ok(Place::named(&given.value, found.iter().map(SocketAddr::ip).collect()))
}

/// Returns the problem with a host that is neither an address nor a valid name.
fn problem_of(host: &str) -> Option<&'static str> {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    if host.contains("://") {
        return Some("is a URL, but must be only a host");
    }
    match bracketed {
        Some((_, "")) => return Some("has brackets, which are only for URLs"),
        Some(_) => return Some("contains a port, which has its own option (--port)"),
        None => {}
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Some("contains a port, which has its own option (--port)");
        }
        _ => {}
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!host.chars().all(fits)).then_some("is not a host name or an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_host_is_recognized() {
        for (host, problem) in [
            ("[::1]", Some("has brackets, which are only for URLs")),
            ("[::1]:10100", Some("contains a port, which has its own option (--port)")),
            ("localhost:10100", Some("contains a port, which has its own option (--port)")),
            ("https://localhost", Some("is a URL, but must be only a host")),
            ("*", Some("is not a host name or an address")),
            ("local host", Some("is not a host name or an address")),
            ("::zz", Some("is not a host name or an address")),
            ("127.0.0.1/8", Some("is not a host name or an address")),
            ("my-machine.example", None),
        ] {
            assert_eq!(problem_of(host), problem, "{host}");
        }
    }
}
