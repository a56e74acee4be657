//! An endpoint as people write it: a host, a port if there is one, and the path of a gateway. This module finds out
//! what is wrong with an endpoint, and shows it in messages without secrets that were written into it.

use std::fmt;
use std::net::Ipv6Addr;

/// Text in the place of a port is shown in messages only if it has at most this many characters, because it may be a
/// key.
const LONGEST_PORT: usize = 6;

/// The text that replaces a secret.
const REDACTED: &str = "*****";

/// What is wrong with an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointFault {
    /// It contains an access key, most often because a `;` is missing.
    AccessKey,
    /// It contains a user name, or a user name and a password.
    UserInfo,
    /// It contains a query.
    Query,
    /// It contains a fragment.
    Fragment,
    /// It begins with a quotation mark.
    Quote,
    /// It contains a blank, a tab or a line end.
    Blank,
    /// It contains a control character.
    Control,
    /// It contains a backslash.
    Backslash,
    /// It has no host.
    NoHost,
    /// One or both brackets of its IPv6 address are missing.
    Bracket,
    /// The text in brackets is not an IPv6 address.
    Address,
    /// Its IPv6 address has a zone, `%eth0`.
    Zone,
    /// The text after the colon is not a port.
    Port,
    /// The host is neither a valid name nor an address.
    Host,
}

/// A sentence about the fault. It does not repeat the endpoint.
impl fmt::Display for EndpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey => "It contains an access key: a ';' is missing before 'accesskey='.",
            Self::UserInfo => "It contains a user name or a password (before the @).",
            Self::Query => "It contains a query (from the ? on).",
            Self::Fragment => "It contains a fragment (from the # on).",
            Self::Quote => "It contains a quotation mark.",
            Self::Blank => "It contains a blank.",
            Self::Control => "It contains a control character.",
            Self::Backslash => "It contains a backslash.",
            Self::NoHost => "It has no host.",
            Self::Bracket => "An IPv6 address must be in brackets, as in https://[::1]:443.",
            Self::Address => "The text in its brackets is not an IPv6 address.",
            Self::Zone => "Its IPv6 address has a zone (from the % on), which a URL cannot have.",
            Self::Port => "Its port is not a number from 0 to 65535.",
            Self::Host => "Its host is neither a valid name nor an address.",
        })
    }
}

impl std::error::Error for EndpointFault {}

/// Splits an endpoint, with or without a scheme, into its host (with the port if there is one) and its path. Slashes at
/// the end of the path are removed.
///
/// # Errors
///
/// Returns an [`EndpointFault`] if the endpoint is not a host with or without a path.
pub fn host_and_path(endpoint: &str) -> Result<(&str, &str), EndpointFault> {
    let (scheme, bare) = endpoint.split_once("//").unwrap_or(("", endpoint));
    if find_access_key(endpoint).is_some() {
        return Err(EndpointFault::AccessKey);
    }
    // A quotation mark before the scheme means that the endpoint was written in quotes.
    if scheme.contains(['\'', '"']) {
        return Err(EndpointFault::Quote);
    }
    let bare = bare.trim_end_matches('/');
    let end = bare.find(['/', '?', '#', '\\']).unwrap_or(bare.len());
    let (host, path) = bare.split_at(end);
    // A password may contain characters that end a host, so an `@` in the path counts unless a valid port precedes it.
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    if scheme.contains('@') || host.contains('@') || (path.contains('@') && !is_port(port)) {
        return Err(EndpointFault::UserInfo);
    }
    for c in bare.chars() {
        match c {
            '?' => return Err(EndpointFault::Query),
            '#' => return Err(EndpointFault::Fragment),
            '\\' => return Err(EndpointFault::Backslash),
            c if c.is_whitespace() => return Err(EndpointFault::Blank),
            c if c.is_control() => return Err(EndpointFault::Control),
            _ => {}
        }
    }
    check_host(host)?;
    Ok((host, path))
}

/// Checks whether the text is a valid port of a URL. An empty port is valid and means the default port of the scheme.
fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && (text.is_empty() || text.parse::<u16>().is_ok())
}

fn check_host(host: &str) -> Result<(), EndpointFault> {
    let (name, port) = if let Some(rest) = host.strip_prefix('[') {
        let (address, behind) = rest.split_once(']').ok_or(EndpointFault::Bracket)?;
        if address.contains('%') {
            return Err(EndpointFault::Zone);
        }
        address.parse::<Ipv6Addr>().map_err(|_| EndpointFault::Address)?;
        let port = if behind.is_empty() { "" } else { behind.strip_prefix(':').ok_or(EndpointFault::Host)? };
        (address, port)
    } else {
        host.split_once(':').unwrap_or((host, ""))
    };
    // The slashes after a scheme are missing, or nothing follows them.
    let is_scheme = || ["http:", "https:"].iter().any(|scheme| host.eq_ignore_ascii_case(scheme));
    if (name.is_empty() && !port.contains(':')) || is_scheme() {
        return Err(EndpointFault::NoHost);
    }
    if !host.starts_with('[') && (port.contains(':') || host.contains([']', '['])) {
        return Err(EndpointFault::Bracket);
    }
    if is_port(port) { Ok(()) } else { Err(EndpointFault::Port) }
}

/// Returns where the name `accesskey` ends in the text, if a separator and a value follow it.
fn find_access_key(text: &str) -> Option<usize> {
    const NAME: &str = "accesskey";
    // Most endpoints have none of these characters, so the copy in lower case can be avoided.
    if !text.contains(['=', ' ', ':', '%']) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find(NAME) {
        from += at + NAME.len();
        if lower[from..].trim_start().starts_with(['=', ':', '%']) {
            return Some(from);
        }
    }
    None
}

/// Returns where a text begins that is in the place of a port and is too long to be one. It may be a key, and a key may
/// contain a slash. The groups of an IPv6 address are not ports.
fn find_odd_port(text: &str) -> Option<usize> {
    let start = text.find("//").map_or(0, |at| at + 2);
    let bare = &text[start..];
    let host = &bare[..bare.find('/').unwrap_or(bare.len())];
    let at = match host.strip_prefix('[') {
        Some(rest) => rest.find("]:")? + 2,
        None if host.bytes().filter(|byte| *byte == b':').count() > 1 => return None,
        None => host.find(':')?,
    };
    let behind = &bare[at + 1..];
    let port = behind.split(['/', '?', '#']).next().unwrap_or_default();
    (!is_port(port) && behind.len() > LONGEST_PORT).then_some(start + at + 1)
}

/// Formats an endpoint for messages. User name, password, query, fragment and access key are replaced by `*****`.
pub fn shown(endpoint: &str) -> String {
    let (text, key) = match find_access_key(endpoint) {
        // If the values of a connection string were swapped, the text before the name is the key.
        Some(at) if !endpoint[..at].contains("//") => return REDACTED.to_owned(),
        Some(at) => (&endpoint[..at], format!("={REDACTED}")),
        None => (endpoint, String::new()),
    };
    let start = text.find("//").map_or(0, |at| at + 2);
    let cut = text.find(['?', '#']);
    // A path may contain an `@`, too, and a password may contain a slash or a `?`. The last `@` is therefore the end.
    let (begin, rest) = match text.rfind('@') {
        Some(at) if cut.is_some_and(|cut| cut < at) => {
            let begin = if start <= at { &text[..start] } else { "" };
            let begin = if begin.contains(['?', '#']) { "" } else { begin };
            return format!("{begin}{REDACTED}");
        }
        Some(at) if start <= at => (format!("{}{REDACTED}@", &text[..start]), &text[at + 1..]),
        Some(at) => (format!("{REDACTED}@"), &text[at + 1..]),
        None => (String::new(), text),
    };
    if let Some(at) = find_odd_port(rest) {
        return format!("{begin}{}{REDACTED}", &rest[..at]);
    }
    match rest.find(['?', '#']) {
        Some(cut) => format!("{begin}{}{REDACTED}", &rest[..=cut]),
        None => format!("{begin}{rest}{key}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_named() {
        use EndpointFault as F;
        for (endpoint, fault) in [
            ("https://u:p@h:1", F::UserInfo),
            ("https://u@h/a", F::UserInfo),
            ("https://u:p/q@h", F::UserInfo),
            ("u:p@h", F::UserInfo),
            ("https://h/?a", F::Query),
            ("https://h?a@b", F::Query),
            ("https://h/#a", F::Fragment),
            ("https://h/ accesskey=YQ==", F::AccessKey),
            ("https://h/,AccessKey=YQ==", F::AccessKey),
            ("'https://h/", F::Quote),
            ("https://h/a b", F::Blank),
            ("https://h\u{a0}", F::Blank),
            ("https://h\u{7}", F::Control),
            ("https://h\\a", F::Backslash),
            ("https://", F::NoHost),
            ("https:///a", F::NoHost),
            ("https://:1/", F::NoHost),
            ("https:", F::NoHost),
            ("https:/h", F::NoHost),
            ("https://[::1", F::Bracket),
            ("https://::1", F::Bracket),
            ("https://[x]", F::Address),
            ("https://[::1]x", F::Host),
            ("https://[::1%lo]:1", F::Zone),
            ("https://h:99999", F::Port),
            ("https://h:+1", F::Port),
            ("https://h:x", F::Port),
            ("https://[::1]:x", F::Port),
        ] {
            assert_eq!(host_and_path(endpoint), Err(fault), "{endpoint}");
        }
        for (endpoint, parts) in [
            ("https://h:1/a/b//", ("h:1", "/a/b")),
            ("h", ("h", "")),
            ("http://[::1]:1", ("[::1]:1", "")),
            ("[::1]", ("[::1]", "")),
            ("https://accesskey.example:1/a@b", ("accesskey.example:1", "/a@b")),
        ] {
            assert_eq!(host_and_path(endpoint), Ok(parts), "{endpoint}");
        }
    }

    #[test]
    fn no_secret_is_shown() {
        for (endpoint, text) in [
            ("https://u:SECRET@h:1/a", "https://*****@h:1/a"),
            ("https://SEC:RE/T@h", "https://*****@h"),
            ("https://SECRET@SECRET@h", "https://*****@h"),
            ("u:SECRET@h", "*****@h"),
            ("u:SECRET@h//", "*****@h//"),
            ("https://h/?sig=SECRET", "https://h/?*****"),
            ("https://h/?sig=SEC@RET", "https://*****"),
            ("https://u:SEC?RET@h", "https://*****"),
            ("?SECRET//@h", "*****"),
            ("https://h/#SECRET?x", "https://h/#*****"),
            ("https://h/ accesskey=SECRET", "https://h/ accesskey=*****"),
            ("https://u:SECRET@h/ AccessKey =SECRET", "https://*****@h/ AccessKey=*****"),
            ("endpoint=https://h;accesskey=SECRET;x", "endpoint=https://h;accesskey=*****"),
            ("https://h:99999", "https://h:99999"),
            ("https://h:44x/", "https://h:44x/"),
            ("https://h:SECRETSECRET/", "https://h:*****"),
            ("https://h:SEC/RETSECRET", "https://h:*****"),
            ("https://[::1]:SECRETSECRET", "https://[::1]:*****"),
            ("https://h:443/path/of/a/gateway", "https://h:443/path/of/a/gateway"),
            ("https://fe80::1", "https://fe80::1"),
            ("endpoint=SECRET;accesskey=https://h/", "*****"),
            ("endpoint=https://h:SECRETSECRET/;accesskey=SECRET", "endpoint=https://h:*****"),
        ] {
            assert_eq!(shown(endpoint), text, "{endpoint}");
        }
    }
}
