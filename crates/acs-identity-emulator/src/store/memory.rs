//! The store in memory, without SQLite. Cloned handles share one store, as processes share a database.

mod rows;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::confirmation;
use super::decide::decide;
use super::failure::{Failure, StoreError};
use super::operation::{Caller, Copied, Operation, Outcome, Snapshot};
use super::revocation::Revocation;
use super::rows::{
    AccessKeyRow, AssignmentRow, DescribedIdentity, Filter, GuidPart, IdentityRow, Kind, Name, SigningKeyRow,
    SigningSlot,
};
use super::whole_state::{WholeIdentity, WholeState};

/// A handle on a store in memory.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    state: Arc<Mutex<State>>,
    /// Whether several owners have handles on it.
    pub(super) is_shared: bool,
}

#[derive(Default)]
struct State {
    access_keys: [Option<AccessKeyRow>; 2],
    signing_keys: Vec<SigningKeyRow>,
    identities: BTreeMap<String, IdentityRow>,
    users: HashMap<String, String>,
    revocations: HashMap<String, Vec<Revocation>>,
    assignments: BTreeMap<Kind, ByObject>,
    settings: HashMap<String, String>,
    /// How often something was changed that the owners of the handles have copies of.
    generation: i64,
    is_shared: bool,
    closed: bool,
}

/// Assignments by object, then by tenant.
type ByObject = BTreeMap<String, BTreeMap<String, AssignmentRow>>;

impl Memory {
    /// Makes an empty store for several owners.
    #[cfg(test)]
    pub(super) fn shared() -> Self {
        let state = State { is_shared: true, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), is_shared: true }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic during an operation would leave it half done, but nothing in an operation panics. So a poisoned lock
        // is used as it is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the state, unless it is closed or has another generation.
    fn open(&self, expected: Option<i64>) -> Result<MutexGuard<'_, State>, Failure> {
        let state = self.lock();
        if state.closed {
            return Err(StoreError::Stopped("it is closed".into()).into());
        }
        if expected.is_some_and(|expected| expected != state.generation) {
            return Err(Failure::Stale);
        }
        Ok(state)
    }

    pub(super) fn apply(&self, operation: &Operation) -> Result<Outcome, Failure> {
        let mut state = self.open(confirmation::expected())?;
        let Ok(outcome) = decide(&mut *state, operation);
        state.generation += i64::from(operation.changes_copies(&outcome));
        Ok(outcome)
    }

    pub(super) fn confirm(&self, generation: i64) -> Result<(), Failure> {
        self.open(Some(generation)).map(drop)
    }

    pub(super) fn copied(&self) -> Result<Copied, Failure> {
        // It is what a request sees next, so it is not compared with what the request has seen.
        let state = self.open(None)?;
        Ok(Copied {
            generation: state.generation,
            access_keys: state.access_keys.iter().flatten().cloned().collect(),
            signing_keys: state.signing_keys.clone(),
            settings: state.settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        })
    }

    /// Reads a consistent state. Fails when the caller's key is not in force.
    fn read<T>(&self, caller: Option<Caller>, read: impl FnOnce(&State) -> T) -> Result<T, Failure> {
        let state = self.open(confirmation::expected())?;
        if let Some(Caller::Key { slot, generation }) = caller
            && state.generations()[slot as usize] != generation
        {
            return Err(Failure::KeyGone);
        }
        Ok(read(&state))
    }

    pub(super) fn snapshot(&self, caller: Option<Caller>, user: Option<&str>) -> Result<Snapshot, Failure> {
        self.read(caller, |state| Snapshot {
            identity: user.and_then(|user| state.identities.get(user).cloned()),
            revocations: user.and_then(|user| state.revocations.get(user).cloned()).unwrap_or_default(),
            generations: state.generations(),
        })
    }

    pub(super) fn has_custom_id(&self, custom_id: &str) -> Result<bool, Failure> {
        self.read(None, |state| state.users.contains_key(custom_id))
    }

    pub(super) fn identity_count(&self, caller: Caller) -> Result<u64, Failure> {
        self.read(Some(caller), |state| state.identities.len() as u64)
    }

    pub(super) fn identities_after(
        &self,
        caller: Caller,
        filter: Option<&Filter>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DescribedIdentity>, Failure> {
        self.read(Some(caller), |state| {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let rows = state.identities.range::<str, _>((from, Bound::Unbounded)).map(|(_, row)| row);
            let found = rows.filter(|row| filter.is_none_or(|filter| matches(filter, row))).take(limit);
            found.map(|row| state.describe(row)).collect()
        })
    }

    pub(super) fn described(&self, caller: Caller, name: Name<'_>) -> Result<Option<DescribedIdentity>, Failure> {
        self.read(Some(caller), |state| {
            let user = match name {
                Name::User(user) => Some(user),
                Name::CustomId(custom_id) => state.users.get(custom_id).map(String::as_str),
            };
            user.and_then(|user| state.identities.get(user)).map(|row| state.describe(row))
        })
    }

    pub(super) fn assignments_of(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        objects: &[&str],
    ) -> Result<Vec<AssignmentRow>, Failure> {
        self.read(Some(caller), |state| {
            let Some(all) = state.assignments.get(&kind) else { return Vec::new() };
            let found = objects.iter().filter_map(|object| all.get(*object)).flat_map(BTreeMap::values);
            found.filter(|row| tenant.is_none_or(|tenant| row.tenant == tenant)).cloned().collect()
        })
    }

    pub(super) fn assignments_after(
        &self,
        caller: Caller,
        kind: Kind,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<AssignmentRow>, Failure> {
        self.read(Some(caller), |state| {
            let Some(all) = state.assignments.get(&kind) else { return Vec::new() };
            let from = Bound::Included(after.map_or("", |(object, _)| object));
            let rows = all.range::<str, _>((from, Bound::Unbounded)).flat_map(|(_, tenants)| tenants.values());
            rows.filter(|row| after.is_none_or(|after| (row.object.as_str(), row.tenant.as_str()) > after))
                .take(limit)
                .cloned()
                .collect()
        })
    }

    pub(super) fn access_keys(&self) -> Result<Vec<AccessKeyRow>, Failure> {
        self.read(None, |state| state.access_keys.iter().flatten().cloned().collect())
    }

    pub(super) fn signing_key(&self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Failure> {
        self.read(None, |state| state.signing_keys.iter().find(|row| row.slot == slot).cloned())
    }

    pub(super) fn setting(&self, name: &str) -> Result<Option<String>, Failure> {
        self.read(None, |state| state.settings.get(name).cloned())
    }

    pub(super) fn whole_state(&self, caller: Caller, settings: &[&str]) -> Result<WholeState, Failure> {
        let sorted = |mut keys: Vec<SigningKeyRow>| {
            keys.sort_by_key(|row| row.slot.name());
            keys
        };
        self.read(Some(caller), |state| WholeState {
            settings: settings.iter().map(|name| ((*name).to_owned(), state.settings.get(*name).cloned())).collect(),
            access_keys: state.access_keys.iter().flatten().cloned().collect(),
            signing_keys: sorted(state.signing_keys.clone()),
            identities: state.identities.values().map(|row| state.whole_identity(row)).collect(),
            assignments: state.all_assignments(),
        })
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
    }
}

fn matches(filter: &Filter, row: &IdentityRow) -> bool {
    row.custom_id.as_ref().is_some_and(|custom_id| contains(custom_id, &filter.custom_id))
        || filter.user.as_ref().is_some_and(|part| match part {
            GuidPart::Start(start) => row.user.starts_with(start),
            GuidPart::Within(within) => row.user.contains(within),
        })
}

/// Returns whether the text has that part, without regard to the case of ASCII letters.
fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some((first, rest)) = part.split_first() else { return true };
    let Some(last) = text.len().checked_sub(part.len()) else { return false };
    // Few places have the first letter. This halves the time of a search in a million identities.
    let starts = text[..=last].iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(first));
    starts.map(|(at, _)| &text[at + 1..at + part.len()]).any(|found| found.eq_ignore_ascii_case(rest))
}

impl State {
    fn whole_identity(&self, row: &IdentityRow) -> WholeIdentity {
        let revocations = self.revocations.get(&row.user).cloned().unwrap_or_default();
        WholeIdentity { row: row.clone(), revocations }
    }

    fn all_assignments(&self) -> Vec<(Kind, AssignmentRow)> {
        let of_kind = |kind: Kind| self.assignments.get(&kind).into_iter().flat_map(BTreeMap::values);
        let rows = |kind| of_kind(kind).flat_map(BTreeMap::values).map(move |row| (kind, row.clone()));
        Kind::ALL.into_iter().flat_map(rows).collect()
    }

    fn describe(&self, row: &IdentityRow) -> DescribedIdentity {
        let of_object = self.assignments.values().filter_map(|all| all.get(&row.user));
        DescribedIdentity {
            row: row.clone(),
            revocations: self.revocations.get(&row.user).cloned().unwrap_or_default(),
            assignments: of_object.map(BTreeMap::len).sum(),
        }
    }

    fn generations(&self) -> [i64; 2] {
        [0, 1].map(|slot| self.access_keys[slot].as_ref().map_or(0, |row: &AccessKeyRow| row.generation))
    }
}
