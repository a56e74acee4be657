//! The state that all clients share.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use acs_identity_protocol::AccessKey;
use azure_core::time::OffsetDateTime;

use crate::clock::Beginning;
use crate::clock_requests::micros;
use crate::record::{Id, Key, Moment, Record, Token, What};

/// A random number generator (xorshift64*).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }

    pub fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let length = items.len() as u64;
        (length > 0).then(|| &items[usize::try_from(self.below(length)).unwrap()])
    }
}

/// What the clients know.
#[derive(Default)]
pub struct Shared {
    pub records: Vec<Record>,
    pub identities: VecDeque<Id>,
    pub tokens: VecDeque<Token>,
    /// All keys in the order of their regeneration. `keys` names the two keys in force.
    pub all_keys: Vec<AccessKey>,
    pub keys: [Option<Key>; 2],
    /// The identities of former rounds that must still exist.
    pub old: Vec<Id>,
    pub operations: usize,
    pub kinds: [usize; 8],
}

/// The state that all clients share.
pub struct World {
    began: Instant,
    /// What the machine's clock showed then.
    pub beginning: Beginning,
    shared: Mutex<Shared>,
    /// Held by the client that changes the clock, so that the order of the changes is known.
    pub clock_turn: Mutex<()>,
    /// With these statuses, an operation may have happened or not, as without a response.
    pub uncertain: &'static [u16],
}

impl World {
    pub fn new() -> Self {
        let beginning = micros(OffsetDateTime::now_utc());
        let (shared, clock_turn) = (Mutex::default(), Mutex::default());
        Self { began: Instant::now(), beginning, shared, clock_turn, uncertain: &[] }
    }

    pub fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    pub fn now(&self) -> Moment {
        Moment::try_from(self.began.elapsed().as_nanos()).unwrap()
    }

    pub fn records(&self) -> Vec<Record> {
        self.shared().records.clone()
    }

    pub fn count(&self, records: &[Record]) {
        let mut shared = self.shared();
        shared.operations += records.len();
        for record in records.iter().filter(|record| record.is_acknowledged()) {
            shared.kinds[match record.what {
                What::Create { .. } => 0,
                What::Issue { .. } => 1,
                What::Revoke { .. } => 2,
                What::Delete { .. } => 3,
                What::Get { .. } => 4,
                What::Introspect { .. } => 5,
                What::Regenerate { .. } => 6,
                What::Clock { .. } => 7,
            }] += 1;
        }
    }

    /// Forgets the records of the round, except for the keys. Keeps at most `most` identities that exist and were not
    /// deleted. The round may have deleted an identity of an earlier round, because a custom id finds it again.
    pub fn next_round(&self, most: usize) {
        let mut shared = self.shared();
        let records = std::mem::take(&mut shared.records);
        let deleted: HashSet<&Id> = records
            .iter()
            .filter_map(|record| match &record.what {
                What::Delete { id } => Some(id),
                _ => None,
            })
            .collect();
        let mut found: Vec<Id> = records
            .iter()
            .filter_map(|record| match &record.what {
                What::Get { id } if record.status == 200 => Some(id.clone()),
                _ => None,
            })
            .collect();
        found.sort();
        found.dedup();
        let known: HashSet<Id> = found.iter().cloned().collect();
        let mut old: Vec<Id> = std::mem::take(&mut shared.old);
        old.retain(|id| !known.contains(id));
        old.extend(found);
        old.retain(|id| !deleted.contains(id));
        old.drain(..old.len().saturating_sub(most));
        shared.old = old;
        shared.records = records.iter().filter(|r| matches!(r.what, What::Regenerate { .. })).cloned().collect();
        shared.identities.clear();
        shared.tokens.clear();
    }

    /// Returns whether each operation was acknowledged at least once.
    pub fn has_done_everything(&self) -> bool {
        self.shared().kinds.iter().all(|count| *count > 0)
    }

    pub fn summary(&self, rounds: usize) {
        let shared = self.shared();
        let kinds = shared.kinds;
        println!(
            "{rounds} rounds, {} operations; acknowledged: {} created, {} issued, {} revoked, {} deleted, {} found, {} \
             introspected, {} keys, {} clocks",
            shared.operations, kinds[0], kinds[1], kinds[2], kinds[3], kinds[4], kinds[5], kinds[6], kinds[7]
        );
        assert!(kinds.iter().all(|count| *count > 0), "something was never done: {kinds:?}");
    }

    pub fn key(&self, key: Key) -> AccessKey {
        self.shared().all_keys[key].clone()
    }
}
