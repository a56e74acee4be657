//! Drives a future on this thread without a runtime. Our transport blocks, so the futures hardly ever wait.

use std::pin::{Pin, pin};
use std::sync::{Arc, Once};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use azure_core::async_runtime::{AbortableTask, AsyncRuntime, SpawnedTask, TaskFuture, set_async_runtime};
use azure_core::time::Duration;

use crate::transport::http::wait::waiting;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// The runtime that azure_core uses to wait and to spawn. azure_core's own choice depends on the features that any
/// crate of the build turns on. Its tokio runtime would panic here, because this program does not run tokio for
/// requests.
struct Blocking;

/// A task that has finished.
struct Done;

impl Future for Done {
    type Output = Result<(), Box<dyn std::error::Error + Send>>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(()))
    }
}

impl AbortableTask for Done {
    fn abort(&self) {}
}

impl AsyncRuntime for Blocking {
    fn spawn(&self, task: TaskFuture) -> SpawnedTask {
        block_on(task);
        Box::pin(Done)
    }

    fn sleep(&self, duration: Duration) -> TaskFuture {
        Box::pin(async move {
            waiting().sleep(duration.unsigned_abs());
        })
    }

    fn yield_now(&self) -> TaskFuture {
        Box::pin(async { thread::yield_now() })
    }
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    static CHOSEN: Once = Once::new();
    CHOSEN.call_once(|| {
        // This fails if a runtime was chosen before, and only this function chooses one.
        let _ = set_async_runtime(Arc::new(Blocking));
    });
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
