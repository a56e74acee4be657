//! Says what the service may have done, if the answer is lost.

use crate::service::failure::{Asked, Failure};
use crate::transport::resend;

/// Describes what the service may have done, if the outcome is unknown.
pub(super) fn unknown_outcome(failure: &Failure) -> String {
    match (&failure.asked, failure.lost) {
        (Asked::NewUser, 0) => "The outcome is unknown: an identity may have been created, but its id was lost. \
                                Another attempt creates another one."
            .into(),
        (Asked::NewUser, lost) => {
            // The last attempt also has an unknown outcome, unless an answer refused it.
            let refused = failure.service().is_some_and(|error| !resend::is_of_a_gateway(error.status));
            let attempts = lost + u32::from(!refused);
            format!(
                "The outcome is unknown: the request was sent {} times, and {} may have been created, but {} \
                 lost. Another attempt creates another one.",
                lost + 1,
                if attempts == 1 { "an identity".to_owned() } else { format!("up to {attempts} identities") },
                if attempts == 1 { "its id was" } else { "their ids were" },
            )
        }
        _ => "The outcome is unknown: the service may have carried the request out. --debug shows the exchange.".into(),
    }
}
