//! Waits before a request is sent: how long requests wait, and how an interrupt ends all waits.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The time that a response in progress still has after an interrupt. Its request may have been carried out, and only
/// the response says so. Container runtimes kill a process 10 s after they asked it to end.
pub const GRACE: Duration = Duration::from_secs(5);

/// An interrupt shortened the time for a response. This is the inner error of a `TimedOut` error.
#[derive(Debug)]
pub(crate) struct GraceEnded;

impl fmt::Display for GraceEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for GraceEnded {}

/// The waits of this process, and whether the user has interrupted it.
#[derive(Debug)]
pub struct Waiting {
    /// The end of each wait in progress.
    ends: Mutex<Vec<Instant>>,
    changed: Condvar,
    interrupted: AtomicBool,
    interrupted_at: OnceLock<Instant>,
    at_once: AtomicBool,
}

impl Waiting {
    const fn new() -> Self {
        Self {
            ends: Mutex::new(Vec::new()),
            changed: Condvar::new(),
            interrupted: AtomicBool::new(false),
            interrupted_at: OnceLock::new(),
            at_once: AtomicBool::new(false),
        }
    }

    fn ends(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the end of the last wait in progress, or `None` if no request waits. A wait comes from `Retry-After` or
    /// from the repetition of a failed request.
    pub fn until(&self) -> Option<Instant> {
        self.ends().iter().max().copied()
    }

    /// Returns the number of requests that wait.
    pub fn count(&self) -> usize {
        self.ends().len()
    }

    /// Ends all current and future waits. No more requests are sent, and responses in progress get [`GRACE`]. This
    /// function must not be called from a signal handler.
    pub fn interrupt(&self) {
        self.interrupted_at.get_or_init(Instant::now);
        self.interrupted.store(true, Ordering::SeqCst);
        // Taking the lock makes sure that every thread is woken: a thread that has just checked the flag holds the lock
        // until it sleeps.
        drop(self.ends());
        self.changed.notify_all();
    }

    /// Ends all waits as [`Self::interrupt`] does, and also the waits for responses in progress.
    pub fn interrupt_at_once(&self) {
        self.at_once.store(true, Ordering::SeqCst);
        self.interrupt();
    }

    /// Checks whether [`Self::interrupt`] was called.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// Returns the time when responses in progress are abandoned after an interrupt.
    pub(crate) fn end_of_grace(&self) -> Option<Instant> {
        let at = *self.interrupted_at.get()?;
        Some(if self.at_once.load(Ordering::SeqCst) { at } else { at + GRACE })
    }

    /// Waits for this time. Returns `false` if an interrupt ended the wait.
    pub fn sleep(&self, duration: Duration) -> bool {
        let Some(end) = Instant::now().checked_add(duration) else { return !self.is_interrupted() };
        let mut ends = self.ends();
        ends.push(end);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.is_interrupted() {
                break;
            }
            ends = self.changed.wait_timeout(ends, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        if let Some(at) = ends.iter().position(|other| *other == end) {
            ends.swap_remove(at);
        }
        !self.is_interrupted()
    }
}

/// Returns the waits of this process.
pub fn waiting() -> &'static Waiting {
    static WAITING: Waiting = Waiting::new();
    &WAITING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_ends_waits() {
        let waiting = Waiting::new();
        assert_eq!(waiting.until(), None);
        assert!(waiting.sleep(Duration::ZERO));
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| waiting.sleep(Duration::from_secs(600)));
            let started = Instant::now();
            while waiting.until().is_none() && started.elapsed() < Duration::from_secs(60) {
                std::thread::yield_now();
            }
            assert_eq!(waiting.count(), 1);
            assert!(waiting.until().is_some_and(|end| end > started + Duration::from_secs(500)));
            waiting.interrupt();
            assert!(!sleeper.join().unwrap());
            assert!(started.elapsed() < Duration::from_secs(300));
        });
        assert_eq!(waiting.until(), None);
        assert!(!waiting.sleep(Duration::from_secs(600)));
    }
}
