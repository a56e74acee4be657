//! What is known of an open connection, and what it was told to do. The connection's task writes it as bytes pass, without a
//! lock; whoever looks after all connections reads it.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;

use super::limits::{self, LARGE_HEAD};
use super::shared::{Shared, milliseconds};
use crate::edge::Connection;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Stage {
    FirstByte,
    Handshake,
    /// Between requests, or in the head of one.
    Head,
    /// In a request: its body comes, or its operation runs.
    Request,
    /// The last answer was sent; what the client still sends is dropped.
    Closing,
}

/// What a connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(u8)]
pub(super) enum Order {
    Stay,
    /// To end as soon as no request is under way.
    Retire,
    /// To end where it waits for the client. An operation that runs is not stopped.
    Cut,
}

pub(super) struct Watch {
    shared: Arc<Shared>,
    /// From when it is known whether it is TLS.
    connection: OnceLock<Arc<Connection>>,
    stage: AtomicU8,
    order: AtomicU8,
    /// Since when it is in its stage.
    since: AtomicU64,
    /// When the first byte of a head came.
    head_since: AtomicU64,
    has_head: AtomicBool,
    /// How many bytes of the head have come, and of the request where its client has not authenticated.
    head: AtomicU64,
    /// The last answer ends the connection, with the request perhaps not read to its end.
    refuses: AtomicBool,
    /// When the last byte passed.
    moved: AtomicU64,
    /// It waits for bytes of the client.
    reads: AtomicBool,
    /// It waits until the client takes bytes.
    writes: AtomicBool,
    wake: Notify,
}

impl Watch {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let now = shared.now();
        Self {
            shared,
            connection: OnceLock::new(),
            stage: AtomicU8::new(Stage::FirstByte as u8),
            order: AtomicU8::new(Order::Stay as u8),
            since: AtomicU64::new(now),
            head_since: AtomicU64::new(now),
            has_head: AtomicBool::new(false),
            head: AtomicU64::new(0),
            refuses: AtomicBool::new(false),
            moved: AtomicU64::new(now),
            reads: AtomicBool::new(true),
            writes: AtomicBool::new(false),
            wake: Notify::new(),
        }
    }

    pub(super) fn name(&self, connection: Arc<Connection>) {
        let _ = self.connection.set(connection);
    }

    pub(super) fn enter(&self, stage: Stage) {
        self.since.store(self.shared.now(), Relaxed);
        self.has_head.store(false, Relaxed);
        // Of those who have not authenticated, what came counts for as long as it is held: until the body has come and the
        // operation is done, and where that is the last one, until the client goes.
        if (stage == Stage::Head && !self.refuses.load(Relaxed)) || self.is_authenticated() {
            self.release_head();
        }
        self.stage.store(stage as u8, Relaxed);
    }

    /// The answer ends the connection.
    pub(super) fn refuses_the_rest(&self) {
        self.refuses.store(true, Relaxed);
    }

    /// Whether it ends between requests because it was told to, so that nothing is on its way.
    pub(super) fn retires(&self) -> bool {
        self.order() == Order::Retire
            && self.stage() == Stage::Head
            && !self.has_head.load(Relaxed)
            && !self.refuses.load(Relaxed)
    }

    /// So many bytes came.
    pub(super) fn has_read(&self, bytes: usize) {
        let now = self.shared.now();
        self.reads.store(false, Relaxed);
        self.moved.store(now, Relaxed);
        match self.stage() {
            Stage::Head => {}
            // rustls keeps what came of a record until it is whole.
            Stage::Handshake => return self.holds(bytes),
            Stage::Request if self.is_authenticated() => return self.release_head(),
            Stage::Request => return self.holds(bytes),
            _ => return,
        }
        if !self.has_head.load(Relaxed) {
            self.head_since.store(now, Relaxed);
            self.has_head.store(true, Relaxed);
        }
        self.holds(bytes);
    }

    /// So many bytes more of a head, or of a request of somebody who has not authenticated.
    fn holds(&self, bytes: usize) {
        let before = self.head.load(Relaxed);
        let head = before + bytes as u64;
        self.head.store(head, Relaxed);
        if head > LARGE_HEAD {
            let is_too_much = self.shared.hold(head - before.max(LARGE_HEAD));
            if is_too_much && !self.is_authenticated() {
                self.tell(Order::Cut);
            }
        }
    }

    /// What came of a request is not held any more.
    fn release_head(&self) {
        let large = self.large_head();
        self.head.store(0, Relaxed);
        if large > 0 {
            self.shared.release(large);
        }
    }

    /// How many bytes it holds in a large head, and of a large request of somebody who has not authenticated.
    pub(super) fn large_head(&self) -> u64 {
        self.head.load(Relaxed).saturating_sub(LARGE_HEAD)
    }

    pub(super) fn waits_to_read(&self) {
        self.reads.store(true, Relaxed);
    }

    /// It waits for nothing any more.
    pub(super) fn takes_its_turn(&self) {
        self.reads.store(false, Relaxed);
    }

    /// The client has taken bytes.
    pub(super) fn has_written(&self) {
        self.writes.store(false, Relaxed);
        self.moved.store(self.shared.now(), Relaxed);
    }

    pub(super) fn waits_to_write(&self) {
        self.writes.store(true, Relaxed);
    }

    /// Waits until the connection is told something.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(super) fn order(&self) -> Order {
        match self.order.load(Relaxed) {
            0 => Order::Stay,
            1 => Order::Retire,
            _ => Order::Cut,
        }
    }

    pub(super) fn is_cut(&self) -> bool {
        self.order() == Order::Cut
    }

    /// Tells it. What it was told before is not taken back.
    pub(super) fn tell(&self, order: Order) {
        if order != Order::Stay && self.order.fetch_max(order as u8, Relaxed) < order as u8 {
            self.wake.notify_one();
        }
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.connection.get().is_some_and(|connection| connection.is_authenticated())
    }

    /// Whether it waits for its client, with nothing under way that must get an answer.
    pub(super) fn is_idle(&self) -> bool {
        self.reads.load(Relaxed) || self.writes.load(Relaxed)
    }

    /// Whether it holds bytes of a large head or request, and nothing is under way that must get an answer.
    pub(super) fn is_large(&self) -> bool {
        self.large_head() > 0 && (self.stage() == Stage::Head || self.is_idle())
    }

    /// Whether its client leaves an answer unread.
    pub(super) fn is_stalled(&self) -> bool {
        self.writes.load(Relaxed)
    }

    /// When the last byte passed.
    pub(super) fn moved(&self) -> u64 {
        self.moved.load(Relaxed)
    }

    fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            0 => Stage::FirstByte,
            1 => Stage::Handshake,
            2 => Stage::Head,
            3 => Stage::Request,
            _ => Stage::Closing,
        }
    }

    /// What is to be told, by the times of [`limits`].
    pub(super) fn due(&self, now: u64) -> Order {
        let past = |moment: u64, limit: Duration| now.saturating_sub(moment) > milliseconds(limit);
        let (since, moved) = (self.since.load(Relaxed), self.moved());
        let cut = if self.is_stalled() {
            past(moved, limits::ANSWER_QUIET) || past(since, limits::ANSWER)
        } else {
            self.reads.load(Relaxed)
                && match self.stage() {
                    Stage::FirstByte => past(since, limits::FIRST_BYTE),
                    Stage::Handshake => past(since, limits::HANDSHAKE),
                    Stage::Head if self.has_head.load(Relaxed) => past(self.head_since.load(Relaxed), limits::HEAD),
                    Stage::Head if past(since, limits::IDLE + limits::RETIRE) => true,
                    Stage::Head if past(since, limits::IDLE) => return Order::Retire,
                    Stage::Head => false,
                    Stage::Request => past(since, limits::BODY) || past(since.max(moved), limits::BODY_QUIET),
                    Stage::Closing => past(since, limits::LINGER) || past(since.max(moved), limits::LINGER_QUIET),
                }
        };
        if cut { Order::Cut } else { Order::Stay }
    }

    /// The same while the emulator stops.
    pub(super) fn due_at_stop(&self, stopped_since: Duration) -> Order {
        match self.stage() {
            Stage::FirstByte => Order::Cut,
            _ if stopped_since < limits::GRACE_UNBEGUN => Order::Retire,
            // An answer is on its way to somebody who may have it.
            _ if self.is_stalled() && self.is_authenticated() => Order::Retire,
            _ if self.is_idle() => Order::Cut,
            _ => Order::Retire,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.release_head();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(stage: Stage) -> (Arc<Shared>, Watch) {
        let shared = Arc::new(Shared::new());
        let watch = Watch::new(Arc::clone(&shared));
        watch.enter(stage);
        (shared, watch)
    }

    #[test]
    fn whoever_keeps_a_connection_waiting_is_cut_after_the_time_for_what_it_waits_for() {
        for (stage, limit) in [
            (Stage::FirstByte, limits::FIRST_BYTE),
            (Stage::Handshake, limits::HANDSHAKE),
            (Stage::Head, limits::IDLE + limits::RETIRE),
            (Stage::Request, limits::BODY_QUIET),
            (Stage::Closing, limits::LINGER_QUIET),
        ] {
            let (shared, watch) = at(stage);
            watch.waits_to_read();
            assert_ne!(watch.due(shared.pass(limit)), Order::Cut, "{stage:?}");
            assert_eq!(watch.due(shared.pass(SECOND)), Order::Cut, "{stage:?}");
        }
    }

    #[test]
    fn the_bytes_of_a_handshake_count_until_it_is_done() {
        let (_, watch) = at(Stage::Handshake);
        watch.has_read(16 * 1024);
        assert_eq!(watch.large_head(), 8 * 1024);
        watch.enter(Stage::Head);
        assert_eq!(watch.large_head(), 0);
    }

    #[test]
    fn a_byte_now_and_then_does_not_keep_a_connection() {
        for (stage, limit) in
            [(Stage::Head, limits::HEAD), (Stage::Request, limits::BODY), (Stage::Closing, limits::LINGER)]
        {
            let (shared, watch) = at(stage);
            let mut order = Order::Stay;
            for _ in 0..=limit.as_secs() {
                assert_eq!(order, Order::Stay, "{stage:?}");
                watch.has_read(1);
                watch.waits_to_read();
                order = watch.due(shared.pass(SECOND));
            }
            assert_eq!(order, Order::Cut, "{stage:?}");
        }
    }

    #[test]
    fn an_operation_that_runs_is_neither_idle_nor_due() {
        let (shared, watch) = at(Stage::Request);
        watch.has_read(100);
        assert_eq!(watch.due(shared.pass(3600 * SECOND)), Order::Stay);
        assert!(!watch.is_idle());
        assert_eq!(watch.due_at_stop(4 * SECOND), Order::Retire);
    }

    #[test]
    fn an_answer_that_is_not_taken_is_given_up() {
        let (shared, watch) = at(Stage::Head);
        watch.waits_to_write();
        assert_eq!(watch.due(shared.pass(limits::ANSWER_QUIET)), Order::Stay);
        assert_eq!(watch.due(shared.pass(SECOND)), Order::Cut);
        let (shared, watch) = at(Stage::Head);
        for _ in 0..limits::ANSWER.as_secs() {
            watch.has_written();
            watch.waits_to_write();
            assert_eq!(watch.due(shared.pass(SECOND)), Order::Stay);
        }
        assert_eq!(watch.due(shared.pass(SECOND)), Order::Cut);
    }

    #[test]
    fn what_was_told_is_not_taken_back() {
        let (_, watch) = at(Stage::Head);
        watch.tell(Order::Cut);
        watch.tell(Order::Retire);
        watch.tell(Order::Stay);
        assert!(watch.is_cut());
    }

    #[test]
    fn the_bytes_of_a_large_request_of_a_stranger_are_counted_until_its_client_has_gone() {
        let (shared, watch) = at(Stage::Head);
        watch.has_read(8000);
        watch.enter(Stage::Request);
        watch.has_read(10_000);
        assert_eq!(watch.large_head(), 18_000 - LARGE_HEAD);
        assert!(!watch.is_large(), "its operation runs");
        watch.waits_to_read();
        assert!(watch.is_large());
        watch.refuses_the_rest();
        watch.enter(Stage::Head);
        watch.enter(Stage::Closing);
        assert!(watch.is_large());
        drop(watch);
        assert!(shared.is_without_heads());
    }

    #[test]
    fn the_bytes_of_a_request_that_has_authenticated_are_not_counted() {
        let (shared, watch) = at(Stage::Head);
        watch.has_read(20_000);
        watch.enter(Stage::Request);
        let address: std::net::SocketAddr = "127.0.0.1:1".parse().unwrap();
        let connection = Arc::new(Connection::new(address, address.ip(), false));
        connection.authenticate();
        watch.name(connection);
        watch.has_read(100_000);
        assert!(shared.is_without_heads());
    }

    #[test]
    fn a_burst_of_large_heads_is_cut_where_it_holds_twice_what_there_may_be() {
        let (shared, first) = at(Stage::Head);
        first.has_read(usize::try_from(LARGE_HEAD + 2 * limits::LARGE_HEADS).unwrap());
        assert!(!first.is_cut());
        let one_more = Watch::new(Arc::clone(&shared));
        one_more.enter(Stage::Head);
        one_more.has_read(8192);
        assert!(!one_more.is_cut(), "it is not large");
        one_more.has_read(1);
        assert!(one_more.is_cut() && !first.is_cut());
    }

    #[test]
    fn the_bytes_of_large_heads_are_counted_until_the_head_is_complete() {
        let (_, watch) = at(Stage::Head);
        watch.has_read(8000);
        assert_eq!(watch.large_head(), 0);
        watch.has_read(1000);
        watch.has_read(1000);
        assert_eq!(watch.large_head(), 10_000 - LARGE_HEAD);
        watch.enter(Stage::Request);
        watch.has_read(100_000);
        watch.enter(Stage::Head);
        assert_eq!(watch.large_head(), 0);
        assert!(watch.shared.is_without_heads());
    }
}
