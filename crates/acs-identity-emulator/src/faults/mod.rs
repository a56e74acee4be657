//! Faults that the emulator was told to inject: rules that say which requests they hit, what happens to these, and how
//! often. They are in memory, or copies of those that all processes of a shared store have.

mod draw;
mod glob;
mod hold;
mod limits;
mod operations;
mod rule;
#[cfg(test)]
mod tests;

pub(crate) use hold::Hold;
pub(crate) use limits::{Counts, Limits};
pub use operations::{FAULT_OPERATIONS, fault_operation_meant};
pub(crate) use rule::{DropAt, Problem, Rule};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use acs_identity_protocol::time::seven_decimals;
use time::OffsetDateTime;

use hold::Held;
use rule::Checked;

/// The largest number of rules.
pub(crate) const MOST_RULES: usize = 1000;

/// A request, as the rules see it.
pub(crate) struct Asked<'a> {
    pub(crate) operation: Option<&'static str>,
    pub(crate) method: &'a str,
    /// The path as it was sent.
    pub(crate) path: &'a str,
    /// The raw id in the path, or an empty text.
    pub(crate) identity: &'a str,
    /// The custom id of the identity, if a rule needs it.
    pub(crate) custom_id: Option<String>,
    /// Returns whether a creation of an identity asks for an access token. It is called only if a rule needs it.
    pub(crate) asks_for_token: &'a (dyn Fn() -> bool + Sync),
    /// The service's time.
    pub(crate) now: OffsetDateTime,
}

/// The rules that a request can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing is known about the caller. Only rules that include unauthenticated requests apply.
    BeforeAuthentication,
    /// The caller has authenticated, if the endpoint asks for that. The other rules apply.
    Authenticated,
}

/// A rule that is in force.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) id: u64,
    pub(crate) rule: Rule,
    checked: Checked,
    /// How often it was counted, if this process has the rule alone.
    counts: Mutex<Counts>,
    held: Held,
}

impl Fault {
    /// Makes a rule that is in force.
    ///
    /// # Errors
    ///
    /// Fails with the problem of the rule, if it has one.
    pub(crate) fn of(id: u64, rule: Rule) -> Result<Self, Problem> {
        let checked = rule.check()?;
        // The time is shown in the form of all times.
        let rule = Rule { until: checked.until.map(seven_decimals), ..rule };
        Ok(Self { id, rule, checked, counts: Mutex::default(), held: Held::default() })
    }

    /// Returns the same rule with another id.
    pub(crate) fn with_id(self, id: u64) -> Self {
        Self { id, ..self }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how many requests it has hit, if this process has the rule alone.
    pub(crate) fn hits(&self) -> u64 {
        self.counts().hits
    }

    /// Returns how many of the requests that fit it are hit.
    pub(crate) fn limits(&self) -> Limits {
        let seed = self.rule.seed.unwrap_or(0);
        let chance = self.rule.probability.map(|chance| (chance, seed));
        Limits { every: self.rule.every, chance, times: self.rule.times }
    }

    /// Returns what a request needs to wait, if the rule fits the request. It begins before the hit is counted, so that
    /// whoever sees the hit can end the request.
    pub(crate) fn fitting(&self, phase: Phase, asked: &Asked<'_>) -> Option<Hold> {
        let is_over = self.checked.until.is_some_and(|until| asked.now >= until);
        let fits = self.rule.phase() == phase && !is_over && self.checked.fits(&self.rule, asked);
        fits.then(|| self.held.begin())
    }

    /// Counts a request that fits. Returns whether it is hit.
    fn count(&self) -> bool {
        let mut counts = self.counts();
        let (counted, is_hit) = self.limits().count(*counts);
        *counts = counted;
        is_hit
    }
}

/// The rules, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Whether there are rules. Without any, a request costs one load.
    any: AtomicBool,
    /// A change replaces the list, so that requests compare rules without the lock.
    rules: RwLock<Arc<Vec<Arc<Fault>>>>,
    /// The id of the last rule.
    last: AtomicU64,
}

/// There are too many rules.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Faults {
    /// Adds the rules of a seed, which were checked. Rules beyond the largest number are left out.
    pub(crate) fn of(rules: impl Iterator<Item = Rule>) -> Self {
        let faults = Self::default();
        for rule in rules {
            // A seed has no rule with a problem.
            let _ = faults.add(rule);
        }
        faults
    }

    /// Returns the rules.
    pub(crate) fn list(&self) -> Arc<Vec<Arc<Fault>>> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the rules.
    fn change<T>(&self, change: impl FnOnce(&mut Vec<Arc<Fault>>) -> T) -> T {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let result = change(Arc::make_mut(&mut rules));
        self.any.store(!rules.is_empty(), Ordering::Relaxed);
        result
    }

    /// Adds a rule.
    pub(crate) fn add(&self, rule: Rule) -> Result<Result<Arc<Fault>, TooMany>, Problem> {
        let fault = Fault::of(0, rule)?;
        Ok(self.change(|rules| {
            if rules.len() >= MOST_RULES {
                return Err(TooMany);
            }
            let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
            let fault = Arc::new(fault.with_id(id));
            rules.push(Arc::clone(&fault));
            Ok(fault)
        }))
    }

    /// Takes over the rules that all processes of a shared store have. Requests that wait for a rule that is gone end.
    pub(crate) fn take(&self, shared: impl Iterator<Item = (u64, Rule)>) {
        let gone = self.change(|rules| {
            let mut former = std::mem::take(rules);
            for (id, rule) in shared {
                let known = former.iter().position(|fault| fault.id == id).map(|place| former.remove(place));
                // A rule with a problem is not stored.
                rules.extend(known.or_else(|| Fault::of(id, rule).ok().map(Arc::new)));
            }
            former
        });
        gone.iter().for_each(|fault| fault.held.remove());
    }

    /// Returns how many rules there are.
    pub(crate) fn len(&self) -> usize {
        self.list().len()
    }

    /// Returns a rule.
    pub(crate) fn get(&self, id: u64) -> Option<Arc<Fault>> {
        self.list().iter().find(|fault| fault.id == id).cloned()
    }

    /// Deletes a rule, and ends the requests that it lets wait. Returns whether it existed.
    pub(crate) fn delete(&self, id: u64) -> bool {
        self.remove(|fault| fault.id == id)
    }

    /// Deletes all rules, and ends the requests that they let wait.
    pub(crate) fn clear(&self) {
        self.remove(|_| true);
    }

    fn remove(&self, is_meant: impl Fn(&Fault) -> bool) -> bool {
        let removed: Vec<_> = self.change(|rules| rules.extract_if(.., |fault| is_meant(fault)).collect());
        for fault in &removed {
            fault.held.remove();
        }
        !removed.is_empty()
    }

    /// Ends the requests that wait. The rules stay.
    pub(crate) fn end_waiting(&self) {
        for fault in self.list().iter() {
            fault.held.end();
        }
    }

    /// Returns whether there are rules.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Returns whether the custom id of the identity is needed to tell which rules fit a request.
    pub(crate) fn needs_custom_id(&self, phase: Phase, asked: &Asked<'_>) -> bool {
        let needs =
            |fault: &Arc<Fault>| fault.rule.phase() == phase && fault.checked.needs_custom_id(&fault.rule, asked);
        self.list().iter().any(needs)
    }

    /// Returns the rules that fit a request, and what the request needs to wait for each.
    pub(crate) fn fitting(&self, phase: Phase, asked: &Asked<'_>) -> Vec<(Arc<Fault>, Hold)> {
        let fits = |fault: &Arc<Fault>| Some((Arc::clone(fault), fault.fitting(phase, asked)?));
        self.list().iter().filter_map(fits).collect()
    }

    /// Returns the first rule that hits a request, and what the request needs to wait. The hit is counted.
    pub(crate) fn hit(&self, phase: Phase, asked: &Asked<'_>) -> Option<(Arc<Fault>, Hold)> {
        self.list().iter().find_map(|fault| {
            let hold = fault.fitting(phase, asked)?;
            fault.count().then(|| (Arc::clone(fault), hold))
        })
    }
}
