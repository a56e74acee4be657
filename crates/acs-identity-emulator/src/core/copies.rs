//! The copies of what all processes of a shared store have, and the rules of faults in such a store.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, watch};

use super::first_start::RESOURCE_ID;
use super::owners::Core;
use super::refusal::{Refusal, Refused};
use super::service_time::CLOCK;
use crate::clock::machine;
use crate::faults::{Counts, Fault, Faults, MOST_RULES, Rule};
use crate::store::Failure;

/// The time between two comparisons while no request compares the copies.
const PAUSE: Duration = Duration::from_millis(250);

/// A generation that no store has.
const NONE: i64 = -1;

/// The state of the copies.
pub(super) struct Copies {
    /// The generation of the store when they were read.
    generation: AtomicI64,
    /// How often the requests that wait for a fault were ended.
    ended_waits: AtomicU64,
    turn: Mutex<()>,
}

impl Default for Copies {
    fn default() -> Self {
        Self { generation: AtomicI64::new(NONE), ended_waits: AtomicU64::new(0), turn: Mutex::default() }
    }
}

impl Core {
    /// Returns whether other processes may have the same store.
    pub(crate) fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// Returns the generation that the copies have. Whatever is read from them later is at least as new.
    pub(crate) fn copied_generation(&self) -> i64 {
        self.copies.generation.load(Ordering::Acquire)
    }

    /// Checks whether copies with this generation are still those of the store.
    pub(crate) async fn confirm(&self, generation: i64) -> Refused<()> {
        self.access_keys.heed(self.store.confirm(generation).await).await
    }

    /// Checks whether the copies of the current request are still those of the store, before it does something that
    /// cannot be done again.
    pub(crate) async fn confirm_request(&self) -> Refused<()> {
        self.access_keys.heed(self.store.confirm_request().await).await
    }

    /// Copies again what all processes of the store have, unless another request has done so meanwhile.
    pub(crate) async fn renew(&self, former: i64, faults: &Faults) -> Refused<()> {
        let _turn = self.copies.turn.lock().await;
        if self.copied_generation() != former {
            return Ok(());
        }
        let copied = self.access_keys.heed(self.store.copied().await).await?;
        if let Some(id) = copied.setting(RESOURCE_ID) {
            self.resource.set(id);
        }
        self.access_keys.replace(&copied.access_keys)?;
        self.signer.take_keys(&copied.signing_keys)?;
        self.service_time.take(copied.setting(CLOCK))?;
        let rules = copied.fault_rules().into_iter();
        faults.take(rules.filter_map(|stored| Some((stored.id, serde_json::from_value::<Rule>(stored.rule).ok()?))));
        let ended = copied.ended_waits();
        if self.copies.ended_waits.swap(ended, Ordering::Relaxed) != ended {
            faults.end_waiting();
        }
        // This comes last: whoever sees the generation sees the copies.
        self.copies.generation.store(copied.generation, Ordering::Release);
        Ok(())
    }

    /// Adds a rule, which was checked, for all processes of the store. Returns its id, or `None` if there are too many.
    pub(crate) async fn add_shared_fault(&self, rule: &Rule) -> Refused<Option<u64>> {
        let rule = Arc::new(serde_json::to_value(rule).map_err(Refusal::fault)?);
        self.access_keys.heed(self.store.add_fault(rule, MOST_RULES).await).await
    }

    /// Removes a rule, or all of them, for all processes of the store. Returns whether there was one.
    pub(crate) async fn remove_shared_faults(&self, id: Option<u64>) -> Refused<bool> {
        self.access_keys.heed(self.store.remove_faults(id).await).await
    }

    /// Counts a request that fits a rule. Returns whether it is hit.
    pub(crate) async fn count_shared_fault(&self, fault: &Fault) -> Refused<bool> {
        self.access_keys.heed(self.store.count_fault(fault.id, fault.limits()).await).await
    }

    /// Returns how often each of the rules was counted by all processes.
    pub(crate) async fn shared_fault_counts(&self, ids: &[u64]) -> Refused<Vec<Counts>> {
        let copied = self.access_keys.heed(self.store.copied().await).await?;
        Ok(ids.iter().map(|id| copied.fault_counts(*id)).collect())
    }
}

/// Keeps the copies current until the emulator ends, also while no request comes: requests that wait for a fault end
/// when another process removes it.
pub(crate) async fn keep_copies(core: Arc<Core>, faults: Arc<Faults>, mut stopped: watch::Receiver<bool>) {
    if !core.is_shared() {
        return;
    }
    loop {
        tokio::select! {
            _ = machine::sleep(PAUSE) => {}
            _ = stopped.changed() => return,
        }
        let generation = core.copied_generation();
        // Requests say what is wrong with the store.
        if core.store.confirm(generation).await == Err(Failure::Stale) {
            let _ = core.renew(generation, &faults).await;
        }
    }
}
