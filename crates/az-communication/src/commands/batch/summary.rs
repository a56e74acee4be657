//! What a batch's result says.

use std::time::Duration;

use pyjmespath::Value;

/// What came of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::commands) struct Summary {
    /// How many were done in this run.
    pub(in crate::commands) done: usize,
    /// How many of the users of a record got another token in this run.
    pub(in crate::commands) renewed: usize,
    /// How many users do not exist (any more).
    pub(in crate::commands) gone: usize,
    /// How many the service refused.
    pub(in crate::commands) failed: usize,
    /// How many creations have an unknown outcome.
    pub(in crate::commands) unknown: usize,
    /// How long it took.
    pub(in crate::commands) time: Duration,
}

/// A count as a member of a result.
pub(in crate::commands) fn count(count: usize) -> Value {
    Value::Int(count as i128)
}

impl Summary {
    /// The time in seconds, to the millisecond.
    pub(in crate::commands) fn seconds(self) -> Value {
        Value::Float((self.time.as_secs_f64() * 1000.0).round() / 1000.0)
    }
}
