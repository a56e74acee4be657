//! An answer: a response without the headers that every response has.

use std::borrow::Cow;
use std::pin::Pin;
use std::task::{Context, Poll};

use acs_identity_protocol::error::{ErrorBody, ErrorDetail};
use http_body_util::Full;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use serde::Serialize;
use serde_json::json;

use super::error::{BodyForm, Header, HttpError, HttpResult, Note, WrongSignature};
use super::pieces::{Incomplete, Pieces};
use crate::request_log::Refusal;

/// A body. The bodies of errors are sent in chunks, as the service does.
pub(crate) struct Body {
    inner: Full<Bytes>,
    /// What follows, if the body is sent while it is made.
    pieces: Option<Box<Pieces>>,
    chunked: bool,
    cut: Cut,
}

/// Whether a body ends too early, to test clients with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Never,
    /// After so many bytes.
    At(usize),
    /// The bytes were given to the connection, which sends them while the body pretends to wait.
    Sending,
    Done,
}

impl Body {
    /// Makes the body of an answer.
    pub(crate) fn of(content: Content, chunked: bool, truncate_at: Option<usize>) -> Self {
        let bytes = match content {
            Content::Whole(bytes) => bytes,
            Content::Pieces(pieces) => {
                return Self { inner: Full::default(), pieces: Some(pieces), chunked: true, cut: Cut::Never };
            }
        };
        let cut = truncate_at.filter(|at| *at < bytes.len()).map_or(Cut::Never, Cut::At);
        // Only a stated length shows that the body is too short.
        let chunked = chunked && cut == Cut::Never;
        Self { inner: Full::new(bytes), pieces: None, chunked, cut }
    }

    /// Calls `begins` and, when the body has ended, `ends`, if the body is sent while it is made.
    pub(crate) fn around_pieces(&mut self, begins: impl FnOnce(), ends: impl FnOnce() + Send + Sync + 'static) {
        if let Some(pieces) = &mut self.pieces {
            begins();
            pieces.at_end(ends);
        }
    }
}

/// Passes on what cannot fail.
fn whole(
    frame: Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>>,
) -> Poll<Option<Result<Frame<Bytes>, Incomplete>>> {
    frame.map_err(|never| match never {})
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Incomplete;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(pieces) = &mut self.pieces {
            return pieces.poll(context).map(|piece| piece.map(|piece| piece.map(Frame::data)));
        }
        match self.cut {
            Cut::Never => whole(Pin::new(&mut self.inner).poll_frame(context)),
            Cut::At(at) => {
                self.cut = Cut::Sending;
                whole(Pin::new(&mut self.inner).poll_frame(context)).map(|frame| {
                    frame.map(|frame| frame.map(|frame| frame.map_data(|bytes| bytes.slice(..at.min(bytes.len())))))
                })
            }
            Cut::Sending => {
                self.cut = Cut::Done;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            // hyper ends the connection, because the stated length was not reached.
            Cut::Done => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_none() && self.cut == Cut::Never && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked { SizeHint::default() } else { self.inner.size_hint() }
    }
}

/// The body of an answer.
pub(crate) enum Content {
    Whole(Bytes),
    /// It is sent while it is made.
    Pieces(Box<Pieces>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Whole(Bytes::new())
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes.into())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Whole(text.into())
    }
}

impl Content {
    /// Returns whether there is no body.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Whole(bytes) if bytes.is_empty())
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Content,
    pub(crate) chunked: bool,
    /// The value of `api-supported-versions`.
    pub(crate) versions: Option<&'static str>,
    pub(crate) extra: Vec<(&'static str, Cow<'static, str>)>,
    /// Why the request was refused, for the log of requests.
    pub(crate) refusal: Option<Box<Refusal>>,
    /// The connection ends after so many bytes of the body.
    pub(crate) truncate_at: Option<usize>,
}

const JSON: &str = "application/json; charset=utf-8";
const JSON_ERROR: &str = "application/json";

impl Answer {
    fn new(status: u16) -> Self {
        Self {
            status,
            content_type: None,
            body: Content::default(),
            chunked: false,
            versions: None,
            extra: Vec::new(),
            refusal: None,
            truncate_at: None,
        }
    }

    /// Makes an answer with a result in JSON.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> HttpResult<Self> {
        let body = serde_json::to_vec(value).map_err(HttpError::fault)?;
        Ok(Self { content_type: Some(JSON), body: body.into(), ..Self::new(status) })
    }

    /// Makes an answer with a text that is already JSON.
    pub(crate) fn json_text(body: Bytes) -> Self {
        Self { content_type: Some(JSON), body: Content::Whole(body), ..Self::new(200) }
    }

    /// Makes an answer without a body.
    pub(crate) fn no_content() -> Self {
        Self::new(204)
    }

    /// Makes the answer for a client that has the content already.
    pub(crate) fn not_modified() -> Self {
        Self::new(304)
    }

    /// Makes the answer that sends the client to another URL, for good.
    pub(crate) fn moved(location: &'static str) -> Self {
        Self::new(308).with("location", location)
    }

    /// Makes an answer in JSON that must not be stored, because it contains a secret.
    pub(crate) fn secret(value: &impl Serialize) -> HttpResult<Self> {
        Ok(Self::json(200, value)?.with("cache-control", "no-store"))
    }

    /// Makes an answer with text of that type.
    pub(crate) fn text(content_type: &'static str, text: impl Into<Bytes>) -> Self {
        Self { content_type: Some(content_type), body: Content::Whole(text.into()), ..Self::new(200) }
    }

    /// Makes an answer of that type that is sent while it is made.
    pub(crate) fn pieces(content_type: &'static str, pieces: Pieces) -> Self {
        Self { content_type: Some(content_type), body: Content::Pieces(Box::new(pieces)), ..Self::new(200) }
    }

    /// Makes the answer to the preflight request of a browser.
    pub(crate) fn preflight(allowed: bool) -> Self {
        if !allowed {
            return Self::no_content();
        }
        Self::no_content()
            .with("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE")
            .with("access-control-max-age", "86400")
    }

    /// Makes the answer for an error. The log line is written elsewhere.
    pub(crate) fn refused(error: HttpError) -> Self {
        let refusal = Box::new(refusal_of(error.code, error.note));
        let answer = match error.form {
            BodyForm::Empty => Self::new(error.status),
            BodyForm::OAuth => {
                let body = json!({"error": error.code, "error_description": error.message});
                Self { content_type: Some(JSON), body: body.to_string().into(), ..Self::new(error.status) }
            }
            BodyForm::Service => {
                let detail = ErrorDetail::new(error.code, error.message).with_target(error.target);
                let body = serde_json::to_vec(&ErrorBody::new(detail)).unwrap_or_default();
                Self { content_type: Some(JSON_ERROR), body: body.into(), chunked: true, ..Self::new(error.status) }
            }
        };
        let answer = Self { refusal: Some(refusal), ..answer };
        match error.header {
            Some(Header::RetryAfter(seconds)) => answer.with("retry-after", seconds.to_string()),
            Some(Header::Allow(methods)) => answer.with("allow", methods),
            Some(Header::Authenticate(how)) => answer.with("www-authenticate", how),
            None => answer,
        }
    }

    /// Makes the answer for an error that a fault injects.
    pub(crate) fn injected(status: u16, code: String, message: &str, fault: u64) -> Self {
        let body = serde_json::to_vec(&ErrorBody::new(ErrorDetail::new(&code, message))).unwrap_or_default();
        let refusal = Refusal::new(code, Some(format!("fault {fault}")));
        Self {
            content_type: Some(JSON_ERROR),
            body: body.into(),
            chunked: true,
            refusal: Some(Box::new(refusal)),
            ..Self::new(status)
        }
    }

    /// Announces api-versions.
    pub(crate) fn announcing(self, versions: &'static str) -> Self {
        Self { versions: Some(versions), ..self }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Ends the connection afterwards, because the request was not read to its end.
    pub(crate) fn closing(self) -> Self {
        self.with("connection", "close")
    }
}

/// Returns the entry of the log of requests for an error.
fn refusal_of(code: &'static str, note: Option<Note>) -> Refusal {
    match note {
        None => Refusal::new(code, None),
        Some(Note::Request(why) | Note::Outage(why) | Note::Warning(why) | Note::Error(why)) => {
            Refusal::new(code, Some(why))
        }
        Some(Note::Signature(wrong)) => {
            let WrongSignature { why, string_to_sign, mistake } = *wrong;
            Refusal { string_to_sign, mistake, ..Refusal::new(code, Some(why)) }
        }
    }
}
