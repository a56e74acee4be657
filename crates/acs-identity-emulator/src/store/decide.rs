//! The logic of each operation, on rows that an implementation stores. The implementation makes each operation atomic.

use super::fault_rules;
use super::operation::{Caller, Change, Cleared, Created, NewIdentity, Operation, Outcome, Replacement};
use super::revocation::{MAX_NUMBER, Revocation, settle};
use super::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};
use super::seeding::seed;
use super::whole_state::WholeState;

/// The rows of a store within a transaction.
pub(super) trait Rows {
    type Error;

    fn access_key(&mut self, slot: AccessSlot) -> Result<Option<AccessKeyRow>, Self::Error>;
    fn generation(&mut self, slot: AccessSlot) -> Result<Option<i64>, Self::Error>;
    fn put_access_key(&mut self, row: &AccessKeyRow) -> Result<(), Self::Error>;

    fn signing_key(&mut self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Self::Error>;
    fn put_signing_key(&mut self, row: &SigningKeyRow) -> Result<(), Self::Error>;
    fn delete_signing_key(&mut self, slot: SigningSlot) -> Result<(), Self::Error>;

    fn identity(&mut self, user: &str) -> Result<Option<IdentityRow>, Self::Error>;
    fn identity_of(&mut self, custom_id: &str) -> Result<Option<IdentityRow>, Self::Error>;
    /// Adds an identity that does not exist yet.
    fn add_identity(&mut self, row: &IdentityRow) -> Result<(), Self::Error>;
    /// Changes an existing identity. Its custom id never changes.
    fn change_identity(&mut self, row: &IdentityRow) -> Result<(), Self::Error>;
    /// Deletes an identity and its revocations. Returns whether it existed.
    fn delete_identity(&mut self, user: &str) -> Result<bool, Self::Error>;

    fn revocations(&mut self, user: &str) -> Result<Vec<Revocation>, Self::Error>;
    /// Replaces all revocations of an identity.
    fn put_revocations(&mut self, user: &str, revocations: &[Revocation]) -> Result<(), Self::Error>;
    /// Returns the identities that have a revocation that is due.
    fn due(&mut self, now: i64) -> Result<Vec<String>, Self::Error>;

    fn put_assignment(&mut self, kind: Kind, row: &AssignmentRow) -> Result<(), Self::Error>;
    /// Deletes the assignments of an object in one tenant, or in all tenants. Returns whether there was one.
    fn delete_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Self::Error>;

    /// Deletes all identities with their revocations, and all assignments.
    fn clear(&mut self) -> Result<Cleared, Self::Error>;

    /// Returns whether an object has an assignment in one tenant, or in any tenant.
    fn has_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Self::Error>;

    fn setting(&mut self, name: &str) -> Result<Option<String>, Self::Error>;
    fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Self::Error>;
    fn delete_setting(&mut self, name: &str) -> Result<(), Self::Error>;

    /// Returns whether several processes may have the store.
    fn is_shared(&self) -> bool;

    /// Returns whether there are identities or assignments.
    fn are_used(&mut self) -> Result<bool, Self::Error>;
}

/// Checks whether the access key with which a caller authenticated is still in force.
fn is_in_force<R: Rows>(rows: &mut R, caller: Caller) -> Result<bool, R::Error> {
    match caller {
        Caller::Entra => Ok(true),
        Caller::Key { slot, generation } => Ok(rows.generation(slot)? == Some(generation)),
    }
}

/// Executes an operation.
pub(super) fn decide<R: Rows>(rows: &mut R, operation: &Operation) -> Result<Outcome, R::Error> {
    if let Some(caller) = operation.caller()
        && !is_in_force(rows, caller)?
    {
        return Ok(Outcome::KeyGone);
    }
    match operation {
        Operation::Create { new, .. } => create(rows, new),
        Operation::Issue { user, at, .. } => {
            let Some(mut row) = rows.identity(user)? else { return Ok(Outcome::Missing) };
            row.last_token_issued_at = Some(*at);
            rows.change_identity(&row)?;
            Ok(Outcome::Issued { revocation: row.revocation })
        }
        Operation::Revoke { user, issued_until, in_force_at, .. } => revoke(rows, user, *issued_until, *in_force_at),
        Operation::Delete { user, .. } => {
            Ok(if rows.delete_identity(user)? { Outcome::Done } else { Outcome::Missing })
        }
        Operation::Reset { .. } => {
            let cleared = rows.clear()?;
            if rows.is_shared() {
                // They are in the store only if several processes have it. The clearing ends the requests that wait.
                fault_rules::remove(rows, None)?;
                fault_rules::end_waiting(rows)?;
            }
            Ok(Outcome::Cleared(cleared))
        }
        Operation::Assign { kind, changes, .. } => {
            let replaced: Result<Vec<bool>, R::Error> =
                changes.iter().map(|change| assign(rows, *kind, change)).collect();
            Ok(Outcome::Assigned(replaced?))
        }
        Operation::RegenerateKey { slot, generation, key, .. } => regenerate(rows, *slot, *generation, key),
        Operation::KeepAccessKeys { primary, secondary } => {
            let primary = keep_access_key(rows, AccessSlot::Primary, primary)?;
            let secondary = keep_access_key(rows, AccessSlot::Secondary, secondary)?;
            Ok(Outcome::AccessKeys([primary, secondary]))
        }
        Operation::KeepSigningKey { slot, generation, pkcs8 } => keep_signing_key(rows, *slot, *generation, pkcs8),
        Operation::KeepSettings(settings) => {
            let mut standing = Vec::with_capacity(settings.len());
            for (name, value) in settings {
                standing.push(match rows.setting(name)? {
                    Some(there) => there,
                    None => {
                        rows.put_setting(name, value)?;
                        value.clone()
                    }
                });
            }
            Ok(Outcome::Settings(standing))
        }
        Operation::ReplaceSettings(settings) => {
            for (name, value) in settings {
                rows.put_setting(name, value)?;
            }
            Ok(Outcome::Done)
        }
        Operation::Seed(rows_of_seed) => Ok(Outcome::Seeded(seed(rows, rows_of_seed)?)),
        Operation::Settle { now } => settle_due(rows, *now),
        Operation::SetClock { clock: (name, value), now, .. } => {
            rows.put_setting(name, value)?;
            settle_due(rows, *now)
        }
        Operation::AddFault { rule, most } => fault_rules::add(rows, rule, *most),
        Operation::RemoveFaults { id } => fault_rules::remove(rows, *id),
        Operation::CountFault { id, limits } => fault_rules::count(rows, *id, limits),
        Operation::Replace { state, even_if_used, .. } => {
            if !even_if_used && rows.are_used()? {
                return Ok(Outcome::Replaced(Replacement::InUse));
            }
            let generations = replace(rows, state)?;
            if rows.is_shared() {
                fault_rules::end_waiting(rows)?;
            }
            Ok(Outcome::Replaced(Replacement::Done { generations }))
        }
    }
}

fn settle_due<R: Rows>(rows: &mut R, now: i64) -> Result<Outcome, R::Error> {
    for user in rows.due(now)? {
        let Some(mut row) = rows.identity(&user)? else { continue };
        let revocations = rows.revocations(&user)?;
        keep_settled(rows, &mut row, revocations, true, now)?;
    }
    Ok(Outcome::Done)
}

/// Replaces the whole state. Returns the new generations of the access keys.
fn replace<R: Rows>(rows: &mut R, state: &WholeState) -> Result<[i64; 2], R::Error> {
    rows.clear()?;
    for slot in SigningSlot::ALL {
        rows.delete_signing_key(slot)?;
    }
    for (name, value) in &state.settings {
        match value {
            Some(value) => rows.put_setting(name, value)?,
            None => rows.delete_setting(name)?,
        }
    }
    let mut generations = [0; 2];
    for key in &state.access_keys {
        // Requests that were authenticated with a former key must not pass, even if they have the same key.
        let generation = rows.generation(key.slot)?.unwrap_or(0) + 1;
        rows.put_access_key(&AccessKeyRow { generation, ..key.clone() })?;
        generations[key.slot as usize] = generation;
    }
    for key in &state.signing_keys {
        let generation = match key.slot {
            SigningSlot::Access(slot) => {
                let belongs = |access: &&AccessKeyRow| access.slot == slot && access.generation == key.generation;
                if state.access_keys.iter().find(belongs).is_none() {
                    continue;
                }
                generations[slot as usize]
            }
            SigningSlot::Entra | SigningSlot::Issuer => key.generation,
        };
        rows.put_signing_key(&SigningKeyRow { generation, ..key.clone() })?;
    }
    for identity in &state.identities {
        rows.add_identity(&identity.row)?;
        if !identity.revocations.is_empty() {
            rows.put_revocations(&identity.row.user, &identity.revocations)?;
        }
    }
    for (kind, row) in &state.assignments {
        rows.put_assignment(*kind, row)?;
    }
    Ok(generations)
}

pub(super) fn create<R: Rows>(rows: &mut R, new: &NewIdentity) -> Result<Outcome, R::Error> {
    if let Some(custom_id) = &new.custom_id
        && let Some(mut row) = rows.identity_of(custom_id)?
    {
        if new.token_issued_at.is_some() {
            row.last_token_issued_at = new.token_issued_at;
            rows.change_identity(&row)?;
        }
        return Ok(Outcome::Created(Created { row, found: true }));
    }
    let row = new.row();
    rows.add_identity(&row)?;
    Ok(Outcome::Created(Created { row, found: false }))
}

pub(super) fn revoke<R: Rows>(
    rows: &mut R,
    user: &str,
    issued_until: Option<i64>,
    in_force_at: Option<i64>,
) -> Result<Outcome, R::Error> {
    let Some(mut row) = rows.identity(user)? else { return Ok(Outcome::Missing) };
    if row.revocation >= MAX_NUMBER {
        return Ok(Outcome::Exhausted);
    }
    row.revocation += 1;
    let mut revocations = rows.revocations(user)?;
    let had_some = !revocations.is_empty();
    revocations.push(Revocation { number: row.revocation, issued_until, in_force_at });
    // `i64::MIN` means that no revocation is due: only an operation that knows the time puts pending revocations in
    // force.
    keep_settled(rows, &mut row, revocations, had_some, i64::MIN)?;
    Ok(Outcome::Done)
}

/// Writes an identity and its revocations. Revocations that are due are merged into the identity. A usual revocation
/// therefore needs no row of its own.
fn keep_settled<R: Rows>(
    rows: &mut R,
    row: &mut IdentityRow,
    mut revocations: Vec<Revocation>,
    had_some: bool,
    now: i64,
) -> Result<(), R::Error> {
    settle(&mut row.revoked_below, &mut revocations, now);
    rows.change_identity(row)?;
    if had_some || !revocations.is_empty() {
        rows.put_revocations(&row.user, &revocations)?;
    }
    Ok(())
}

fn assign<R: Rows>(rows: &mut R, kind: Kind, change: &Change) -> Result<bool, R::Error> {
    let replaced = rows.delete_assignment(kind, change.tenant.as_deref(), &change.object)?;
    if let Some(row) = &change.row {
        rows.put_assignment(kind, row)?;
    }
    Ok(replaced)
}

fn regenerate<R: Rows>(rows: &mut R, slot: AccessSlot, expected: i64, key: &str) -> Result<Outcome, R::Error> {
    if rows.generation(slot)? != Some(expected) {
        return Ok(Outcome::Moved);
    }
    let generation = expected + 1;
    rows.put_access_key(&AccessKeyRow { slot, generation, key: key.to_owned() })?;
    rows.delete_signing_key(SigningSlot::Access(slot))?;
    Ok(Outcome::Regenerated { generation })
}

fn keep_access_key<R: Rows>(rows: &mut R, slot: AccessSlot, key: &str) -> Result<AccessKeyRow, R::Error> {
    if let Some(row) = rows.access_key(slot)? {
        return Ok(row);
    }
    let row = AccessKeyRow { slot, generation: 1, key: key.to_owned() };
    rows.put_access_key(&row)?;
    Ok(row)
}

fn keep_signing_key<R: Rows>(
    rows: &mut R,
    slot: SigningSlot,
    generation: i64,
    pkcs8: &[u8],
) -> Result<Outcome, R::Error> {
    if let SigningSlot::Access(slot) = slot
        && rows.generation(slot)? != Some(generation)
    {
        return Ok(Outcome::KeyGone);
    }
    if let Some(row) = rows.signing_key(slot)?.filter(|row| row.generation == generation) {
        return Ok(Outcome::Kept { pkcs8: row.pkcs8 });
    }
    rows.put_signing_key(&SigningKeyRow { slot, generation, pkcs8: pkcs8.to_owned() })?;
    Ok(Outcome::Kept { pkcs8: pkcs8.to_owned() })
}
