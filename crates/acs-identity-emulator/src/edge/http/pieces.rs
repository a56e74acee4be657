//! A body that is sent while it is made.

use std::task::{Context, Poll, ready};

use hyper::body::Bytes;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::error::{HttpError, HttpResult};

/// How many pieces may wait for the client.
const WAITING: usize = 4;

/// The pieces of a body. If the body cannot be completed, the last one is an error.
pub(crate) struct Pieces {
    /// The piece that was read to see whether there is an answer.
    first: Option<Bytes>,
    rest: Receiver<HttpResult<Bytes>>,
    at_end: AtEnd,
}

/// What is called when the body has ended, or is dropped.
#[derive(Default)]
struct AtEnd(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        if let Some(call) = self.0.take() {
            call();
        }
    }
}

/// The body was not completed, so the connection ends.
#[derive(Debug)]
pub(crate) struct Incomplete;

impl std::fmt::Display for Incomplete {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body is incomplete")
    }
}

impl std::error::Error for Incomplete {}

impl Pieces {
    /// Makes the sender and the receiver of the pieces of a body.
    pub(crate) fn channel() -> (Sender<HttpResult<Bytes>>, Receiver<HttpResult<Bytes>>) {
        channel(WAITING)
    }

    /// Waits for the first piece.
    ///
    /// # Errors
    ///
    /// Fails when there is an error in place of the first piece.
    pub(crate) async fn of(mut rest: Receiver<HttpResult<Bytes>>) -> HttpResult<Self> {
        let first = rest.recv().await.ok_or_else(|| HttpError::fault("no piece of the body"))??;
        Ok(Self { first: Some(first), rest, at_end: AtEnd::default() })
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Incomplete>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let next = ready!(self.rest.poll_recv(context));
        Poll::Ready(match next {
            Some(Ok(piece)) => Some(Ok(piece)),
            Some(Err(error)) => {
                tracing::error!(status = error.status, "an answer ends early: {}", error.message);
                Some(Err(Incomplete))
            }
            None => {
                drop(std::mem::take(&mut self.at_end));
                None
            }
        })
    }

    /// Calls this when the body has ended.
    pub(super) fn at_end(&mut self, call: impl FnOnce() + Send + Sync + 'static) {
        self.at_end = AtEnd(Some(Box::new(call)));
    }
}
