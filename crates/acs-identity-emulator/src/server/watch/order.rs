//! Orders for a connection.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use tokio::sync::Notify;

/// An order for a connection. A later variant is stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(u8)]
pub(in crate::server) enum Order {
    Stay,
    /// End as soon as no request is in progress.
    Retire,
    /// End where the connection waits for the client. A running operation is not stopped.
    Cut,
}

/// The last order, and a notification for the task that waits for it.
pub(super) struct Orders {
    last: AtomicU8,
    wake: Notify,
}

impl Orders {
    pub(super) fn new() -> Self {
        Self { last: AtomicU8::new(Order::Stay as u8), wake: Notify::new() }
    }

    pub(super) fn last(&self) -> Order {
        match self.last.load(Relaxed) {
            0 => Order::Stay,
            1 => Order::Retire,
            _ => Order::Cut,
        }
    }

    /// Gives an order. A stronger earlier order stays in force.
    pub(super) fn give(&self, order: Order) {
        if order != Order::Stay && self.last.fetch_max(order as u8, Relaxed) < order as u8 {
            self.wake.notify_one();
        }
    }

    /// Waits until an order is given.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_not_taken_back() {
        let orders = Orders::new();
        for order in [Order::Cut, Order::Retire, Order::Stay] {
            orders.give(order);
        }
        assert_eq!(orders.last(), Order::Cut);
    }
}
