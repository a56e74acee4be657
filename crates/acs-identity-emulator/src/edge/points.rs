//! The places on a request's way where something else can happen than usual.

use super::request::context::RequestContext;
use super::response::answer::Answer;

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    BeforeAuthentication,
    BeforeOperation,
    /// The operation is done, and the client may never hear of it.
    AfterOperation,
}

/// What happens there.
#[cfg_attr(not(test), allow(dead_code, reason = "nothing but tests adds faults yet"))]
pub(super) enum Outcome {
    /// The usual.
    Proceed,
    /// This answer, whatever else would follow.
    Answer(Answer),
    /// The connection ends without an answer.
    Drop,
}

/// Decides what happens at a place.
pub(super) type Fault = Box<dyn Fn(Point, &RequestContext) -> Outcome + Send + Sync>;

/// The way of a request ends before its operation is answered.
pub(super) enum Stop {
    Answer(Answer),
    Drop,
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// What happens at that place.
pub(super) fn pass(fault: Option<&Fault>, point: Point, request: &RequestContext) -> Result<(), Stop> {
    match fault.map(|fault| fault(point, request)) {
        None | Some(Outcome::Proceed) => Ok(()),
        Some(Outcome::Answer(answer)) => Err(Stop::Answer(answer)),
        Some(Outcome::Drop) => Err(Stop::Drop),
    }
}
