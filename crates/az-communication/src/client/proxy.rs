//! Proxies as the environment names them, by requests' rules: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` in either case.

use std::env;

use base64::Engine as _;

/// A proxy to open a tunnel through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

fn variable(name: &str) -> Option<String> {
    [name.to_ascii_lowercase(), name.to_owned()].iter().find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()))
}

/// The proxy for an https connection to that host, if one is to be used.
pub(super) fn for_host(host: &str, port: u16) -> Option<Proxy> {
    let url = variable("HTTPS_PROXY").or_else(|| variable("ALL_PROXY"))?;
    if variable("NO_PROXY").is_some_and(|list| is_excluded(&list, host, port)) {
        return None;
    }
    parse(&url)
}

fn is_excluded(list: &str, host: &str, port: u16) -> bool {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.trim_start_matches('.');
        let with_port = format!("{host}:{port}");
        entry == "*"
            || [host, with_port.as_str()].iter().any(|name| {
                name.eq_ignore_ascii_case(entry)
                    || name.to_ascii_lowercase().ends_with(&format!(".{}", entry.to_ascii_lowercase()))
            })
    })
}

fn parse(url: &str) -> Option<Proxy> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('/').next()?;
    let (user, address) = match rest.rsplit_once('@') {
        Some((user, address)) => (Some(user), address),
        None => (None, rest),
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') => (host, port.parse().ok()?),
        _ => (address, 80),
    };
    let authorization = user.map(|user| {
        let decoded = azure_core::http::Url::parse(&format!("http://x/?{user}"))
            .ok()
            .and_then(|url| url.query_pairs().next().map(|(name, _)| name.into_owned()))
            .unwrap_or_else(|| user.to_owned());
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(decoded))
    });
    Some(Proxy { host: host.trim_matches(['[', ']']).to_owned(), port, authorization })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let proxy = parse("http://user:p%40ss@proxy.corp:3128/").map(|p| (p.host, p.port, p.authorization));
        assert_eq!(proxy, Some(("proxy.corp".into(), 3128, Some("Basic dXNlcjpwQHNz".into()))));
        assert_eq!(parse("proxy").map(|p| (p.host, p.port)), Some(("proxy".into(), 80)));
    }

    #[test]
    fn exclusions() {
        for list in ["*", "localhost", "x, .communication.azure.com", "azure.com"] {
            assert!(is_excluded(list, if list == "localhost" { list } else { "a.communication.azure.com" }, 443));
        }
        assert!(!is_excluded("xazure.com", "a.azure.com", 443));
    }
}
