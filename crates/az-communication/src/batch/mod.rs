//! Batches: workers that send many requests at once, one record of the outcomes, progress, and an orderly end without
//! lost data.

pub(crate) mod attempt;
pub(crate) mod lost;
mod mutex;
pub(crate) mod outage;
pub(crate) mod permits;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod signals;
pub(crate) mod summary;
pub(crate) mod users;

pub(crate) use plan::{Plan, Task};
pub(crate) use record::{FileId, Found, Header, Operation, Record, RequestOutcome, State, Subject};
pub(crate) use run::{Batch, run};
pub(crate) use signals::Signals;
pub(crate) use summary::{Summary, count};
pub(crate) use users::{List, names, users};

use std::path::Path;

use crate::files::place::{Other, Which};
use crate::knack::argument::{Argument, Completion};
use crate::knack::invocation::Invocation;
use crate::knack::values::options::number;
use crate::report::error::CliError;

/// `--concurrency`.
pub(crate) const CONCURRENCY: Argument =
    Argument::new(&["--concurrency"], "Number of concurrent requests, 1 to 256.").default("16").extension();

/// `--users-from`.
pub(crate) const USERS_FROM: Argument = Argument::new(
    &["--users-from"],
    "File with the users, or - for stdin: one raw id per line, or JSON as these commands print and record it.",
)
.completion(Completion::File)
.extension();

const DEFAULT_CONCURRENCY: usize = 16;
const MAX_CONCURRENCY: usize = 256;

/// Returns the value of `--concurrency`.
pub(crate) fn concurrency(invocation: &Invocation<'_>) -> Result<usize, CliError> {
    Ok(number(invocation, &CONCURRENCY, &(1..=MAX_CONCURRENCY))?.unwrap_or(DEFAULT_CONCURRENCY))
}

/// Returns the files that the ledger must differ from: the list of users and the record of the batch.
pub(crate) fn others<'a>(source: Option<(&'static str, FileId)>, out_file: Option<&'a str>) -> Vec<Other<'a>> {
    let source = source.map(|(named_by, id)| Other { named_by, file: Which::Id(id) });
    let record = out_file.map(|path| Other { named_by: "--out-file", file: Which::Path(Path::new(path)) });
    source.into_iter().chain(record).collect()
}

/// Returns a message about open requests of an earlier run. They are sent again because a repetition is harmless.
pub(crate) fn sent_again(requests: usize, consequence: &str) -> String {
    let what = if requests == 1 { "1 request is" } else { &format!("{requests} requests are") };
    format!("{what} sent again, because an earlier run ended before it recorded the outcome. {consequence}")
}
