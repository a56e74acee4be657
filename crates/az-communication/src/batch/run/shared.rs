//! The state that the workers of a batch share.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};

use crate::batch::lost::Lost;
use crate::batch::mutex::lock;
use crate::batch::outage::Outage;
use crate::batch::permits::Permits;
use crate::batch::plan::Plan;
use crate::batch::progress::Progress;
use crate::batch::record::{Operation, Record, RequestOutcome, Subject};
use crate::batch::summary::Summary;
use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::service::ledger::Ledger;

/// The work of a run.
pub(crate) struct Batch {
    /// The operation of each request.
    pub(crate) operation: Operation,
    /// The requests to make.
    pub(crate) plan: Plan,
    /// How many requests are under way at a time.
    pub(crate) concurrency: usize,
    /// The record of the outcomes.
    pub(crate) record: Option<Arc<Record>>,
    /// The ledger of the user.
    pub(crate) ledger: Option<Ledger>,
}

/// The state that the workers share.
pub(super) struct Shared<W> {
    pub(super) batch: Batch,
    pub(super) printer: Printer,
    pub(super) progress: Progress,
    pub(super) work: W,
    pub(super) next: AtomicUsize,
    pub(super) permits: Permits,
    /// How many requests are under way, including requests that wait to be sent again.
    pub(super) active: AtomicUsize,
    pub(super) ending: AtomicBool,
    pub(super) outage: Outage,
    /// How many creations in a row have an unknown outcome.
    pub(super) lost_in_a_row: AtomicUsize,
    /// All creations with an unknown outcome.
    pub(super) lost: Lost,
    pub(super) stop: Mutex<Option<CliError>>,
    pub(super) summary: Mutex<Summary>,
    /// Whether an interrupt ended the wait for an answer.
    pub(super) cut_short: AtomicBool,
    /// Whether the service refused a value of the command. A repetition of the command would fail again.
    pub(super) is_wrong: AtomicBool,
}

impl<W> Shared<W> {
    pub(super) fn new(batch: Batch, printer: Printer, work: W) -> Self {
        Self {
            progress: Progress::new(batch.plan.len(), printer),
            permits: Permits::new(batch.concurrency),
            batch,
            printer,
            work,
            next: AtomicUsize::new(0),
            active: AtomicUsize::new(0),
            ending: AtomicBool::new(false),
            outage: Outage::default(),
            lost_in_a_row: AtomicUsize::new(0),
            lost: Lost::default(),
            stop: Mutex::default(),
            summary: Mutex::default(),
            cut_short: AtomicBool::new(false),
            is_wrong: AtomicBool::new(false),
        }
    }

    pub(super) fn settle(&self, subject: &Subject, outcome: &RequestOutcome) -> Result<(), CliError> {
        self.batch.record.as_deref().map_or(Ok(()), |record| record.settle(subject, outcome))
    }

    pub(super) fn say(&self, text: &str) {
        self.progress.interrupted_by(|| self.printer.warning(text));
    }

    pub(super) fn say_error(&self, text: &str) {
        self.progress.interrupted_by(|| self.printer.error_line(text));
    }

    pub(super) fn settled(&self) -> usize {
        let summary = *lock(&self.summary);
        summary.done + summary.renewed + summary.gone + summary.failed + summary.unknown
    }
}
