//! Many requests at once: workers, one record of what is done, progress, and an end that loses nothing.

mod progress;
mod record;
mod run;
mod summary;
mod users;

pub(super) use record::Record;
pub(super) use run::{Batch, run};
pub(super) use users::users;

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Invocation;
use crate::cli::table::{Argument, Completion};
use crate::error::CliError;
use crate::exit_code::ExitCode;

/// `--concurrency`.
pub(super) const CONCURRENCY: Argument =
    Argument::new(&["--concurrency"], "How many requests are under way at a time, 1 to 256.").default("16").extension();

/// `--users-from`.
pub(super) const USERS_FROM: Argument = Argument::new(
    &["--users-from"],
    "File of users, or - for stdin: a raw id a line, or a JSON object a line with a member user_id.",
)
.completion(Completion::File)
.extension();

const DEFAULT_CONCURRENCY: usize = 16;
const MAX_CONCURRENCY: usize = 256;

/// The value of `--concurrency`.
pub(super) fn concurrency(invocation: &Invocation<'_>) -> Result<usize, CliError> {
    let Some(text) = invocation.given("--concurrency") else { return Ok(DEFAULT_CONCURRENCY) };
    let number = text.parse().ok().filter(|number| (1..=MAX_CONCURRENCY).contains(number));
    number.ok_or_else(|| {
        CliError::new(format!("--concurrency is no number from 1 to {MAX_CONCURRENCY}: '{text}'."))
            .exit_code(ExitCode::Usage)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
