//! Many requests at once: workers, one record of what is done, progress, and an end that loses nothing.

mod attempt;
mod lost;
mod outage;
mod permits;
mod plan;
mod progress;
mod record;
mod run;
mod signals;
mod summary;
mod users;

pub(super) use plan::{Plan, Task};
pub(super) use record::{FileId, Found, Header, Operation, Outcome, Record, State, Subject};
pub(super) use run::{Batch, run};
pub(super) use signals::Signals;
pub(super) use summary::{Summary, count};
pub(super) use users::{List, names, users};

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Invocation;
use super::number::number;
use crate::cli::table::{Argument, Completion};
use crate::error::CliError;
use crate::place::{Other, Which};

/// `--concurrency`.
pub(super) const CONCURRENCY: Argument =
    Argument::new(&["--concurrency"], "How many requests are under way at a time, 1 to 256.").default("16").extension();

/// `--users-from`.
pub(super) const USERS_FROM: Argument = Argument::new(
    &["--users-from"],
    "File of users, or - for stdin: a raw id a line, or JSON as these commands print and record it.",
)
.completion(Completion::File)
.extension();

const DEFAULT_CONCURRENCY: usize = 16;
const MAX_CONCURRENCY: usize = 256;

/// The value of `--concurrency`.
pub(super) fn concurrency(invocation: &Invocation<'_>) -> Result<usize, CliError> {
    Ok(number(invocation, "--concurrency", &(1..=MAX_CONCURRENCY))?.unwrap_or(DEFAULT_CONCURRENCY))
}

/// The files of a batch that the ledger must not be: where its users come from, and its record.
pub(super) fn others<'a>(source: Option<(&'static str, FileId)>, out_file: Option<&'a str>) -> Vec<Other<'a>> {
    let source = source.map(|(named_by, id)| Other { named_by, file: Which::Id(id) });
    let record = out_file.map(|path| Other { named_by: "--out-file", file: Which::Path(Path::new(path)) });
    source.into_iter().chain(record).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is said where an earlier run left requests open that do no harm when they are made twice.
pub(super) fn sent_again(requests: usize, consequence: &str) -> String {
    let what = if requests == 1 { "1 request is" } else { &format!("{requests} requests are") };
    format!("{what} sent again: an earlier run ended before it had recorded the outcome. {consequence}")
}
