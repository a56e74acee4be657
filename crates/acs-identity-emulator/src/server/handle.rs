//! Handles of running emulators: one with threads of its own, and one on the caller's runtime.

use std::ops::Deref;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

use tokio::sync::oneshot;
use tokio::task;

use super::End;
use super::access::Access;
use super::farewell::Last;
use super::last_export::LastExport;
use crate::edge::Edge;
use crate::error::Error;

/// An emulator that serves on threads of its own. It derefs to [`Access`], which has the endpoint and the credentials.
///
/// A drop stops the emulator: connections are cut, and acknowledged changes are stored.
#[derive(Debug)]
#[must_use = "the emulator is stopped when its handle is dropped"]
pub struct Handle {
    pub(super) serving: Serving,
    pub(super) thread: Option<JoinHandle<()>>,
}

/// An emulator that serves on the tokio runtime on which it was started. It derefs to [`Access`], which has the
/// endpoint and the credentials.
///
/// A drop tells the emulator to stop.
#[derive(Debug)]
#[must_use = "the emulator is stopped when its handle is dropped"]
pub struct Serving {
    pub(super) access: Access,
    /// What serves the requests. The task drops it, so that its data folder is free when the emulator has stopped.
    pub(super) edge: Weak<Edge>,
    pub(super) end: Option<oneshot::Sender<End>>,
    pub(super) task: Option<task::JoinHandle<Option<Last>>>,
    /// What a task that has ended left for an export.
    pub(super) at_end: Option<Last>,
}

impl Handle {
    /// Stops the emulator, and returns when it has stopped. Requests that have begun get their responses, for at most 5
    /// s.
    pub fn close(mut self) {
        self.stop(End::Gracefully);
    }

    /// Returns what serves the requests, or `None` if the emulator has stopped.
    pub(crate) fn edge(&self) -> Option<Arc<Edge>> {
        self.serving.edge.upgrade()
    }

    fn stop(&mut self, end: End) {
        self.serving.tell(end);
        if let Some(thread) = self.thread.take() {
            // If the thread has panicked, the panic was already reported.
            let _ = thread.join();
        }
    }
}

impl Serving {
    /// Stops the emulator, and returns when it has stopped. Requests that have begun get their responses, for at most 5
    /// s.
    pub async fn close(mut self) {
        self.tell(End::Gracefully);
        self.stopped().await;
        if let Some(last) = self.at_end.take() {
            last.end().await;
        }
    }

    /// Returns when the emulator has stopped, because a client of its control API has asked for it. Dropping the future
    /// changes nothing.
    pub async fn stopped(&mut self) {
        if let Some(task) = &mut self.task {
            // If the task has panicked, the panic was already reported.
            self.at_end = task.await.ok().flatten();
            self.task = None;
        }
    }

    /// Stops the emulator as [`Self::close`] does, unless it has stopped already. `finish` gets what it held. A client
    /// that has asked for the end gets the error of `finish`.
    ///
    /// # Errors
    ///
    /// Fails with the error of `finish`, which gets an error without
    /// [`Config::closed_by_caller`](crate::Config::closed_by_caller).
    pub async fn close_with<E: ToString>(
        mut self,
        finish: impl FnOnce(Result<LastExport, Error>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.tell(End::Gracefully);
        self.stopped().await;
        let Some(Last { export, farewell }) = self.at_end.take() else {
            return finish(Err(Error::Export("the configuration does not ask for it".to_owned())));
        };
        let finished = finish(Ok(export));
        farewell.tell(finished.as_ref().copied().map_err(ToString::to_string)).await;
        finished
    }

    fn tell(&mut self, end: End) {
        if let Some(sender) = self.end.take() {
            let _ = sender.send(end);
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop(End::AtOnce);
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.tell(End::AtOnce);
    }
}

impl Deref for Handle {
    type Target = Access;

    fn deref(&self) -> &Access {
        &self.serving.access
    }
}

impl Deref for Serving {
    type Target = Access;

    fn deref(&self) -> &Access {
        &self.access
    }
}
