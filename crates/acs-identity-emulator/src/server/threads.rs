//! The threads of an emulator, as many as the system allows.

use std::cell::RefCell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tracing::Dispatch;
use tracing::dispatcher::{DefaultGuard, set_default};

/// The stack size of a thread, in bytes. Signing and SQLite need a quarter of it.
pub(super) const STACK: usize = 1024 * 1024;

/// Makes a runtime with one thread for each core, or with fewer if a limit of the system requires it. If no other
/// thread can be started, the calling thread does all the work.
///
/// # Errors
///
/// Fails when the system refuses even that.
pub fn runtime() -> io::Result<Runtime> {
    runtime_for(None)
}

/// Makes the same runtime. The events of its threads go to `events`, if that is given.
pub(super) fn runtime_for(events: Option<&Dispatch>) -> io::Result<Runtime> {
    let wanted = thread::available_parallelism().map_or(1, usize::from);
    let built = match startable(wanted) {
        0 => None,
        count => many_threads(count, events),
    };
    built.unwrap_or_else(|| one_thread(events))
}

/// Makes a runtime on the calling thread. The events of its other threads go to `events`, if that is given.
pub(super) fn one_thread(events: Option<&Dispatch>) -> io::Result<Runtime> {
    with_options(&mut Builder::new_current_thread(), events).build()
}

/// Makes a runtime with several threads. tokio panics if a thread cannot be started. This is rare, because the threads
/// could be started a moment ago: another program must have started threads meanwhile. Returns `None` in that case.
fn many_threads(count: usize, events: Option<&Dispatch>) -> Option<io::Result<Runtime>> {
    let build = || with_options(Builder::new_multi_thread().worker_threads(count), events).build();
    panic::catch_unwind(AssertUnwindSafe(build)).ok()
}

fn with_options<'a>(builder: &'a mut Builder, events: Option<&Dispatch>) -> &'a mut Builder {
    thread_local! {
        static EVENTS: RefCell<Option<DefaultGuard>> = const { RefCell::new(None) };
    }
    if let Some(events) = events.cloned() {
        builder.on_thread_start(move || EVENTS.set(Some(set_default(&events))));
        builder.on_thread_stop(|| drop(EVENTS.take()));
    }
    // A signature takes as long as hundreds of other tasks, so the runtime must check the network more often than by
    // default.
    builder.thread_stack_size(STACK).event_interval(4).enable_all()
}

/// Returns how many threads can be started in addition to this one, up to a number. It starts them, and they end.
fn startable(wanted: usize) -> usize {
    let (ended, ends) = (Mutex::new(false), Condvar::new());
    let wait = || {
        let mut ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
        while !*ended {
            ended = ends.wait(ended).unwrap_or_else(PoisonError::into_inner);
        }
    };
    thread::scope(|scope| {
        let start = |_: &usize| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, wait).is_ok();
        let count = (0..wanted).take_while(start).count();
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        ends.notify_all();
        count
    })
}
