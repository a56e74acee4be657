//! The operations of the store, which change it. Each returns when its effect is durable.

use std::sync::Arc;

use serde_json::Value;

use super::operation::{Caller, Change, Cleared, Created, NewIdentity, Operation, Outcome, Replacement};
use super::rows::{AccessKeyRow, AccessSlot, Kind, SigningSlot};
use super::seeding::{SeedRows, Seeding};
use super::whole_state::WholeState;
use super::{Failure, Store, StoreError, unexpected};
use crate::faults::Limits;

impl Store {
    /// Creates an identity, or returns the existing identity with the custom id.
    pub(crate) async fn create(&self, caller: Caller, new: NewIdentity) -> Result<Created, Failure> {
        match self.apply(Operation::Create { caller, new }).await? {
            Outcome::Created(created) => Ok(created),
            _ => Err(unexpected()),
        }
    }

    /// Records that a token is issued. Returns the revocation number that the token must carry, or `None` if the
    /// identity does not exist.
    pub(crate) async fn issue(&self, caller: Caller, user: String, at: i64) -> Result<Option<i64>, Failure> {
        match self.apply(Operation::Issue { caller, user, at }).await? {
            Outcome::Issued { revocation } => Ok(Some(revocation)),
            Outcome::Missing => Ok(None),
            _ => Err(unexpected()),
        }
    }

    /// Revokes the tokens that were issued until now, or until a given second. The revocation takes effect immediately
    /// or at a given time. Returns whether the identity exists.
    pub(crate) async fn revoke(
        &self,
        caller: Caller,
        user: String,
        issued_until: Option<i64>,
        in_force_at: Option<i64>,
    ) -> Result<bool, Failure> {
        found(self.apply(Operation::Revoke { caller, user, issued_until, in_force_at }).await?)
    }

    /// Deletes an identity. Returns whether it existed.
    pub(crate) async fn delete(&self, caller: Caller, user: String) -> Result<bool, Failure> {
        found(self.apply(Operation::Delete { caller, user }).await?)
    }

    /// Deletes all identities and all assignments, and returns how many there were.
    pub(crate) async fn reset(&self, caller: Caller) -> Result<Cleared, Failure> {
        match self.apply(Operation::Reset { caller }).await? {
            Outcome::Cleared(cleared) => Ok(cleared),
            _ => Err(unexpected()),
        }
    }

    /// Adds, replaces and removes assignments, either all or none. Returns for each change whether the assignment
    /// existed before.
    pub(crate) async fn assign(&self, caller: Caller, kind: Kind, changes: Vec<Change>) -> Result<Vec<bool>, Failure> {
        match self.apply(Operation::Assign { caller, kind, changes }).await? {
            Outcome::Assigned(replaced) => Ok(replaced),
            _ => Err(unexpected()),
        }
    }

    /// Replaces the access key of a generation, and returns the new generation. Returns `None` if another caller has
    /// already replaced it.
    pub(crate) async fn regenerate_key(
        &self,
        caller: Caller,
        slot: AccessSlot,
        generation: i64,
        key: String,
    ) -> Result<Option<i64>, Failure> {
        match self.apply(Operation::RegenerateKey { caller, slot, generation, key }).await? {
            Outcome::Regenerated { generation } => Ok(Some(generation)),
            Outcome::Moved => Ok(None),
            _ => Err(unexpected()),
        }
    }

    /// Stores the access keys of the first start if there are none. Returns the stored keys.
    pub(crate) async fn keep_access_keys(
        &self,
        primary: String,
        secondary: String,
    ) -> Result<[AccessKeyRow; 2], Failure> {
        let mut kept = self.access_keys().await?;
        kept.sort_unstable_by_key(|row| row.slot as usize);
        // Most starts find them, and need not wait for the commit thread.
        if let Ok(kept) = kept.try_into() {
            return Ok(kept);
        }
        match self.apply(Operation::KeepAccessKeys { primary, secondary }).await? {
            Outcome::AccessKeys(rows) => Ok(rows),
            _ => Err(unexpected()),
        }
    }

    /// Stores a signing key if there is none. Returns the stored key.
    pub(crate) async fn keep_signing_key(
        &self,
        slot: SigningSlot,
        generation: i64,
        pkcs8: Vec<u8>,
    ) -> Result<Vec<u8>, Failure> {
        match self.apply(Operation::KeepSigningKey { slot, generation, pkcs8 }).await? {
            Outcome::Kept { pkcs8 } => Ok(pkcs8),
            _ => Err(unexpected()),
        }
    }

    /// Stores settings that do not exist yet. Returns the stored values in the order of the names.
    pub(crate) async fn keep_settings(&self, settings: Vec<(String, String)>) -> Result<Vec<String>, Failure> {
        let mut kept = Vec::new();
        for (name, _) in &settings {
            kept.extend(self.setting(name).await?);
        }
        if kept.len() == settings.len() {
            return Ok(kept);
        }
        match self.apply(Operation::KeepSettings(settings)).await? {
            Outcome::Settings(values) => Ok(values),
            _ => Err(unexpected()),
        }
    }

    /// Replaces settings, either all or none.
    pub(crate) async fn replace_settings(&self, settings: Vec<(String, String)>) -> Result<(), Failure> {
        found(self.apply(Operation::ReplaceSettings(settings)).await?).map(drop)
    }

    /// Adds the data of a seed, all or none. What the store has already is not changed.
    pub(crate) async fn seed(&self, rows: Arc<SeedRows>) -> Result<Seeding, Failure> {
        match self.apply(Operation::Seed(rows)).await? {
            Outcome::Seeded(seeding) => Ok(seeding),
            _ => Err(unexpected()),
        }
    }

    /// Puts revocations that are due in force permanently.
    pub(crate) async fn settle(&self, now: i64) -> Result<(), Failure> {
        found(self.apply(Operation::Settle { now }).await?).map(drop)
    }

    /// Replaces a setting, the one of the clock, and puts revocations that are due in force permanently.
    pub(crate) async fn set_clock(&self, caller: Caller, clock: (String, String), now: i64) -> Result<(), Failure> {
        found(self.apply(Operation::SetClock { caller, clock, now }).await?).map(drop)
    }

    /// Adds a rule of faults for all processes of a shared store. Returns its id, or `None` if there are as many rules
    /// as there may be.
    pub(crate) async fn add_fault(&self, rule: Arc<Value>, most: usize) -> Result<Option<u64>, Failure> {
        match self.apply(Operation::AddFault { rule, most }).await? {
            Outcome::FaultAdded { id } => Ok(Some(id)),
            Outcome::TooMany => Ok(None),
            _ => Err(unexpected()),
        }
    }

    /// Removes a rule of faults, or all of them, for all processes of a shared store. Returns whether there was one.
    pub(crate) async fn remove_faults(&self, id: Option<u64>) -> Result<bool, Failure> {
        found(self.apply(Operation::RemoveFaults { id }).await?)
    }

    /// Counts a request that fits a rule of faults of a shared store. Returns whether it is hit.
    pub(crate) async fn count_fault(&self, id: u64, limits: Limits) -> Result<bool, Failure> {
        match self.apply(Operation::CountFault { id, limits }).await? {
            Outcome::FaultCounted { is_hit } => Ok(is_hit),
            _ => Err(unexpected()),
        }
    }

    /// Replaces the whole state in one step.
    pub(crate) async fn replace(
        &self,
        caller: Caller,
        state: Arc<WholeState>,
        even_if_used: bool,
    ) -> Result<Replacement, Failure> {
        match self.apply(Operation::Replace { caller, state, even_if_used }).await? {
            Outcome::Replaced(replacement) => Ok(replacement),
            _ => Err(unexpected()),
        }
    }
}

fn found(outcome: Outcome) -> Result<bool, Failure> {
    match outcome {
        Outcome::Done => Ok(true),
        Outcome::Missing => Ok(false),
        Outcome::Exhausted => {
            Err(StoreError::Failed("the identity has no further number for a revocation: delete it".to_owned()).into())
        }
        _ => Err(unexpected()),
    }
}
