//! The workers of a batch.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::batch::attempt::{Fate, attempt, fate};
use crate::batch::lock;
use crate::batch::lost::Lost;
use crate::batch::outage::Outage;
use crate::batch::permits::Permits;
use crate::batch::plan::{Plan, Task};
use crate::batch::progress::Progress;
use crate::batch::record::{Operation, Record, RequestOutcome, Subject};
use crate::batch::signals::Signals;
use crate::batch::summary::Summary;
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::service::failure::{Failure, ServiceErrorKind};
use crate::service::ledger::{Event, Ledger};
use crate::transport::http::wait::{GRACE, waiting};

/// The stack size of a worker, in bytes. It is small because there may be 512 workers.
const STACK: usize = 1024 * 1024;

/// The work of a run.
pub(crate) struct Batch<'a> {
    /// The operation of each request.
    pub(crate) operation: Operation,
    /// The requests to make.
    pub(crate) plan: Plan,
    /// How many requests are under way at a time.
    pub(crate) concurrency: usize,
    /// The record of the outcomes.
    pub(crate) record: Option<&'a Record>,
    /// The ledger of the user.
    pub(crate) ledger: Option<Ledger>,
}

/// Wakes the thread that waits for a worker. It does so when it is dropped, so that it works even if the worker panics.
struct Awake<'a>(&'a Thread);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

/// The state that the workers share.
struct Shared<'a, W> {
    batch: &'a Batch<'a>,
    printer: Printer,
    progress: Progress,
    work: W,
    next: AtomicUsize,
    permits: Permits,
    /// How many requests are under way, including requests that wait to be sent again.
    active: AtomicUsize,
    ending: AtomicBool,
    outage: Outage,
    /// How many creations in a row have an unknown outcome.
    lost_in_a_row: AtomicUsize,
    /// All creations with an unknown outcome.
    lost: Lost,
    stop: Mutex<Option<CliError>>,
    summary: Mutex<Summary>,
    /// Whether an interrupt ended the wait for an answer.
    cut_short: AtomicBool,
    /// Whether the service refused a value of the command. A repetition of the command would fail again.
    is_wrong: AtomicBool,
}

impl<W: Fn(&Subject) -> Result<RequestOutcome, Failure> + Sync> Shared<'_, W> {
    fn work(&self) {
        while !self.ending.load(Ordering::Relaxed) {
            let Some(task) = self.batch.plan.get(self.next.fetch_add(1, Ordering::Relaxed)) else { return };
            if let Err(error) = self.one(&task) {
                lock(&self.stop).get_or_insert(error);
                self.ending.store(true, Ordering::Relaxed);
            }
        }
    }

    fn one(&self, task: &Task) -> Result<(), CliError> {
        let subject = &task.subject;
        if let Some(record) = self.batch.record
            && let Err(error) = record.intend(subject)
        {
            // The entry may have been written despite the error.
            let _ = self.settle(subject, &RequestOutcome::Unsent);
            return Err(error);
        }
        let Some(permit) = self.permits.acquire(|| self.ending.load(Ordering::Relaxed)) else {
            return self.settle(subject, &RequestOutcome::Unsent);
        };
        self.active.fetch_add(1, Ordering::Relaxed);
        let result = attempt(subject, &self.outage, &self.work, |text| self.say(text));
        self.active.fetch_sub(1, Ordering::Relaxed);
        let failure = match result {
            Ok(outcome) => {
                self.lost_in_a_row.store(0, Ordering::Relaxed);
                drop(permit);
                return self.done(task, &outcome);
            }
            // The permit is kept, so that no other request is sent before this failure can end the run.
            Err(failure) => failure,
        };
        self.cut_short.fetch_or(failure.is_interrupted(), Ordering::Relaxed);
        match fate(&failure, subject) {
            Fate::ThisOneFailed { status } => {
                self.lost_in_a_row.store(0, Ordering::Relaxed);
                lock(&self.summary).failed += 1;
                let text = failure.to_string();
                let message = text.lines().next().unwrap_or_default().to_owned();
                self.say_error(&format!("{}: {message}", subject.name()));
                self.settle(subject, &RequestOutcome::Failed { status, message })
            }
            Fate::CreatedOnly { user } => {
                lock(&self.summary).failed += 1;
                let text = failure.to_string();
                let first = text.lines().next().unwrap_or_default();
                self.say_error(&format!("{user} was created without a token: {first}"));
                let outcome = RequestOutcome::Created { user };
                let settled = self.settle(subject, &outcome);
                self.note(subject, &outcome);
                settled?;
                // If answers without a token repeat, the fault is permanent.
                if self.lost_in_a_row.fetch_add(1, Ordering::Relaxed) < self.batch.concurrency {
                    return Ok(());
                }
                self.end(failure)
            }
            Fate::NotDone => {
                self.settle(subject, &RequestOutcome::Unsent)?;
                self.end(failure)
            }
            Fate::Unknown if matches!(subject, Subject::New { .. }) => {
                lock(&self.summary).unknown += 1;
                let text = failure.to_string();
                self.lost.add(text.lines().next().unwrap_or_default(), subject);
                self.settle(subject, &RequestOutcome::Unknown)?;
                // A service that restarts loses at most one request per worker. If more are lost, the fault is
                // permanent.
                if self.lost_in_a_row.fetch_add(1, Ordering::Relaxed) < self.batch.concurrency {
                    return Ok(());
                }
                self.end(failure)
            }
            // The entry stays open, so that the next run reports that it sends this request again.
            Fate::Unknown => self.end(failure),
        }
    }

    /// Ends the run because of a failure. Does nothing if the user has interrupted the run, because the interrupt may
    /// have caused the failure.
    fn end(&self, failure: Failure) -> Result<(), CliError> {
        if waiting().is_interrupted() {
            return Ok(());
        }
        self.ending.store(true, Ordering::Relaxed);
        let kind = failure.service().map(|error| error.kind);
        let is_wrong = matches!(kind, Some(ServiceErrorKind::InvalidRequest | ServiceErrorKind::UnsupportedApiVersion));
        self.is_wrong.fetch_or(is_wrong, Ordering::Relaxed);
        // A 404 that is not about a user of the batch does not mean that something was not found, so it does not set
        // the exit code.
        Err(CliError::from(failure).exit_code(ExitCode::Failure))
    }

    fn done(&self, task: &Task, outcome: &RequestOutcome) -> Result<(), CliError> {
        let settled = self.settle(&task.subject, outcome);
        if let (Err(_), RequestOutcome::Issued { user, .. }) = (&settled, outcome)
            && !matches!(task.subject, Subject::User(_))
        {
            self.say_error(&format!("{user} was created, but could not be recorded."));
        }
        {
            let mut summary = lock(&self.summary);
            match outcome {
                RequestOutcome::Gone => summary.gone += 1,
                _ if task.renews => summary.renewed += 1,
                _ => summary.done += 1,
            }
        }
        self.note(&task.subject, outcome);
        settled
    }

    /// Adds a line to the ledger. If this fails, the run ends. All such errors are printed, because each one names a
    /// user.
    fn note(&self, subject: &Subject, outcome: &RequestOutcome) {
        let Some(ledger) = &self.batch.ledger else { return };
        let noted = match (outcome, subject) {
            (RequestOutcome::Issued { user, .. } | RequestOutcome::Created { user }, Subject::Named(name)) => {
                ledger.note(Event::Created, user, Some(name))
            }
            (RequestOutcome::Issued { user, .. } | RequestOutcome::Created { user }, Subject::New { name, .. }) => {
                ledger.note(Event::Created, user, name.as_deref())
            }
            (RequestOutcome::Deleted, Subject::User(user)) => ledger.note(Event::Deleted, user, None),
            _ => Ok(()),
        };
        let Err(error) = noted else { return };
        self.ending.store(true, Ordering::Relaxed);
        let mut stop = lock(&self.stop);
        match *stop {
            None => *stop = Some(error),
            Some(_) => {
                drop(stop);
                self.say_error(&error.message);
            }
        }
    }

    fn settle(&self, subject: &Subject, outcome: &RequestOutcome) -> Result<(), CliError> {
        self.batch.record.map_or(Ok(()), |record| record.settle(subject, outcome))
    }

    fn say(&self, text: &str) {
        self.progress.interrupted_by(|| self.printer.warning(text));
    }

    fn say_error(&self, text: &str) {
        self.progress.interrupted_by(|| self.printer.error_line(text));
    }

    /// Reports the creations with an unknown outcome.
    fn say_lost(&self) {
        let place = if self.batch.record.is_some_and(Record::is_file) { "The record" } else { "The output" };
        self.lost.take_words(place).iter().for_each(|text| self.say_error(text));
    }

    fn settled(&self) -> usize {
        let summary = *lock(&self.summary);
        summary.done + summary.renewed + summary.gone + summary.failed + summary.unknown
    }

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

    fn again(&self) -> &'static str {
        match self.batch.record {
            _ if self.is_wrong.load(Ordering::Relaxed) => "Correct the command and run it again.",
            Some(record) if record.is_file() => "Run the command again to resume.",
            Some(_) => "The outcomes so far are on stdout. With --out-file FILE, a run can be resumed.",
            None => "Run the command again. Repeating a finished request is harmless.",
        }
    }

    /// Returns a sentence such as `3 of 40 were issued`, and how many creations have an unknown outcome.
    fn so_far(&self) -> String {
        let summary = *lock(&self.summary);
        let (total, verb) = (self.batch.plan.len(), self.batch.operation.verb());
        let unknown = match summary.unknown {
            0 => String::new(),
            unknown => format!(" It is not known whether {unknown} more were created."),
        };
        format!("{} of {total} were {verb}.{unknown}", summary.done + summary.renewed)
    }

    fn interrupted(&self) -> CliError {
        let so_far = self.so_far();
        CliError::new(format!("Interrupted after {so_far}")).hint(self.again()).exit_code(ExitCode::Interrupted)
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
    let shared = Shared {
        batch,
        printer: invocation.printer,
        progress: Progress::new(batch.plan.len(), invocation.printer),
        work,
        next: AtomicUsize::new(0),
        permits: Permits::new(batch.concurrency),
        active: AtomicUsize::new(0),
        ending: AtomicBool::new(false),
        outage: Outage::default(),
        lost_in_a_row: AtomicUsize::new(0),
        lost: Lost::default(),
        stop: Mutex::default(),
        summary: Mutex::default(),
        cut_short: AtomicBool::new(false),
        is_wrong: AtomicBool::new(false),
    };
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
    shared.progress.show(shared.settled(), None);
    shared.progress.end();
    shared.say_lost();
    let closed = batch.record.map_or(Ok(()), Record::close);
    let summary = Summary { time: started.elapsed(), ..*lock(&shared.summary) };
    let stop = lock(&shared.stop).take();
    if let Err(error) = closed {
        // This error is printed last because it names the place of the lines.
        if let Some(stop) = stop.filter(|stop| stop.message != error.message) {
            invocation.printer.error(&stop);
        }
        return Err(error.hint(shared.so_far()));
    }
    if let Some(error) = stop {
        return Err(error.hint(format!("{} {}", shared.so_far(), shared.again())));
    }
    if signals.came() && (shared.settled() < batch.plan.len() || shared.cut_short.load(Ordering::Relaxed)) {
        return Err(shared.interrupted());
    }
    Ok(summary)
}
