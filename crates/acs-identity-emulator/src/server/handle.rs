//! Handles of running emulators: one with threads of its own, and one on the runtime of the caller.

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
use super::threads::{self, STACK};
use super::{End, serve};
use crate::config::Config;
use crate::error::Error;

/// An emulator that serves on threads of its own. [`Access`] is what clients need of it.
///
/// It is stopped when it is dropped: connections are cut, and what was acknowledged is stored.
#[derive(Debug)]
#[must_use = "the emulator is stopped when its handle is dropped"]
pub struct Handle {
    serving: Serving,
    thread: Option<JoinHandle<()>>,
}

/// An emulator that serves on the tokio runtime that it was started on. [`Access`] is what clients need of it.
///
/// It is told to stop when it is dropped.
#[derive(Debug)]
#[must_use = "the emulator is stopped when its handle is dropped"]
pub struct Serving {
    access: Access,
    end: Option<oneshot::Sender<End>>,
    task: Option<task::JoinHandle<()>>,
}

impl Emulator {
    /// Starts an emulator: opens the data, listens, and serves on threads of its own. It serves when this returns.
    ///
    /// Its events go to the subscriber of `tracing` that is in force here, so each test sees those of its own emulator.
    ///
    /// It may be called from async code, too. It blocks for as long as keys are made: some 50 ms.
    ///
    /// # Errors
    ///
    /// Those of [`Emulator::open`], and when [`Config::place`] cannot be listened on or no thread can be started.
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
                        // Where nobody takes it, it is dropped, and the task ends.
                        let _ = sender.send(Ok(serving));
                        if let Some(task) = task {
                            let _ = task.await;
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
                // So that a data folder is free again when this returns.
                let _ = thread.join();
                Err(error)
            }
        }
    }

    /// Listens, and serves on the current tokio runtime. [`runtime`](crate::runtime) makes one that suits it.
    ///
    /// # Errors
    ///
    /// When [`Config::place`] cannot be listened on.
    pub async fn serve(self) -> Result<Serving, Error> {
        let (listeners, port) = self.config.place.listen(self.config.port)?;
        let access = Access::of(&self, port);
        let (end, ended) = oneshot::channel();
        let ended = async { ended.await.unwrap_or(End::AtOnce) };
        let task = tokio::spawn(serve(listeners, self, ended));
        Ok(Serving { access, end: Some(end), task: Some(task) })
    }
}

/// What takes the events of this thread. `None` where there is nothing, so that a later one of the whole process counts.
fn events_here() -> Option<Dispatch> {
    dispatcher::get_default(|events| (!events.is::<NoSubscriber>()).then(|| events.clone()))
}

impl Handle {
    /// Stops the emulator: requests that have begun get their answers, for 5 s at most. Returns when it has stopped.
    pub fn close(mut self) {
        self.stop(End::Gracefully);
    }

    fn stop(&mut self, end: End) {
        self.serving.tell(end);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported there.
            let _ = thread.join();
        }
    }
}

impl Serving {
    /// Stops the emulator: requests that have begun get their answers, for 5 s at most. Returns when it has stopped.
    pub async fn close(mut self) {
        self.tell(End::Gracefully);
        if let Some(task) = self.task.take() {
            // A panic of the task was reported there.
            let _ = task.await;
        }
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
