//! Bodies. They are read after the headers were checked. Each body has a limit, and all connections together have a
//! budget.

use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Bytes};

use super::head::Head;
use crate::core::MAX_EXPORT;
use crate::edge::http::error::{HttpError, HttpResult};

/// The largest body that is read, in bytes. Bodies of the service have a few hundred bytes.
pub(crate) const MAX_BODY: usize = 1024 * 1024;

/// The largest body with a whole state, in bytes.
#[allow(clippy::cast_possible_truncation, reason = "it is less than 2 GiB")]
pub(crate) const MAX_STATE: usize = MAX_EXPORT as usize;

/// The largest body of a client that has not authenticated, in bytes. The largest useful one contains a token.
pub(crate) const MAX_UNAUTHENTICATED: usize = 16 * 1024;

/// The largest total size of all bodies, in bytes.
const BUDGET: usize = 32 * MAX_BODY;

/// The largest total size of all bodies of clients that have not authenticated, in bytes. It leaves room for other
/// clients.
const STRANGERS_BUDGET: usize = 2 * MAX_BODY;

/// If a client that has not authenticated sends a larger request, the response is the last one of the connection,
/// because the memory of such a request is freed only when the connection ends.
pub(crate) const LARGE_REQUEST: usize = 8 * 1024;

/// When a client may ask again if there is no room for its body, in seconds.
const RETRY_AFTER: u64 = 1;

/// The room for bodies.
pub(crate) struct Budget {
    used: AtomicUsize,
    limit: usize,
}

impl Budget {
    pub(crate) fn new() -> Arc<Self> {
        Self::of(BUDGET)
    }

    pub(crate) fn for_strangers() -> Arc<Self> {
        Self::of(STRANGERS_BUDGET)
    }

    pub(crate) fn of(limit: usize) -> Arc<Self> {
        Arc::new(Self { used: AtomicUsize::new(0), limit })
    }

    /// Returns the room for bodies with a whole state.
    pub(crate) fn for_states() -> Arc<Self> {
        Self::of(MAX_STATE)
    }

    /// Takes room for a number of bytes. Returns whether there was enough.
    fn take(&self, bytes: usize) -> bool {
        let more = |used: usize| used.checked_add(bytes).filter(|used| *used <= self.limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

/// A body and the room that it takes.
#[derive(Default)]
pub(crate) struct HeldBody {
    bytes: Bytes,
    taken: usize,
    budget: Option<Arc<Budget>>,
}

impl Deref for HeldBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for HeldBody {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.used.fetch_sub(self.taken, Ordering::Relaxed);
        }
    }
}

impl HeldBody {
    /// Takes room for more bytes. Returns whether there was room.
    fn take(&mut self, bytes: usize, budget: &Arc<Budget>) -> bool {
        if !budget.take(bytes) {
            return false;
        }
        self.budget.get_or_insert_with(|| Arc::clone(budget));
        self.taken += bytes;
        true
    }

    /// Returns the bytes without copying them.
    pub(crate) fn shared(&self) -> Bytes {
        self.bytes.clone()
    }
}

/// Refuses a body whose stated length is over the limit.
pub(crate) fn check_length(head: &Head, limit: usize) -> HttpResult<()> {
    match head.stated_length() {
        Some(length) if length > limit as u64 => Err(HttpError::too_large(limit)),
        _ => Ok(()),
    }
}

/// Reads a body. If it is refused, the connection must end, because the rest of the body is not read.
pub(crate) async fn read<B>(body: B, limit: usize, budget: &Arc<Budget>) -> HttpResult<HeldBody>
where
    B: HttpBody<Data = Bytes>,
{
    let mut held = HeldBody::default();
    let mut bytes = Vec::new();
    let mut body = pin!(body);
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(HttpError::new(400, "BadRequest", "The request body is incomplete.").noted());
        };
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(HttpError::too_large(limit));
        }
        if !held.take(data.len(), budget) {
            return Err(
                HttpError::unavailable("The emulator has no room for another request body now.", RETRY_AFTER).noted()
            );
        }
        bytes.extend_from_slice(&data);
    }
    held.bytes = bytes.into();
    Ok(held)
}

/// Reads the body of a refused request without keeping it, so that the connection can continue. Returns whether it was
/// read to its end. A long body is not read.
pub(crate) async fn discard<B>(head: &Head, body: B) -> bool
where
    B: HttpBody<Data = Bytes>,
{
    // A client that waits for `100 Continue` does not send the body.
    let waits = head.headers.contains_key("expect");
    if waits || head.stated_length().is_none_or(|length| length > MAX_UNAUTHENTICATED as u64) {
        return false;
    }
    let mut body = pin!(body);
    while let Some(frame) = body.frame().await {
        if frame.is_err() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::http::error::Header;
    use http_body_util::Full;

    fn full(bytes: usize) -> Full<Bytes> {
        Full::new(vec![b'x'; bytes].into())
    }

    #[tokio::test]
    async fn bodies_beyond_the_budget_are_answered_with_503_until_others_end() {
        let budget = Budget::of(100);
        let first = read(full(60), 1000, &budget).await.ok().unwrap();
        let refused = read(full(41), 1000, &budget).await.err().unwrap();
        assert_eq!((refused.status, refused.header), (503, Some(Header::RetryAfter(1))));
        let second = read(full(40), 1000, &budget).await.ok().unwrap();
        assert_eq!((first.len(), second.len()), (60, 40));
        drop((first, second));
        assert!(read(full(100), 1000, &budget).await.is_ok());
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_body_over_its_limit_is_refused_even_if_its_length_is_not_stated() {
        let budget = Budget::of(1000);
        assert!(read(full(10), 10, &budget).await.is_ok());
        assert_eq!(read(full(11), 10, &budget).await.err().unwrap().status, 413);
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }
}
