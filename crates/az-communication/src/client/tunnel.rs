//! A connection through a proxy (CONNECT).

use std::time::Instant;

use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request};

use super::channel::Channel;
use super::connect::{TIMEOUT, connect};
use super::http1::Http1;
use super::proxy::Proxy;
use super::transport_error::TransportError;

/// A connection to that host and port through a proxy.
pub(super) fn tunnel(proxy: &Proxy, host: &str, port: u16, deadline: Instant) -> Result<Channel, TransportError> {
    let address = format!("{}:{}", proxy.host, proxy.port);
    let fail = |what: String| TransportError::Proxy(format!("{address}: {what}"));
    let stream = connect(&proxy.host, proxy.port).map_err(|error| TransportError::Proxy(error.to_string()))?;
    let authority = format!("{host}:{port}");
    let mut request = Request::new(Default::default());
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = authority.parse().map_err(|_| fail(format!("{authority} is not a valid host")))?;
    let value = |text: &str| HeaderValue::try_from(text).map_err(|_| fail("a header is not valid".into()));
    request.headers_mut().insert(HOST, value(&authority)?);
    if let Some(authorization) = &proxy.authorization {
        request.headers_mut().insert(PROXY_AUTHORIZATION, value(authorization)?);
    }
    let http = Channel::tcp(stream).and_then(|channel| Http1::new(channel, deadline));
    let answer = http.map_err(|error| fail(error.to_string()))?.tunnel(request, deadline);
    match answer {
        Ok(Ok(channel)) => Ok(channel),
        Ok(Err((status, reason))) => Err(fail(format!("it answered {status} {reason}"))),
        Err(failed) => {
            let error = TransportError::of(failed, &proxy.host, &address, TIMEOUT);
            Err(TransportError::Proxy(error.to_string().trim_end_matches('.').to_owned()))
        }
    }
}
