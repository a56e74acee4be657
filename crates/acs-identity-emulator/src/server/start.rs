//! Starts emulators: on threads of their own, or on the caller's runtime.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;

use super::access::Access;
use super::emulator::Emulator;
use super::handle::{Handle, Serving};
use super::threads::{self, STACK};
use super::{End, Served, serve};
use crate::config::Config;
use crate::edge::Edge;
use crate::error::Error;

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
        let thread = on_thread(move |events| {
            let started = |started| drop(sender.send(started));
            emulator.serve_here(threads::runtime_for(events.as_ref()), started);
        })?;
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

    /// Starts an emulator on one thread of its own, which also opens the data, so that the calling thread is not
    /// blocked. An emulator of which a process has many needs no thread for each core.
    ///
    /// # Errors
    ///
    /// Fails like [`Emulator::start`].
    pub(crate) async fn start_on_one_thread(config: Config) -> Result<Handle, Error> {
        let (sender, started) = oneshot::channel();
        let thread = on_thread(move |events| {
            // If the receiver is gone, the emulator is dropped.
            let started = |started| drop(sender.send(started));
            match Self::open(config) {
                Ok(emulator) => emulator.serve_here(threads::one_thread(events.as_ref()), started),
                Err(error) => started(Err(error)),
            }
        })?;
        let serving = started.await.unwrap_or_else(|_| Err(Error::Threads(io::ErrorKind::Other.into())))?;
        Ok(Handle { serving, thread: Some(thread) })
    }

    /// Listens, and serves on this thread until the emulator is stopped. `started` gets the handle.
    fn serve_here(self, runtime: io::Result<Runtime>, started: impl FnOnce(Result<Serving, Error>)) {
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return started(Err(Error::Threads(error))),
        };
        runtime.block_on(async {
            match self.serve().await {
                Ok(mut serving) => {
                    let task = serving.task.take();
                    // If nobody takes it, the emulator is dropped and the task ends.
                    started(Ok(serving));
                    if let Some(task) = task
                        && let Ok(Some(last)) = task.await
                    {
                        last.end().await;
                    }
                }
                Err(error) => started(Err(error)),
            }
        });
    }

    /// Listens, and serves on the current tokio runtime. [`runtime`](crate::runtime) makes a suitable one.
    ///
    /// # Errors
    ///
    /// Fails when listening on [`Config::place`] fails.
    pub async fn serve(self) -> Result<Serving, Error> {
        let (listeners, port) = self.config.place.listen(self.config.port)?;
        let access = Access::of(&self, port);
        let closed_by_caller = self.config.closed_by_caller;
        let Self { core, config, tls, pki, dashboard, .. } = self;
        let base = config.endpoint(port);
        let edge = Arc::new(Edge::new(Arc::clone(&core), config, Arc::clone(&pki), base, dashboard));
        let weak = Arc::downgrade(&edge);
        let (end, ended) = oneshot::channel();
        let ended = async { ended.await.unwrap_or(End::AtOnce) };
        let task = tokio::spawn(serve(listeners, Served { core, edge, tls, pki, closed_by_caller }, ended));
        Ok(Serving { access, edge: weak, end: Some(end), task: Some(task), at_end: None })
    }
}

/// Runs work on a thread, which gets the `tracing` subscriber of this thread.
fn on_thread(work: impl FnOnce(Option<Dispatch>) + Send + 'static) -> Result<JoinHandle<()>, Error> {
    let events = events_here();
    let work = move || {
        let _events = events.as_ref().map(dispatcher::set_default);
        work(events);
    };
    thread::Builder::new().name("emulator".to_owned()).stack_size(STACK).spawn(work).map_err(Error::Threads)
}

/// Returns the `tracing` subscriber of this thread. Returns `None` if there is none, so that a global subscriber that
/// is set later applies.
fn events_here() -> Option<Dispatch> {
    dispatcher::get_default(|events| (!events.is::<NoSubscriber>()).then(|| events.clone()))
}
