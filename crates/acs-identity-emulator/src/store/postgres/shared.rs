//! What all parts of the store use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, RwLock, Semaphore};

use super::aside::Aside;
use super::connect::{OPERATION, Pool};
use super::secret::Secrets;
use super::trouble::Trouble;
use crate::clock::machine;

/// How long an operation of a start may take. No client waits for it, and the other processes may be starting, too.
const START: Duration = Duration::from_secs(10);

/// How many reads of very many rows a process does at once.
const LONG_READS: usize = 3;

pub(super) struct Shared {
    pub(super) pool: Pool,
    pub(super) secrets: Secrets,
    pub(super) aside: Aside,
    pub(super) trouble: Trouble,
    /// Whether the store was closed.
    pub(super) closed: AtomicBool,
    /// Whether the process is starting.
    pub(super) starts: AtomicBool,
    /// Reads and operations that are not in a queue share it. The worker takes it alone before it ends.
    pub(super) work: Arc<RwLock<()>>,
    /// Held by the transaction of this process that is alone, or wants to be.
    pub(super) alone: Arc<Mutex<()>>,
    /// Reads of very many rows hold one of its permits, so that they leave connections for others.
    pub(super) long_reads: Arc<Semaphore>,
}

impl Shared {
    pub(super) fn new(pool: Pool, secrets: Secrets) -> Self {
        Self {
            pool,
            secrets,
            aside: Aside::default(),
            trouble: Trouble::default(),
            closed: AtomicBool::new(false),
            starts: AtomicBool::new(false),
            work: Arc::default(),
            alone: Arc::default(),
            long_reads: Arc::new(Semaphore::new(LONG_READS)),
        }
    }

    /// Returns when an operation that begins now must have ended.
    pub(super) fn end(&self) -> Instant {
        machine::instant() + if self.starts.load(Ordering::Relaxed) { START } else { OPERATION }
    }
}
