//! Counts what has replaced data since the start, so that those who show the data know that they must read it again.

use std::sync::atomic::{AtomicU64, Ordering};

use super::refusal::Refused;

/// What replaces data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// Everything was deleted.
    ByReset,
    /// Everything was replaced.
    ByImport,
    /// An access key was replaced.
    Key,
}

/// How often data was replaced since the start.
#[derive(Default)]
pub(crate) struct History {
    resets: AtomicU64,
    imports: AtomicU64,
    regenerations: AtomicU64,
}

/// Counts when it is dropped.
struct Count<'a> {
    counter: &'a AtomicU64,
    is_refused: bool,
}

impl Drop for Count<'_> {
    fn drop(&mut self) {
        if !self.is_refused {
            self.counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl History {
    /// Does work that replaces data, and counts it unless it is refused. If nobody waits for its end any more, it
    /// counts, because the store may still do it.
    pub(crate) async fn counting<T>(&self, what: Replaced, work: impl Future<Output = Refused<T>>) -> Refused<T> {
        let mut count = Count { counter: self.counter(what), is_refused: false };
        let done = work.await;
        count.is_refused = done.is_err();
        done
    }

    /// Returns how often that was done.
    pub(crate) fn count(&self, what: Replaced) -> u64 {
        self.counter(what).load(Ordering::Relaxed)
    }

    fn counter(&self, what: Replaced) -> &AtomicU64 {
        match what {
            Replaced::ByReset => &self.resets,
            Replaced::ByImport => &self.imports,
            Replaced::Key => &self.regenerations,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::refusal::Refusal;

    #[tokio::test]
    async fn work_counts_unless_it_is_refused() {
        let history = History::default();
        assert_eq!(history.counting(Replaced::ByReset, async { Ok(7) }).await, Ok(7));
        assert_eq!(
            history.counting(Replaced::ByReset, async { Err::<(), _>(Refusal::KeyGone) }).await,
            Err(Refusal::KeyGone)
        );
        assert_eq!((history.count(Replaced::ByReset), history.count(Replaced::Key)), (1, 0));
        // The client leaves while the work is done.
        let mut work = Box::pin(history.counting(Replaced::Key, std::future::pending::<Refused<()>>()));
        assert!(futures_poll(&mut work).is_pending());
        drop(work);
        assert_eq!(history.count(Replaced::Key), 1);
    }

    fn futures_poll<T>(work: &mut std::pin::Pin<Box<impl Future<Output = T>>>) -> std::task::Poll<T> {
        work.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    }
}
