//! Handles of running emulators: one with threads of its own, and one on the caller's runtime.

use std::io;
use std::ops::Deref;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;
use tokio::task;
use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;

use super::access::Access;
use super::emulator::Emulator;
use super::farewell::Last;
use super::last_export::LastExport;
use super::threads::{self, STACK};
use super::{End, serve};
use crate::config::Config;
use crate::error::Error;

/// An emulator that serves on threads of its own. It derefs to [`Access`], which has the endpoint and the credentials.
///
/// A drop stops the emulator: connections are cut, and acknowledged changes are stored.
#[derive(Debug)]
#[must_use = "the emulator is stopped when its handle is dropped"]
pub struct Handle {
    serving: Serving,
    thread: Option<JoinHandle<()>>,
}

/// An emulator that serves on the tokio runtime on which it was started. It derefs to [`Access`], which has the
/// endpoint and the credentials.
///
/// A drop tells the emulator to stop.
#[derive(Debug)]
#[must_use = "the emulator is stopped when its handle is dropped"]
pub struct Serving {
    access: Access,
    end: Option<oneshot::Sender<End>>,
    task: Option<task::JoinHandle<Option<Last>>>,
    /// What a task that has ended left for an export.
    at_end: Option<Last>,
}

impl Emulator {
    /// Starts an emulator: opens the data, listens, and serves on threads of its own. When this function returns, the
    /// emulator serves.
    ///
    /// Its events go to the `tracing` subscriber of the calling thread, so each test sees the events of its own
    /// emulator.
    ///
    /// This may also be called from async code. It blocks for about 50 ms while keys are made.
    ///
    /// # Errors
    ///
    /// Fails like [`Emulator::open`], and when listening on [`Config::place`] fails or a thread cannot be started.
    pub fn start(config: Config) -> Result<Handle, Error> {
        let emulator = Self::open(config)?;
        let (sender, started) = mpsc::channel();
        let events = events_here();
        let serve = move || {
            let _events = events.as_ref().map(dispatcher::set_default);
            let runtime = match threads::runtime_for(events.as_ref()) {
                Ok(runtime) => runtime,
                Err(error) => return drop(sender.send(Err(Error::Threads(error)))),
            };
            runtime.block_on(async {
                match emulator.serve().await {
                    Ok(mut serving) => {
                        let task = serving.task.take();
                        // If the receiver is gone, the emulator is dropped and the task ends.
                        let _ = sender.send(Ok(serving));
                        if let Some(task) = task
                            && let Ok(Some(last)) = task.await
                        {
                            last.end().await;
                        }
                    }
                    Err(error) => drop(sender.send(Err(error))),
                }
            });
        };
        let thread = thread::Builder::new().name("emulator".to_owned()).stack_size(STACK).spawn(serve);
        let thread = thread.map_err(Error::Threads)?;
        let started = started.recv().unwrap_or_else(|_| Err(Error::Threads(io::ErrorKind::Other.into())));
        match started {
            Ok(serving) => Ok(Handle { serving, thread: Some(thread) }),
            Err(error) => {
                // The thread must have ended, so that the data folder is free again when this function returns.
                let _ = thread.join();
                Err(error)
            }
        }
    }

    /// Listens, and serves on the current tokio runtime. [`runtime`](crate::runtime) makes a suitable one.
    ///
    /// # Errors
    ///
    /// Fails when listening on [`Config::place`] fails.
    pub async fn serve(self) -> Result<Serving, Error> {
        let (listeners, port) = self.config.place.listen(self.config.port)?;
        let access = Access::of(&self, port);
        let (end, ended) = oneshot::channel();
        let ended = async { ended.await.unwrap_or(End::AtOnce) };
        let task = tokio::spawn(serve(listeners, self, ended));
        Ok(Serving { access, end: Some(end), task: Some(task), at_end: None })
    }
}

/// Returns the `tracing` subscriber of this thread. Returns `None` if there is none, so that a global subscriber that
/// is set later applies.
fn events_here() -> Option<Dispatch> {
    dispatcher::get_default(|events| (!events.is::<NoSubscriber>()).then(|| events.clone()))
}

impl Handle {
    /// Stops the emulator, and returns when it has stopped. Requests that have begun get their responses, for at most 5
    /// s.
    pub fn close(mut self) {
        self.stop(End::Gracefully);
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
    /// Fails with the error of `finish`, which gets an error without [`Config::closed_by_caller`].
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
