//! The numbers of the emulator: how often each operation was called, with which statuses, and how long it took. They
//! are counted in atomics, so that requests on different cores do not wait for each other.

mod text;

pub(crate) use text::{Gauges, text};

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The statuses that the emulator answers with. Others count as `other`.
const STATUSES: [u16; 19] =
    [200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 411, 413, 415, 418, 429, 431, 500, 502, 503];

/// The places of other statuses, and of connections that ended without a response.
const OTHER: usize = STATUSES.len();
const DROPPED: usize = OTHER + 1;

/// The upper bounds of the buckets of the latencies, in microseconds. Longer requests are in a last bucket.
const BOUNDS: [u64; 12] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000];

/// The name of requests whose path or method does not exist.
const NO_OPERATION: &str = "none";

/// The reason of a refusal that a fault injects with a code of its own. There may be any number of such codes.
const INJECTED: &str = "InjectedFault";

/// The numbers of an operation.
struct Counts {
    operation: &'static str,
    statuses: [AtomicU64; STATUSES.len() + 2],
    latencies: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

impl Counts {
    fn of(operation: &'static str) -> Self {
        Self {
            operation,
            statuses: [const { AtomicU64::new(0) }; STATUSES.len() + 2],
            latencies: [const { AtomicU64::new(0) }; BOUNDS.len() + 1],
            microseconds: AtomicU64::new(0),
        }
    }
}

/// The numbers.
pub(crate) struct Metrics {
    /// The operations in the order of the tables of routes, and then the requests without an operation.
    operations: Box<[Counts]>,
    /// The refusals by the code of the error.
    refusals: Mutex<BTreeMap<&'static str, u64>>,
}

impl Metrics {
    /// Makes the numbers of these operations. A name may be repeated.
    pub(crate) fn new(names: impl Iterator<Item = &'static str>) -> Self {
        let mut operations: Vec<&'static str> = Vec::new();
        for name in names {
            if !operations.contains(&name) {
                operations.push(name);
            }
        }
        let operations = operations.into_iter().chain([NO_OPERATION]).map(Counts::of).collect();
        Self { operations, refusals: Mutex::default() }
    }

    /// Counts a request. Without a status, its connection ended without a response.
    pub(crate) fn count(&self, operation: Option<&str>, status: Option<u16>, took: Duration) {
        let place = operation.and_then(|name| self.operations.iter().position(|counts| counts.operation == name));
        let counts = &self.operations[place.unwrap_or(self.operations.len() - 1)];
        let status = status.map_or(DROPPED, |status| STATUSES.binary_search(&status).unwrap_or(OTHER));
        counts.statuses[status].fetch_add(1, Ordering::Relaxed);
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        counts.latencies[BOUNDS.partition_point(|bound| *bound < microseconds)].fetch_add(1, Ordering::Relaxed);
        counts.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// Returns how many requests of these operations were answered. Requests without an operation have the name `none`.
    pub(crate) fn answered(&self, counts: impl Fn(&str) -> bool) -> u64 {
        let wanted = self.operations.iter().filter(|operation| counts(operation.operation));
        let answered = |operation: &Counts| -> u64 {
            let statuses = operation.statuses.iter().enumerate().filter(|(place, _)| *place != DROPPED);
            statuses.map(|(_, count)| count.load(Ordering::Relaxed)).sum()
        };
        wanted.map(answered).sum()
    }

    /// Counts a refusal by the code of its error. Without a code, a fault has chosen it: there may be any number of
    /// those.
    pub(crate) fn count_refusal(&self, code: Option<&'static str>) {
        let code = code.unwrap_or(INJECTED);
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }
}
