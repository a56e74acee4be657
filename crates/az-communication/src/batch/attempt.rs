//! Sends one request of a batch: when it is sent again, and how a failure affects its subject.

use std::time::{Duration, Instant};

use crate::batch::outage::{Outage, RESTART};
use crate::batch::record::{RequestOutcome, Subject};
use crate::service::failure::{Failure, ServiceErrorKind};
use crate::transport::http::wait::waiting;
use crate::transport::resend::leaves_open;

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(250);

/// Makes a request. It is made again if it cannot have reached the service, as long as the outage of the run is shorter
/// than some seconds. It is also made again once if its outcome is unknown and a repetition is harmless. `say` prints a
/// message for the user.
pub(crate) fn attempt(
    subject: &Subject,
    outage: &Outage,
    work: impl Fn(&Subject) -> Result<RequestOutcome, Failure>,
    say: impl Fn(&str),
) -> Result<RequestOutcome, Failure> {
    let mut sent_again = false;
    loop {
        let begun = Instant::now();
        let result = work(subject);
        if result.as_ref().err().is_none_or(|failure| failure.service().is_some()) {
            outage.answered(begun);
        }
        let failure = match result {
            Err(failure) if !waiting().is_interrupted() => failure,
            result => return result,
        };
        if failure.is_refused_connection() {
            let begins = || {
                let seconds = RESTART.as_secs();
                say(&format!("{} Trying again for {seconds} s.", first_line(&failure)));
            };
            if outage.refused(begins) && waiting().sleep(PAUSE) {
                continue;
            }
            return Err(failure);
        }
        let harmless = !matches!(subject, Subject::New { .. });
        if harmless && !sent_again && failure.is_unknown() {
            sent_again = true;
            say(&format!("{}: {} The request is sent again.", subject.name(), first_line(&failure)));
            continue;
        }
        return Err(failure);
    }
}

fn first_line(failure: &Failure) -> String {
    failure.to_string().lines().next().unwrap_or_default().to_owned()
}

/// The effect of a failure on the subject of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The service refused the request because of its subject. Other requests can continue.
    ThisOneFailed {
        /// The HTTP status.
        status: u16,
    },
    /// The user was created without a token.
    CreatedOnly {
        /// The raw id.
        user: String,
    },
    /// The service did nothing, and the reason affects all requests.
    NotDone,
    /// The service may have carried out the request.
    Unknown,
}

/// Decides what a failure means.
pub(crate) fn fate(failure: &Failure, subject: &Subject) -> Fate {
    if let Some(user) = failure.created_user() {
        return Fate::CreatedOnly { user: user.to_owned() };
    }
    let Some(error) = failure.service() else {
        return if failure.is_unknown() { Fate::Unknown } else { Fate::NotDone };
    };
    let about_the_name = matches!(subject, Subject::Named(_))
        && error.kind == ServiceErrorKind::InvalidRequest
        && error.target.as_deref().is_some_and(|target| target.eq_ignore_ascii_case("customId"));
    if failure.is_about_one_user() || about_the_name {
        return Fate::ThisOneFailed { status: error.status };
    }
    if failure.is_unknown() || leaves_open(error.status) { Fate::Unknown } else { Fate::NotDone }
}
