//! The state of an open connection, and the last order that it was given. The connection's task updates it as bytes
//! pass, without a lock. The task that checks all connections reads it.

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
use super::limits;
use super::shared::Shared;
use crate::edge::Connection;

pub(super) use self::order::Order;
pub(super) use self::progress::Stage;

/// The state of an open connection.
pub(super) struct Watch {
    shared: Arc<Shared>,
    /// Set as soon as it is known whether the connection uses TLS.
    connection: OnceLock<Arc<Connection>>,
    progress: Progress,
    orders: Orders,
    held: Held,
    /// Whether the response ends the connection, possibly before the request was read to its end.
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

    /// Returns whether a request waits for the end of the emulator.
    pub(super) fn waits_for_the_end(&self) -> bool {
        self.connection.get().is_some_and(|connection| connection.waits_for_the_end())
    }

    pub(super) fn enter(&self, stage: Stage) {
        // The bytes of a client that has not authenticated count for as long as they are held: until the body has
        // arrived and the operation is done. If that operation is the last one, they count until the client has gone.
        if (stage == Stage::Head && !self.refuses.load(Relaxed)) || self.is_authenticated() {
            self.held.release();
        }
        self.progress.enter(stage, self.shared.now());
    }

    /// Records that the response ends the connection.
    pub(super) fn refuses_the_rest(&self) {
        self.refuses.store(true, Relaxed);
    }

    /// Returns whether it was told to end and is between requests, so that no data is in transit.
    pub(super) fn retires(&self) -> bool {
        self.order() == Order::Retire && self.progress.is_between_requests() && !self.refuses.load(Relaxed)
    }

    /// Records that bytes have arrived.
    pub(super) fn has_read(&self, bytes: usize) {
        self.progress.has_read(self.shared.now());
        match self.progress.stage() {
            Stage::Request if self.is_authenticated() => self.held.release(),
            // rustls keeps the bytes of a record until the record is complete.
            Stage::Head | Stage::Handshake | Stage::Request => {
                if self.held.add(bytes) && !self.is_authenticated() {
                    self.tell(Order::Cut);
                }
            }
            Stage::FirstByte | Stage::Answer | Stage::Closing => {}
        }
    }

    /// Returns how many bytes it holds in a large head, or in a large request of a client that has not authenticated.
    pub(super) fn large_head(&self) -> u64 {
        self.held.large()
    }

    /// Returns whether it holds bytes of a large head or request, and no operation is running that must get a response.
    pub(super) fn is_large(&self) -> bool {
        self.large_head() > 0 && (self.progress.stage() == Stage::Head || self.is_idle())
    }

    pub(super) fn waits_to_read(&self) {
        self.progress.waits_to_read();
    }

    /// Records that it no longer waits.
    pub(super) fn takes_its_turn(&self) {
        self.progress.takes_its_turn();
    }

    /// Records that the client has taken bytes.
    pub(super) fn has_written(&self) {
        self.progress.has_written(self.shared.now());
    }

    pub(super) fn waits_to_write(&self) {
        self.progress.waits_to_write();
    }

    /// Returns whether it waits for its client, and no operation is running that must get a response.
    pub(super) fn is_idle(&self) -> bool {
        self.progress.is_idle()
    }

    /// Returns whether its client leaves a response unread.
    pub(super) fn is_stalled(&self) -> bool {
        self.progress.is_stalled()
    }

    /// Returns when the last byte passed.
    pub(super) fn moved(&self) -> u64 {
        self.progress.moved()
    }

    /// Returns the order that is due by the timeouts in [`limits`](super::limits).
    pub(super) fn due(&self, now: u64) -> Order {
        let takes_long = self.connection.get().is_some_and(|connection| connection.takes_long());
        self.progress.due(now, if takes_long { limits::LONG } else { limits::BODY })
    }

    /// Returns the order that is due while the emulator stops.
    pub(super) fn due_at_stop(&self, stopped_since: Duration) -> Order {
        self.progress.due_at_stop(stopped_since, self.is_authenticated())
    }

    /// Gives an order. A stronger earlier order stays in force.
    pub(super) fn tell(&self, order: Order) {
        self.orders.give(order);
    }

    pub(super) fn order(&self) -> Order {
        self.orders.last()
    }

    pub(super) fn is_cut(&self) -> bool {
        self.order() == Order::Cut
    }

    /// Waits until the connection is given an order.
    pub(super) async fn woken(&self) {
        self.orders.woken().await;
    }
}
