//! The last requests, in memory: what was asked, what was answered, and why a request was refused.
//!
//! A ring of slots. Each slot has a lock of its own, so that requests on different cores do not wait for each other. A
//! request costs one addition to a shared counter, one lock that nothing else holds, and one allocation.

mod entry;
mod page;
#[cfg(test)]
mod tests;

pub(crate) use entry::{Credential, Entry, Facts, Mistake, Refusal};
pub(crate) use page::{Page, Wanted};

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

/// How many requests are kept.
pub(crate) const CAPACITY: usize = SEGMENTS * SEGMENT;

/// Slots are allocated in segments, when their first request comes, so that the start of the emulator does not pay for
/// them.
const SEGMENTS: usize = 40;
const SEGMENT: usize = 250;

/// The most memory that all entries can take, in bytes. [`entry::MOST_BYTES`] bounds each of them.
const MOST_BYTES: usize = 16 * 1024 * 1024;
const _: () = assert!(CAPACITY * (entry::MOST_BYTES + mem::size_of::<Slot>()) <= MOST_BYTES);

/// The place of one request.
#[derive(Default)]
struct Slot(Mutex<Held>);

/// The request in a slot. The number is 0 before the first one.
#[derive(Default)]
struct Held {
    number: u64,
    entry: Option<Entry>,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known about the request of a number.
enum Found {
    /// It has a number, and is written to its slot at this moment.
    Coming,
    /// It was cleared, or overwritten by a later one.
    Gone,
    Kept(Entry),
}

/// The log of requests. They have numbers from 1 in the order in which they were answered.
pub(crate) struct RequestLog {
    segments: [OnceLock<Box<[Slot]>>; SEGMENTS],
    /// The number of the next request.
    next: AtomicU64,
    /// Requests with a lower number were cleared.
    cleared: AtomicU64,
    /// How many readers wait for a request.
    waiting: AtomicUsize,
    arrived: Notify,
    closed: AtomicBool,
}

impl RequestLog {
    pub(crate) fn new() -> Self {
        Self {
            segments: [const { OnceLock::new() }; SEGMENTS],
            next: AtomicU64::new(1),
            cleared: AtomicU64::new(1),
            waiting: AtomicUsize::new(0),
            arrived: Notify::new(),
            closed: AtomicBool::new(false),
        }
    }

    /// Returns the slot of a number.
    #[allow(clippy::cast_possible_truncation, reason = "the remainder is below 10,000")]
    fn slot(&self, number: u64) -> &Slot {
        let place = (number % CAPACITY as u64) as usize;
        let segment = self.segments[place / SEGMENT].get_or_init(|| (0..SEGMENT).map(|_| Slot::default()).collect());
        &segment[place % SEGMENT]
    }

    /// Adds a request.
    pub(crate) fn add(&self, entry: Entry) {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let mut held = self.slot(number).lock();
        // A thread that was interrupted for 10,000 requests must not overwrite the later one.
        let former = (number > held.number).then(|| mem::replace(&mut *held, Held { number, entry: Some(entry) }));
        drop(held);
        drop(former);
        // Without a reader that waits, nobody has to be told, which would take a lock that all requests share.
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.arrived.notify_waiters();
        }
    }

    /// Removes the requests that were logged until now.
    pub(crate) fn clear(&self) {
        let next = self.next.load(Ordering::SeqCst);
        self.cleared.fetch_max(next, Ordering::SeqCst);
        for number in self.first_kept(next)..next {
            let mut held = self.slot(number).lock();
            let former = if held.number <= number { held.entry.take() } else { None };
            drop(held);
            drop(former);
        }
    }

    /// Returns how many requests are kept.
    pub(crate) fn len(&self) -> u64 {
        let next = self.next.load(Ordering::SeqCst);
        next - self.first_kept(next).max(self.cleared.load(Ordering::SeqCst)).min(next)
    }

    /// Returns the lowest number that has not been overwritten.
    fn first_kept(&self, next: u64) -> u64 {
        next.saturating_sub(CAPACITY as u64).max(1)
    }

    fn find(&self, number: u64) -> Found {
        if number < self.cleared.load(Ordering::SeqCst) {
            return Found::Gone;
        }
        let held = self.slot(number).lock();
        match (held.number.cmp(&number), &held.entry) {
            (std::cmp::Ordering::Less, _) => Found::Coming,
            (std::cmp::Ordering::Equal, Some(entry)) => Found::Kept(entry.clone()),
            _ => Found::Gone,
        }
    }

    /// Waits until there is a request with a higher number, or until the log is closed.
    pub(crate) async fn one_after(&self, number: u64) {
        let _waiting = Waiting::of(&self.waiting);
        loop {
            let mut arrived = std::pin::pin!(self.arrived.notified());
            arrived.as_mut().enable();
            if self.is_closed() || self.slot(number + 1).lock().number > number {
                return;
            }
            arrived.await;
        }
    }

    /// Ends all waiting, because the emulator stops.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.arrived.notify_waiters();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
}

/// A reader that waits. A drop ends the waiting.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
