//! Waits before a request is sent: who waits until when, and an end to all of them when the user interrupts.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer that is under way may still take after an interrupt. Its request may have been carried out, and the
/// answer says so. Container runtimes kill a process 10 s after they asked it to end.
pub const GRACE: Duration = Duration::from_secs(5);

/// An interrupt cut the time of an answer short: the inner error of a `TimedOut`.
#[derive(Debug)]
pub(crate) struct GraceEnded;

impl fmt::Display for GraceEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for GraceEnded {}

/// The waits of this process, and whether the user wants it to end.
#[derive(Debug)]
pub struct Waiting {
    /// When each wait under way ends.
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

    /// When the last of the waits under way ends; `None` where no request waits. The service asked for the wait
    /// (`Retry-After`), or a failed request is tried again later.
    pub fn until(&self) -> Option<Instant> {
        self.ends().iter().max().copied()
    }

    /// How many requests wait.
    pub fn count(&self) -> usize {
        self.ends().len()
    }

    /// Ends all waits, those to come, too. Nothing more is sent, and answers under way get [`GRACE`]. It must not be called
    /// from a signal handler.
    pub fn interrupt(&self) {
        self.interrupted_at.get_or_init(Instant::now);
        self.interrupted.store(true, Ordering::SeqCst);
        // A thread that has just looked at the flag holds the lock until it sleeps, so it is woken, too.
        drop(self.ends());
        self.changed.notify_all();
    }

    /// Ends all waits as [`Self::interrupt`] does, and those for answers under way, too.
    pub fn interrupt_at_once(&self) {
        self.at_once.store(true, Ordering::SeqCst);
        self.interrupt();
    }

    /// Whether [`Self::interrupt`] was called.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::SeqCst)
    }

    /// When answers under way are given up after an interrupt.
    pub(crate) fn end_of_grace(&self) -> Option<Instant> {
        let at = *self.interrupted_at.get()?;
        Some(if self.at_once.load(Ordering::SeqCst) { at } else { at + GRACE })
    }

    /// Waits so long; `false` where an interrupt ended the wait.
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

/// The waits of this process.
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
