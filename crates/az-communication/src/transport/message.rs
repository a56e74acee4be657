//! Conversion of requests for hyper, and of the headers of responses for azure_core.

use azure_core::Bytes;
use azure_core::http::headers::Headers;
use azure_core::http::{Body, Method, Request};
use http_body_util::Full;
use hyper::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST, HeaderName, HeaderValue};

use crate::transport::error::TransportError;
use crate::transport::http::answer::Answer;
use crate::transport::http::header;

/// Converts the request for hyper.
pub(super) fn message(request: &Request, authority: &str) -> Result<hyper::Request<Full<Bytes>>, TransportError> {
    let refuse = |what: &str| TransportError::Request(what.to_owned());
    let Body::Bytes(body) = request.body() else { return Err(refuse("its body is a stream")) };
    let mut message = hyper::Request::new(Full::new(body.clone()));
    *message.method_mut() = request.method().as_str().parse().map_err(|_| refuse("its method is not valid"))?;
    *message.uri_mut() = request.path_and_query().try_into().map_err(|_| refuse("its path or query is not valid"))?;
    let headers = message.headers_mut();
    headers.insert(HOST, HeaderValue::try_from(authority).map_err(|_| refuse("its host is not valid"))?);
    for (name, value) in request.headers().iter() {
        let wrong = || {
            TransportError::Request(format!("the header '{}' has characters that HTTP does not allow", name.as_str()))
        };
        let value = HeaderValue::try_from(value.as_str()).map_err(|_| wrong())?;
        headers.append(HeaderName::from_bytes(name.as_str().as_bytes()).map_err(|_| wrong())?, value);
    }
    headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
    // The length is set once, from the body itself.
    headers.remove(CONTENT_LENGTH);
    if !body.is_empty() || matches!(request.method(), Method::Post | Method::Put | Method::Patch) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    }
    Ok(message)
}

/// Converts the headers of a response, and adds its phrase.
pub(super) fn headers(answer: &Answer) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in &answer.headers {
        headers.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    headers.insert(header::REASON, answer.reason.clone());
    headers
}
