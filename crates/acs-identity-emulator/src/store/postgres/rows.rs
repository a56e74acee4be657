//! Reads and writes rows within a transaction. New rows are collected and written together.

use std::collections::BTreeMap;

use tokio_postgres::types::Type;

use super::connect::Parameter;
use super::fault::Fault;

use super::row::{self, Columns, IDENTITY, JOIN_REVOCATIONS, REVOCATIONS};
use super::secret::Secrets;
use super::transaction::Transaction;
use crate::store::decide::Rows;
use crate::store::operation::Cleared;
use crate::store::revocation::Revocation;
use crate::store::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};

/// The largest number of rows that are collected.
const MOST: usize = 2000;

/// The rows of an operation.
pub(super) struct Written<'a> {
    pub(super) transaction: &'a mut Transaction,
    pub(super) secrets: &'a Secrets,
    pub(super) identities: Vec<IdentityRow>,
    pub(super) revocations: Vec<(String, Revocation)>,
    /// By kind, object and tenant.
    pub(super) assignments: BTreeMap<(&'static str, String, String), AssignmentRow>,
}

impl<'a> Written<'a> {
    pub(super) fn new(transaction: &'a mut Transaction, secrets: &'a Secrets) -> Self {
        let (identities, revocations, assignments) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { transaction, secrets, identities, revocations, assignments }
    }

    fn write_if_many(&mut self) -> Result<(), Fault> {
        let collected = self.identities.len() + self.revocations.len() + self.assignments.len();
        if collected < MOST { Ok(()) } else { self.write() }
    }

    /// Executes a statement on the tables of identities, revocations or assignments. It sees the collected rows.
    fn all(&mut self, statement: &str, parameters: &[Parameter<'_>]) -> Result<Vec<tokio_postgres::Row>, Fault> {
        self.write()?;
        self.transaction.query(statement, parameters)
    }

    fn count(&mut self, statement: &str, parameters: &[Parameter<'_>]) -> Result<i64, Fault> {
        let statement = format!("WITH d AS ({statement} RETURNING 1) SELECT count(*) FROM d");
        row::single(&self.all(&statement, parameters)?)
    }

    fn first_identity(&mut self, condition: &str, name: &str) -> Result<Option<IdentityRow>, Fault> {
        let statement = format!("SELECT {IDENTITY} FROM identities i WHERE {condition}");
        let rows = self.all(&statement, &[(&name, Type::TEXT)])?;
        rows.first().map(|row| row::identity(&mut Columns::of(row))).transpose()
    }
}

impl Rows for Written<'_> {
    type Error = Fault;

    fn is_shared(&self) -> bool {
        true
    }

    fn generation(&mut self, slot: AccessSlot) -> Result<Option<i64>, Fault> {
        let statement = "SELECT generation FROM access_keys WHERE slot = $1";
        let rows = self.transaction.query(statement, &[(&slot.name(), Type::TEXT)])?;
        rows.first().map(|row| Columns::of(row).next()).transpose()
    }

    fn access_key(&mut self, slot: AccessSlot) -> Result<Option<AccessKeyRow>, Fault> {
        let statement = "SELECT generation, key FROM access_keys WHERE slot = $1";
        let rows = self.transaction.query(statement, &[(&slot.name(), Type::TEXT)])?;
        let read = |row| {
            let mut columns = Columns::of(row);
            row::access_key(self.secrets, slot.name(), columns.next()?, columns.next()?)
        };
        rows.first().map(read).transpose()
    }

    fn put_access_key(&mut self, row: &AccessKeyRow) -> Result<(), Fault> {
        let name = row::name_of_access_key(row.slot, row.generation);
        let key = self.secrets.seal(&name, row.key.as_bytes())?;
        self.transaction.query(
            "INSERT INTO access_keys (slot, generation, key) VALUES ($1, $2, $3) \
             ON CONFLICT (slot) DO UPDATE SET generation = excluded.generation, key = excluded.key",
            &[(&row.slot.name(), Type::TEXT), (&row.generation, Type::INT8), (&key, Type::BYTEA)],
        )?;
        Ok(())
    }

    fn signing_key(&mut self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Fault> {
        let statement = "SELECT slot, generation, pkcs8 FROM signing_keys WHERE slot = $1";
        let rows = self.transaction.query(statement, &[(&slot.name(), Type::TEXT)])?;
        let read = |row| {
            let mut columns = Columns::of(row);
            row::signing_key(self.secrets, columns.next()?, columns.next()?, columns.next()?)
        };
        rows.first().map(read).transpose()
    }

    fn put_signing_key(&mut self, row: &SigningKeyRow) -> Result<(), Fault> {
        let name = row::name_of_signing_key(row.slot, row.generation);
        let pkcs8 = self.secrets.seal(&name, &row.pkcs8)?;
        self.transaction.query(
            "INSERT INTO signing_keys (slot, generation, pkcs8) VALUES ($1, $2, $3) \
             ON CONFLICT (slot) DO UPDATE SET generation = excluded.generation, pkcs8 = excluded.pkcs8",
            &[(&row.slot.name(), Type::TEXT), (&row.generation, Type::INT8), (&pkcs8, Type::BYTEA)],
        )?;
        Ok(())
    }

    fn delete_signing_key(&mut self, slot: SigningSlot) -> Result<(), Fault> {
        self.transaction.query("DELETE FROM signing_keys WHERE slot = $1", &[(&slot.name(), Type::TEXT)])?;
        Ok(())
    }

    fn identity(&mut self, user: &str) -> Result<Option<IdentityRow>, Fault> {
        self.first_identity("i.user_id = $1", user)
    }

    fn identity_of(&mut self, custom_id: &str) -> Result<Option<IdentityRow>, Fault> {
        self.first_identity("i.custom_id = $1", &row::kept(custom_id))
    }

    fn add_identity(&mut self, row: &IdentityRow) -> Result<(), Fault> {
        self.identities.push(row.clone());
        self.write_if_many()
    }

    fn change_identity(&mut self, row: &IdentityRow) -> Result<(), Fault> {
        self.all(
            "UPDATE identities SET last_token_issued_at = $2, revocation = $3, revoked_below = $4 WHERE user_id = $1",
            &[
                (&row.user, Type::TEXT),
                (&row.last_token_issued_at, Type::INT8),
                (&row.revocation, Type::INT8),
                (&row.revoked_below, Type::INT8),
            ],
        )?;
        Ok(())
    }

    fn delete_identity(&mut self, user: &str) -> Result<bool, Fault> {
        let deleted = self.count("DELETE FROM identities WHERE user_id = $1", &[(&user, Type::TEXT)])? > 0;
        if deleted {
            self.all("DELETE FROM revocations WHERE user_id = $1", &[(&user, Type::TEXT)])?;
        }
        Ok(deleted)
    }

    fn revocations(&mut self, user: &str) -> Result<Vec<Revocation>, Fault> {
        let statement = format!("SELECT {REVOCATIONS} FROM identities i {JOIN_REVOCATIONS} WHERE i.user_id = $1");
        let rows = self.all(&statement, &[(&user, Type::TEXT)])?;
        rows.first().map_or_else(|| Ok(Vec::new()), |row| row::revocations(&mut Columns::of(row)))
    }

    fn put_revocations(&mut self, user: &str, revocations: &[Revocation]) -> Result<(), Fault> {
        self.all("DELETE FROM revocations WHERE user_id = $1", &[(&user, Type::TEXT)])?;
        self.revocations.extend(revocations.iter().map(|revocation| (user.to_owned(), *revocation)));
        self.write_if_many()
    }

    fn due(&mut self, now: i64) -> Result<Vec<String>, Fault> {
        let statement = "SELECT DISTINCT user_id FROM revocations WHERE in_force_at <= $1";
        let rows = self.all(statement, &[(&now, Type::INT8)])?;
        rows.iter().map(|row| Columns::of(row).next()).collect()
    }

    fn put_assignment(&mut self, kind: Kind, row: &AssignmentRow) -> Result<(), Fault> {
        self.assignments.insert((kind.name(), row.object.clone(), row.tenant.clone()), row.clone());
        self.write_if_many()
    }

    fn delete_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Fault> {
        let statement = "DELETE FROM assignments WHERE kind = $1 AND object = $2 AND ($3::text IS NULL OR tenant = $3)";
        let parameters: [Parameter<'_>; 3] = [(&kind.name(), Type::TEXT), (&object, Type::TEXT), (&tenant, Type::TEXT)];
        Ok(self.count(statement, &parameters)? > 0)
    }

    fn clear(&mut self) -> Result<Cleared, Fault> {
        let identities = self.count("DELETE FROM identities", &[])?;
        self.all("DELETE FROM revocations", &[])?;
        let assignments = self.count("DELETE FROM assignments", &[])?;
        let number = |count| u64::try_from(count).unwrap_or_default();
        Ok(Cleared { identities: number(identities), assignments: number(assignments) })
    }

    fn has_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Fault> {
        let statement = "SELECT EXISTS (SELECT FROM assignments \
                         WHERE kind = $1 AND object = $2 AND ($3::text IS NULL OR tenant = $3))";
        let parameters: [Parameter<'_>; 3] = [(&kind.name(), Type::TEXT), (&object, Type::TEXT), (&tenant, Type::TEXT)];
        row::single(&self.all(statement, &parameters)?)
    }

    fn setting(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let statement = "SELECT value FROM settings WHERE name = $1";
        let rows = self.transaction.query(statement, &[(&name, Type::TEXT)])?;
        rows.first().map(|row| row::setting(self.secrets, name, Columns::of(row).next()?)).transpose()
    }

    fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let value = self.secrets.seal(&row::name_of_setting(name), value.as_bytes())?;
        self.transaction.query(
            "INSERT INTO settings (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[(&name, Type::TEXT), (&value, Type::BYTEA)],
        )?;
        Ok(())
    }

    fn delete_setting(&mut self, name: &str) -> Result<(), Fault> {
        self.transaction.query("DELETE FROM settings WHERE name = $1", &[(&name, Type::TEXT)])?;
        Ok(())
    }

    fn are_used(&mut self) -> Result<bool, Fault> {
        let statement = "SELECT EXISTS (SELECT FROM identities) OR EXISTS (SELECT FROM assignments)";
        row::single(&self.all(statement, &[])?)
    }
}
