//! Runs a batch: starts its workers, and watches them until the last one has ended.

mod conclude;
mod shared;
mod worker;

pub(crate) use shared::Batch;

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
struct Awake<'a>(&'a Thread);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

/// Returns the number of workers. A worker that waits until its entry is on the disk sends nothing, so a record needs
/// twice as many.
fn workers(batch: &Batch<'_>) -> usize {
    let syncs = batch.record.is_some_and(Record::is_file);
    (batch.concurrency * if syncs { 2 } else { 1 }).min(batch.plan.len())
}

/// Carries out a batch. `work` makes one request and returns its outcome.
///
/// # Errors
///
/// Returns the first error that is not about a single user. Requests under way are finished first. The outcomes stay
/// recorded.
pub(crate) fn run(
    invocation: &Invocation<'_>,
    batch: &Batch<'_>,
    work: impl Fn(&Subject) -> Result<RequestOutcome, Failure> + Sync,
) -> Result<Summary, CliError> {
    let signals = Signals::catch();
    let started = Instant::now();
    let shared = Shared::new(batch, invocation.printer, work);
    let main = thread::current();
    let worker = || {
        let _awake = Awake(&main);
        shared.work();
    };
    thread::scope(|scope| {
        let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker).ok();
        // If the system has no more threads, the existing threads do the work.
        let workers: Vec<_> = (0..workers(batch)).map_while(start).collect();
        if workers.is_empty() {
            shared.work();
        }
        let mut interrupted_at = None;
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::park_timeout(Progress::TICK);
            shared.watch(&signals, &mut interrupted_at);
        }
    });
    shared.conclude(&signals, started)
}

impl<W> Shared<'_, W> {
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
        if interrupted_at.is_some_and(|at| at.elapsed() > GRACE + Duration::from_secs(1)) {
            // The outcomes of the requests under way stay open in the record.
            self.progress.end();
            self.say_lost();
            if let Some(Err(error)) = self.batch.record.map(Record::close) {
                self.printer.error(&error);
            }
            let error = self.interrupted();
            self.printer.error(&error);
            std::process::exit(error.exit_code.number().into());
        }
        let waits = waiting().count() >= active;
        let until = if waits && active > 0 { waiting().until() } else { None };
        self.progress.show(self.settled(), until);
    }
}
