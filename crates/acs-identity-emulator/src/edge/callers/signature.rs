//! The HMAC signature over the raw request target (docs/service.md, section 2). If it is refused, the log says why,
//! without the key and the signature.

use std::iter;

use acs_identity_protocol::signature::{
    CONTENT_HASH_HEADER, DATE_HEADER, HmacAuthorization, MAX_CLOCK_SKEW_SECONDS, content_hash, string_to_sign,
};
use acs_identity_protocol::time::parse_http_date;

use super::mistakes::{self, Attempt, Found};
use crate::edge::backend::Backend;
use crate::edge::callers::mismatch;
use crate::edge::context::principal::CONTROL_HEADER;
use crate::edge::context::request::RequestContext;
use crate::edge::http::error::{DENIED, HttpError, HttpResult, WrongSignature};
use crate::store::Caller;

const HASH_DIFFERS: &str = "Request 'x-ms-content-sha256' differs from generated content hash.";
const CLOCK: &str = "The given request could not be resolved.\nThe time difference between the originating client and \
    the server is greater than the allowed margin of 5 minutes.";

/// The other schemes that clients send: the schemes in the registry of RFC 9110, and some of other services.
const OTHER_SCHEMES: [&str; 14] = [
    "AccessKey",
    "ApiKey",
    "AWS4-HMAC-SHA256",
    "Basic",
    "Digest",
    "DPoP",
    "HMAC-SHA1",
    "HMAC-SHA512",
    "HOBA",
    "Negotiate",
    "NTLM",
    "SharedKey",
    "SharedKeyLite",
    "Token",
];

/// Returns a scheme for the log. An unknown word is not shown: if a client forgets the scheme, the first word is a key
/// or a token.
fn shown_scheme(scheme: &str) -> String {
    match OTHER_SCHEMES.iter().find(|known| known.eq_ignore_ascii_case(scheme)) {
        Some(known) => format!("the scheme {known}"),
        None => {
            format!("the first word of the Authorization header ({} bytes) is not a known scheme and", scheme.len())
        }
    }
}

/// Checks the signature of a request. Returns the key that made it, and the hash that the body must have.
pub(super) async fn check(backend: &Backend, request: &RequestContext) -> HttpResult<(Caller, String)> {
    let head = &request.head;
    let denied = |why: &str| HttpError::denied(DENIED).because(why);
    let authorization = head.header("authorization").ok_or_else(|| {
        denied(match head.header(CONTROL_HEADER) {
            Some(_) => "no Authorization header; x-emulator-control is for the control endpoints only",
            None => "no Authorization header",
        })
    })?;
    let (scheme, parameters) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if !scheme.eq_ignore_ascii_case("HMAC-SHA256") {
        return Err(denied(&format!("{} is neither HMAC-SHA256 nor Bearer", shown_scheme(scheme))));
    }
    let parsed = HmacAuthorization::parse(parameters)
        .ok_or_else(|| denied("the Authorization header lacks SignedHeaders or Signature"))?;
    let signs = |name: &str| parsed.signed_headers.iter().any(|header| header.eq_ignore_ascii_case(name));
    if !signs("host") || !signs(CONTENT_HASH_HEADER) || !(signs(DATE_HEADER) || signs("date")) {
        return Err(denied("SignedHeaders must name host, x-ms-content-sha256 and x-ms-date or date"));
    }
    check_date(request, if signs(DATE_HEADER) { DATE_HEADER } else { "date" })?;
    let stated = head.header(CONTENT_HASH_HEADER).ok_or_else(|| denied("no x-ms-content-sha256 header"))?;
    let mut values = Vec::new();
    for name in &parsed.signed_headers {
        let value = head.header(name).ok_or_else(|| denied(&format!("the signed header '{name}' is missing")))?;
        values.push(value);
    }
    let method = head.method.as_str();
    let verify = || {
        let texts = candidates(method, &head.target, &parsed.signed_headers, &values);
        backend.core.access_keys.verify(texts, parsed.signature)
    };
    // Another process may have regenerated the key meanwhile.
    let mut caller = verify();
    // In front of a shared store, a refusal is confirmed, and the request begins again with the new keys.
    if caller.is_none() && !backend.core.is_shared() && backend.core.access_keys.reload().await {
        caller = verify();
    }
    let caller = caller.ok_or_else(|| wrong(backend, request, &parsed, &values))?;
    Ok((caller, stated.to_owned()))
}

/// Returns the error for a signature that does not match, with the known mistake that gives it.
fn wrong(backend: &Backend, request: &RequestContext, parsed: &HmacAuthorization<'_>, values: &[&str]) -> HttpError {
    let names = &parsed.signed_headers;
    let found = mistakes::find(backend, &Attempt { request, names, values, signature: parsed.signature });
    let why = mismatch::diagnose(&request.head, names, values, found);
    let mistake = found.map(Found::mistake);
    let string_to_sign = Some(mismatch::shown_string(&request.head, names, values));
    HttpError::denied(DENIED).because_of_signature(WrongSignature { why, string_to_sign, mistake })
}

/// Refuses a body that differs from the signed one.
pub(crate) fn check_body(request: &RequestContext, hash: Option<&str>) -> HttpResult<()> {
    match hash {
        Some(hash) if hash != content_hash(&request.body) => {
            let mistake = mistakes::in_body(&request.body, hash);
            let why = "x-ms-content-sha256 is not the hash of the body";
            let why = mistake.map_or_else(|| why.to_owned(), |mistake| format!("{why}: {}", mistake.words));
            let wrong = WrongSignature { why, string_to_sign: None, mistake };
            Err(HttpError::denied(HASH_DIFFERS).because_of_signature(wrong))
        }
        _ => Ok(()),
    }
}

fn check_date(request: &RequestContext, name: &str) -> HttpResult<()> {
    let denied = |why: String| HttpError::denied(DENIED).because(why);
    let date = request.head.header(name).ok_or_else(|| denied(format!("no {name} header")))?;
    let date = parse_http_date(date).ok_or_else(|| denied(format!("{name} is not an RFC 1123 date")))?;
    let ahead = (date - crate::clock::machine::now()).whole_seconds();
    if ahead.abs() > MAX_CLOCK_SKEW_SECONDS {
        let direction = if ahead > 0 { "ahead" } else { "behind" };
        let why = format!("the client's clock is {} s {direction}; 300 s are allowed", ahead.abs());
        return Err(HttpError::denied(CLOCK).because(why));
    }
    Ok(())
}

/// Returns the strings that clients may have signed. All SDKs sign the target and the host as they send them, except
/// for two: old Python versions lose the first slash of the path over plain HTTP, and Java omits the port of the host.
pub(super) fn candidates(method: &str, target: &str, names: &[&str], values: &[&str]) -> impl Iterator<Item = String> {
    let without_port = move || {
        let host = |name: &str, value| if name.eq_ignore_ascii_case("host") { host_without_port(value) } else { value };
        let values: Vec<&str> = names.iter().zip(values).map(|(name, value)| host(name, value)).collect();
        string_to_sign(method, target, &values)
    };
    // The usual string comes first. The others are made only if it does not match.
    iter::once_with(move || string_to_sign(method, target, values))
        .chain(iter::once_with(move || string_to_sign(method, target.trim_start_matches('/'), values)))
        .chain(iter::once_with(without_port))
}

pub(super) fn host_without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_schemes_are_logged() {
        for (scheme, shown) in [
            ("basic", "the scheme Basic"),
            ("SharedKey", "the scheme SharedKey"),
            ("c2VjcmV0", "the first word of the Authorization header (8 bytes) is not a known scheme and"),
            ("", "the first word of the Authorization header (0 bytes) is not a known scheme and"),
        ] {
            assert_eq!(shown_scheme(scheme), shown);
        }
    }

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
