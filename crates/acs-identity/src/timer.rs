//! Waits on a thread of its own.
//!
//! `azure_core::sleep` needs a runtime of tokio with a clock if any crate of the build turns on azure_core's feature
//! `tokio`. Without that feature, it starts a thread for each wait, which would be two for each request. A client with
//! a transport of the caller must work in both cases.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use futures::future::{Either, select};

/// The end of a wait. The number tells waits with the same end apart.
type Key = (Instant, u64);

struct Queue {
    waits: BTreeMap<Key, Waker>,
    last: u64,
    runs: bool,
    /// When the thread looks at the queue again. `None` means when it is told to.
    looks_at: Option<Instant>,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue { waits: BTreeMap::new(), last: 0, runs: false, looks_at: None });
static CHANGED: Condvar = Condvar::new();

fn queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A wait until a moment.
struct Sleep {
    until: Instant,
    key: Option<Key>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.until {
            return Poll::Ready(());
        }
        let mut queue = queue();
        let key = self.key.unwrap_or_else(|| {
            queue.last += 1;
            (self.until, queue.last)
        });
        self.key = Some(key);
        queue.waits.insert(key, context.waker().clone());
        if !queue.runs {
            queue.runs = thread::Builder::new().name("acs-identity-timer".into()).spawn(run).is_ok();
        } else if queue.looks_at.is_none_or(|at| key.0 < at) {
            CHANGED.notify_one();
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            queue().waits.remove(&key);
        }
    }
}

fn run() {
    let mut locked = queue();
    loop {
        let now = Instant::now();
        let later = locked.waits.split_off(&(now, u64::MAX));
        let due = std::mem::replace(&mut locked.waits, later);
        if !due.is_empty() {
            // A waker is code of the caller, which may start or end a wait.
            drop(locked);
            for waker in due.into_values() {
                // A panic of it must not end the waits of others. The hook has reported it.
                let _ = panic::catch_unwind(AssertUnwindSafe(|| waker.wake()));
            }
            locked = queue();
            continue;
        }
        locked.looks_at = locked.waits.first_key_value().map(|(key, _)| key.0);
        locked = match locked.looks_at {
            Some(at) => CHANGED.wait_timeout(locked, at - now).unwrap_or_else(PoisonError::into_inner).0,
            None => CHANGED.wait(locked).unwrap_or_else(PoisonError::into_inner),
        };
    }
}

/// Waits.
pub(crate) async fn sleep(duration: Duration) {
    // A wait that has no end in this clock has no end.
    match Instant::now().checked_add(duration) {
        Some(until) => Sleep { until, key: None }.await,
        None => std::future::pending().await,
    }
}

/// Returns the output of a future, or `None` if it takes longer.
pub(crate) async fn within<F: Future>(limit: Option<Duration>, future: F) -> Option<F::Output> {
    let Some(limit) = limit else { return Some(future.await) };
    match select(pin!(future), pin!(sleep(limit))).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(((), _)) => None,
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use futures::future::{join_all, pending, ready};

    use super::*;

    #[test]
    fn waits_end_in_their_order_without_a_runtime() {
        let ended = Mutex::new(Vec::new());
        let ended = &ended;
        let wait = |millis| async move {
            sleep(Duration::from_millis(millis)).await;
            ended.lock().unwrap().push(millis);
        };
        let started = Instant::now();
        block_on(join_all([60, 20, 40, 0].map(wait)));
        assert!(started.elapsed() >= Duration::from_millis(60));
        assert_eq!(*ended.lock().unwrap(), [0, 20, 40, 60]);
    }

    #[test]
    fn l5_a_waker_that_panics_ends_no_wait_of_others() {
        struct Panics;
        impl std::task::Wake for Panics {
            fn wake(self: std::sync::Arc<Self>) {
                panic!("the waker of a test panics, as it should");
            }
        }
        let waker = Waker::from(std::sync::Arc::new(Panics));
        let mut first = Box::pin(sleep(Duration::from_millis(10)));
        assert!(first.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        block_on(sleep(Duration::from_millis(20)));
        block_on(sleep(Duration::from_millis(10)));
    }

    #[test]
    fn a_future_is_ended_by_its_limit_only() {
        assert_eq!(block_on(within(Some(Duration::from_millis(10)), pending::<()>())), None);
        assert_eq!(block_on(within(Some(Duration::from_secs(60)), ready(1))), Some(1));
        assert_eq!(block_on(within(Some(Duration::MAX), ready(1))), Some(1));
        assert_eq!(block_on(within(None, ready(1))), Some(1));
    }
}
