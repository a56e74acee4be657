//! What a batch has to do.

use super::record::Subject;

/// A request to be made.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Task {
    /// Whom it is about.
    pub(in crate::commands) subject: Subject,
    /// Whether it renews a token of the record.
    pub(in crate::commands) renews: bool,
}

impl From<Subject> for Task {
    fn from(subject: Subject) -> Self {
        Self { subject, renews: false }
    }
}

/// The requests to be made. Users who are to be created are only counted: there may be millions.
#[derive(Debug, Default)]
pub(in crate::commands) struct Plan {
    /// The requests about users who have an id or a name.
    pub(in crate::commands) tasks: Vec<Task>,
    /// How many users to create behind them.
    pub(in crate::commands) new: usize,
    /// The number of the first of these in the record.
    pub(in crate::commands) next: u64,
}

impl Plan {
    /// How many requests there are.
    pub(in crate::commands) fn len(&self) -> usize {
        self.tasks.len() + self.new
    }

    /// A request by its place.
    pub(super) fn get(&self, index: usize) -> Option<Task> {
        if let Some(task) = self.tasks.get(index) {
            return Some(task.clone());
        }
        let index = index - self.tasks.len();
        (index < self.new).then(|| Subject::New { n: self.next.saturating_add(index as u64), name: None }.into())
    }
}
