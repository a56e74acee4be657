//! The workers of a batch.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use serde_json::Value as Json;

use super::lock;
use super::progress::Progress;
use super::record::Record;
use super::summary::Summary;
use crate::client::{Failure, waiting};
use crate::commands::Invocation;
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::prompt;

/// What is to be done.
pub(in crate::commands) struct Batch<'a> {
    /// What the summary calls those that were done: `issued`, say.
    pub(in crate::commands) verb: &'static str,
    /// The users; nothing for a new one.
    pub(in crate::commands) items: Vec<Option<String>>,
    /// How many requests are under way at a time.
    pub(in crate::commands) concurrency: usize,
    /// Where it is recorded what is done.
    pub(in crate::commands) record: Option<&'a Record>,
}

/// Wakes the thread that waits for a worker when the worker ends, in whatever way.
struct Awake<'a>(&'a std::thread::Thread);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

/// Carries a batch out. `work` does one item and says what to record.
///
/// # Errors
///
/// The first error that is not about one user; the others end what they are at first. What is done stays recorded.
pub(in crate::commands) fn run(
    invocation: &Invocation<'_>,
    batch: &Batch<'_>,
    work: impl Fn(Option<&str>) -> Result<Json, Failure> + Sync,
) -> Result<Summary, CliError> {
    let interrupted = Arc::new(AtomicBool::new(false));
    prompt::handle_interrupt();
    let code = i32::from(ExitCode::Interrupted.number());
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // A second one ends the process at once.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupted));
        let _ = signal_hook::flag::register(signal, Arc::clone(&interrupted));
    }
    let started = Instant::now();
    let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let stop: Mutex<Option<CliError>> = Mutex::default();
    let printer = invocation.printer;
    let progress = Progress::new(batch.verb, batch.items.len(), printer);
    let one = |item: &Option<String>| -> Result<(), CliError> {
        match work(item.as_deref()) {
            Ok(line) => {
                if let Some(record) = batch.record {
                    record.add(&line.to_string())?;
                }
                done.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(failure) => match item {
                Some(user) if failure.is_about_one_user() => {
                    failed.fetch_add(1, Ordering::Relaxed);
                    let text = failure.to_string();
                    let first = text.lines().next().unwrap_or_default();
                    progress.interrupted_by(|| printer.warning(&format!("{user}: {first}")));
                    Ok(())
                }
                _ => Err(failure.into()),
            },
        }
    };
    let main = std::thread::current();
    let worker = || {
        let _awake = Awake(&main);
        while !interrupted.load(Ordering::Relaxed) && lock(&stop).is_none() {
            let Some(item) = batch.items.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            if let Err(error) = one(item) {
                lock(&stop).get_or_insert(error);
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..batch.concurrency.min(batch.items.len())).map(|_| scope.spawn(worker)).collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::park_timeout(Progress::TICK);
            if interrupted.load(Ordering::Relaxed) {
                waiting().interrupt();
            }
            progress.show(done.load(Ordering::Relaxed) + failed.load(Ordering::Relaxed));
        }
    });
    progress.end();
    if let Some(record) = batch.record {
        record.close()?;
    }
    let (done, failed) = (done.into_inner(), failed.into_inner());
    let again = match batch.record {
        Some(_) => "Start the same command again to go on where it stopped.",
        None => "Start the same command again: what is done already does no harm.",
    };
    if let Some(error) = stop.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.hint(format!("{done} of {} were {}. {again}", batch.items.len(), batch.verb)));
    }
    if interrupted.load(Ordering::Relaxed) && done + failed < batch.items.len() {
        let message = format!("Interrupted after {done} of {} were {}.", batch.items.len(), batch.verb);
        return Err(CliError::new(message).hint(again).exit_code(ExitCode::Interrupted));
    }
    if failed > 0 {
        invocation.exit_code.set(ExitCode::Failure);
    }
    Ok(Summary { verb: batch.verb, done, failed, seconds: started.elapsed().as_secs_f64() })
}
