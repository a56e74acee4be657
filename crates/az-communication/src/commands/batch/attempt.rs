//! One request of a batch: when it is sent again, and what a failure means for it.

use std::time::{Duration, Instant};

use super::record::{Outcome, Subject};
use crate::client::{Cause, Failure, Reached, ServiceErrorKind, waiting};

/// How long connections that are refused are tried again: a service that restarts is back by then.
const RESTART: Duration = Duration::from_secs(10);

/// The time between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// Makes a request. It is made again where it cannot have reached the service, for some seconds; and once where its outcome
/// is unknown and doing it twice does no harm. `say` tells the user.
pub(super) fn attempt(
    subject: &Subject,
    work: impl Fn(&Subject) -> Result<Outcome, Failure>,
    say: impl Fn(&str),
) -> Result<Outcome, Failure> {
    let mut refused_since: Option<Instant> = None;
    let mut sent_again = false;
    loop {
        let failure = match work(subject) {
            Err(failure) if !waiting().is_interrupted() => failure,
            result => return result,
        };
        if failure.is_refused_connection() {
            if refused_since.is_none() {
                let seconds = RESTART.as_secs();
                say(&format!("{} Trying again for {seconds} s.", first_line(&failure)));
            }
            let since = *refused_since.get_or_insert_with(Instant::now);
            if since.elapsed() < RESTART && waiting().sleep(PAUSE) {
                continue;
            }
            return Err(failure);
        }
        refused_since = None;
        let harmless = !matches!(subject, Subject::New { .. });
        if harmless && !sent_again && is_unknown(&failure) {
            sent_again = true;
            say(&format!("{} The request is sent again.", first_line(&failure)));
            continue;
        }
        return Err(failure);
    }
}

fn first_line(failure: &Failure) -> String {
    failure.to_string().lines().next().unwrap_or_default().to_owned()
}

/// What a failure means for the request's subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The service refused it because of its subject; others can go on.
    ThisOneFailed {
        /// The HTTP status.
        status: u16,
    },
    /// Nothing was done, and the reason is one for all.
    NotDone,
    /// It may have been done.
    Unknown,
}

/// Decides what a failure means.
pub(super) fn fate(failure: &Failure, subject: &Subject) -> Fate {
    let Some(error) = failure.service() else {
        return if is_unknown(failure) { Fate::Unknown } else { Fate::NotDone };
    };
    let about_the_name = matches!(subject, Subject::Named(_))
        && error.kind == ServiceErrorKind::InvalidRequest
        && error.target.as_deref().is_some_and(|target| target.eq_ignore_ascii_case("customId"));
    if failure.is_about_one_user() || about_the_name {
        return Fate::ThisOneFailed { status: error.status };
    }
    if is_unknown(failure) { Fate::Unknown } else { Fate::NotDone }
}

/// Whether the request may have been carried out.
fn is_unknown(failure: &Failure) -> bool {
    match failure.service() {
        // A gateway says that it has no answer, not that the service did nothing.
        Some(error) => matches!(error.status, 502 | 504),
        None => failure.reached() != Reached::No && !matches!(failure.cause, Cause::Credential(_) | Cause::Local(_)),
    }
}
