//! The pool: a fixed number of open connections.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::failure::Unreachable;
use super::fault::Fault;
use super::lease::Lease;
use super::open::{Ended, Opener};
use super::session::Session;
use super::slot::Slots;
use crate::clock::machine;
use crate::database::PostgresAddress;

/// The pause after a failed attempt, which doubles up to the longest one.
const PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A fixed number of connections. Clones share them.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Shared>);

/// What the pool, its leases and its tasks share.
pub(super) struct Shared {
    pub(super) opener: Opener,
    /// The runtime of the connections.
    pub(super) runtime: Handle,
    size: usize,
    state: Mutex<State>,
    /// The open connections, idle or not. The task that opens them waits for a free place.
    slots: Arc<Slots>,
}

#[derive(Default)]
struct State {
    idle: Vec<Session>,
    waiting: VecDeque<oneshot::Sender<Result<Session, Unreachable>>>,
    /// Why the last attempt to open a connection failed.
    trouble: Option<Unreachable>,
    /// The host that is tried first: the one that was used last.
    host: usize,
    /// Connections of earlier eras are not used again.
    era: u64,
    is_closed: bool,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.slots.wake();
    }
}

impl Pool {
    /// Makes a pool and opens its connections in the background, on the current runtime.
    ///
    /// # Errors
    ///
    /// Fails when TLS cannot be set up with the trusted certificates.
    pub(crate) fn start(address: PostgresAddress, size: usize) -> Result<Self, rustls::Error> {
        let opener = Opener::new(address)?;
        let shared = Arc::new(Shared {
            opener,
            runtime: Handle::current(),
            size,
            state: Mutex::default(),
            slots: Arc::default(),
        });
        tokio::spawn(keep_open(Arc::downgrade(&shared)));
        Ok(Self(shared))
    }

    /// Takes a connection. All statements on it end at a point in time.
    pub(crate) async fn lease(&self, end: Instant) -> Result<Lease, Fault> {
        let mut answer = match self.0.take() {
            Taken::Session(session) => return Ok(Lease::new(*session, Arc::clone(&self.0), end)),
            Taken::Trouble(unreachable) => return Err(Fault::Unreachable(unreachable)),
            Taken::Wait(answer) => answer,
        };
        let answer = match machine::until(end, &mut answer).await {
            Some(answer) => answer.ok(),
            // It may have come at the last moment.
            None => answer.try_recv().ok(),
        };
        match answer {
            Some(Ok(session)) => Ok(Lease::new(session, Arc::clone(&self.0), end)),
            Some(Err(unreachable)) => Err(Fault::Unreachable(unreachable)),
            None => Err(match self.trouble() {
                Some(unreachable) => Fault::Unreachable(unreachable),
                None if self.0.slots.taken() == 0 => Fault::NotOpen,
                None => Fault::Busy,
            }),
        }
    }

    /// Returns why no connection can be opened, if none is open. It does not block.
    pub(crate) fn trouble(&self) -> Option<Unreachable> {
        self.0.lock().trouble.clone().filter(|_| self.0.slots.taken() == 0)
    }

    /// Closes the connections that are not in use. Those in use are closed when they are given back.
    pub(crate) async fn close(&self) {
        let idle = {
            let mut state = self.0.lock();
            state.is_closed = true;
            state.waiting.clear();
            std::mem::take(&mut state.idle)
        };
        self.0.slots.wake();
        for session in idle {
            session.end().await;
        }
    }
}

/// The outcome of asking for a connection.
enum Taken {
    Session(Box<Session>),
    Trouble(Unreachable),
    Wait(oneshot::Receiver<Result<Session, Unreachable>>),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Taken {
        self.drop_closed();
        let mut state = self.lock();
        if state.is_closed {
            return Taken::Trouble(Unreachable::new(Vec::new()));
        }
        if let Some(session) = state.idle.pop() {
            return Taken::Session(Box::new(session));
        }
        if let (Some(trouble), 0) = (&state.trouble, self.slots.taken()) {
            return Taken::Trouble(trouble.clone());
        }
        let (sender, answer) = oneshot::channel();
        state.waiting.push_back(sender);
        Taken::Wait(answer)
    }

    /// Gives a connection to whoever waits longest, or keeps it.
    pub(super) fn give(&self, session: Session) {
        let mut session = session;
        loop {
            let waiting = {
                let mut state = self.lock();
                let is_current = session.slot.as_ref().is_some_and(|slot| slot.era == state.era);
                if session.is_closed() || state.is_closed || !is_current {
                    return;
                }
                match state.waiting.pop_front() {
                    Some(waiting) => waiting,
                    None => {
                        state.idle.push(session);
                        return;
                    }
                }
            };
            match waiting.send(Ok(session)) {
                Ok(()) => return,
                // It waits no longer.
                Err(Ok(refused)) => session = refused,
                Err(Err(_)) => return,
            }
        }
    }

    /// Drops idle connections that have ended.
    fn drop_closed(&self) {
        let closed: Vec<Session> = {
            let mut state = self.lock();
            state.idle.extract_if(.., |session| session.is_closed()).collect()
        };
        drop(closed);
    }

    /// Stops using all connections that are open, because a host accepts no writes any more. The next host is tried
    /// first.
    pub(super) fn distrust(&self, session: &Session) {
        let dropped = {
            let mut state = self.lock();
            if session.slot.as_ref().is_none_or(|slot| slot.era != state.era) {
                return;
            }
            state.era += 1;
            state.host = (session.host + 1) % self.opener.hosts();
            std::mem::take(&mut state.idle)
        };
        drop(dropped);
    }

    /// Adds a connection that was opened.
    fn add(&self, mut session: Session) {
        {
            let mut state = self.lock();
            state.host = session.host;
            state.trouble = None;
            session.slot = Some(self.slots.take(state.era));
        }
        self.give(session);
    }

    /// Records why no connection could be opened. All who wait are told, unless a connection may still be given back.
    fn failed(&self, unreachable: Unreachable) {
        let told = {
            let mut state = self.lock();
            state.trouble = Some(unreachable.clone());
            if self.slots.taken() == 0 { std::mem::take(&mut state.waiting) } else { VecDeque::new() }
        };
        for waiting in told {
            let _ = waiting.send(Err(unreachable.clone()));
        }
    }
}

/// Opens connections where some are missing, one after the other, as long as the pool exists.
async fn keep_open(pool: Weak<Shared>) {
    let of_ended = pool.clone();
    let ended: Ended = Arc::new(move || {
        if let Some(pool) = of_ended.upgrade() {
            pool.drop_closed();
        }
    });
    let mut pause = PAUSE;
    loop {
        let Some(shared) = pool.upgrade() else { return };
        let (is_closed, is_complete, host) = {
            let state = shared.lock();
            (state.is_closed, shared.slots.taken() >= shared.size, state.host)
        };
        if is_closed {
            return;
        }
        if is_complete {
            let slots = Arc::clone(&shared.slots);
            // The pool may end meanwhile.
            drop(shared);
            slots.changed().await;
            continue;
        }
        match shared.opener.open(host, &ended).await {
            Ok(session) => {
                pause = PAUSE;
                shared.add(session);
            }
            Err(unreachable) => {
                shared.failed(unreachable);
                drop(shared);
                machine::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
