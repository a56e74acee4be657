//! Tells the clients that have asked for the end of the emulator how it has ended.

use std::sync::Arc;
use std::time::Duration;

use super::last_export::LastExport;
use super::table::Table;
use crate::edge::{Ended, Ending};

/// How long these clients may take to read the response.
const LONGEST: Duration = Duration::from_secs(1);

/// The clients that wait for the end. If this is dropped, they are told that it was a good one.
pub(super) struct Farewell {
    ending: Arc<Ending>,
    table: Arc<Table>,
}

impl std::fmt::Debug for Farewell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Farewell(..)")
    }
}

impl Farewell {
    pub(super) fn new(ending: Arc<Ending>, table: Arc<Table>) -> Self {
        Self { ending, table }
    }

    /// Tells them, and returns when they have their responses.
    pub(super) async fn tell(self, ended: Ended) {
        self.ending.tell(ended);
        self.table.end_last(LONGEST).await;
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        self.ending.tell(Ok(()));
    }
}

/// What is left of an emulator that has stopped.
#[derive(Debug)]
pub(super) struct Last {
    pub(super) export: LastExport,
    pub(super) farewell: Farewell,
}

impl Last {
    /// Ends without an export.
    pub(super) async fn end(self) {
        let Self { export, farewell } = self;
        // The data is closed before the clients are told.
        drop(export);
        farewell.tell(Ok(())).await;
    }
}
