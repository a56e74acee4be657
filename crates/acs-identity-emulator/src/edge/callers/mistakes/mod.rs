//! Finds out why a signature does not match: tries the known mistakes in signing, and returns the one that gives the
//! signature that was sent.

mod targets;

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::signature::{CONTENT_HASH_HEADER, DATE_HEADER, content_hash, string_to_sign};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::signature::{candidates, host_without_port};
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::path::decode_segment;
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

const fn mistake(name: &'static str, words: &'static str) -> Mistake {
    Mistake { name, words }
}

const ENCODING: Mistake = mistake("signatureEncoding", "The signature is not in base64 (RFC 4648, section 4).");
const TEXT_KEY: Mistake =
    mistake("keyNotDecoded", "The client signed with the text of the access key. The key must be decoded from base64.");
const FORMER_KEY: Mistake = mistake("formerKey", "The client signed with an access key that was regenerated since.");
const WELL_KNOWN_KEY: Mistake =
    mistake("wellKnownKey", "The client signed with the well-known key, but this emulator has keys of its own.");

/// Where a mistake was made.
#[derive(Clone, Copy)]
pub(super) enum Found {
    /// In the key, or in the form of the signature. The string was right.
    Key(Mistake),
    /// In the string to sign.
    Text(Mistake),
}

impl Found {
    pub(super) fn mistake(self) -> Mistake {
        let (Self::Key(mistake) | Self::Text(mistake)) = self;
        mistake
    }
}

/// Returns the mistake that gives the signature.
pub(super) fn find(backend: &Backend, attempt: &Attempt<'_>) -> Option<Found> {
    if attempt.usual().len() > LONGEST_STRING {
        return None;
    }
    let keys = AccessSlot::ALL.map(|slot| backend.core.access_keys.get(slot));
    let sign = |text: &str, signature: &str| keys.iter().any(|key| key.verify(text, signature));
    if let Some(mistake) = in_key(backend, &keys, attempt) {
        return Some(Found::Key(mistake));
    }
    let strings = attempt.method().chain(attempt.targets()).chain(attempt.dates()).chain(attempt.hashes());
    let strings = strings.chain(attempt.joints()).chain(attempt.hosts(backend));
    strings.into_iter().find(|(text, _)| sign(text, attempt.signature)).map(|(_, mistake)| Found::Text(mistake))
}

/// Returns the mistake of a client that signed a right string with a wrong key, or wrote the signature in another way.
/// All the strings that are accepted with the right key are right, such as those of the Java SDK.
fn in_key(backend: &Backend, keys: &[AccessKey], attempt: &Attempt<'_>) -> Option<Mistake> {
    let head = &attempt.request.head;
    let strings: Vec<String> = candidates(head.method.as_str(), &head.target, attempt.names, attempt.values).collect();
    let signs = |key: &AccessKey, signature: &str| strings.iter().any(|text| key.verify(text, signature));
    let repaired = repaired(attempt.signature);
    if repaired.is_some_and(|signature| keys.iter().any(|key| signs(key, &signature))) {
        return Some(ENCODING);
    }
    if backend.core.access_keys.former().iter().any(|key| signs(key, attempt.signature)) {
        return Some(FORMER_KEY);
    }
    if signs(&AccessKey::development(), attempt.signature) {
        return Some(WELL_KNOWN_KEY);
    }
    let of_text = |key: &AccessKey| AccessKey::from_bytes(key.to_base64().into_bytes());
    keys.iter().any(|key| signs(&of_text(key), attempt.signature)).then_some(TEXT_KEY)
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
