//! The end of a run: its result, or an error that says how far the run came and how to continue.

use std::sync::atomic::Ordering;
use std::time::Instant;

use super::shared::Shared;
use crate::batch::mutex::lock;
use crate::batch::record::Record;
use crate::batch::signals::Signals;
use crate::batch::summary::Summary;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;

impl<W> Shared<W> {
    /// Ends the progress, reports what is still to be said, and closes the record.
    pub(super) fn conclude(&self, signals: &Signals, started: Instant) -> Result<Summary, CliError> {
        self.progress.show(self.settled(), None);
        self.progress.end();
        self.say_lost();
        let closed = self.batch.record.as_deref().map_or(Ok(()), Record::close);
        let summary = Summary { time: started.elapsed(), ..*lock(&self.summary) };
        let stop = lock(&self.stop).take();
        if let Err(error) = closed {
            // This error is printed last because it names the place of the lines.
            if let Some(stop) = stop.filter(|stop| stop.message != error.message) {
                self.printer.error(&stop);
            }
            return Err(error.hint(self.so_far()));
        }
        if let Some(error) = stop {
            return Err(error.hint(format!("{} {}", self.so_far(), self.again())));
        }
        if signals.came() && (self.settled() < self.batch.plan.len() || self.cut_short.load(Ordering::Relaxed)) {
            return Err(self.interrupted());
        }
        Ok(summary)
    }

    /// Ends the run although workers still hang after an interrupt. The outcomes of their requests stay open in the
    /// record.
    pub(super) fn abandon(&self) -> CliError {
        self.progress.end();
        self.say_lost();
        if let Some(Err(error)) = self.batch.record.as_deref().map(Record::close) {
            self.printer.error(&error);
        }
        self.interrupted()
    }

    /// Reports the creations with an unknown outcome.
    fn say_lost(&self) {
        let place = if self.batch.record.as_deref().is_some_and(Record::is_file) { "The record" } else { "The output" };
        self.lost.take_words(place).iter().for_each(|text| self.say_error(text));
    }

    fn again(&self) -> &'static str {
        match self.batch.record.as_deref() {
            _ if self.is_wrong.load(Ordering::Relaxed) => "Correct the command and run it again.",
            Some(record) if record.is_file() => "Run the command again to resume.",
            Some(_) => "The outcomes so far are on stdout. With --out-file FILE, a run can be resumed.",
            None => "Run the command again. Repeating a finished request is harmless.",
        }
    }

    /// Returns a sentence such as `3 of 40 were issued`, and how many creations have an unknown outcome.
    fn so_far(&self) -> String {
        let summary = *lock(&self.summary);
        let (total, verb) = (self.batch.plan.len(), self.batch.operation.verb());
        let unknown = match summary.unknown {
            0 => String::new(),
            unknown => format!(" It is not known whether {unknown} more were created."),
        };
        format!("{} of {total} were {verb}.{unknown}", summary.done + summary.renewed)
    }

    fn interrupted(&self) -> CliError {
        let so_far = self.so_far();
        CliError::new(format!("Interrupted after {so_far}")).hint(self.again()).exit_code(ExitCode::Interrupted)
    }
}
