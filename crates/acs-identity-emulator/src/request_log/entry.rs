//! One request of the log. Its texts are cut and stand in one allocation.

use std::borrow::Cow;
use std::mem;
use std::net::SocketAddr;

use time::OffsetDateTime;

use crate::log::{without_credentials, without_tokens};

/// The largest number of bytes of each text. Longer texts are cut.
const METHOD: usize = 16;
const PATH: usize = 256;
const VERSION: usize = 24;
const AGENT: usize = 152;
const CALLER: usize = 64;
/// The id of an Entra user has 119 bytes.
const IDENTITY: usize = 120;
const CODE: usize = 48;
const REASON: usize = 320;
const STRING_TO_SIGN: usize = 352;

/// How many texts an entry has.
const TEXTS: usize = 6;
const LIMITS: [usize; TEXTS] = [METHOD, PATH, VERSION, AGENT, CALLER, IDENTITY];

/// The most bytes that an entry takes beside its slot.
pub(super) const MOST_BYTES: usize =
    METHOD + PATH + VERSION + AGENT + CALLER + IDENTITY + CODE + REASON + STRING_TO_SIGN + mem::size_of::<Refusal>();

/// How a caller has authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Not authenticated, or by a credential that the operation itself checks.
    None,
    PrimaryKey,
    SecondaryKey,
    ControlSecret,
    Entra,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code of the error.
    pub(crate) code: Cow<'static, str>,
    /// The reason, as in the log.
    pub(crate) reason: Option<String>,
    /// The string that the client should have signed, if its signature was refused.
    pub(crate) string_to_sign: Option<String>,
    /// The known mistake that gives the signature that was sent.
    pub(crate) mistake: Option<Mistake>,
}

impl Refusal {
    /// Makes a refusal that is not about a signature.
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, reason: Option<String>) -> Self {
        Self { code: code.into(), reason, string_to_sign: None, mistake: None }
    }
}

/// A mistake in signing: its name, and a sentence about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
}

/// What is logged about a request. The texts may have any length.
pub(crate) struct Facts<'a> {
    /// When the request came, by the machine's clock.
    pub(crate) at: OffsetDateTime,
    /// The method and the path, or empty texts if they are unknown.
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The api-version as it was sent, or an empty text.
    pub(crate) version: &'a str,
    /// The `User-Agent`, or an empty text.
    pub(crate) agent: &'a str,
    /// The application of an Entra token, or an empty text.
    pub(crate) caller: &'a str,
    /// The id in the path, or the id in the response, or an empty text.
    pub(crate) identity: &'a str,
    pub(crate) operation: Option<&'static str>,
    /// `None` if the connection ended without a response.
    pub(crate) status: Option<u16>,
    pub(crate) microseconds: u64,
    pub(crate) peer: SocketAddr,
    pub(crate) credential: Credential,
    /// The id of the fault that hit the request.
    pub(crate) fault: Option<u64>,
    pub(crate) refusal: Option<Box<Refusal>>,
}

/// A request. It holds no key, token, secret or signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) at: OffsetDateTime,
    pub(crate) operation: Option<&'static str>,
    pub(crate) status: Option<u16>,
    pub(crate) microseconds: u64,
    pub(crate) peer: SocketAddr,
    pub(crate) credential: Credential,
    /// The id of the fault that hit the request.
    pub(crate) fault: Option<u64>,
    pub(crate) refusal: Option<Box<Refusal>>,
    texts: Box<str>,
    /// Where each text ends.
    ends: [u16; TEXTS],
}

impl Entry {
    pub(crate) fn new(facts: Facts<'_>) -> Self {
        let given = [facts.method, facts.path, facts.version, facts.agent, facts.caller, facts.identity];
        let parts: [Cow<'_, str>; TEXTS] = std::array::from_fn(|index| shown(given[index], LIMITS[index]));
        let mut texts = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        let mut ends = [0; TEXTS];
        for (part, end) in parts.iter().zip(&mut ends) {
            texts.push_str(part);
            *end = u16::try_from(texts.len()).unwrap_or(u16::MAX);
        }
        let mut refusal = facts.refusal;
        if let Some(refusal) = &mut refusal {
            if let Cow::Owned(code) = &mut refusal.code {
                *code = shown(code, CODE).into_owned();
            }
            shorten(&mut refusal.reason, REASON);
            shorten(&mut refusal.string_to_sign, STRING_TO_SIGN);
        }
        Self {
            at: facts.at,
            operation: facts.operation,
            status: facts.status,
            microseconds: facts.microseconds,
            peer: facts.peer,
            credential: facts.credential,
            fault: facts.fault,
            refusal,
            texts: texts.into_boxed_str(),
            ends,
        }
    }

    fn text(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.texts.get(usize::from(start)..usize::from(self.ends[index])).unwrap_or_default()
    }

    pub(crate) fn method(&self) -> Option<&str> {
        some(self.text(0))
    }

    pub(crate) fn path(&self) -> Option<&str> {
        some(self.text(1))
    }

    pub(crate) fn version(&self) -> Option<&str> {
        some(self.text(2))
    }

    pub(crate) fn agent(&self) -> Option<&str> {
        some(self.text(3))
    }

    pub(crate) fn caller(&self) -> Option<&str> {
        some(self.text(4))
    }

    pub(crate) fn identity(&self) -> Option<&str> {
        some(self.text(5))
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Returns the beginning of a text that has at most so many bytes.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Returns a text of a client without tokens and keys, cut. Clients put them into paths and other unexpected places.
fn shown(text: &str, most: usize) -> Cow<'_, str> {
    match without_credentials(cut(text, most)) {
        // What replaces a short token is longer than the token.
        Cow::Owned(text) => Cow::Owned(cut(&text, most).to_owned()),
        text => text,
    }
}

/// Cuts a text of the emulator in its place, and frees the memory that it does not need. It may contain the hash of a
/// body, which has the form of a key.
fn shorten(text: &mut Option<String>, most: usize) {
    if let Some(text) = text {
        *text = cut(&without_tokens(cut(text, most)), most).to_owned();
    }
}
