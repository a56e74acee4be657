//! The URL of a proxy, parsed as requests and urllib3 parse it.

use std::fmt;

use azure_core::http::Url;
use base64::Engine as _;
use percent_encoding::percent_decode_str;

use crate::transport::proxy::proxy_error::ProxyFault;

/// A proxy for a tunnel.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// The variable that names the proxy.
    pub(crate) variable: &'static str,
    /// Whether the connection to the proxy uses TLS.
    pub(crate) tls: bool,
    /// The host. An IPv6 address is in brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether a backslash ended the host. As in requests, text that was meant as a user name is then the host.
    pub(crate) backslash: bool,
    authorization: Option<String>,
}

impl Proxy {
    /// Returns the host and the port.
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Returns the value of `Proxy-Authorization`.
    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }
}

/// The debug output omits the password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("variable", &self.variable)
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

/// Parses the URL. The port may be missing. The scheme may be missing if no other part looks like a scheme.
pub(crate) fn parse(url: &str, variable: &'static str) -> Result<Proxy, ProxyFault> {
    // Without a scheme, a blank can be the start of a user name.
    if url.starts_with(|first: char| first.is_whitespace() || first.is_control()) && url.contains("://") {
        return Err(ProxyFault::Blank);
    }
    let (scheme, rest) = split_scheme(url);
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(if scheme.is_some() { ProxyFault::NoScheme } else { ProxyFault::NoHost });
    };
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let backslash = tail.starts_with('\\') && tail.contains('@');
    if tail.contains('@') && (!backslash || authority.contains(':')) {
        return Err(ProxyFault::Encoding);
    }
    let scheme = scheme.unwrap_or("http").to_ascii_lowercase();
    let tls = match scheme.as_str() {
        "http" => false,
        "https" => true,
        socks if socks.starts_with("socks") => return Err(ProxyFault::Socks),
        _ => return Err(ProxyFault::Scheme(scheme)),
    };
    let (user, address) = match authority.rsplit_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, authority),
    };
    let (host, port) = split_port(address, user.is_none())?;
    Ok(Proxy {
        variable,
        tls,
        host: normalize(host)?,
        // urllib3 treats port 0 as missing.
        port: port.filter(|port| *port != 0).unwrap_or(if tls { 443 } else { 80 }),
        backslash,
        authorization: user.map_or(Ok(None), authorization)?,
    })
}

/// Returns the scheme without its colon, and the rest from `//` on. A name before a colon is a scheme unless it
/// contains a dot.
fn split_scheme(url: &str) -> (Option<&str>, std::borrow::Cow<'_, str>) {
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'))
    };
    match url.split_once(':') {
        Some((scheme, rest)) if is_name(scheme) => (Some(scheme), rest.into()),
        _ if url.starts_with('/') => (None, url.into()),
        _ => (None, format!("//{url}").into()),
    }
}

/// Splits off the port. A port that is not a number up to 65535 is an error, and an empty port is missing. `shown` says
/// whether an error may show the port. It may not if the port could be a part of a password.
fn split_port(address: &str, shown: bool) -> Result<(&str, Option<u16>), ProxyFault> {
    if address.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return Err(ProxyFault::Blank);
    }
    if address.starts_with('[') && !address.contains(']') {
        return Err(ProxyFault::Host);
    }
    // The colons of an IPv6 address come before its closing bracket.
    let start = address.rfind(']').map_or(0, |at| at + 1);
    let Some((_, port)) = address[start..].split_once(':') else { return Ok((address, None)) };
    let host = &address[..address.len() - port.len() - 1];
    if port.is_empty() {
        return Ok((host, None));
    }
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse() {
        Ok(number) if is_number => Ok((host, Some(number))),
        _ if shown && is_number => Err(ProxyFault::Port(Some(port.to_owned()))),
        _ => Err(ProxyFault::Port(None)),
    }
}

/// Returns the host in lower case. Names in other scripts get their ASCII form.
fn normalize(host: &str) -> Result<String, ProxyFault> {
    if host.is_empty() {
        return Err(ProxyFault::NoHost);
    }
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').ok_or(ProxyFault::Host)?;
        let bare = address.split_once('%').map_or(address, |(bare, _)| bare);
        return match bare.parse::<std::net::Ipv6Addr>() {
            Ok(_) => Ok(format!("[{}]", address.replace("%25", "%").to_ascii_lowercase())),
            Err(_) => Err(ProxyFault::Host),
        };
    }
    if host.contains(['[', ']', '%']) {
        return Err(ProxyFault::Host);
    }
    if host.is_ascii() {
        return Ok(host.to_ascii_lowercase());
    }
    let url = Url::parse(&format!("https://{host}/")).map_err(|_| ProxyFault::Host)?;
    url.host_str().map(str::to_owned).ok_or(ProxyFault::Host)
}

/// Returns the value of `Proxy-Authorization`, or `None` if the user name or the password is missing. Percent-encoding
/// is decoded only if each percent sign begins an escape.
fn authorization(user: &str) -> Result<Option<String>, ProxyFault> {
    let Some((name, password)) = user.split_once(':').filter(|(name, _)| !name.is_empty()) else { return Ok(None) };
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = user.as_bytes();
    let is_encoded = (0..bytes.len()).all(|at| bytes[at] != b'%' || (hex(bytes.get(at + 1)) && hex(bytes.get(at + 2))));
    let mut credentials = Vec::new();
    for (part, separator) in [(name, Some(b':')), (password, None)] {
        let decoded = match is_encoded {
            true => percent_decode_str(part).decode_utf8().map_err(|_| ProxyFault::Latin1)?,
            false => part.into(),
        };
        for character in decoded.chars() {
            credentials.push(u8::try_from(character).map_err(|_| ProxyFault::Latin1)?);
        }
        credentials.extend(separator);
    }
    Ok(Some(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(credentials))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<(String, Option<String>), ProxyFault> {
        parse(url, "HTTPS_PROXY").map(|proxy| (proxy.address(), proxy.authorization))
    }

    #[test]
    fn hosts_and_ports_are_parsed_as_in_requests() {
        for (url, address) in [
            ("proxy.corp:3128", "proxy.corp:3128"),
            ("HTTPS://P", "p:443"),
            (" u:w@127.0.0.1", "127.0.0.1:80"),
            ("http://p:0", "p:80"),
            ("http://p:00080", "p:80"),
            ("http://u:p w@Bücher.example:1", "xn--bcher-kva.example:1"),
            ("http://[FE80::1%25eth0]:3128", "[fe80::1%eth0]:3128"),
        ] {
            assert_eq!(read(url).map(|(address, _)| address).as_deref(), Ok(address), "{url}");
        }
    }

    #[test]
    fn a_malformed_url_is_an_error() {
        for (url, fault) in [
            ("localhost:3128", ProxyFault::NoScheme),
            ("http:/p", ProxyFault::NoScheme),
            ("/p", ProxyFault::NoHost),
            ("http:///p", ProxyFault::NoHost),
            ("http://u:p@", ProxyFault::NoHost),
            ("http://:3128", ProxyFault::NoHost),
            ("http://u:1/b@p:3128", ProxyFault::Encoding),
            ("http://u:#@p:3128", ProxyFault::Encoding),
            ("http://u:a\\b@p:3128", ProxyFault::Encoding),
            ("\thttp://p", ProxyFault::Blank),
            (" p:1", ProxyFault::Blank),
            ("http://p p:1", ProxyFault::Blank),
            ("http://p:1 ", ProxyFault::Blank),
            ("http://p:+1", ProxyFault::Port(None)),
            ("http://p:65536", ProxyFault::Port(Some("65536".into()))),
            ("http://u:w@p:65536", ProxyFault::Port(None)),
            ("http://a%zz", ProxyFault::Host),
            ("http://[::g]", ProxyFault::Host),
            ("http://[::1", ProxyFault::Host),
            ("SOCKS5h://p", ProxyFault::Socks),
            ("gopher://p", ProxyFault::Scheme("gopher".into())),
            ("http://u:%ff@p", ProxyFault::Latin1),
            ("http://u:€@p", ProxyFault::Latin1),
        ] {
            assert_eq!(read(url), Err(fault), "{url}");
        }
    }

    #[test]
    fn a_password_is_percent_decoded_only_if_every_escape_is_valid() {
        for (url, credentials) in
            [("u:a%40b%zz", "u:a%40b%zz"), ("u%3A:%2b+", "u::++"), ("u:", "u:"), ("u:a:b", "u:a:b")]
        {
            let encoded = base64::engine::general_purpose::STANDARD.encode(credentials);
            let found = read(&format!("http://{url}@p")).map(|(_, authorization)| authorization);
            assert_eq!(found, Ok(Some(format!("Basic {encoded}"))), "{url}");
        }
        for url in ["http://u@p", "http://:w@p", "http://@p"] {
            assert_eq!(read(url).map(|(_, authorization)| authorization), Ok(None), "{url}");
        }
    }
}
