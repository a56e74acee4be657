//! The worker: one thread with a runtime that owns the connections. So callers need no runtime of a certain kind.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use super::aside;
use super::connect::OPERATION;
use super::flight::fly;
use super::hot::Hot;
use super::hot::confirm::Confirm;
use super::hot::create::Create;
use super::hot::delete::Delete;
use super::hot::issue::Issue;
use super::hot::look::Look;
use super::hot::revoke::Revoke;
use super::queue::Queue;
use super::shared::Shared;
use crate::clock::machine;

/// The pause between two looks for operations that have waited too long.
const EXPIRY: Duration = Duration::from_millis(100);

/// How many statements of a kind run at the same time. While one of them commits, the next one collects.
const FLIGHTS: usize = 2;

/// How long the end of the worker may take in all. Operations that have begun end within that time.
const LAST_WORK: Duration = OPERATION;

/// The operations that wait, by kind.
#[derive(Default)]
pub(super) struct Queues {
    /// Creations without custom ids, which wait for nobody.
    pub(super) create: Arc<Queue<Create>>,
    /// Those with custom ids, which wait while another session inserts one of them.
    pub(super) create_named: Arc<Queue<Create>>,
    pub(super) issue: Arc<Queue<Issue>>,
    pub(super) look: Arc<Queue<Look>>,
    pub(super) revoke: Arc<Queue<Revoke>>,
    pub(super) delete: Arc<Queue<Delete>>,
    pub(super) confirm: Arc<Queue<Confirm>>,
}

/// The thread of the worker.
pub(super) struct Worker {
    pub(super) handle: Handle,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<bool>,
}

impl Worker {
    /// Makes the runtime.
    pub(super) fn runtime() -> std::io::Result<Runtime> {
        Builder::new_current_thread().enable_all().thread_name("database").build()
    }

    /// Starts the thread.
    pub(super) fn start(runtime: Runtime, shared: Arc<Shared>, queues: Arc<Queues>) -> std::io::Result<Self> {
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("database".into()).spawn(move || {
            let (is_complete, end) = runtime.block_on(run(shared, queues, stopped));
            runtime.shutdown_timeout(end.saturating_duration_since(machine::instant()));
            is_complete
        })?;
        Ok(Self { handle, stop, thread })
    }

    /// Executes the waiting operations and ends the thread. Returns whether everything was written. If the server does
    /// not answer, it gives up after [`LAST_WORK`].
    pub(super) fn stop(self) -> bool {
        let _ = self.stop.send(());
        self.thread.join().unwrap_or(false)
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

async fn run(shared: Arc<Shared>, queues: Arc<Queues>, stopped: oneshot::Receiver<()>) -> (bool, Instant) {
    let mut flights: Vec<Task> = Vec::new();
    add(&mut flights, &queues.create, &shared);
    add(&mut flights, &queues.create_named, &shared);
    add(&mut flights, &queues.issue, &shared);
    add(&mut flights, &queues.look, &shared);
    add(&mut flights, &queues.revoke, &shared);
    add(&mut flights, &queues.delete, &shared);
    add(&mut flights, &queues.confirm, &shared);
    let flights: Vec<_> = flights.into_iter().map(tokio::spawn).collect();
    tokio::spawn(expire(Arc::clone(&queues)));
    tokio::spawn(write_aside(Arc::clone(&shared)));
    let _ = stopped.await;
    let end = machine::instant() + LAST_WORK;
    queues.create.close();
    queues.create_named.close();
    queues.issue.close();
    queues.look.close();
    queues.revoke.close();
    queues.delete.close();
    queues.confirm.close();
    let work = async {
        for flight in flights {
            let _ = flight.await;
        }
        drop(shared.work.write().await);
    };
    let has_ended = machine::until(end, work).await.is_some();
    let is_written = aside::write(&shared, end).await.is_ok() && shared.aside.is_empty();
    let _ = machine::until(end, shared.pool.close()).await;
    (has_ended && is_written, end)
}

fn add<H: Hot>(flights: &mut Vec<Task>, queue: &Arc<Queue<H>>, shared: &Arc<Shared>) {
    for _ in 0..FLIGHTS {
        flights.push(Box::pin(fly(Arc::clone(queue), Arc::clone(shared))));
    }
}

async fn expire(queues: Arc<Queues>) {
    loop {
        machine::sleep(EXPIRY).await;
        queues.create.expire();
        queues.create_named.expire();
        queues.issue.expire();
        queues.look.expire();
        queues.revoke.expire();
        queues.delete.expire();
        queues.confirm.expire();
    }
}

async fn write_aside(shared: Arc<Shared>) {
    loop {
        machine::sleep(aside::PAUSE).await;
        if !shared.aside.is_empty()
            && let Err(fault) = aside::write(&shared, machine::instant() + OPERATION).await
        {
            tracing::debug!("the times of the last tokens are written later: {}", fault.of_read());
        }
    }
}
