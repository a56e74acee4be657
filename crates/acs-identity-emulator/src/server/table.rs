//! The table of open connections. It limits their number, and selects the connection that ends when there are too many.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::limits::{LARGE_HEADS, LOOK, MAX_CONNECTIONS, MAX_ENDING, MAX_STALLED, MAX_UNAUTHENTICATED};
use super::shared::Shared;
use super::turns::Turns;
use super::watch::{Order, Watch};

use crate::clock::machine;

type Open = BTreeMap<u64, Arc<Watch>>;

pub(super) struct Table {
    shared: Arc<Shared>,
    /// The connections by number, so the first one is the oldest.
    open: Mutex<Open>,
    next: AtomicU64,
    /// Notified when a connection arrives while there is no other.
    arrived: Notify,
    /// Notified when a connection has ended.
    left: Notify,
    pub(super) turns: Arc<Turns>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self {
            shared: Arc::new(Shared::new()),
            open: Mutex::default(),
            next: AtomicU64::new(0),
            arrived: Notify::new(),
            left: Notify::new(),
            turns: Arc::new(Turns::new()),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection. If there are too many, tells others to end and waits.
    pub(super) async fn enter(self: &Arc<Self>) -> Entry {
        loop {
            // Waiting begins before the look at the table. Otherwise several listeners could miss a connection that
            // leaves between the two.
            let mut left = std::pin::pin!(self.left.notified());
            left.as_mut().enable();
            if let Some(entry) = self.try_enter() {
                return entry;
            }
            left.await;
        }
    }

    fn try_enter(self: &Arc<Self>) -> Option<Entry> {
        let mut open = self.open();
        if open.len() >= MAX_UNAUTHENTICATED {
            let (ending, strangers) = count_unauthenticated(&open);
            if ending >= MAX_ENDING {
                return None;
            }
            if strangers >= MAX_UNAUTHENTICATED
                && let Some(oldest) = oldest_idle(&open, false)
            {
                oldest.tell(Order::Cut);
            }
            if open.len() >= MAX_CONNECTIONS {
                cut_oldest(&open);
                return None;
            }
        }
        self.shared.look();
        let watch = Arc::new(Watch::new(Arc::clone(&self.shared)));
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        if open.is_empty() {
            self.arrived.notify_one();
        }
        open.insert(number, Arc::clone(&watch));
        Some(Entry { watch, number, table: Arc::clone(self) })
    }

    /// Ends a number of connections, because the process cannot open more files. Connections that have not
    /// authenticated end first.
    pub(super) fn make_room(&self, count: usize) {
        let open = self.open();
        for _ in 0..count {
            cut_oldest(&open);
        }
    }

    /// Waits until a connection has ended.
    pub(super) async fn one_has_left(&self) {
        self.left.notified().await;
    }

    /// Checks all connections regularly. It never returns.
    pub(super) async fn look_after(self: Arc<Self>) {
        loop {
            if self.open().is_empty() {
                self.arrived.notified().await;
            }
            let _ = machine::timeout(LOOK, self.shared.pressed()).await;
            self.look();
        }
    }

    fn look(&self) {
        let now = self.shared.look();
        let open = self.open();
        let (mut stalled, mut heads) = (Vec::new(), Vec::new());
        for watch in open.values() {
            watch.tell(watch.due(now));
            if watch.is_cut() || watch.is_authenticated() {
                continue;
            }
            if watch.is_stalled() {
                stalled.push((watch, 1));
            }
            if watch.is_large() {
                heads.push((watch, watch.large_head()));
            }
        }
        cut_beyond(MAX_STALLED as u64, stalled);
        cut_beyond(LARGE_HEADS, heads);
    }

    /// Cuts all connections.
    pub(super) fn cut(&self) {
        self.open().values().for_each(|watch| watch.tell(Order::Cut));
    }

    /// Tells all connections to end, and waits for them for a limited time, except for those that wait for the end.
    pub(super) async fn end(&self, most: Duration) {
        self.end_until(most, |open| open.values().all(|watch| watch.waits_for_the_end())).await;
    }

    /// Does the same for those that wait for the end, which were told.
    pub(super) async fn end_last(&self, most: Duration) {
        self.end_until(most, |open| !open.values().any(|watch| watch.waits_for_the_end())).await;
    }

    async fn end_until(&self, most: Duration, is_done: impl Fn(&Open) -> bool) {
        let stopped = machine::instant();
        loop {
            let since = machine::since(stopped);
            {
                let open = self.open();
                if is_done(&open) || since >= most {
                    return;
                }
                for watch in open.values() {
                    watch.tell(watch.due_at_stop(since));
                }
            }
            let _ = machine::timeout(LOOK, self.left.notified()).await;
        }
    }
}

/// Cuts the connections that have been quiet for the longest time, until the rest holds at most `most` bytes.
fn cut_beyond(most: u64, mut held: Vec<(&Arc<Watch>, u64)>) {
    let mut sum: u64 = held.iter().map(|(_, size)| size).sum();
    if sum > most {
        held.sort_by_key(|(watch, _)| watch.moved());
    }
    for (watch, size) in held {
        if sum <= most {
            return;
        }
        watch.tell(Order::Cut);
        sum -= size;
    }
}

/// Counts the connections that have not authenticated: those that were cut and have not ended yet, and the others.
fn count_unauthenticated(open: &Open) -> (usize, usize) {
    let unauthenticated = open.values().filter(|watch| !watch.is_authenticated());
    unauthenticated.fold((0, 0), |(ending, others), watch| match watch.is_cut() {
        true => (ending + 1, others),
        false => (ending, others + 1),
    })
}

/// Returns the connection that has been quiet for the longest time, of those that wait for their client.
fn oldest_idle(open: &Open, authenticated: bool) -> Option<&Arc<Watch>> {
    let fits = |watch: &&Arc<Watch>| watch.is_authenticated() == authenticated && watch.is_idle() && !watch.is_cut();
    open.values().filter(fits).min_by_key(|watch| watch.moved())
}

fn cut_oldest(open: &Open) {
    if let Some(oldest) = oldest_idle(open, false).or_else(|| oldest_idle(open, true)) {
        oldest.tell(Order::Cut);
    }
}

/// The place of a connection in the table. A drop frees it.
pub(super) struct Entry {
    watch: Arc<Watch>,
    number: u64,
    table: Arc<Table>,
}

impl Entry {
    pub(super) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    pub(super) fn turns(&self) -> &Turns {
        &self.table.turns
    }
}

impl Deref for Entry {
    type Target = Watch;

    fn deref(&self) -> &Watch {
        &self.watch
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.table.open().remove(&self.number);
        self.table.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Connection;

    fn authenticated(entry: &Entry) {
        let address: std::net::SocketAddr = "127.0.0.1:1".parse().unwrap();
        let connection = Arc::new(Connection::new(address, address.ip(), false));
        connection.authenticate();
        entry.name(connection);
    }

    fn table(count: usize) -> (Arc<Table>, Vec<Entry>) {
        let table = Arc::new(Table::new());
        let entries = (0..count).map(|_| table.try_enter().unwrap()).collect();
        (table, entries)
    }

    #[test]
    fn one_more_that_has_not_authenticated_ends_the_oldest_idle_one() {
        let (table, entries) = table(MAX_UNAUTHENTICATED);
        authenticated(&entries[0]);
        // This connection is busy: its bytes have arrived, and it does not wait for more.
        entries[1].has_read(1);
        let _other = table.try_enter().unwrap();
        assert!(entries.iter().all(|entry| !entry.is_cut()), "one of them has authenticated");
        let _one_more = table.try_enter().unwrap();
        let cut: Vec<usize> = (0..entries.len()).filter(|index| entries[*index].is_cut()).collect();
        assert_eq!(cut, [2]);
    }

    #[test]
    fn one_more_waits_until_those_that_were_cut_have_ended() {
        let (table, mut entries) = table(MAX_UNAUTHENTICATED + MAX_ENDING);
        assert_eq!(entries.iter().filter(|entry| entry.is_cut()).count(), MAX_ENDING);
        assert!(table.try_enter().is_none());
        entries.retain(|entry| !entry.is_cut());
        assert!(table.try_enter().is_some());
    }

    #[test]
    fn where_all_places_are_taken_one_more_waits_for_the_oldest_idle_one() {
        let (table, mut entries) = table(0);
        for _ in 0..MAX_CONNECTIONS {
            let entry = table.try_enter().unwrap();
            authenticated(&entry);
            entries.push(entry);
        }
        assert!(table.try_enter().is_none());
        assert!(entries[0].is_cut() && !entries[1].is_cut());
        entries.remove(0);
        assert!(table.try_enter().is_some());
    }
}
