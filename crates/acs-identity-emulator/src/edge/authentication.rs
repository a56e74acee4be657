//! Who asks (docs/service.md, section 2), judged by the headers alone: by an HMAC signature over the raw request target, by an
//! Entra token, or by the control secret. Where it is refused the log says why. Never the key, a signature or a token.

use std::iter;

use acs_identity_protocol::signature::{
    CONTENT_HASH_HEADER, DATE_HEADER, HmacAuthorization, MAX_CLOCK_SKEW_SECONDS, content_hash, string_to_sign,
};
use acs_identity_protocol::time::parse_http_date;
use base64::Engine as _;
use hyper::header::{AUTHORIZATION, HeaderMap};

use super::Edge;
use super::context::RequestContext;
use super::routes::Admission;
use crate::config::TrustedIssuer;
use crate::core::{ManagementCaller, Refusal};
use crate::store::Caller;

const DENIED: &str = "Denied by the resource provider.";
const HASH_DIFFERS: &str = "Request 'x-ms-content-sha256' differs from generated content hash.";
const CLOCK: &str = "The given request could not be resolved.\nThe time difference between the originating client and \
    the server is greater than the allowed margin of 5 minutes.";

/// The header in which the Java SDK sends the string that it signed.
const JAVA_STRING_TO_SIGN: &str = "x-ms-hmac-string-to-sign-base64";

/// The header with the control secret.
pub(super) const CONTROL_HEADER: &str = "x-emulator-control";

/// Whether a request brings what authenticates callers, good or not.
pub(crate) fn has_credentials(headers: &HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION) || headers.contains_key(CONTROL_HEADER)
}

/// By what the caller has authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Principal {
    /// By nothing, or by what the operation itself looks at.
    Anyone,
    /// By a signature with an access key.
    Key(Caller),
    /// By the control secret.
    ControlSecret,
    /// By an Entra token.
    Entra(ManagementCaller),
}

impl Principal {
    /// What the operations of the core know of the caller.
    pub(super) fn caller(&self) -> Caller {
        match self {
            Self::Key(caller) => *caller,
            Self::Anyone | Self::ControlSecret | Self::Entra(_) => Caller::Entra,
        }
    }
}

/// A caller who may come in by the route.
pub(super) struct Authenticated {
    pub(super) caller: Principal,
    /// The hash that the body must have, where the request is signed.
    pub(super) content_hash: Option<String>,
}

impl From<Principal> for Authenticated {
    fn from(caller: Principal) -> Self {
        Self { caller, content_hash: None }
    }
}

fn deny(request: &RequestContext, message: &str, why: &str) -> Refusal {
    crate::log::warn(&format!("401 {} {}: {why}", request.head.method, request.head.path()));
    Refusal::denied(message)
}

/// Finds out who asks, and whether the route is for them.
pub(super) fn check(edge: &Edge, request: &RequestContext) -> Result<Authenticated, Refusal> {
    let admission = request.route.admission();
    if matches!(admission, Admission::Control | Admission::Keys)
        && let Some(secret) = request.head.header(CONTROL_HEADER)
    {
        return match &edge.config.control_secret {
            Some(expected) if expected.is(secret) => Ok(Principal::ControlSecret.into()),
            Some(_) => Err(deny(request, DENIED, "x-emulator-control is not the control secret")),
            None => Err(deny(request, DENIED, "x-emulator-control is sent, but there is no control secret")),
        };
    }
    let Some(token) = request.head.credentials("Bearer") else { return check_signature(edge, request) };
    let caller = edge.core.check_management_token(token)?.map_err(|why| deny(request, DENIED, &why))?;
    match admission {
        Admission::Control => Err(forbid(request, "an Entra token does not rule the emulator")),
        Admission::Keys if caller.is_own => {
            Err(forbid(request, "a token that the emulator itself hands out does not open the access keys"))
        }
        Admission::Keys if !caller.is_application => {
            Err(forbid(request, "a user's Entra token does not open the access keys, but one of an application itself"))
        }
        Admission::Keys if !edge.names_admin(&caller) => {
            let why = format!(
                "the Entra caller {:?} of the tenant {:?} is not named by --entra-admin",
                caller.application, caller.tenant
            );
            Err(forbid(request, &why))
        }
        _ => Ok(Principal::Entra(caller).into()),
    }
}

/// The caller is known, and may not do this.
fn forbid(request: &RequestContext, why: &str) -> Refusal {
    crate::log::warn(&format!("403 {} {}: {why}", request.head.method, request.head.path()));
    let message = "This needs the signature of an access key or the control secret. Access keys are also for the Entra \
                   callers that --entra-admin names.";
    Refusal::http(403, "Forbidden", message)
}

impl Edge {
    /// Whether the operator named the application.
    fn names_admin(&self, caller: &ManagementCaller) -> bool {
        let is = |named: &str, id: &str| !id.is_empty() && named.eq_ignore_ascii_case(id);
        let any_tenant = !self.config.issuers.iter().any(TrustedIssuer::is_of_all_tenants);
        self.config.entra_admins.iter().any(|admin| match admin.split_once('/') {
            Some((tenant, client)) => is(tenant, &caller.tenant) && is(client, &caller.application),
            None => any_tenant && is(admin, &caller.application),
        })
    }
}

/// The other schemes that clients send: those of the registry of RFC 9110, and what services have besides.
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

/// A scheme for the log. Where a client forgets it, a key or a token stands in its place.
fn shown_scheme(scheme: &str) -> String {
    match OTHER_SCHEMES.iter().find(|known| known.eq_ignore_ascii_case(scheme)) {
        Some(known) => format!("the scheme {known}"),
        None => {
            format!("the first word of the Authorization header ({} bytes) is not a known scheme and", scheme.len())
        }
    }
}

fn check_signature(edge: &Edge, request: &RequestContext) -> Result<Authenticated, Refusal> {
    let head = &request.head;
    let denied = |why: &str| deny(request, DENIED, why);
    let authorization = head.header("authorization").ok_or_else(|| {
        denied(match head.header(CONTROL_HEADER) {
            Some(_) => "no Authorization header; x-emulator-control opens the control endpoints only",
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
        edge.core.access_keys.verify(texts, parsed.signature)
    };
    // Another process may have regenerated the key meanwhile.
    let caller = verify()
        .or_else(|| edge.core.reload_keys().then(verify).flatten())
        .ok_or_else(|| denied(&diagnose(request, &string_to_sign(method, &head.target, &values))))?;
    Ok(Authenticated { caller: Principal::Key(caller), content_hash: Some(stated.to_owned()) })
}

/// Refuses a body that is not the one that was signed.
pub(super) fn check_body(request: &RequestContext, hash: Option<&str>) -> Result<(), Refusal> {
    match hash {
        Some(hash) if hash != content_hash(&request.body) => {
            Err(deny(request, HASH_DIFFERS, "x-ms-content-sha256 is not the hash of the body that came"))
        }
        _ => Ok(()),
    }
}

fn check_date(request: &RequestContext, name: &str) -> Result<(), Refusal> {
    let date = request.head.header(name).ok_or_else(|| deny(request, DENIED, &format!("no {name} header")))?;
    let date = parse_http_date(date).ok_or_else(|| deny(request, DENIED, &format!("{name} is no RFC 1123 date")))?;
    let ahead = (date - crate::clock::machine::now()).whole_seconds();
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

fn diagnose(request: &RequestContext, ours: &str) -> String {
    let theirs = request
        .head
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
    fn only_a_known_scheme_is_shown() {
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
    fn requests_with_the_control_secret_have_credentials_as_those_with_an_authorization_have() {
        let has = |name: &'static str| {
            has_credentials(&HeaderMap::from_iter([(name.parse().unwrap(), "x".parse().unwrap())]))
        };
        assert!(has("authorization") && has(CONTROL_HEADER));
        assert!(!has("x-identity-header") && !has("host"));
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
