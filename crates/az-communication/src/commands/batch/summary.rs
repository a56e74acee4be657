//! What a batch's result says.

use pyjmespath::Value;

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Summary {
    pub(super) verb: &'static str,
    pub(super) done: usize,
    pub(super) failed: usize,
    pub(super) seconds: f64,
}

impl Summary {
    /// The members of a command's result. `total` counts those that were done before, too.
    pub(in crate::commands) fn members(self, total: usize) -> [(&'static str, Value); 4] {
        let count = |count: usize| Value::Int(count as i128);
        [
            (self.verb, count(self.done)),
            ("skipped", count(total - self.done - self.failed)),
            ("failed", count(self.failed)),
            ("seconds", Value::Float((self.seconds * 1000.0).round() / 1000.0)),
        ]
    }
}
