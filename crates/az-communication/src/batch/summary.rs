//! The result of a batch.

use crate::report::exit_code::ExitCode;
use std::time::Duration;

use pyjmespath::Value;

/// The result of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Summary {
    /// How many requests were done in this run.
    pub(crate) done: usize,
    /// How many users of the record got another token in this run.
    pub(crate) renewed: usize,
    /// How many users do not exist, or do not exist any more.
    pub(crate) gone: usize,
    /// How many requests the service refused.
    pub(crate) failed: usize,
    /// How many creations have an unknown outcome.
    pub(crate) unknown: usize,
    /// How long the run took.
    pub(crate) time: Duration,
}

/// Converts a count to a member of a result.
pub(crate) fn count(count: usize) -> Value {
    Value::Int(count as i128)
}

impl Summary {
    /// Returns the exit code. It is a failure if a request failed or its outcome is unknown.
    pub(crate) fn exit_code(&self) -> ExitCode {
        if self.failed > 0 || self.unknown > 0 { ExitCode::Failure } else { ExitCode::Success }
    }

    /// Returns the time in seconds, rounded to the millisecond.
    pub(crate) fn seconds(self) -> Value {
        Value::Float((self.time.as_secs_f64() * 1000.0).round() / 1000.0)
    }
}
