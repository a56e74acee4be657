//! Requests that a rule lets wait. They end early if the rule is removed.

use std::time::Duration;

use tokio::sync::watch::{Receiver, Sender};

use crate::clock::machine;

/// The requests that a rule lets wait.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Whether the rule was removed. Each value that is sent ends the requests that wait.
    removed: Sender<bool>,
}

/// The request must not wait longer, and must not be executed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended;

impl Held {
    /// Returns what a request needs to wait. Whatever happens to the rule after this, the request learns about it.
    pub(super) fn begin(&self) -> Hold {
        Hold { removed: self.removed.subscribe() }
    }

    /// Ends the requests that wait, also those that have only begun to.
    pub(super) fn end(&self) {
        self.removed.send_replace(false);
    }

    /// Ends the requests that wait, and those that have found the rule but have not begun to wait.
    pub(super) fn remove(&self) {
        self.removed.send_replace(true);
    }
}

/// A request that a rule has hit.
#[derive(Debug)]
pub(crate) struct Hold {
    removed: Receiver<bool>,
}

impl Hold {
    /// Waits for a time.
    ///
    /// # Errors
    ///
    /// Fails when the rule is removed, or when its requests are told to end.
    pub(crate) async fn wait(mut self, time: Duration) -> Result<(), Ended> {
        if *self.removed.borrow() {
            return Err(Ended);
        }
        tokio::select! {
            // If both have happened, the request ends.
            biased;
            // The sender is gone after the rule was removed.
            _ = self.removed.changed() => Err(Ended),
            () = machine::sleep(time) => Ok(()),
        }
    }
}
