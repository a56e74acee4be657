//! Fetches public documents: the metadata and the keys of an Entra issuer.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, HttpClient as _, Method, RawResponse, Request, Url};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::service::connection::Connection;
use crate::service::network;
use crate::service::sending::origin::OriginPolicy;
use crate::service::sending::redirect::RedirectPolicy;
use crate::service::sending::retry::RetryPolicy;
use crate::transport::http::block_on::block_on;
use crate::transport::send::Transport;
use crate::transport::tls::trust::Trust;
use acs_identity_protocol::visible::escaped;

/// Checks whether the value of an option, or of its variable, is an HTTP URL.
///
/// # Errors
///
/// Returns a usage error if it is not.
pub fn check_url(named_by: &str, url: &str) -> Result<(), CliError> {
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(()),
        _ => Err(CliError::usage(format!("{named_by} is not an http or https URL: '{}'.", without_user(url)))),
    }
}

/// Fetches a JSON document. Redirects are followed, and requests to an overloaded server are repeated. A user name and
/// a password in the URL are sent only to its server, and no message shows them.
///
/// # Errors
///
/// When the URL is invalid, the server does not answer, or the answer is not JSON.
pub fn fetch_json(url: &str, printer: Printer) -> Result<Value, CliError> {
    get(url, Trust::from_environment(), printer)
}

/// Fetches a JSON document of a service, with the trusted authorities of its connection.
///
/// # Errors
///
/// See [`fetch_json`].
pub fn fetch_json_of(connection: &Connection, path: &str, printer: Printer) -> Result<Value, CliError> {
    get(&format!("{}{path}", connection.endpoint()), connection.trust()?, printer)
}

/// The last policy of a pipeline, which sends the request.
#[derive(Debug)]
struct Send(Transport);

#[async_trait]
impl Policy for Send {
    async fn send(&self, _: &Context, request: &mut Request, _: &[Arc<dyn Policy>]) -> PolicyResult {
        self.0.execute_request(request).await
    }
}

fn get(url: &str, trust: Trust, printer: Printer) -> Result<Value, CliError> {
    let fail =
        |why: String| CliError::new(format!("{} cannot be read: {}.", without_user(url), why.trim_end_matches('.')));
    let parsed = Url::parse(url).map_err(|error| fail(error.to_string()))?;
    let answer = send(parsed, trust, printer).map_err(|error| fail(error.to_string()))?;
    let status = u16::from(answer.status());
    if status != 200 {
        return Err(fail(format!("the response has the status {status}")));
    }
    let body = answer.into_body();
    let body = body.as_ref();
    serde_json::from_slice(body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body))
        .map_err(|_| fail("it is not a JSON document".into()))
}

fn send(url: Url, trust: Trust, printer: Printer) -> azure_core::Result<RawResponse> {
    let policies: [Arc<dyn Policy>; 4] = [
        Arc::new(RedirectPolicy { printer }),
        Arc::new(RetryPolicy { printer }),
        Arc::new(OriginPolicy { home: url.clone() }),
        Arc::new(Send(network::transport(trust))),
    ];
    let mut request = Request::new(url.clone(), Method::Get);
    request.insert_header("accept", "application/json");
    if !url.username().is_empty() || url.password().is_some() {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let user = format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or_default()));
        request.insert_header("authorization", format!("Basic {}", STANDARD.encode(user)));
    }
    block_on(async {
        let context = Context::new();
        policies[0].send(&context, &mut request, &policies[1..]).await?.try_into_raw_response().await
    })
}

/// Returns a URL for messages: without a user name and a password, even if it is invalid.
pub fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // In an invalid URL, the password may contain a slash.
    let (authority, path) = match path.rsplit_once('@') {
        Some((_, host)) if authority.contains(':') => (host, ""),
        _ => (authority.rsplit_once('@').map_or(authority, |(_, host)| host), path),
    };
    let shown = match scheme {
        "" => format!("{authority}{path}"),
        scheme => format!("{scheme}://{authority}{path}"),
    };
    escaped(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_show_no_password() {
        for (url, expected) in [
            ("https://user:pw@host:1/keys?x=1", "https://host:1/keys?x=1"),
            ("https://user@host/keys", "https://host/keys"),
            ("https://user:p@w@host", "https://host"),
            ("https://user:p/w@host/keys", "https://host/keys"),
            ("https://user:p#w@host/keys", "https://host/keys"),
            ("https://host/users/@me", "https://host/users/@me"),
            ("user:pw@host", "host"),
        ] {
            assert_eq!(without_user(url), expected, "{url}");
        }
    }
}
