//! Repeats requests like the client of the reference (`RetryPolicy` of Python azure-core 1.39 with its defaults).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};

use crate::report::printer::{Level, Printer};
use crate::service::sending::retry_after::{Wait, retry_after};
use crate::transport::error::TransportError;
use crate::transport::http::wait::waiting;
use crate::transport::resend::{self, Attempt, Creation, Repeats};

/// The number of further attempts. It applies separately to refused connections, broken answers and error statuses.
const RETRIES: i32 = 3;

const BACKOFF_FACTOR: f64 = 0.8;
const BACKOFF_MAX: f64 = 120.0;

/// The policy. It replaces the retry policy of azure_core, which uses other statuses, methods and waits.
#[derive(Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) printer: Printer,
}

struct Budget {
    connect: i32,
    read: i32,
    status: i32,
    failures: u32,
}

impl Budget {
    /// Checks whether no attempts are left. azure-core ignores a counter that is zero, so the attempts end below zero.
    fn is_spent(&self) -> bool {
        [self.connect, self.read, self.status].into_iter().any(|count| count < 0)
    }

    fn backoff(&self) -> Duration {
        if self.failures <= 1 {
            return Duration::ZERO;
        }
        let exponent = i32::try_from(self.failures - 1).unwrap_or(i32::MAX);
        Duration::from_secs_f64((BACKOFF_FACTOR * 2.0_f64.powi(exponent)).min(BACKOFF_MAX))
    }
}

impl RetryPolicy {
    /// Returns how long to wait before the next attempt, with a message about it. Returns `None` if this result is
    /// final.
    fn next(&self, request: &Request, result: &PolicyResult, budget: &mut Budget) -> Option<(Duration, String)> {
        match result {
            Ok(response) => {
                let status = u16::from(response.status());
                if !resend::after_status(request.method(), status, response.headers()) {
                    return None;
                }
                budget.status -= 1;
                budget.failures += 1;
                match retry_after(response.headers()) {
                    Wait::None => Some((budget.backoff(), format!("The service answered {status}."))),
                    Wait::For(wait) => Some((
                        wait,
                        format!("The service answered {status} and asks to wait {} s.", wait.as_secs_f64()),
                    )),
                    Wait::TooLong(seconds) => {
                        let message = format!(
                            "The service answered {status} and asks to wait {seconds} s. That is too long, so the request \
                             is not sent again."
                        );
                        self.printer.info(&message);
                        None
                    }
                }
            }
            Err(error) => {
                let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<TransportError>())?;
                match resend::after_error(request.method(), cause)? {
                    Attempt::Connect => budget.connect -= 1,
                    Attempt::Read => budget.read -= 1,
                }
                budget.failures += 1;
                Some((budget.backoff(), error.to_string()))
            }
        }
    }
}

#[async_trait]
impl Policy for RetryPolicy {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let mut budget = Budget { connect: RETRIES, read: RETRIES, status: RETRIES, failures: 0 };
        loop {
            let result = next[0].send(ctx, request, &next[1..]).await;
            let status = result.as_ref().ok().map(|response| u16::from(response.status()));
            let answered = ctx.value::<Creation>().zip(status);
            if answered.is_some_and(|(creation, status)| !creation.repeats_after(status)) {
                return result;
            }
            let Some((wait, why)) = self.next(request, &result, &mut budget) else { return result };
            if budget.is_spent() {
                return result;
            }
            if self.printer.shows(Level::Info) {
                self.printer.info(&why);
                self.printer.info(&format!("Attempt {} follows in {} s.", budget.failures + 1, wait.as_secs_f64()));
            }
            if !waiting().sleep(wait) {
                return result;
            }
            if let Some((creation, status)) = answered {
                creation.note(status);
            }
            if let Some(repeats) = ctx.value::<Repeats>() {
                repeats.note(status);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_than_the_one_before() {
        let mut budget = Budget { connect: RETRIES, read: RETRIES, status: RETRIES, failures: 0 };
        let waits: Vec<f64> = (0..4)
            .map(|_| {
                budget.failures += 1;
                budget.backoff().as_secs_f64()
            })
            .collect();
        assert_eq!(waits, [0.0, 1.6, 3.2, 6.4]);
    }
}
