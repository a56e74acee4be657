//! What is known of an open connection, and what it was told to do. The connection's task writes it as bytes pass, without a
//! lock; whoever looks after all connections reads it.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;

use super::clock::{Coarse, milliseconds};
use super::limits;
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
    clock: Arc<Coarse>,
    /// From when it is known whether it is TLS.
    connection: OnceLock<Arc<Connection>>,
    stage: AtomicU8,
    order: AtomicU8,
    /// Since when it is in its stage.
    since: AtomicU64,
    /// When the first byte of a head came.
    head_since: AtomicU64,
    has_head: AtomicBool,
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
    pub(super) fn new(clock: Arc<Coarse>) -> Self {
        let now = clock.now();
        Self {
            clock,
            connection: OnceLock::new(),
            stage: AtomicU8::new(Stage::FirstByte as u8),
            order: AtomicU8::new(Order::Stay as u8),
            since: AtomicU64::new(now),
            head_since: AtomicU64::new(now),
            has_head: AtomicBool::new(false),
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
        self.since.store(self.clock.now(), Relaxed);
        self.has_head.store(false, Relaxed);
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

    /// Bytes came.
    pub(super) fn has_read(&self) {
        let now = self.clock.now();
        self.reads.store(false, Relaxed);
        self.moved.store(now, Relaxed);
        if self.stage() == Stage::Head && !self.has_head.load(Relaxed) {
            self.head_since.store(now, Relaxed);
            self.has_head.store(true, Relaxed);
        }
    }

    pub(super) fn waits_to_read(&self) {
        self.reads.store(true, Relaxed);
    }

    /// The client has taken bytes.
    pub(super) fn has_written(&self) {
        self.writes.store(false, Relaxed);
        self.moved.store(self.clock.now(), Relaxed);
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
