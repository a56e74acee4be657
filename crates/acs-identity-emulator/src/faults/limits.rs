//! How many of the requests that fit a rule it hits.

use super::draw;

/// How often a rule was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// How many requests fitted the condition, without `every` and `probability`.
    pub(crate) fitted: u64,
    pub(crate) hits: u64,
}

/// The parts of a rule that say how many requests are hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Limits {
    pub(super) every: Option<u64>,
    /// The probability, and the seed of the draws.
    pub(super) chance: Option<(f64, u64)>,
    pub(super) times: Option<u64>,
}

impl Limits {
    /// Counts a request that fits the rule. Returns the new counts, and whether the request is hit.
    pub(crate) fn count(&self, mut counts: Counts) -> (Counts, bool) {
        if self.times.is_some_and(|times| counts.hits >= times) {
            return (counts, false);
        }
        counts.fitted += 1;
        let is_hit = self.every.is_none_or(|every| counts.fitted.is_multiple_of(every))
            && self.chance.is_none_or(|(chance, seed)| draw::hits(seed, counts.fitted, chance));
        counts.hits += u64::from(is_hit);
        (counts, is_hit)
    }
}
