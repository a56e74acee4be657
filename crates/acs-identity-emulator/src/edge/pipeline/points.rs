//! The points of the pipeline at which a fault can be injected.

use crate::edge::context::request::RequestContext;
use crate::edge::http::answer::Answer;

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    BeforeAuthentication,
    BeforeOperation,
    /// The operation was executed, and the client may never learn about it.
    AfterOperation,
}

/// What happens at a point.
#[cfg_attr(not(test), allow(dead_code, reason = "nothing but tests adds faults yet"))]
pub(crate) enum Effect {
    /// The request proceeds as usual.
    Proceed,
    /// The request gets this answer instead of its own.
    Answer(Answer),
    /// The connection ends without an answer.
    Drop,
}

/// Decides what happens at a point.
pub(crate) type Fault = Box<dyn Fn(Point, &RequestContext) -> Effect + Send + Sync>;

/// The request leaves the pipeline early.
pub(crate) enum Stop {
    Answer(Answer),
    Drop,
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// Lets a request pass a point.
pub(crate) fn pass(fault: Option<&Fault>, point: Point, request: &RequestContext) -> Result<(), Stop> {
    match fault.map(|fault| fault(point, request)) {
        None | Some(Effect::Proceed) => Ok(()),
        Some(Effect::Answer(answer)) => Err(Stop::Answer(answer)),
        Some(Effect::Drop) => Err(Stop::Drop),
    }
}
