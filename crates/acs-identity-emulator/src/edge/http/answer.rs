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
use crate::request_log::Refusal;

/// A body. The bodies of errors are sent in chunks, as the service does.
pub(crate) struct Body {
    inner: Full<Bytes>,
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
    pub(crate) fn of(bytes: Bytes, chunked: bool, truncate_at: Option<usize>) -> Self {
        let cut = truncate_at.filter(|at| *at < bytes.len()).map_or(Cut::Never, Cut::At);
        // Only a stated length shows that the body is too short.
        let chunked = chunked && cut == Cut::Never;
        Self { inner: Full::new(bytes), chunked, cut }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.cut {
            Cut::Never => Pin::new(&mut self.inner).poll_frame(context),
            Cut::At(at) => {
                self.cut = Cut::Sending;
                match Pin::new(&mut self.inner).poll_frame(context) {
                    Poll::Ready(Some(Ok(frame))) => {
                        let cut = frame.map_data(|bytes: Bytes| bytes.slice(..at.min(bytes.len())));
                        Poll::Ready(Some(Ok(cut)))
                    }
                    other => other,
                }
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
        self.cut == Cut::Never && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked { SizeHint::default() } else { self.inner.size_hint() }
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Bytes,
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
            body: Bytes::new(),
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
        Self { content_type: Some(JSON), body, ..Self::new(200) }
    }

    /// Makes an answer without a body.
    pub(crate) fn no_content() -> Self {
        Self::new(204)
    }

    /// Makes an answer in JSON that must not be stored, because it contains a secret.
    pub(crate) fn secret(value: &impl Serialize) -> HttpResult<Self> {
        Ok(Self::json(200, value)?.with("cache-control", "no-store"))
    }

    /// Makes an answer with text of that type.
    pub(crate) fn text(content_type: &'static str, text: impl Into<Bytes>) -> Self {
        Self { content_type: Some(content_type), body: text.into(), ..Self::new(200) }
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
                let detail = ErrorDetail {
                    code: error.code.to_owned(),
                    message: error.message,
                    target: error.target.map(str::to_owned),
                    ..ErrorDetail::default()
                };
                let body = serde_json::to_vec(&ErrorBody { error: detail }).unwrap_or_default();
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
        let detail = ErrorDetail { code: code.clone(), message: message.to_owned(), ..ErrorDetail::default() };
        let body = serde_json::to_vec(&ErrorBody { error: detail }).unwrap_or_default();
        let refusal =
            Refusal { code: code.into(), reason: Some(format!("fault {fault}")), string_to_sign: None, mistake: None };
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
    let refusal = |reason| Refusal { code: code.into(), reason, string_to_sign: None, mistake: None };
    match note {
        None => refusal(None),
        Some(Note::Request(why) | Note::Warning(why) | Note::Error(why)) => refusal(Some(why)),
        Some(Note::Signature(wrong)) => {
            let WrongSignature { why, string_to_sign, mistake } = *wrong;
            Refusal { string_to_sign, mistake, ..refusal(Some(why)) }
        }
    }
}
