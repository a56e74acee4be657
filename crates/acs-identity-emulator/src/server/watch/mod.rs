//! What is known of an open connection, and what it was told to do. The connection's task writes it as bytes pass, without a
//! lock; the task that looks after all connections reads it.

mod held;
mod order;
mod progress;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::held::Held;
use self::order::Orders;
use self::progress::Progress;
use super::shared::Shared;
use crate::edge::Connection;

pub(super) use self::order::Order;
pub(super) use self::progress::Stage;

/// An open connection.
pub(super) struct Watch {
    shared: Arc<Shared>,
    /// From when it is known whether it is TLS.
    connection: OnceLock<Arc<Connection>>,
    progress: Progress,
    orders: Orders,
    held: Held,
    /// The last answer ends the connection, with the request perhaps not read to its end.
    refuses: AtomicBool,
}

impl Watch {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            connection: OnceLock::new(),
            progress: Progress::new(shared.now()),
            orders: Orders::new(),
            held: Held::new(Arc::clone(&shared)),
            refuses: AtomicBool::new(false),
            shared,
        }
    }

    pub(super) fn name(&self, connection: Arc<Connection>) {
        let _ = self.connection.set(connection);
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.connection.get().is_some_and(|connection| connection.is_authenticated())
    }

    pub(super) fn enter(&self, stage: Stage) {
        // Of those who have not authenticated, what came counts for as long as it is held: until the body has come and the
        // operation is done, and where that is the last one, until the client goes.
        if (stage == Stage::Head && !self.refuses.load(Relaxed)) || self.is_authenticated() {
            self.held.release();
        }
        self.progress.enter(stage, self.shared.now());
    }

    /// The answer ends the connection.
    pub(super) fn refuses_the_rest(&self) {
        self.refuses.store(true, Relaxed);
    }

    /// Whether it ends between requests because it was told to, so that nothing is on its way.
    pub(super) fn retires(&self) -> bool {
        self.order() == Order::Retire && self.progress.is_between_requests() && !self.refuses.load(Relaxed)
    }

    /// So many bytes came.
    pub(super) fn has_read(&self, bytes: usize) {
        self.progress.has_read(self.shared.now());
        match self.progress.stage() {
            Stage::Request if self.is_authenticated() => self.held.release(),
            // rustls keeps what came of a record until it is whole.
            Stage::Head | Stage::Handshake | Stage::Request => {
                if self.held.add(bytes) && !self.is_authenticated() {
                    self.tell(Order::Cut);
                }
            }
            Stage::FirstByte | Stage::Closing => {}
        }
    }

    /// How many bytes it holds in a large head, and of a large request of a client that has not authenticated.
    pub(super) fn large_head(&self) -> u64 {
        self.held.large()
    }

    /// Whether it holds bytes of a large head or request, and nothing is under way that must get an answer.
    pub(super) fn is_large(&self) -> bool {
        self.large_head() > 0 && (self.progress.stage() == Stage::Head || self.is_idle())
    }

    pub(super) fn waits_to_read(&self) {
        self.progress.waits_to_read();
    }

    /// It waits for nothing any more.
    pub(super) fn takes_its_turn(&self) {
        self.progress.takes_its_turn();
    }

    /// The client has taken bytes.
    pub(super) fn has_written(&self) {
        self.progress.has_written(self.shared.now());
    }

    pub(super) fn waits_to_write(&self) {
        self.progress.waits_to_write();
    }

    /// Whether it waits for its client, with nothing under way that must get an answer.
    pub(super) fn is_idle(&self) -> bool {
        self.progress.is_idle()
    }

    /// Whether its client leaves an answer unread.
    pub(super) fn is_stalled(&self) -> bool {
        self.progress.is_stalled()
    }

    /// When the last byte passed.
    pub(super) fn moved(&self) -> u64 {
        self.progress.moved()
    }

    /// What is to be told, by the times of [`limits`](super::limits).
    pub(super) fn due(&self, now: u64) -> Order {
        self.progress.due(now)
    }

    /// The same while the emulator stops.
    pub(super) fn due_at_stop(&self, stopped_since: Duration) -> Order {
        self.progress.due_at_stop(stopped_since, self.is_authenticated())
    }

    /// Tells it. What it was told before is not taken back.
    pub(super) fn tell(&self, order: Order) {
        self.orders.give(order);
    }

    pub(super) fn order(&self) -> Order {
        self.orders.last()
    }

    pub(super) fn is_cut(&self) -> bool {
        self.order() == Order::Cut
    }

    /// Waits until the connection is told something.
    pub(super) async fn woken(&self) {
        self.orders.woken().await;
    }
}
