//! The contract of the store: its operations, which are atomic, and their outcomes.
//!
//! Times are nanoseconds since 1970, except `issued_until`, which is in seconds like the times in tokens.

use std::sync::Arc;

use serde_json::Value;

use super::revocation::Revocation;
use super::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};
use super::seeding::{SeedRows, Seeding};
use super::whole_state::WholeState;
use crate::faults::Limits;

/// The credential with which a caller has authenticated. An operation is refused if the access key has a newer
/// generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// An access key of that generation.
    Key { slot: AccessSlot, generation: i64 },
    /// An Entra token, which has no generation.
    Entra,
}

/// An operation of the store. It may contain secrets, so it has no `Debug`.
#[derive(Clone)]
pub(crate) enum Operation {
    /// Creates an identity, or finds the existing identity with the custom id. Records that a token is issued, if a
    /// time is given.
    Create { caller: Caller, new: NewIdentity },
    /// Records that a token is issued, and returns the revocation number for it.
    Issue { caller: Caller, user: String, at: i64 },
    /// Revokes the tokens that were issued until now, or until a given second. It takes effect immediately or at a
    /// given time.
    Revoke { caller: Caller, user: String, issued_until: Option<i64>, in_force_at: Option<i64> },
    /// Deletes an identity.
    Delete { caller: Caller, user: String },
    /// Deletes all identities and all assignments.
    Reset { caller: Caller },
    /// Adds, replaces and removes assignments, either all or none.
    Assign { caller: Caller, kind: Kind, changes: Vec<Change> },
    /// Replaces an access key of that generation, and deletes the signing key that belongs to it.
    RegenerateKey { caller: Caller, slot: AccessSlot, generation: i64, key: String },
    /// Stores the access keys of the first start, in generation 1. Existing keys stay.
    KeepAccessKeys { primary: String, secondary: String },
    /// Stores a signing key for a generation of its access key. The generation is 0 for the other signing keys. An
    /// existing key stays.
    KeepSigningKey { slot: SigningSlot, generation: i64, pkcs8: Vec<u8> },
    /// Stores settings. Existing settings stay.
    KeepSettings(Vec<(String, String)>),
    /// Replaces settings.
    ReplaceSettings(Vec<(String, String)>),
    /// Adds the data of a seed. What the store has already is not changed.
    Seed(Arc<SeedRows>),
    /// Puts revocations that are due in force permanently.
    Settle { now: i64 },
    /// Replaces the setting of the clock, and puts revocations that are due in force permanently.
    SetClock { caller: Caller, clock: (String, String), now: i64 },
    /// Adds a rule of faults, in the form of the control API, unless there are as many as there may be.
    AddFault { rule: Arc<Value>, most: usize },
    /// Removes a rule of faults, or all of them.
    RemoveFaults { id: Option<u64> },
    /// Counts a request that fits a rule of faults.
    CountFault { id: u64, limits: Limits },
    /// Replaces the whole state. A store with identities or assignments is refused, unless `even_if_used` is set.
    Replace { caller: Caller, state: Arc<WholeState>, even_if_used: bool },
}

impl Operation {
    /// Returns the caller of the operation, if it has one.
    pub(super) fn caller(&self) -> Option<Caller> {
        match self {
            Self::Create { caller, .. }
            | Self::Issue { caller, .. }
            | Self::Revoke { caller, .. }
            | Self::Delete { caller, .. }
            | Self::Reset { caller }
            | Self::Assign { caller, .. }
            | Self::RegenerateKey { caller, .. }
            | Self::SetClock { caller, .. }
            | Self::Replace { caller, .. } => Some(*caller),
            Self::KeepAccessKeys { .. }
            | Self::KeepSigningKey { .. }
            | Self::KeepSettings(_)
            | Self::ReplaceSettings(_)
            | Self::Seed(_)
            | Self::Settle { .. }
            | Self::AddFault { .. }
            | Self::RemoveFaults { .. }
            | Self::CountFault { .. } => None,
        }
    }

    /// Returns whether it is what a request asks for, so that the request cannot begin again after it. The others
    /// prepare its answer.
    pub(super) fn is_effect(&self) -> bool {
        !matches!(self, Self::KeepSigningKey { .. } | Self::Settle { .. } | Self::CountFault { .. })
    }

    /// Returns whether the operation, if it had this outcome, has changed something that each process of a shared store
    /// has a copy of.
    pub(super) fn changes_copies(&self, outcome: &Outcome) -> bool {
        match self {
            Self::RegenerateKey { .. } => matches!(outcome, Outcome::Regenerated { .. }),
            Self::Replace { .. } => matches!(outcome, Outcome::Replaced(Replacement::Done { .. })),
            Self::AddFault { .. } => matches!(outcome, Outcome::FaultAdded { .. }),
            Self::KeepAccessKeys { .. }
            | Self::KeepSettings(_)
            | Self::ReplaceSettings(_)
            | Self::RemoveFaults { .. } => true,
            Self::SetClock { .. } | Self::Reset { .. } => *outcome != Outcome::KeyGone,
            Self::Create { .. }
            | Self::Issue { .. }
            | Self::Revoke { .. }
            | Self::Delete { .. }
            | Self::Assign { .. }
            | Self::KeepSigningKey { .. }
            | Self::Seed(_)
            | Self::Settle { .. }
            | Self::CountFault { .. } => false,
        }
    }
}

/// The outcome of an operation. It may contain secrets, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created(Created),
    /// The number of the last revocation. A token that is issued now carries it.
    Issued {
        revocation: i64,
    },
    Done,
    /// The identity does not exist.
    Missing,
    /// The identity has the last number of a revocation. Only a file that was edited by hand has such a number.
    Exhausted,
    /// The caller's access key, or the access key for which a signing key was made, is no longer in force.
    KeyGone,
    /// Another caller has already regenerated the key.
    Moved,
    /// Whether the assignment existed before, for each change.
    Assigned(Vec<bool>),
    Cleared(Cleared),
    Regenerated {
        generation: i64,
    },
    /// The stored access keys.
    AccessKeys([AccessKeyRow; 2]),
    /// The stored signing key.
    Kept {
        pkcs8: Vec<u8>,
    },
    /// The stored values in the order of the names.
    Settings(Vec<String>),
    Replaced(Replacement),
    Seeded(Seeding),
    FaultAdded {
        id: u64,
    },
    /// There are as many rules of faults as there may be.
    TooMany,
    FaultCounted {
        is_hit: bool,
    },
}

/// The outcome of replacing the whole state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// The new generations of the primary and of the secondary key.
    Done { generations: [i64; 2] },
    /// The store has identities or assignments, so nothing was changed.
    InUse,
}

/// An identity to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewIdentity {
    pub(crate) user: String,
    pub(crate) custom_id: Option<String>,
    pub(crate) created_at: i64,
    /// When a token is issued together with it.
    pub(crate) token_issued_at: Option<i64>,
}

impl NewIdentity {
    /// Returns the identity as it is stored.
    pub(super) fn row(&self) -> IdentityRow {
        IdentityRow {
            user: self.user.clone(),
            custom_id: self.custom_id.clone(),
            last_token_issued_at: self.token_issued_at,
            created_at: Some(self.created_at),
            ..IdentityRow::default()
        }
    }
}

#[cfg(test)]
impl NewIdentity {
    /// Returns an identity without a custom id and without a token, created at the first nanosecond.
    pub(crate) fn of(user: &str) -> Self {
        Self { user: user.to_owned(), custom_id: None, created_at: 1, token_issued_at: None }
    }

    pub(crate) fn with_custom_id(self, custom_id: &str) -> Self {
        Self { custom_id: Some(custom_id.to_owned()), ..self }
    }
}

/// An identity that was created or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) row: IdentityRow,
    pub(crate) found: bool,
}

/// How many rows a reset has deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cleared {
    pub(crate) identities: u64,
    pub(crate) assignments: u64,
}

/// A change of the assignment of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The tenant of the assignment. `None` means any tenant.
    pub(crate) tenant: Option<String>,
    pub(crate) object: String,
    /// The new assignment, or `None` to remove it.
    pub(crate) row: Option<AssignmentRow>,
}

/// The state of an identity and the generations of the access keys, in one consistent read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) identity: Option<IdentityRow>,
    /// The revocations that `revoked_below` does not cover.
    pub(crate) revocations: Vec<Revocation>,
    /// The generations of the primary and of the secondary key.
    pub(crate) generations: [i64; 2],
}

/// What each process of a shared store has a copy of, in one consistent read. It contains secrets, so it has no
/// `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    /// How often it was changed.
    pub(crate) generation: i64,
    pub(crate) access_keys: Vec<AccessKeyRow>,
    pub(crate) signing_keys: Vec<SigningKeyRow>,
    /// All settings.
    pub(crate) settings: Vec<(String, String)>,
}

impl Copied {
    /// Returns the value of a setting.
    pub(crate) fn setting(&self, wanted: &str) -> Option<&str> {
        self.settings.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }
}
