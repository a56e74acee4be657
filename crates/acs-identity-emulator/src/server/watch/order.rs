//! What a connection is told to do.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use tokio::sync::Notify;

/// What a connection is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(u8)]
pub(in crate::server) enum Order {
    Stay,
    /// To end as soon as no request is under way.
    Retire,
    /// To end where it waits for the client. An operation that runs is not stopped.
    Cut,
}

/// The last order, and whoever waits for it.
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

    /// Gives an order. An earlier one that asks for more stays in force.
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
