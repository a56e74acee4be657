//! A worker: makes one request after the other, and decides after each one whether the run can go on.

use std::sync::atomic::Ordering;

use super::shared::Shared;
use crate::batch::attempt::{Fate, attempt, fate};
use crate::batch::mutex::lock;
use crate::batch::plan::Task;
use crate::batch::record::{RequestOutcome, Subject};
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::service::failure::{Failure, ServiceErrorKind};
use crate::service::ledger::Event;
use crate::transport::http::wait::waiting;

impl<W: Fn(&Subject) -> Result<RequestOutcome, Failure> + Sync> Shared<W> {
    pub(super) fn work(&self) {
        while !self.ending.load(Ordering::Relaxed) {
            let Some(task) = self.batch.plan.get(self.next.fetch_add(1, Ordering::Relaxed)) else { return };
            if let Err(error) = self.one(&task) {
                lock(&self.stop).get_or_insert(error);
                self.ending.store(true, Ordering::Relaxed);
            }
        }
    }

    fn one(&self, task: &Task) -> Result<(), CliError> {
        let subject = &task.subject;
        if let Some(record) = &self.batch.record
            && let Err(error) = record.intend(subject)
        {
            // The entry may have been written despite the error.
            let _ = self.settle(subject, &RequestOutcome::Unsent);
            return Err(error);
        }
        let Some(permit) = self.permits.acquire(|| self.ending.load(Ordering::Relaxed)) else {
            return self.settle(subject, &RequestOutcome::Unsent);
        };
        self.active.fetch_add(1, Ordering::Relaxed);
        let result = attempt(subject, &self.outage, &self.work, |text| self.say(text));
        self.active.fetch_sub(1, Ordering::Relaxed);
        let failure = match result {
            Ok(outcome) => {
                self.lost_in_a_row.store(0, Ordering::Relaxed);
                drop(permit);
                return self.done(task, &outcome);
            }
            // The permit is kept, so that no other request is sent before this failure can end the run.
            Err(failure) => failure,
        };
        self.cut_short.fetch_or(failure.is_interrupted(), Ordering::Relaxed);
        match fate(&failure, subject) {
            Fate::ThisOneFailed { status } => {
                self.lost_in_a_row.store(0, Ordering::Relaxed);
                lock(&self.summary).failed += 1;
                let text = failure.to_string();
                let message = text.lines().next().unwrap_or_default().to_owned();
                self.say_error(&format!("{}: {message}", subject.name()));
                self.settle(subject, &RequestOutcome::Failed { status, message })
            }
            Fate::CreatedOnly { user } => {
                lock(&self.summary).failed += 1;
                let text = failure.to_string();
                let first = text.lines().next().unwrap_or_default();
                self.say_error(&format!("{user} was created without a token: {first}"));
                let outcome = RequestOutcome::Created { user };
                let settled = self.settle(subject, &outcome);
                self.note(subject, &outcome);
                settled?;
                // If answers without a token repeat, the fault is permanent.
                if self.lost_in_a_row.fetch_add(1, Ordering::Relaxed) < self.batch.concurrency {
                    return Ok(());
                }
                self.end(failure)
            }
            Fate::NotDone => {
                self.settle(subject, &RequestOutcome::Unsent)?;
                self.end(failure)
            }
            Fate::Unknown if matches!(subject, Subject::New { .. }) => {
                lock(&self.summary).unknown += 1;
                let text = failure.to_string();
                self.lost.add(text.lines().next().unwrap_or_default(), subject);
                self.settle(subject, &RequestOutcome::Unknown)?;
                // A service that restarts loses at most one request per worker. If more are lost, the fault is
                // permanent.
                if self.lost_in_a_row.fetch_add(1, Ordering::Relaxed) < self.batch.concurrency {
                    return Ok(());
                }
                self.end(failure)
            }
            // The entry stays open, so that the next run reports that it sends this request again.
            Fate::Unknown => self.end(failure),
        }
    }

    /// Ends the run because of a failure. Does nothing if the user has interrupted the run, because the interrupt may
    /// have caused the failure.
    fn end(&self, failure: Failure) -> Result<(), CliError> {
        if waiting().is_interrupted() {
            return Ok(());
        }
        self.ending.store(true, Ordering::Relaxed);
        let kind = failure.service().map(|error| error.kind);
        let is_wrong = matches!(kind, Some(ServiceErrorKind::InvalidRequest | ServiceErrorKind::UnsupportedApiVersion));
        self.is_wrong.fetch_or(is_wrong, Ordering::Relaxed);
        // A 404 that is not about a user of the batch does not mean that something was not found, so it does not set
        // the exit code.
        Err(CliError::from(failure).exit_code(ExitCode::Failure))
    }

    fn done(&self, task: &Task, outcome: &RequestOutcome) -> Result<(), CliError> {
        let settled = self.settle(&task.subject, outcome);
        if let (Err(_), RequestOutcome::Issued { user, .. }) = (&settled, outcome)
            && !matches!(task.subject, Subject::User(_))
        {
            self.say_error(&format!("{user} was created, but could not be recorded."));
        }
        {
            let mut summary = lock(&self.summary);
            match outcome {
                RequestOutcome::Gone => summary.gone += 1,
                _ if task.renews => summary.renewed += 1,
                _ => summary.done += 1,
            }
        }
        self.note(&task.subject, outcome);
        settled
    }

    /// Adds a line to the ledger. If this fails, the run ends. All such errors are printed, because each one names a
    /// user.
    fn note(&self, subject: &Subject, outcome: &RequestOutcome) {
        let Some(ledger) = &self.batch.ledger else { return };
        let noted = match (outcome, subject) {
            (RequestOutcome::Issued { user, .. } | RequestOutcome::Created { user }, Subject::Named(name)) => {
                ledger.note(Event::Created, user, Some(name))
            }
            (RequestOutcome::Issued { user, .. } | RequestOutcome::Created { user }, Subject::New { name, .. }) => {
                ledger.note(Event::Created, user, name.as_deref())
            }
            (RequestOutcome::Deleted, Subject::User(user)) => ledger.note(Event::Deleted, user, None),
            _ => Ok(()),
        };
        let Err(error) = noted else { return };
        self.ending.store(true, Ordering::Relaxed);
        let mut stop = lock(&self.stop);
        match *stop {
            None => *stop = Some(error),
            Some(_) => {
                drop(stop);
                self.say_error(&error.message);
            }
        }
    }
}
