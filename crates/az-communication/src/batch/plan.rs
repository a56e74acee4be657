//! The requests of a batch.

use crate::batch::record::Subject;

/// A request to make.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// The subject of the request.
    pub(crate) subject: Subject,
    /// Whether the request renews a token of the record.
    pub(crate) renews: bool,
}

impl From<Subject> for Task {
    fn from(subject: Subject) -> Self {
        Self { subject, renews: false }
    }
}

/// The requests to make. Users to create are only counted, because there may be millions.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The requests about users who have an id or a name.
    pub(crate) tasks: Vec<Task>,
    /// How many users to create after these requests.
    pub(crate) new: usize,
    /// The number of the first new user in the record.
    pub(crate) next: u64,
}

impl Plan {
    /// Returns the number of requests.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len() + self.new
    }

    /// Returns a request by its position.
    pub(crate) fn get(&self, index: usize) -> Option<Task> {
        if let Some(task) = self.tasks.get(index) {
            return Some(task.clone());
        }
        let index = index - self.tasks.len();
        (index < self.new).then(|| Subject::New { n: self.next.saturating_add(index as u64), name: None }.into())
    }
}
