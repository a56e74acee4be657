//! Reads and writes the rows of the store in memory within an operation.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::State;
use crate::store::decide::Rows;
use crate::store::operation::Cleared;
use crate::store::revocation::Revocation;
use crate::store::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};

impl Rows for State {
    type Error = Infallible;

    fn is_shared(&self) -> bool {
        self.is_shared
    }

    fn access_key(&mut self, slot: AccessSlot) -> Result<Option<AccessKeyRow>, Infallible> {
        Ok(self.access_keys[slot as usize].clone())
    }

    fn generation(&mut self, slot: AccessSlot) -> Result<Option<i64>, Infallible> {
        Ok(self.access_keys[slot as usize].as_ref().map(|row| row.generation))
    }

    fn put_access_key(&mut self, row: &AccessKeyRow) -> Result<(), Infallible> {
        self.access_keys[row.slot as usize] = Some(row.clone());
        Ok(())
    }

    fn signing_key(&mut self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Infallible> {
        Ok(self.signing_keys.iter().find(|row| row.slot == slot).cloned())
    }

    fn put_signing_key(&mut self, row: &SigningKeyRow) -> Result<(), Infallible> {
        self.delete_signing_key(row.slot)?;
        self.signing_keys.push(row.clone());
        Ok(())
    }

    fn delete_signing_key(&mut self, slot: SigningSlot) -> Result<(), Infallible> {
        self.signing_keys.retain(|row| row.slot != slot);
        Ok(())
    }

    fn identity(&mut self, user: &str) -> Result<Option<IdentityRow>, Infallible> {
        Ok(self.identities.get(user).cloned())
    }

    fn identity_of(&mut self, custom_id: &str) -> Result<Option<IdentityRow>, Infallible> {
        Ok(self.users.get(custom_id).and_then(|user| self.identities.get(user)).cloned())
    }

    fn add_identity(&mut self, row: &IdentityRow) -> Result<(), Infallible> {
        if let Some(custom_id) = &row.custom_id {
            self.users.insert(custom_id.clone(), row.user.clone());
        }
        self.identities.insert(row.user.clone(), row.clone());
        Ok(())
    }

    fn change_identity(&mut self, row: &IdentityRow) -> Result<(), Infallible> {
        if let Some(there) = self.identities.get_mut(&row.user) {
            there.clone_from(row);
        }
        Ok(())
    }

    fn delete_identity(&mut self, user: &str) -> Result<bool, Infallible> {
        let Some(row) = self.identities.remove(user) else { return Ok(false) };
        if let Some(custom_id) = row.custom_id {
            self.users.remove(&custom_id);
        }
        self.revocations.remove(user);
        Ok(true)
    }

    fn revocations(&mut self, user: &str) -> Result<Vec<Revocation>, Infallible> {
        Ok(self.revocations.get(user).cloned().unwrap_or_default())
    }

    fn put_revocations(&mut self, user: &str, revocations: &[Revocation]) -> Result<(), Infallible> {
        if revocations.is_empty() {
            self.revocations.remove(user);
        } else {
            self.revocations.insert(user.to_owned(), revocations.to_owned());
        }
        Ok(())
    }

    fn due(&mut self, now: i64) -> Result<Vec<String>, Infallible> {
        let due = |revocations: &[Revocation]| revocations.iter().any(|revocation| revocation.is_due(now));
        Ok(self.revocations.iter().filter(|(_, all)| due(all)).map(|(user, _)| user.clone()).collect())
    }

    fn put_assignment(&mut self, kind: Kind, row: &AssignmentRow) -> Result<(), Infallible> {
        let tenants = self.assignments.entry(kind).or_default().entry(row.object.clone()).or_default();
        tenants.insert(row.tenant.clone(), row.clone());
        Ok(())
    }

    fn delete_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Infallible> {
        let Some(all) = self.assignments.get_mut(&kind) else { return Ok(false) };
        let Some(tenants) = all.get_mut(object) else { return Ok(false) };
        let before = tenants.len();
        tenants.retain(|there, _| tenant.is_some_and(|tenant| there != tenant));
        let deleted = tenants.len() < before;
        if tenants.is_empty() {
            all.remove(object);
        }
        Ok(deleted)
    }

    fn clear(&mut self) -> Result<Cleared, Infallible> {
        let cleared = Cleared {
            identities: self.identities.len() as u64,
            assignments: self.assignments.values().flat_map(BTreeMap::values).map(|rows| rows.len() as u64).sum(),
        };
        self.identities.clear();
        self.users.clear();
        self.revocations.clear();
        self.assignments.clear();
        Ok(cleared)
    }

    fn has_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Infallible> {
        let tenants = self.assignments.get(&kind).and_then(|all| all.get(object));
        Ok(tenants.is_some_and(|tenants| tenant.is_none_or(|tenant| tenants.contains_key(tenant))))
    }

    fn setting(&mut self, name: &str) -> Result<Option<String>, Infallible> {
        Ok(self.settings.get(name).cloned())
    }

    fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Infallible> {
        self.settings.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete_setting(&mut self, name: &str) -> Result<(), Infallible> {
        self.settings.remove(name);
        Ok(())
    }

    fn are_used(&mut self) -> Result<bool, Infallible> {
        Ok(!self.identities.is_empty() || self.assignments.values().any(|all| !all.is_empty()))
    }
}
