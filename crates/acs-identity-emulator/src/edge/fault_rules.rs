//! The rules of faults: those of this process, or those that all processes of a shared store have.

use std::sync::Arc;

use super::backend::Backend;
use crate::core::Refused;
use crate::faults::{Asked, Fault, Hold, Phase, Problem, Rule};

impl Backend {
    /// Adds a rule. Returns `None` if there are too many.
    pub(super) async fn add_fault(&self, rule: Rule) -> Result<Refused<Option<Arc<Fault>>>, Problem> {
        if !self.core.is_shared() {
            return self.faults.add(rule).map(|added| Ok(added.ok()));
        }
        let checked = Fault::of(0, rule)?;
        let id = self.core.add_shared_fault(&checked.rule).await;
        Ok(id.map(|id| id.map(|id| Arc::new(checked.with_id(id)))))
    }

    /// Returns how many requests each of the rules has hit.
    pub(super) async fn fault_hits(&self, faults: &[Arc<Fault>]) -> Refused<Vec<u64>> {
        if !self.core.is_shared() {
            return Ok(faults.iter().map(|fault| fault.hits()).collect());
        }
        let ids: Vec<u64> = faults.iter().map(|fault| fault.id).collect();
        Ok(self.core.shared_fault_counts(&ids).await?.iter().map(|counts| counts.hits).collect())
    }

    /// Removes a rule. Returns whether there was one.
    pub(super) async fn remove_fault(&self, id: u64) -> Refused<bool> {
        match self.core.is_shared() {
            true => self.core.remove_shared_faults(Some(id)).await,
            false => Ok(self.faults.delete(id)),
        }
    }

    /// Removes all rules.
    pub(super) async fn clear_faults(&self) -> Refused<()> {
        match self.core.is_shared() {
            true => drop(self.core.remove_shared_faults(None).await?),
            false => self.faults.clear(),
        }
        Ok(())
    }

    /// Returns the first rule that hits a request, and what the request needs to wait. The hit is counted.
    pub(super) async fn fault_that_hits(&self, phase: Phase, asked: &Asked<'_>) -> Refused<Option<(Arc<Fault>, Hold)>> {
        if !self.core.is_shared() {
            return Ok(self.faults.hit(phase, asked));
        }
        for (fault, hold) in self.faults.fitting(phase, asked) {
            if self.core.count_shared_fault(&fault).await? {
                return Ok(Some((fault, hold)));
            }
        }
        Ok(None)
    }
}
