//! What a batch has to do.

use crate::batch::record::Subject;

/// A request to be made.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// Whom it is about.
    pub(crate) subject: Subject,
    /// Whether it renews a token of the record.
    pub(crate) renews: bool,
}

impl From<Subject> for Task {
    fn from(subject: Subject) -> Self {
        Self { subject, renews: false }
    }
}

/// The requests to be made. Users who are to be created are only counted: there may be millions.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The requests about users who have an id or a name.
    pub(crate) tasks: Vec<Task>,
    /// How many users to create behind them.
    pub(crate) new: usize,
    /// The number of the first of these in the record.
    pub(crate) next: u64,
}

impl Plan {
    /// How many requests there are.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len() + self.new
    }

    /// A request by its place.
    pub(crate) fn get(&self, index: usize) -> Option<Task> {
        if let Some(task) = self.tasks.get(index) {
            return Some(task.clone());
        }
        let index = index - self.tasks.len();
        (index < self.new).then(|| Subject::New { n: self.next.saturating_add(index as u64), name: None }.into())
    }
}
