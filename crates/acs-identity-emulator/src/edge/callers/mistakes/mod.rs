//! Finds out why a signature does not match: tries the known mistakes in signing, and returns the one that gives the
//! signature that was sent.

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::signature::{CONTENT_HASH_HEADER, DATE_HEADER, content_hash, string_to_sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::signature::host_without_port;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::path::{decode_segment, encode_segment};
use crate::request_log::Mistake;
use crate::store::AccessSlot;

/// A signature over a longer string is not examined, so that a refused request costs little.
const LONGEST_STRING: usize = 4096;

/// A request whose signature does not match.
pub(super) struct Attempt<'a> {
    pub(super) request: &'a RequestContext,
    /// The names of the signed headers, and their values.
    pub(super) names: &'a [&'a str],
    pub(super) values: &'a [&'a str],
    pub(super) signature: &'a str,
}

/// The keys that the mistakes are tried with.
struct Keys {
    own: [AccessKey; 2],
}

impl Keys {
    fn sign(&self, text: &str, signature: &str) -> bool {
        self.own.iter().any(|key| key.verify(text, signature))
    }
}

const fn mistake(name: &'static str, words: &'static str) -> Mistake {
    Mistake { name, words }
}

const ENCODING: Mistake = mistake("signatureEncoding", "The signature is not in base64 (RFC 4648, section 4).");
const TEXT_KEY: Mistake =
    mistake("keyNotDecoded", "The client signed with the text of the access key. The key must be decoded from base64.");
const FORMER_KEY: Mistake = mistake("formerKey", "The client signed with an access key that was regenerated since.");
const WELL_KNOWN_KEY: Mistake =
    mistake("wellKnownKey", "The client signed with the well-known key, but this emulator has keys of its own.");

/// Returns the mistake that gives the signature.
pub(super) fn find(backend: &Backend, attempt: &Attempt<'_>) -> Option<Mistake> {
    let usual = attempt.usual();
    if usual.len() > LONGEST_STRING {
        return None;
    }
    let keys = Keys { own: AccessSlot::ALL.map(|slot| backend.core.access_keys.get(slot)) };
    if repaired(attempt.signature).is_some_and(|signature| keys.sign(&usual, &signature)) {
        return Some(ENCODING);
    }
    if backend.core.access_keys.former().iter().any(|key| key.verify(&usual, attempt.signature)) {
        return Some(FORMER_KEY);
    }
    if AccessKey::development().verify(&usual, attempt.signature) {
        return Some(WELL_KNOWN_KEY);
    }
    if keys.own.iter().any(|key| AccessKey::from_bytes(key.to_base64().into_bytes()).verify(&usual, attempt.signature))
    {
        return Some(TEXT_KEY);
    }
    let strings = attempt.method().chain(attempt.targets()).chain(attempt.dates()).chain(attempt.hashes());
    let strings = strings.chain(attempt.joints()).chain(attempt.hosts(backend));
    strings.into_iter().find(|(text, _)| keys.sign(text, attempt.signature)).map(|(_, mistake)| mistake)
}

/// Returns the signature in base64 if it was sent in hex, in the alphabet for URLs, without padding, or with changed
/// characters of a form.
fn repaired(signature: &str) -> Option<String> {
    let is_hex = signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex {
        let digits = signature.as_bytes().chunks(2);
        let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or_default(), 16));
        return bytes.collect::<Result<Vec<u8>, _>>().ok().map(|bytes| STANDARD.encode(bytes));
    }
    let decoded = decode_segment(signature)?.replace('-', "+").replace(['_'], "/").replace(' ', "+");
    let mut padded = decoded.trim_end_matches('=').to_owned();
    while !padded.len().is_multiple_of(4) {
        padded.push('=');
    }
    (padded != signature).then_some(padded)
}

/// A string that the client may have signed, and the mistake in it.
type Candidate = (String, Mistake);

impl Attempt<'_> {
    fn usual(&self) -> String {
        string_to_sign(self.request.head.method.as_str(), &self.request.head.target, self.values)
    }

    /// Returns the values with another value of a header.
    fn with(&self, name: &str, other: &str) -> String {
        let values = self.names.iter().zip(self.values);
        let values = values.map(|(known, value)| if known.eq_ignore_ascii_case(name) { other } else { value });
        let values: Vec<&str> = values.collect();
        string_to_sign(self.request.head.method.as_str(), &self.request.head.target, &values)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.names.iter().zip(self.values);
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    fn method(&self) -> impl Iterator<Item = Candidate> {
        let lower = self.request.head.method.as_str().to_ascii_lowercase();
        let text = string_to_sign(&lower, &self.request.head.target, self.values);
        std::iter::once((text, mistake("lowerCaseMethod", "The client signed the method in lower case.")))
    }

    fn targets(&self) -> impl Iterator<Item = Candidate> {
        const DECODED: Mistake =
            mistake("targetDecoded", "The client signed the path and query decoded, but sent them percent-encoded.");
        const PATH_DECODED: Mistake =
            mistake("pathDecoded", "The client signed the path decoded, but sent it percent-encoded.");
        const QUERY_DECODED: Mistake =
            mistake("queryDecoded", "The client signed the query decoded, but sent it percent-encoded.");
        const PATH_ENCODED: Mistake =
            mistake("pathEncoded", "The client signed the path percent-encoded, but sent it decoded.");
        const QUERY_ENCODED: Mistake =
            mistake("queryEncoded", "The client signed the query percent-encoded, but sent it decoded.");
        const WITHOUT_QUERY: Mistake = mistake("queryMissing", "The client signed the path without the query.");
        const WHOLE_URL: Mistake =
            mistake("wholeUrl", "The client signed the whole URL instead of the path and query.");
        const NO_SLASH: Mistake =
            mistake("slashMissing", "The client signed the path without the slash at its beginning.");
        let head = &self.request.head;
        let (path, query) = head.target.split_once('?').unwrap_or((&head.target, ""));
        let decoded = |text: &str| decode_segment(text).unwrap_or_default();
        let joined = |path: &str, query: &str| {
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        let encoded_path = path.split('/').map(|part| encode_segment(&decoded(part))).collect::<Vec<_>>().join("/");
        let encoded_query = query.split('&').map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{}={}", encode_segment(&decoded(name)), encode_segment(&decoded(value)))
        });
        let encoded_query = encoded_query.collect::<Vec<_>>().join("&");
        let host = self.value("host").unwrap_or_default();
        let targets = [
            (joined(&decoded(path), &decoded(query)), DECODED),
            (joined(&decoded(path), query), PATH_DECODED),
            (joined(path, &decoded(query)), QUERY_DECODED),
            (joined(&encoded_path, query), PATH_ENCODED),
            (joined(path, &encoded_query), QUERY_ENCODED),
            (path.to_owned(), WITHOUT_QUERY),
            (path.trim_start_matches('/').to_owned(), WITHOUT_QUERY),
            (format!("https://{host}{}", head.target), WHOLE_URL),
            (format!("http://{host}{}", head.target), WHOLE_URL),
            (decoded(&head.target).trim_start_matches('/').to_owned(), NO_SLASH),
        ];
        let method = head.method.as_str();
        targets.into_iter().map(move |(target, mistake)| (string_to_sign(method, &target, self.values), mistake))
    }

    /// The other date header than the signed one.
    fn dates(&self) -> impl Iterator<Item = Candidate> {
        const OTHER: Mistake =
            mistake("otherDate", "The client signed another date than the one in the signed header.");
        let other = |signed: &'static str, other: &str| {
            let value = self.request.head.header(other).filter(|_| self.value(signed).is_some())?;
            Some((self.with(signed, value), OTHER))
        };
        [other(DATE_HEADER, "date"), other("date", DATE_HEADER)].into_iter().flatten()
    }

    fn hashes(&self) -> impl Iterator<Item = Candidate> {
        const EMPTY: Mistake = mistake(
            "emptyBodyHash",
            "The client signed the hash of an empty body, but sent another one in x-ms-content-sha256.",
        );
        const HEX: Mistake = mistake("hexHash", "The client signed the hash of the body in hex instead of base64.");
        let stated = self.value(CONTENT_HASH_HEADER).and_then(|stated| STANDARD.decode(stated).ok());
        let hex: String = stated.unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
        let with = |other: &str| self.with(CONTENT_HASH_HEADER, other);
        [(with(&content_hash(b"")), EMPTY), (with(&hex), HEX), (with(&hex.to_ascii_uppercase()), HEX)].into_iter()
    }

    /// What stands between the parts.
    fn joints(&self) -> impl Iterator<Item = Candidate> {
        const CRLF: Mistake = mistake(
            "carriageReturns",
            "The client joined the lines of the string to sign by CR LF. The separator is LF alone.",
        );
        const FINAL: Mistake = mistake("finalLineEnd", "The client signed a line end after the last line.");
        const LINES: Mistake = mistake(
            "headersInLines",
            "The client joined the signed values by line ends. The separator is a semicolon.",
        );
        let usual = self.usual();
        [
            (usual.replace('\n', "\r\n"), CRLF),
            (format!("{usual}\n"), FINAL),
            (format!("{usual}\r\n"), FINAL),
            (usual.replace(';', "\n"), LINES),
        ]
        .into_iter()
    }

    /// Other names of this emulator than the one in the `Host` header.
    fn hosts(&self, backend: &Backend) -> impl Iterator<Item = Candidate> {
        const WITH_PORT: Mistake =
            mistake("hostWithPort", "The client signed the host with the port, but sent it without.");
        const OTHER: Mistake =
            mistake("otherHost", "The client signed another host than the one in the Host header, as behind a proxy.");
        let sent = self.value("host").unwrap_or_default();
        let name = host_without_port(sent);
        let own = host_in(backend.default_base());
        let port = own.strip_prefix(host_without_port(own)).unwrap_or_default();
        let public = backend.config.public_base().map(host_in);
        let forwarded = self.request.head.header("x-forwarded-host").map(str::trim);
        let mut hosts = vec![(format!("{name}{port}"), WITH_PORT), (format!("{name}:443"), WITH_PORT)];
        let others = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}{port}"));
        let given = [Some(own), public, forwarded].into_iter().flatten();
        for host in others.into_iter().chain(given.map(str::to_owned)) {
            let without = host_without_port(&host).to_owned();
            hosts.extend([(host, OTHER), (without, OTHER)]);
        }
        let sent = sent.to_owned();
        let hosts = hosts.into_iter().filter(move |(host, _)| *host != sent);
        hosts.map(|(host, mistake)| (self.with("host", &host), mistake))
    }
}

/// Returns the host and port of a URL.
fn host_in(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

/// Returns the mistake that gives the stated hash of a body. The signature itself is right.
pub(super) fn in_body(body: &[u8], stated: &str) -> Option<Mistake> {
    const EMPTY: Mistake = mistake("emptyBodyHash", "x-ms-content-sha256 is the hash of an empty body.");
    const LINE_END: Mistake =
        mistake("bodyLineEnd", "x-ms-content-sha256 is the hash of the body with another line end after it.");
    const LINE_ENDS: Mistake =
        mistake("bodyLineEnds", "x-ms-content-sha256 is the hash of the body with other line ends in it.");
    const HEX: Mistake = mistake("hexHash", "x-ms-content-sha256 is in hex. It must be in base64.");
    if stated == content_hash(b"") {
        return Some(EMPTY);
    }
    let own = STANDARD.decode(content_hash(body)).unwrap_or_default();
    if stated.eq_ignore_ascii_case(&own.iter().map(|byte| format!("{byte:02x}")).collect::<String>()) {
        return Some(HEX);
    }
    let text = std::str::from_utf8(body).ok()?;
    let trimmed = text.trim_end_matches(['\r', '\n']);
    let unix = text.replace("\r\n", "\n");
    let candidates = [
        (format!("{text}\n"), LINE_END),
        (format!("{text}\r\n"), LINE_END),
        (trimmed.to_owned(), LINE_END),
        (unix.replace('\n', "\r\n"), LINE_ENDS),
        (unix, LINE_ENDS),
    ];
    candidates.into_iter().find(|(text, _)| content_hash(text.as_bytes()) == stated).map(|(_, mistake)| mistake)
}
