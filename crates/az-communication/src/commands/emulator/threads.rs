//! The threads of the emulator: as many as it may have.

use std::io;
use std::panic;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::report::error::CliError;
use crate::system::system_text;

/// The stack of a thread. Signing and SQLite need a quarter of it.
const STACK: usize = 1024 * 1024;

/// A runtime with a thread for each core, or with fewer where a limit says so. Where no other thread can be started, the
/// calling one does everything.
///
/// # Errors
///
/// When the system refuses what even that needs.
pub(crate) fn runtime() -> Result<Runtime, CliError> {
    let wanted = thread::available_parallelism().map_or(1, usize::from);
    let built = match startable(wanted) {
        0 => None,
        count => many_threads(count),
    };
    let built = built.unwrap_or_else(|| with_options(&mut Builder::new_current_thread()).build());
    built.map_err(|error| CliError::new(format!("The emulator cannot start: {}.", system_text(&error))).advise(&error))
}

/// tokio panics where a thread cannot be started. Those that are wanted could be started a moment ago, so that is rare:
/// somebody else has started theirs meanwhile. `None` then, and nothing is printed.
fn many_threads(count: usize) -> Option<io::Result<Runtime>> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let built = panic::catch_unwind(|| with_options(Builder::new_multi_thread().worker_threads(count)).build());
    panic::set_hook(hook);
    built.ok()
}

fn with_options(builder: &mut Builder) -> &mut Builder {
    // A signature takes as long as hundreds of other tasks: the network is looked at in between.
    builder.thread_stack_size(STACK).event_interval(4).enable_all()
}

/// How many threads can be started beside this one, up to that number: they are started, and end.
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
