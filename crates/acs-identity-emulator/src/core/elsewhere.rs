//! Runs work on a thread of its own.

use std::sync::Arc;

use tokio::sync::oneshot;
use tracing::dispatcher;

/// The stack size of the thread, in bytes.
const STACK: usize = 512 * 1024;

/// Runs work that takes long or blocks on a thread of its own, because the threads that serve requests must not wait
/// for it. If the system refuses another thread, the work runs on this one. Returns `None` if the work panicked.
pub(crate) async fn elsewhere<I, T>(name: &str, input: &Arc<I>, work: fn(&I) -> T) -> Option<T>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
{
    let (done, result) = oneshot::channel();
    let there = Arc::clone(input);
    // The result is dropped if the emulator has ended meanwhile.
    match on_thread(name, move || drop(done.send(work(&there)))) {
        Ok(()) => result.await.ok(),
        Err(_) => Some(work(input)),
    }
}

/// Starts work on a thread of its own.
///
/// # Errors
///
/// Fails when the system refuses another thread.
pub(crate) fn on_thread(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let events = dispatcher::get_default(Clone::clone);
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(STACK);
    thread.spawn(move || dispatcher::with_default(&events, work)).map(drop)
}
