//! Faults of a test's emulator.

use std::fmt;
use std::time::Duration;

use acs_identity_protocol::time::seven_decimals;
use time::OffsetDateTime;

use super::fault_words::said;
use crate::edge::Edge;
use crate::faults::{DropAt, MOST_RULES, Rule};

/// The longest wait that a fault can ask for: a year, in seconds.
const LONGEST_RETRY_AFTER: u64 = 366 * 86_400;

/// A fault: which requests it hits, what happens to them, and how often.
///
/// ```
/// use std::time::Duration;
///
/// use acs_identity_emulator::testing::Fault;
///
/// // The next two requests for a token are refused.
/// let refused = Fault::on("issueAccessToken").status(429).retry_after(Duration::from_secs(1)).times(2);
/// // Each third request is answered late.
/// let late = Fault::on_any().every(3).delay(Duration::from_millis(500));
/// // An identity is created, but the client gets no response.
/// let lost = Fault::on("createIdentity").drop_after().times(1);
/// ```
///
/// It must have a result: [`Fault::status`], [`Fault::drop_before`], [`Fault::drop_after`],
/// [`Fault::truncate_body_at`], [`Fault::delay`], [`Fault::token_expires_in`] or [`Fault::shift`].
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a fault is in force only after `Faults::add`"]
pub struct Fault(Rule);

impl Fault {
    /// Hits requests of an operation, such as `issueAccessToken`, or of several ones, separated by commas. The names
    /// are in [`FAULT_OPERATIONS`](crate::FAULT_OPERATIONS).
    pub fn on(operation: impl Into<String>) -> Self {
        Self(Rule { operation: Some(operation.into()), ..Rule::default() })
    }

    /// Hits all requests.
    pub fn on_any() -> Self {
        Self(Rule::default())
    }

    /// Hits only requests with this method.
    pub fn method(self, method: impl Into<String>) -> Self {
        Self(Rule { method: Some(method.into()), ..self.0 })
    }

    /// Hits only paths that fit this pattern. `*` stands for a part of a segment, `**` for any text.
    pub fn path(self, pattern: impl Into<String>) -> Self {
        Self(Rule { path: Some(pattern.into()), ..self.0 })
    }

    /// Hits only requests for this identity: a raw id or a custom id.
    pub fn identity(self, identity: impl Into<String>) -> Self {
        Self(Rule { identity: Some(identity.into()), ..self.0 })
    }

    /// Hits only each n-th of the requests.
    pub fn every(self, nth: u64) -> Self {
        Self(Rule { every: Some(nth), ..self.0 })
    }

    /// Hits only this part of the requests, from 0 to 1. The same seed selects the same ones.
    pub fn probability(self, part: f64, seed: u64) -> Self {
        Self(Rule { probability: Some(part), seed: Some(seed), ..self.0 })
    }

    /// Refuses the request with this status, from 400 to 599.
    pub fn status(self, status: u16) -> Self {
        Self(Rule { status: Some(status), ..self.0 })
    }

    /// Sets the code of the error. It needs a status, and each status has a usual code.
    pub fn code(self, code: impl Into<String>) -> Self {
        Self(Rule { code: Some(code.into()), ..self.0 })
    }

    /// Sets the message of the error. It needs a status.
    pub fn message(self, message: impl Into<String>) -> Self {
        Self(Rule { message: Some(message.into()), ..self.0 })
    }

    /// Adds the header `Retry-After`, in whole seconds, rounded up, at most a year. It needs a status.
    pub fn retry_after(self, wait: Duration) -> Self {
        Self(Rule { retry_after: Some(rounded_up(wait)), ..self.0 })
    }

    /// Delays the response, in whole milliseconds, rounded up, for at most 5 minutes. The operation is executed after
    /// that. If the fault is deleted meanwhile, the connection ends without a response, and the operation is not
    /// executed.
    pub fn delay(self, delay: Duration) -> Self {
        let milliseconds = u64::try_from(delay.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
        Self(Rule { delay_milliseconds: Some(milliseconds), ..self.0 })
    }

    /// Ends the connection without a response. The operation is not executed.
    pub fn drop_before(self) -> Self {
        Self(Rule { drop: Some(DropAt::Before), ..self.0 })
    }

    /// Executes the operation, and ends the connection without a response.
    pub fn drop_after(self) -> Self {
        Self(Rule { drop: Some(DropAt::After), ..self.0 })
    }

    /// Ends the connection after so many bytes of the body of the response.
    pub fn truncate_body_at(self, bytes: u64) -> Self {
        Self(Rule { truncate_body_at: Some(bytes), ..self.0 })
    }

    /// Lets the token in the response expire so soon, in whole seconds, rounded up. It has expired already if the
    /// duration is zero.
    pub fn token_expires_in(self, duration: Duration) -> Self {
        let seconds = i64::try_from(rounded_up(duration)).unwrap_or(i64::MAX);
        Self(Rule { token_expires_in_seconds: Some(seconds), ..self.0 })
    }

    /// Shifts the header `Date` and the times in the token, as if the clock of the service were fast.
    /// [`time::Duration`] can be negative. A part of a second counts as a whole one.
    pub fn shift(self, by: impl TryInto<time::Duration>) -> Self {
        // A duration that is too long is refused like one that is only slightly too long.
        let by = by.try_into().map_or(i64::MAX, |by: time::Duration| {
            by.whole_seconds().saturating_add(i64::from(by.subsec_nanoseconds().signum()))
        });
        Self(Rule { shift_seconds: Some(by), ..self.0 })
    }

    /// Ends after so many hits.
    pub fn times(self, hits: u64) -> Self {
        Self(Rule { times: Some(hits), ..self.0 })
    }

    /// Ends at this time of the emulator's clock.
    pub fn until(self, time: impl Into<OffsetDateTime>) -> Self {
        Self(Rule { until: Some(seven_decimals(time.into())), ..self.0 })
    }

    /// Hits requests before they authenticate, also those that would be refused.
    pub fn include_unauthenticated(self) -> Self {
        Self(Rule { include_unauthenticated: true, ..self.0 })
    }
}

/// Returns the whole seconds of a duration, so that a short one does not become zero.
fn rounded_up(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

#[cfg(test)]
impl Fault {
    pub(super) fn into_rule(self) -> Rule {
        self.0
    }
}

/// The id of a fault that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FaultId(u64);

impl FaultId {
    pub(super) fn of(id: u64) -> Self {
        Self(id)
    }
}

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A fault that was added.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AddedFault {
    /// Its id.
    pub id: FaultId,
    /// The fault.
    pub fault: Fault,
    /// How many requests it has hit.
    pub hits: u64,
}

/// The faults of an emulator. The first one that fits a request is in force for it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), acs_identity_emulator::Error> {
/// # use acs_identity_emulator::testing::{Emulator, Fault};
/// let emulator = Emulator::start().await?;
/// let id = emulator.faults().add(Fault::on("createIdentity").status(500));
/// assert_eq!(emulator.faults().list()[0].hits, 0);
/// emulator.faults().delete(id);
/// assert!(emulator.faults().list().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Faults<'a>(&'a Edge);

impl<'a> Faults<'a> {
    pub(super) fn of(edge: &'a Edge) -> Self {
        Self(edge)
    }

    /// Adds a fault. It is in force when this returns.
    ///
    /// # Panics
    ///
    /// Panics if the fault cannot be used, for example because it has no result or names an unknown operation, and if
    /// there are 1,000 faults already.
    #[track_caller]
    pub fn add(&self, fault: Fault) -> FaultId {
        let rule = fault.0;
        assert!(
            rule.retry_after.unwrap_or_default() <= LONGEST_RETRY_AFTER,
            "The fault cannot be used: retry_after must be at most {LONGEST_RETRY_AFTER} seconds."
        );
        match self.0.faults().add(rule.clone()) {
            Ok(Ok(added)) => FaultId(added.id),
            Ok(Err(_)) => panic!("There are {MOST_RULES} faults already. Delete some of them first."),
            Err(problem) => panic!("The fault cannot be used: {}.", said(&rule, &problem)),
        }
    }

    /// Returns the faults, in the order in which they were added. A fault that has ended is listed, too.
    #[must_use]
    pub fn list(&self) -> Vec<AddedFault> {
        let faults = self.0.faults().list();
        let shown = faults.iter().map(|fault| AddedFault {
            id: FaultId(fault.id),
            fault: Fault(fault.rule.clone()),
            hits: fault.hits(),
        });
        shown.collect()
    }

    /// Deletes a fault, and ends the requests that it delays. Returns whether it was there.
    pub fn delete(&self, id: FaultId) -> bool {
        self.0.faults().delete(id.0)
    }

    /// Deletes all faults, and ends the requests that they delay.
    pub fn clear(&self) {
        self.0.faults().clear();
    }
}
