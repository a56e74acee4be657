//! Who asks (docs/service.md, section 2): by an HMAC signature, verified over the raw request target, or by an Entra token. Where
//! it is refused the log says why. Never the key, a signature or a token.

use std::iter;

use acs_identity_protocol::signature::{
    CONTENT_HASH_HEADER, DATE_HEADER, HmacAuthorization, MAX_CLOCK_SKEW_SECONDS, content_hash, string_to_sign,
};
use acs_identity_protocol::time::parse_http_date;
use base64::Engine as _;
use time::OffsetDateTime;

use super::{Edge, Received};
use crate::core::Refusal;
use crate::store::Caller;

const DENIED: &str = "Denied by the resource provider.";
const HASH_DIFFERS: &str = "Request 'x-ms-content-sha256' differs from generated content hash.";
const CLOCK: &str = "The given request could not be resolved.\nThe time difference between the originating client and \
    the server is greater than the allowed margin of 5 minutes.";

/// The header in which the Java SDK sends the string that it signed.
const JAVA_STRING_TO_SIGN: &str = "x-ms-hmac-string-to-sign-base64";

fn deny(request: &Received, message: &str, why: &str) -> Refusal {
    crate::log::warn(&format!("401 {} {}: {why}", request.method, request.path()));
    Refusal::denied(message)
}

/// The Entra token in the Authorization header.
pub(super) fn bearer_token(request: &Received) -> Option<&str> {
    request.credentials("Bearer").map(str::trim)
}

/// Checks the signature, or the Entra token; by what the caller has authenticated.
pub(super) fn check(edge: &Edge, request: &Received) -> Result<Caller, Refusal> {
    let denied = |why: &str| deny(request, DENIED, why);
    let authorization = request.header("authorization").ok_or_else(|| denied("no Authorization header"))?;
    if let Some(token) = bearer_token(request) {
        return edge.core.check_management_token(token)?.map_err(|why| denied(&why)).map(|()| Caller::Entra);
    }
    let (scheme, parameters) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if !scheme.eq_ignore_ascii_case("HMAC-SHA256") {
        return Err(denied(&format!("the scheme '{scheme}' is neither HMAC-SHA256 nor Bearer")));
    }
    let parsed = HmacAuthorization::parse(parameters)
        .ok_or_else(|| denied("the Authorization header lacks SignedHeaders or Signature"))?;
    let signs = |name: &str| parsed.signed_headers.iter().any(|header| header.eq_ignore_ascii_case(name));
    if !signs("host") || !signs(CONTENT_HASH_HEADER) || !(signs(DATE_HEADER) || signs("date")) {
        return Err(denied("SignedHeaders must name host, x-ms-content-sha256 and x-ms-date or date"));
    }
    check_date(request, if signs(DATE_HEADER) { DATE_HEADER } else { "date" })?;
    let stated = request.header(CONTENT_HASH_HEADER).ok_or_else(|| denied("no x-ms-content-sha256 header"))?;
    if stated != content_hash(&request.body) {
        return Err(deny(request, HASH_DIFFERS, "x-ms-content-sha256 is not the hash of the body that came"));
    }
    let mut values = Vec::new();
    for name in &parsed.signed_headers {
        let value = request.header(name).ok_or_else(|| denied(&format!("the signed header '{name}' is missing")))?;
        values.push(value);
    }
    let method = request.method.as_str();
    let verify = || {
        let texts = candidates(method, &request.target, &parsed.signed_headers, &values);
        edge.core.access_keys.verify(texts, parsed.signature)
    };
    // Another process may have regenerated the key meanwhile.
    verify()
        .or_else(|| edge.core.reload_keys().then(verify).flatten())
        .ok_or_else(|| denied(&diagnose(request, &string_to_sign(method, &request.target, &values))))
}

fn check_date(request: &Received, name: &str) -> Result<(), Refusal> {
    let date = request.header(name).ok_or_else(|| deny(request, DENIED, &format!("no {name} header")))?;
    let date =
        parse_http_date(date).ok_or_else(|| deny(request, DENIED, &format!("{name} is not an RFC 1123 date")))?;
    let ahead = (date - OffsetDateTime::now_utc()).whole_seconds();
    if ahead.abs() > MAX_CLOCK_SKEW_SECONDS {
        let direction = if ahead > 0 { "ahead" } else { "behind" };
        let why = format!("the client's clock is {} s {direction}; 300 s are allowed", ahead.abs());
        return Err(deny(request, CLOCK, &why));
    }
    Ok(())
}

/// The strings that clients may have signed. All SDKs sign the target and the host as they send them, but for two: old
/// Python versions lose the first slash of the path over plain http, and Java leaves the port out of the host.
fn candidates(method: &str, target: &str, names: &[&str], values: &[&str]) -> impl Iterator<Item = String> {
    let without_port = move || {
        let host = |name: &str, value| if name.eq_ignore_ascii_case("host") { host_without_port(value) } else { value };
        let values: Vec<&str> = names.iter().zip(values).map(|(name, value)| host(name, value)).collect();
        string_to_sign(method, target, &values)
    };
    // The usual one first, and the others only where it is not that.
    iter::once_with(move || string_to_sign(method, target, values))
        .chain(iter::once_with(move || string_to_sign(method, target.trim_start_matches('/'), values)))
        .chain(iter::once_with(without_port))
}

fn host_without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn diagnose(request: &Received, ours: &str) -> String {
    let theirs = request
        .header(JAVA_STRING_TO_SIGN)
        .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(theirs) = theirs else {
        return format!("the signature does not fit; the key is another one, or the client did not sign {ours:?}");
    };
    for (part, (theirs, ours)) in
        ["verb", "path and query", "header values"].into_iter().zip(theirs.splitn(3, '\n').zip(ours.splitn(3, '\n')))
    {
        if theirs != ours {
            return format!("the client signed the {part} {theirs:?}, but sent {ours:?}");
        }
    }
    "the client signed the right string with another key".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        assert_eq!(host_without_port("localhost:10100"), "localhost");
        assert_eq!(host_without_port("localhost"), "localhost");
        assert_eq!(host_without_port("[::1]:1"), "[::1]");
    }

    #[test]
    fn variants() {
        let all: Vec<String> = candidates("POST", "/x?y", &["x-ms-date", "host"], &["d", "h:1"]).collect();
        assert_eq!(all, ["POST\n/x?y\nd;h:1", "POST\nx?y\nd;h:1", "POST\n/x?y\nd;h"]);
    }
}
