//! Runs a batch: starts its workers, and watches them until the last one has ended.

mod conclude;
mod shared;
mod worker;

pub(crate) use shared::Batch;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use shared::Shared;

use crate::batch::progress::Progress;
use crate::batch::record::{Record, RequestOutcome, Subject};
use crate::batch::signals::Signals;
use crate::batch::summary::Summary;
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::failure::Failure;
use crate::transport::http::wait::{GRACE, waiting};

/// The stack size of a worker, in bytes. It is small because there may be 512 workers.
const STACK: usize = 1024 * 1024;

/// Wakes the thread that waits for a worker. It does so when it is dropped, so that it works even if the worker panics.
struct Awake(Thread);

impl Drop for Awake {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

/// Returns the number of workers. A worker that waits until its entry is on the disk sends nothing, so a record needs
/// twice as many.
fn workers(batch: &Batch) -> usize {
    let syncs = batch.record.as_deref().is_some_and(Record::is_file);
    (batch.concurrency * if syncs { 2 } else { 1 }).min(batch.plan.len())
}

/// Carries out a batch. `work` makes one request and returns its outcome.
///
/// # Errors
///
/// Returns the first error that is not about a single user. Requests under way are finished first, except after an
/// interrupt: a worker that hangs, on a disk for example, is then left behind and ends with the process. The outcomes
/// stay recorded.
pub(crate) fn run(
    invocation: &Invocation<'_>,
    batch: Batch,
    work: impl Fn(&Subject) -> Result<RequestOutcome, Failure> + Send + Sync + 'static,
) -> Result<Summary, CliError> {
    let signals = Signals::catch();
    let started = Instant::now();
    let count = workers(&batch);
    let shared = Arc::new(Shared::new(batch, invocation.printer, work));
    let main = thread::current();
    let start = |_| {
        let (shared, main) = (Arc::clone(&shared), main.clone());
        let worker = move || {
            let _awake = Awake(main);
            shared.work();
        };
        thread::Builder::new().stack_size(STACK).spawn(worker).ok()
    };
    // If the system has no more threads, the existing threads do the work.
    let workers: Vec<_> = (0..count).map_while(start).collect();
    if workers.is_empty() {
        shared.work();
    }
    let mut interrupted_at = None;
    while workers.iter().any(|worker| !worker.is_finished()) {
        thread::park_timeout(Progress::TICK);
        shared.watch(&signals, &mut interrupted_at);
        if interrupted_at.is_some_and(|at| at.elapsed() > GRACE + Duration::from_secs(1)) {
            return Err(shared.abandon());
        }
    }
    for worker in workers {
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
    shared.conclude(&signals, started)
}

impl<W> Shared<W> {
    /// Shows the progress, and ends all waits after an interrupt.
    fn watch(&self, signals: &Signals, interrupted_at: &mut Option<Instant>) {
        let active = self.active.load(Ordering::Relaxed);
        if signals.came() && interrupted_at.is_none() {
            *interrupted_at = Some(Instant::now());
            self.ending.store(true, Ordering::Relaxed);
            let sent = active.saturating_sub(waiting().count());
            waiting().interrupt();
            if sent > 0 {
                let noun = if sent == 1 { "request" } else { "requests" };
                self.say(&format!(
                    "Waiting up to {} s for the answers to {sent} {noun}. Interrupt again to stop at once.",
                    GRACE.as_secs()
                ));
            }
        }
        let waits = waiting().count() >= active;
        let until = if waits && active > 0 { waiting().until() } else { None };
        self.progress.show(self.settled(), until);
    }
}
