//! What a call of an operation knows about its tries. The policies of its requests find it in their context.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use azure_core::http::policies::RetryPolicyCount;
use azure_core::http::{Context, RawResponse};
use futures::future::{Either, select};

use crate::secrets::Secrets;
use crate::timeouts::Timeouts;
use crate::timer;

/// Whether a request may be sent again if it may have been processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// A second time does nothing else than the first.
    Always,
    /// A second time finds nothing to delete.
    Deletion,
    /// A second time creates a second identity.
    IfUnprocessed,
}

/// How a try ended, if it did not succeed.
#[derive(Debug, Clone)]
pub(crate) enum Failed {
    /// The certificate of the server is refused, so nothing was sent. The text is the cause.
    Certificate(String),
    /// The server does not speak TLS, so nothing was sent. The text is the cause.
    NoTls(String),
    /// No connection was made, so nothing was sent. The text is the cause.
    Unconnected(String),
    /// The answer did not come, or not completely. The text is the cause.
    Lost(String),
    /// The service answered with an error status.
    Refused(RawResponse),
}

/// A call of an operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) timeouts: Timeouts,
    pub(crate) repeat: Repeat,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    /// How often the request was sent.
    pub(crate) tries: u32,
    /// How the last try failed.
    pub(crate) failed: Option<Failed>,
    /// Whether the service may have processed the request without an answer that says so.
    pub(crate) unknown: bool,
    /// Whether the caller's options repeat requests.
    pub(crate) retries: bool,
    /// What the text of an error must not show.
    pub(crate) secrets: Secrets,
    /// How long it has waited, or was asked to wait, because of 429.
    pub(crate) paused: Duration,
    /// The time that does not count.
    excluded: Duration,
    /// Since when the time does not count.
    suspended: Option<Instant>,
}

impl State {
    /// Notes that the request is sent. If the call ends during this try, nobody knows what became of it. Returns
    /// whether that is so for a try before.
    pub(crate) fn begin_try(&mut self) -> bool {
        self.tries += 1;
        std::mem::replace(&mut self.unknown, true)
    }

    pub(crate) fn note_pause(&mut self, wait: Duration) {
        self.paused = self.paused.saturating_add(wait);
    }
}

impl Operation {
    pub(crate) fn new(timeouts: Timeouts, repeat: Repeat) -> Arc<Self> {
        Arc::new(Self { timeouts, repeat, started: Instant::now(), state: Mutex::default() })
    }

    /// Returns the operation that a request belongs to.
    pub(crate) fn of<'a>(ctx: &'a Context<'_>) -> Option<&'a Self> {
        ctx.value::<Arc<Self>>().map(|operation| &**operation)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the time of this operation until [`resume`](Self::resume).
    pub(crate) fn suspend(&self) {
        self.state().suspended.get_or_insert_with(Instant::now);
    }

    pub(crate) fn resume(&self) {
        let mut state = self.state();
        if let Some(since) = state.suspended.take() {
            state.excluded += since.elapsed();
        }
    }

    /// Gives the operation more time, because the service asks it to wait.
    pub(crate) fn extend(&self, wait: Duration) {
        let mut state = self.state();
        state.excluded = state.excluded.saturating_add(wait);
        state.note_pause(wait);
    }

    /// Returns the time that is left, or `None` if there is no limit.
    pub(crate) fn left(&self) -> Option<Duration> {
        let limit = self.timeouts.operation?;
        let state = self.state();
        let suspended = state.suspended.map_or(Duration::ZERO, |since| since.elapsed());
        let counted = self.started.elapsed().saturating_sub(state.excluded.saturating_add(suspended));
        Some(limit.saturating_sub(counted))
    }

    /// Returns the output of the future, or `None` if the time is over.
    pub(crate) async fn limit<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        loop {
            let Some(left) = self.left() else { return Some(future.await) };
            // The time may have been stopped or extended during the wait, so it is looked at again.
            match select(future, pin!(timer::sleep(left))).await {
                Either::Left((output, _)) => return Some(output),
                Either::Right(((), running)) if self.left().is_some_and(|left| !left.is_zero()) => future = running,
                Either::Right(_) => return None,
            }
        }
    }
}

/// Checks whether the caller's retry options repeat requests. `RetryOptions::none` adds no count.
pub(crate) fn retries(ctx: &Context<'_>) -> bool {
    ctx.value::<RetryPolicyCount>().is_some()
}
