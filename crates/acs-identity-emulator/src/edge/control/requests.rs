//! The log of requests: reads it, waits for more, and clears it.

use std::cell::Cell;
use std::time::Duration;

use acs_identity_protocol::time::seven_decimals;
use serde::{Serialize, Serializer};

use super::FRONT_END;
use crate::clock::machine;
use crate::core::KnownSecrets;
use crate::edge::backend::Backend;
use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;
use crate::edge::http::error::{HttpError, HttpResult};
use crate::edge::http::path::query_parameter;
use crate::edge::routes::route::is_path_of_control_api;
use crate::log::Shown as Shortened;
use crate::request_log::{CAPACITY, Credential, Entry, Page, Wanted};

/// How many requests are returned if the client does not say.
const USUAL: usize = 50;

/// The longest time that a client may wait for a request, in seconds.
const LONGEST_WAIT: u64 = 30;

/// The statuses that a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statuses {
    All,
    One(u16),
    /// Those that begin with this digit.
    Hundred(u16),
    /// The connection ended without a response.
    Dropped,
}

impl Statuses {
    /// Reads `404`, `4xx` or `dropped`.
    fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("dropped") {
            return Some(Self::Dropped);
        }
        if let Some(digit) = text.to_ascii_lowercase().strip_suffix("xx") {
            let digit = digit.parse().ok().filter(|digit| (1..=5).contains(digit));
            return digit.filter(|_| text.len() == 3).map(Self::Hundred);
        }
        let is_number = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|status| is_number && (100..600).contains(status)).map(Self::One)
    }

    fn contain(self, status: Option<u16>) -> bool {
        match self {
            Self::All => true,
            Self::One(wanted) => status == Some(wanted),
            Self::Hundred(digit) => status.is_some_and(|status| status / 100 == digit),
            Self::Dropped => status.is_none(),
        }
    }
}

/// Returns whether a request steers the emulator, or tried to. A token for a web page is none of these.
fn is_of_control_api(entry: &Entry) -> bool {
    let is_of_page = FRONT_END.iter().any(|row| entry.operation == Some(row.route.operation));
    !is_of_page && entry.path().is_some_and(is_path_of_control_api)
}

/// Reads the names of operations, separated by commas.
fn operations(backend: &Backend, text: &str) -> HttpResult<Vec<&'static str>> {
    let named = |name: &str| {
        let known = backend.routes.iter().map(|route| route.operation).find(|known| *known == name);
        known.ok_or_else(|| {
            let message =
                format!("'operation' must be an operation of /openapi.json, but it is '{}'.", Shortened(name));
            HttpError::validation(message, "operation")
        })
    };
    text.split(',').map(named).collect()
}

/// A request as it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    number: u64,
    time: String,
    /// `None` if the head of the request could not be read.
    method: Option<String>,
    path: Option<String>,
    api_version: Option<String>,
    operation: Option<&'static str>,
    /// `None` if the connection ended without a response.
    status: Option<u16>,
    code: Option<String>,
    microseconds: u64,
    peer: String,
    user_agent: Option<String>,
    authentication: Option<&'static str>,
    /// The application of an Entra token.
    caller: Option<String>,
    /// The id in the path, or the id in the response.
    identity: Option<String>,
    reason: Option<String>,
    /// The id of the fault that hit the request.
    fault: Option<String>,
    signature: Option<ShownSignature>,
}

/// What is known about a signature that was refused.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownSignature {
    /// The string that the client should have signed.
    string_to_sign: Option<String>,
    mistake: Option<&'static str>,
    explanation: Option<&'static str>,
}

#[derive(Serialize)]
struct List<'a> {
    value: Value<'a>,
    /// The number after which the next read begins.
    newest: u64,
    dropped: u64,
}

/// The requests of a list. One at a time has the form in which it is shown, and each is dropped when it is written, so
/// that a list of all requests needs little memory.
struct Value<'a> {
    entries: Cell<Vec<(u64, Entry)>>,
    secrets: &'a KnownSecrets,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.entries.take().into_iter();
        serializer.collect_seq(entries.map(|(number, entry)| Shown::of(number, &entry, self.secrets)))
    }
}

impl Shown {
    fn of(number: u64, entry: &Entry, secrets: &KnownSecrets) -> Self {
        let text = |text: &str| secrets.hide(text).into_owned();
        let refusal = entry.refusal.as_deref();
        let signature = refusal.filter(|refusal| refusal.string_to_sign.is_some() || refusal.mistake.is_some());
        Self {
            number,
            time: seven_decimals(entry.at),
            method: entry.method().map(text),
            path: entry.path().map(text),
            api_version: entry.version().map(text),
            operation: entry.operation,
            status: entry.status,
            code: refusal.map(|refusal| refusal.code.clone().into_owned()),
            microseconds: entry.microseconds,
            peer: entry.peer.to_string(),
            user_agent: entry.agent().map(text),
            authentication: match entry.credential {
                Credential::None => None,
                Credential::PrimaryKey => Some("primaryKey"),
                Credential::SecondaryKey => Some("secondaryKey"),
                Credential::ControlSecret => Some("controlSecret"),
                Credential::Entra => Some("entra"),
            },
            caller: entry.caller().map(text),
            identity: entry.identity().map(text),
            reason: refusal.and_then(|refusal| refusal.reason.as_deref()).map(text),
            fault: entry.fault.map(|id| id.to_string()),
            signature: signature.map(|refusal| ShownSignature {
                string_to_sign: refusal.string_to_sign.as_deref().map(text),
                mistake: refusal.mistake.map(|mistake| mistake.name),
                explanation: refusal.mistake.map(|mistake| mistake.words),
            }),
        }
    }
}

/// Returns the requests that the query asks for. If there are none, and the query has `wait`, waits for one.
pub(super) async fn list(backend: &Backend, request: &RequestContext) -> HttpResult<Answer> {
    if !backend.config.keep_requests {
        return Err(HttpError::new(409, "Conflict", "The emulator was started without the log of requests."));
    }
    let text = |name: &str| query_parameter(request.head.query(), name);
    let last = number(&text("last"), "last", 1, CAPACITY as u64)?;
    let wait = number(&text("wait"), "wait", 0, LONGEST_WAIT)?.unwrap_or(0);
    let statuses = match text("status") {
        Some(text) => Statuses::parse(&text).ok_or_else(|| {
            HttpError::validation("'status' must be a status such as 404, a class such as 4xx, or dropped.", "status")
        })?,
        None => Statuses::All,
    };
    let operations = text("operation").map(|text| operations(backend, &text)).transpose()?;
    let with_control = match text("control").as_deref() {
        None | Some("true") => true,
        Some("false") => false,
        Some(_) => return Err(HttpError::validation("'control' must be true or false.", "control")),
    };
    let identity = text("identity");
    // The log has the id that was sent, which is a raw id in most requests.
    let raw_id = match &identity {
        Some(id) => backend.core.directory.raw_id_of(request.caller.caller(), id).await?,
        None => None,
    };
    let is_about = |id: &str| {
        let is = |wanted: &Option<String>| wanted.as_ref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(id));
        is(&identity) || is(&raw_id)
    };
    let fits = |entry: &Entry| {
        statuses.contain(entry.status)
            && operations.as_ref().is_none_or(|wanted| entry.operation.is_some_and(|name| wanted.contains(&name)))
            && (with_control || !is_of_control_api(entry))
            && (identity.is_none() || entry.identity().is_some_and(is_about))
    };
    let mut wanted = Wanted {
        after: number(&text("after"), "after", 0, u64::MAX)?,
        most: last.and_then(|last| usize::try_from(last).ok()).unwrap_or(USUAL),
    };
    let (log, began, limit) = (&backend.requests, machine::instant(), Duration::from_secs(wait));
    let mut dropped = 0;
    let page = loop {
        let page = log.read(wanted, fits);
        let left = limit.saturating_sub(machine::since(began));
        if !page.entries.is_empty() || left.is_zero() || log.is_closed() {
            break page;
        }
        dropped += page.dropped;
        wanted.after = Some(page.newest);
        let _ = machine::timeout(left, log.one_after(page.newest)).await;
    };
    let secrets = backend.core.secrets.now();
    let Page { entries, newest, dropped: more } = page;
    let value = Value { entries: Cell::new(entries), secrets: &secrets };
    Answer::json(200, &List { value, newest, dropped: dropped + more })
}

/// Removes all requests from the log.
pub(super) fn clear(backend: &Backend, _: &RequestContext) -> HttpResult<Answer> {
    backend.requests.clear();
    Ok(Answer::no_content())
}

/// Reads a number in a range.
fn number(text: &Option<String>, name: &'static str, least: u64, most: u64) -> HttpResult<Option<u64>> {
    let Some(text) = text else { return Ok(None) };
    match text.parse().ok().filter(|number| (least..=most).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(HttpError::validation(format!("'{name}' must be a number from {least} to {most}."), name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_number_or_a_class_or_dropped() {
        for (text, expected) in [
            ("404", Some(Statuses::One(404))),
            ("4xx", Some(Statuses::Hundred(4))),
            ("5XX", Some(Statuses::Hundred(5))),
            ("2Xx", Some(Statuses::Hundred(2))),
            ("dropped", Some(Statuses::Dropped)),
            ("", None),
            ("xx", None),
            ("9xx", None),
            ("40", None),
            ("0404", None),
            ("+40", None),
            ("44xx", None),
            ("600", None),
        ] {
            assert_eq!(Statuses::parse(text), expected, "{text}");
        }
        assert!(Statuses::Hundred(4).contain(Some(404)) && !Statuses::Hundred(4).contain(Some(500)));
        assert!(Statuses::Dropped.contain(None) && !Statuses::Hundred(4).contain(None));
    }
}
