//! Waits for operations of the store, in a runtime and on threads without one.

use std::cell::Cell;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

/// Wakes a thread that waits for a future.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

thread_local! {
    /// Whether this thread waits in [`block_on`].
    static WAITS: Cell<bool> = const { Cell::new(false) };
}

/// Lets other tasks of the runtime run first. In [`block_on`], a thread polls one future by itself, and there are no
/// other tasks. There, a yield would never return, because the runtime wakes a task that yields only when the runtime
/// is polled again.
pub(crate) async fn yield_now() {
    if !WAITS.get() {
        tokio::task::yield_now().await;
    }
}

/// Waits for an operation where there is no runtime, or within a runtime during the start. The commit thread does not
/// need a runtime.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        let waited = WAITS.replace(true);
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        WAITS.set(waited);
        match polled {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
