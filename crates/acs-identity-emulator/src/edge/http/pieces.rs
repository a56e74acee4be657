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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    async fn next(pieces: &mut Pieces) -> Option<Result<Bytes, Incomplete>> {
        poll_fn(|context| pieces.poll(context)).await
    }

    #[tokio::test]
    async fn a_body_that_cannot_be_completed_ends_with_an_error() {
        let (sender, receiver) = Pieces::channel();
        sender.send(Ok("a".into())).await.unwrap();
        sender.send(Ok("b".into())).await.unwrap();
        sender.send(Err(HttpError::fault("a test"))).await.unwrap();
        let mut pieces = Pieces::of(receiver).await.ok().unwrap();
        for piece in ["a", "b"] {
            assert_eq!(next(&mut pieces).await.unwrap().unwrap(), piece);
        }
        assert!(next(&mut pieces).await.unwrap().is_err());
    }

    #[tokio::test]
    async fn an_error_in_place_of_the_first_piece_is_the_answer() {
        let (sender, receiver) = Pieces::channel();
        sender.send(Err(HttpError::too_large(7))).await.unwrap();
        assert_eq!(Pieces::of(receiver).await.err().unwrap().status, 413);
    }

    #[tokio::test]
    async fn the_end_of_a_body_is_told_once_even_if_it_is_dropped() {
        for is_read in [true, false] {
            let ends = Arc::new(AtomicU32::new(0));
            let (sender, receiver) = Pieces::channel();
            sender.send(Ok("a".into())).await.unwrap();
            let mut pieces = Pieces::of(receiver).await.ok().unwrap();
            let told = Arc::clone(&ends);
            pieces.at_end(move || {
                told.fetch_add(1, Ordering::Relaxed);
            });
            assert!(next(&mut pieces).await.unwrap().is_ok());
            assert_eq!(ends.load(Ordering::Relaxed), 0);
            drop(sender);
            if is_read {
                assert!(next(&mut pieces).await.is_none());
                assert_eq!(ends.load(Ordering::Relaxed), 1);
            }
            drop(pieces);
            assert_eq!(ends.load(Ordering::Relaxed), 1);
        }
    }
}
