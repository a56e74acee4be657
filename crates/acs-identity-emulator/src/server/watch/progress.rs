//! The stage of a connection and what it waits for. The order that is due follows from both and from the time.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::order::Order;
use crate::server::limits;
use crate::server::shared::milliseconds;

/// The stage of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::server) enum Stage {
    FirstByte,
    Handshake,
    /// Between requests, or in the head of a request.
    Head,
    /// In a request: its body arrives, or its operation runs.
    Request,
    /// A response is sent while it is made.
    Answer,
    /// The last response was sent. Bytes that the client still sends are dropped.
    Closing,
}

/// The progress of a connection. All times are times of the last check of the connections.
pub(super) struct Progress {
    stage: AtomicU8,
    /// When it entered its stage.
    since: AtomicU64,
    /// When the first byte of a head arrived.
    head_since: AtomicU64,
    has_head: AtomicBool,
    /// When the last byte passed.
    moved: AtomicU64,
    /// Whether it waits for bytes of the client.
    reads: AtomicBool,
    /// Whether it waits until the client takes bytes.
    writes: AtomicBool,
}

impl Progress {
    pub(super) fn new(now: u64) -> Self {
        Self {
            stage: AtomicU8::new(Stage::FirstByte as u8),
            since: AtomicU64::new(now),
            head_since: AtomicU64::new(now),
            has_head: AtomicBool::new(false),
            moved: AtomicU64::new(now),
            reads: AtomicBool::new(true),
            writes: AtomicBool::new(false),
        }
    }

    pub(super) fn enter(&self, stage: Stage, now: u64) {
        self.since.store(now, Relaxed);
        self.has_head.store(false, Relaxed);
        self.stage.store(stage as u8, Relaxed);
    }

    pub(super) fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            0 => Stage::FirstByte,
            1 => Stage::Handshake,
            2 => Stage::Head,
            3 => Stage::Request,
            4 => Stage::Answer,
            _ => Stage::Closing,
        }
    }

    /// Returns whether it is between requests and has no byte of the next request.
    pub(super) fn is_between_requests(&self) -> bool {
        self.stage() == Stage::Head && !self.has_head.load(Relaxed)
    }

    /// Records that bytes of the client have arrived.
    pub(super) fn has_read(&self, now: u64) {
        self.reads.store(false, Relaxed);
        self.moved.store(now, Relaxed);
        if self.is_between_requests() {
            self.head_since.store(now, Relaxed);
            self.has_head.store(true, Relaxed);
        }
    }

    pub(super) fn waits_to_read(&self) {
        self.reads.store(true, Relaxed);
    }

    /// Records that it no longer waits.
    pub(super) fn takes_its_turn(&self) {
        self.reads.store(false, Relaxed);
    }

    /// Records that the client has taken bytes.
    pub(super) fn has_written(&self, now: u64) {
        self.writes.store(false, Relaxed);
        self.moved.store(now, Relaxed);
    }

    pub(super) fn waits_to_write(&self) {
        self.writes.store(true, Relaxed);
    }

    /// Returns whether it waits for its client, and no operation is running that must get a response.
    pub(super) fn is_idle(&self) -> bool {
        self.reads.load(Relaxed) || self.writes.load(Relaxed)
    }

    /// Returns whether its client leaves a response unread.
    pub(super) fn is_stalled(&self) -> bool {
        self.writes.load(Relaxed)
    }

    /// Returns when the last byte passed.
    pub(super) fn moved(&self) -> u64 {
        self.moved.load(Relaxed)
    }

    /// Returns the order that is due by the timeouts in [`limits`]. A body may take the given time.
    pub(super) fn due(&self, now: u64, body: Duration) -> Order {
        let past = |moment: u64, limit: Duration| now.saturating_sub(moment) > milliseconds(limit);
        let (since, moved) = (self.since.load(Relaxed), self.moved());
        let cut = if self.is_stalled() {
            let limit = if self.stage() == Stage::Answer { limits::LONG } else { limits::ANSWER };
            past(moved, limits::ANSWER_QUIET) || past(since, limit)
        } else {
            self.reads.load(Relaxed)
                && match self.stage() {
                    Stage::FirstByte => past(since, limits::FIRST_BYTE),
                    Stage::Handshake => past(since, limits::HANDSHAKE),
                    Stage::Head if self.has_head.load(Relaxed) => past(self.head_since.load(Relaxed), limits::HEAD),
                    Stage::Head if past(since, limits::IDLE + limits::RETIRE) => true,
                    Stage::Head if past(since, limits::IDLE) => return Order::Retire,
                    Stage::Head => false,
                    Stage::Request => past(since, body) || past(since.max(moved), limits::BODY_QUIET),
                    Stage::Answer => past(since, limits::LONG),
                    Stage::Closing => past(since, limits::LINGER) || past(since.max(moved), limits::LINGER_QUIET),
                }
        };
        if cut { Order::Cut } else { Order::Stay }
    }

    /// Returns the order that is due while the emulator stops.
    pub(super) fn due_at_stop(&self, stopped_since: Duration, is_authenticated: bool) -> Order {
        match self.stage() {
            Stage::FirstByte => Order::Cut,
            _ if stopped_since < limits::GRACE_UNBEGUN => Order::Retire,
            // A response is in transit, and this client may receive it.
            _ if self.is_stalled() && is_authenticated => Order::Retire,
            Stage::Answer => Order::Retire,
            _ if self.is_idle() => Order::Cut,
            _ => Order::Retire,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(stage: Stage) -> Progress {
        let progress = Progress::new(0);
        progress.enter(stage, 0);
        progress
    }

    /// Returns the order that is due after a duration.
    fn due(progress: &Progress, after: Duration) -> Order {
        progress.due(milliseconds(after), limits::BODY)
    }

    #[test]
    fn a_client_that_keeps_a_connection_waiting_is_cut_after_the_time_for_what_it_waits_for() {
        for (stage, limit) in [
            (Stage::FirstByte, limits::FIRST_BYTE),
            (Stage::Handshake, limits::HANDSHAKE),
            (Stage::Head, limits::IDLE + limits::RETIRE),
            (Stage::Request, limits::BODY_QUIET),
            (Stage::Closing, limits::LINGER_QUIET),
        ] {
            let progress = at(stage);
            progress.waits_to_read();
            assert_ne!(due(&progress, limit), Order::Cut, "{stage:?}");
            assert_eq!(due(&progress, limit + SECOND), Order::Cut, "{stage:?}");
        }
    }

    #[test]
    fn a_connection_that_idles_between_requests_is_retired_before_it_is_cut() {
        let progress = at(Stage::Head);
        progress.waits_to_read();
        assert_eq!(due(&progress, limits::IDLE), Order::Stay);
        assert_eq!(due(&progress, limits::IDLE + limits::RETIRE), Order::Retire);
    }

    #[test]
    fn occasional_bytes_do_not_keep_a_connection_open() {
        for (stage, limit) in
            [(Stage::Head, limits::HEAD), (Stage::Request, limits::BODY), (Stage::Closing, limits::LINGER)]
        {
            let progress = at(stage);
            let (mut passed, mut order) = (Duration::ZERO, Order::Stay);
            while passed <= limit {
                assert_eq!(order, Order::Stay, "{stage:?}");
                progress.has_read(milliseconds(passed));
                progress.waits_to_read();
                passed += SECOND;
                order = due(&progress, passed);
            }
            assert_eq!(order, Order::Cut, "{stage:?}");
        }
    }

    #[test]
    fn an_operation_that_runs_is_neither_idle_nor_due() {
        let progress = at(Stage::Request);
        progress.has_read(0);
        assert_eq!(due(&progress, 3600 * SECOND), Order::Stay);
        assert!(!progress.is_idle());
        assert_eq!(progress.due_at_stop(4 * SECOND, false), Order::Retire);
    }

    #[test]
    fn a_response_that_is_not_taken_is_given_up() {
        let progress = at(Stage::Head);
        progress.waits_to_write();
        assert_eq!(due(&progress, limits::ANSWER_QUIET), Order::Stay);
        assert_eq!(due(&progress, limits::ANSWER_QUIET + SECOND), Order::Cut);
    }

    #[test]
    fn a_response_that_is_taken_too_slowly_is_given_up() {
        for (stage, limit) in [(Stage::Head, limits::ANSWER), (Stage::Answer, limits::LONG)] {
            let progress = at(stage);
            let mut passed = Duration::ZERO;
            while passed < limit {
                progress.has_written(milliseconds(passed));
                progress.waits_to_write();
                passed += SECOND;
                assert_eq!(due(&progress, passed), Order::Stay, "{stage:?}");
            }
            assert_eq!(due(&progress, passed + SECOND), Order::Cut, "{stage:?}");
        }
    }

    #[test]
    fn a_response_that_is_still_made_is_not_given_up_although_nothing_is_sent() {
        let progress = at(Stage::Answer);
        progress.waits_to_read();
        assert_eq!(due(&progress, limits::IDLE + limits::RETIRE + SECOND), Order::Stay);
        assert_eq!(due(&progress, limits::LONG + SECOND), Order::Cut);
    }
}
