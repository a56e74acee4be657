//! Retries as the reference's client (Python azure-core 1.39, `RetryPolicy` with its defaults) does them.

use std::sync::Arc;
use std::time::Duration;

use acs_identity_protocol::time::parse_http_date;
use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Method, Request};
use azure_core::time::OffsetDateTime;

use super::header;
use super::transport_error::TransportError;
use super::wait::waiting;
use crate::printer::Printer;

/// Attempts beyond the first, for refused connections, for broken answers and for bad statuses each.
const RETRIES: i32 = 3;

const BACKOFF_FACTOR: f64 = 0.8;
const BACKOFF_MAX: f64 = 120.0;

/// The policy. It takes the place of azure_core's own, whose statuses, methods and waits differ.
#[derive(Debug)]
pub(super) struct RetryPolicy {
    pub(super) printer: Printer,
}

struct Budget {
    connect: i32,
    read: i32,
    status: i32,
    failures: u32,
}

impl Budget {
    /// azure-core leaves a counter out of account when it is zero, so the one after is the first that ends it.
    fn is_spent(&self) -> bool {
        [self.connect, self.read, self.status].into_iter().any(|count| count < 0)
    }

    fn backoff(&self) -> f64 {
        if self.failures <= 1 {
            return 0.0;
        }
        let exponent = i32::try_from(self.failures - 1).unwrap_or(i32::MAX);
        (BACKOFF_FACTOR * 2.0_f64.powi(exponent)).min(BACKOFF_MAX)
    }
}

#[async_trait]
impl Policy for RetryPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let mut budget = Budget { connect: RETRIES, read: RETRIES, status: RETRIES, failures: 0 };
        let idempotent = matches!(request.method(), Method::Get | Method::Head | Method::Put | Method::Delete);
        loop {
            let result = next[0].send(ctx, request, &next[1..]).await;
            let wait = match &result {
                Ok(response) => {
                    let status = u16::from(response.status());
                    if !is_retryable(status, idempotent, response.headers()) {
                        return result;
                    }
                    budget.status -= 1;
                    budget.failures += 1;
                    retry_after(response.headers()).unwrap_or_else(|| budget.backoff())
                }
                Err(error) => {
                    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<TransportError>());
                    let is_certificate = matches!(cause, Some(TransportError::Certificate(..)));
                    match error.kind() {
                        // A certificate does not get better by asking again.
                        _ if !idempotent || is_certificate => return result,
                        ErrorKind::Connection => budget.connect -= 1,
                        ErrorKind::Io => budget.read -= 1,
                        _ => return result,
                    }
                    budget.failures += 1;
                    budget.backoff()
                }
            };
            if budget.is_spent() {
                return result;
            }
            match &result {
                Ok(response) => self.printer.info(&format!("The service answered {}.", u16::from(response.status()))),
                Err(error) => self.printer.info(&error.to_string()),
            }
            self.printer.info(&format!("Attempt {} follows in {wait} s.", budget.failures + 1));
            if !waiting().sleep(Duration::try_from_secs_f64(wait).unwrap_or_default()) {
                return result;
            }
        }
    }
}

fn is_retryable(status: u16, idempotent: bool, headers: &Headers) -> bool {
    if status < 400 {
        return false;
    }
    if given(headers, "retry-after").is_some() {
        return true;
    }
    // POST and PATCH are sent again only where the service surely did nothing.
    matches!(status, 500 | 503 | 504) || (idempotent && matches!(status, 408 | 429 | 502))
}

/// A header that is there and not empty.
fn given<'a>(headers: &'a Headers, name: &'static str) -> Option<&'a str> {
    header::optional(headers, name).filter(|value| !value.is_empty())
}

/// The wait that the service asks for, in seconds; `None` where it asks for none.
fn retry_after(headers: &Headers) -> Option<f64> {
    let seconds = match given(headers, "retry-after") {
        Some(value) => parse_wait(value)?,
        None => {
            let millis = given(headers, "retry-after-ms").or_else(|| given(headers, "x-ms-retry-after-ms"))?;
            parse_wait(millis)? / 1000.0
        }
    };
    (seconds > 0.0).then_some(seconds)
}

fn parse_wait(value: &str) -> Option<f64> {
    value.trim().parse().ok().or_else(|| {
        let until = parse_http_date(value)? - OffsetDateTime::now_utc();
        Some(until.as_seconds_f64().max(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> Headers {
        let mut headers = Headers::new();
        pairs.iter().for_each(|(name, value)| headers.insert(*name, *value));
        headers
    }

    #[test]
    fn statuses() {
        let none = headers(&[]);
        for (status, post, delete) in [(408, false, true), (429, false, true), (500, true, true), (502, false, true)] {
            assert_eq!(is_retryable(status, false, &none), post, "POST {status}");
            assert_eq!(is_retryable(status, true, &none), delete, "DELETE {status}");
        }
        assert!(is_retryable(429, false, &headers(&[("retry-after", "1")])));
        assert!(!is_retryable(429, false, &headers(&[("retry-after-ms", "1")])));
        assert!(!is_retryable(302, true, &headers(&[("retry-after", "1")])));
    }

    #[test]
    fn waits() {
        assert_eq!(retry_after(&headers(&[("retry-after", "1.5")])), Some(1.5));
        assert_eq!(retry_after(&headers(&[("retry-after", "0")])), None);
        assert_eq!(retry_after(&headers(&[("retry-after-ms", "200")])), Some(0.2));
        assert_eq!(retry_after(&headers(&[("retry-after", "Wed, 13 Dec 2023 11:58:57 GMT")])), None);
        let mut budget = Budget { connect: RETRIES, read: RETRIES, status: RETRIES, failures: 0 };
        let waits: Vec<f64> = (0..4)
            .map(|_| {
                budget.failures += 1;
                budget.backoff()
            })
            .collect();
        assert_eq!(waits, [0.0, 1.6, 3.2, 6.4]);
    }
}
