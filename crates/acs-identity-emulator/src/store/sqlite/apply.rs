//! Reads and writes the rows of the database within a transaction.

use rusqlite::{Connection, Params, Row};

use super::fault::Fault;
use super::row;
use crate::store::decide::Rows;
use crate::store::operation::Cleared;
use crate::store::revocation::Revocation;
use crate::store::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};

/// An open transaction. It reads the access keys only once.
pub(super) struct Transaction<'a> {
    connection: &'a Connection,
    generations: [Option<i64>; 2],
}

/// Returns the first row of a query after checking it.
pub(super) fn first<T>(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    rows.next()?.map(read).transpose()
}

/// Returns all rows of a query after checking them.
pub(super) fn all<T>(
    connection: &Connection,
    query: &str,
    parameters: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

impl<'a> Transaction<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection, generations: [None; 2] }
    }

    fn execute(&self, statement: &str, parameters: impl Params) -> Result<usize, Fault> {
        Ok(self.connection.prepare_cached(statement)?.execute(parameters)?)
    }
}

impl Rows for Transaction<'_> {
    type Error = Fault;

    fn is_shared(&self) -> bool {
        false
    }

    fn generation(&mut self, slot: AccessSlot) -> Result<Option<i64>, Fault> {
        if self.generations[slot as usize].is_none() {
            self.generations[slot as usize] = self.access_key(slot)?.map(|row| row.generation);
        }
        Ok(self.generations[slot as usize])
    }

    fn access_key(&mut self, slot: AccessSlot) -> Result<Option<AccessKeyRow>, Fault> {
        let query = "SELECT slot, generation, key, checksum FROM access_keys WHERE slot = ?1";
        first(self.connection, query, [slot.name()], row::access_key)
    }

    fn put_access_key(&mut self, row: &AccessKeyRow) -> Result<(), Fault> {
        self.generations[row.slot as usize] = None;
        self.execute(
            "INSERT OR REPLACE INTO access_keys (slot, generation, key, checksum) VALUES (?1, ?2, ?3, ?4)",
            (row.slot.name(), row.generation, &row.key, row::access_key_checksum(row)),
        )?;
        Ok(())
    }

    fn signing_key(&mut self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Fault> {
        let query = "SELECT slot, generation, pkcs8, checksum FROM signing_keys WHERE slot = ?1";
        first(self.connection, query, [slot.name()], row::signing_key)
    }

    fn put_signing_key(&mut self, row: &SigningKeyRow) -> Result<(), Fault> {
        self.execute(
            "INSERT OR REPLACE INTO signing_keys (slot, generation, pkcs8, checksum) VALUES (?1, ?2, ?3, ?4)",
            (row.slot.name(), row.generation, &row.pkcs8, row::signing_key_checksum(row)),
        )?;
        Ok(())
    }

    fn delete_signing_key(&mut self, slot: SigningSlot) -> Result<(), Fault> {
        self.execute("DELETE FROM signing_keys WHERE slot = ?1", [slot.name()])?;
        Ok(())
    }

    fn identity(&mut self, user: &str) -> Result<Option<IdentityRow>, Fault> {
        identity(self.connection, user)
    }

    fn identity_of(&mut self, custom_id: &str) -> Result<Option<IdentityRow>, Fault> {
        identity_of(self.connection, custom_id)
    }

    fn add_identity(&mut self, row: &IdentityRow) -> Result<(), Fault> {
        self.execute(
            "INSERT INTO identities (user, custom_id, last_token_issued_at, revocation, revoked_below, checksum,
                created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                &row.user,
                &row.custom_id,
                row.last_token_issued_at,
                row.revocation,
                row.revoked_below,
                row::identity_checksum(row),
                row.created_at,
            ),
        )?;
        Ok(())
    }

    fn change_identity(&mut self, row: &IdentityRow) -> Result<(), Fault> {
        self.execute(
            "UPDATE identities SET last_token_issued_at = ?2, revocation = ?3, revoked_below = ?4, checksum = ?5
             WHERE user = ?1",
            (&row.user, row.last_token_issued_at, row.revocation, row.revoked_below, row::identity_checksum(row)),
        )?;
        Ok(())
    }

    fn delete_identity(&mut self, user: &str) -> Result<bool, Fault> {
        let deleted = self.execute("DELETE FROM identities WHERE user = ?1", [user])? > 0;
        if deleted {
            self.execute("DELETE FROM revocations WHERE user = ?1", [user])?;
        }
        Ok(deleted)
    }

    fn revocations(&mut self, user: &str) -> Result<Vec<Revocation>, Fault> {
        revocations(self.connection, user)
    }

    fn put_revocations(&mut self, user: &str, revocations: &[Revocation]) -> Result<(), Fault> {
        self.execute("DELETE FROM revocations WHERE user = ?1", [user])?;
        for row in revocations {
            self.execute(
                "INSERT INTO revocations (user, number, issued_until, in_force_at, checksum)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (user, row.number, row.issued_until, row.in_force_at, row::revocation_checksum(user, row)),
            )?;
        }
        Ok(())
    }

    fn due(&mut self, now: i64) -> Result<Vec<String>, Fault> {
        let query = "SELECT DISTINCT user FROM revocations WHERE in_force_at <= ?1";
        all(self.connection, query, [now], |row| Ok(row.get(0)?))
    }

    fn put_assignment(&mut self, kind: Kind, row: &AssignmentRow) -> Result<(), Fault> {
        let client_ids = row::client_ids_text(row);
        let checksum = row::assignment_checksum(kind.name(), row, client_ids.as_deref());
        self.execute(
            "INSERT OR REPLACE INTO assignments (kind, object, tenant, principal_type, client_ids, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (kind.name(), &row.object, &row.tenant, &row.principal_type, client_ids, checksum),
        )?;
        Ok(())
    }

    fn delete_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Fault> {
        let statement = "DELETE FROM assignments WHERE kind = ?1 AND object = ?2 AND (?3 IS NULL OR tenant = ?3)";
        Ok(self.execute(statement, (kind.name(), object, tenant))? > 0)
    }

    fn clear(&mut self) -> Result<Cleared, Fault> {
        let identities = self.execute("DELETE FROM identities", [])? as u64;
        self.execute("DELETE FROM revocations", [])?;
        let assignments = self.execute("DELETE FROM assignments", [])? as u64;
        Ok(Cleared { identities, assignments })
    }

    fn has_assignment(&mut self, kind: Kind, tenant: Option<&str>, object: &str) -> Result<bool, Fault> {
        let query = "SELECT EXISTS (SELECT 1 FROM assignments
                     WHERE kind = ?1 AND object = ?2 AND (?3 IS NULL OR tenant = ?3))";
        let parameters = (kind.name(), object, tenant);
        Ok(self.connection.prepare_cached(query)?.query_row(parameters, |row| row.get(0))?)
    }

    fn setting(&mut self, name: &str) -> Result<Option<String>, Fault> {
        setting(self.connection, name)
    }

    fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        self.execute(
            "INSERT OR REPLACE INTO settings (name, value, checksum) VALUES (?1, ?2, ?3)",
            (name, value, row::setting_checksum(name, value)),
        )?;
        Ok(())
    }

    fn delete_setting(&mut self, name: &str) -> Result<(), Fault> {
        self.execute("DELETE FROM settings WHERE name = ?1", [name])?;
        Ok(())
    }

    fn are_used(&mut self) -> Result<bool, Fault> {
        let query = "SELECT EXISTS (SELECT 1 FROM identities) OR EXISTS (SELECT 1 FROM assignments)";
        Ok(self.connection.prepare_cached(query)?.query_row([], |row| row.get(0))?)
    }
}

pub(super) fn identity(connection: &Connection, user: &str) -> Result<Option<IdentityRow>, Fault> {
    let query = "SELECT user, custom_id, last_token_issued_at, revocation, revoked_below, checksum, created_at
                 FROM identities WHERE user = ?1";
    first(connection, query, [user], row::identity)
}

pub(super) fn identity_of(connection: &Connection, custom_id: &str) -> Result<Option<IdentityRow>, Fault> {
    let query = "SELECT user, custom_id, last_token_issued_at, revocation, revoked_below, checksum, created_at
                 FROM identities WHERE custom_id = ?1";
    first(connection, query, [custom_id], row::identity)
}

pub(super) fn revocations(connection: &Connection, user: &str) -> Result<Vec<Revocation>, Fault> {
    let query = "SELECT user, number, issued_until, in_force_at, checksum FROM revocations WHERE user = ?1
                 ORDER BY number";
    all(connection, query, [user], row::revocation)
}

pub(super) fn setting(connection: &Connection, name: &str) -> Result<Option<String>, Fault> {
    let query = "SELECT name, value, checksum FROM settings WHERE name = ?1";
    Ok(first(connection, query, [name], row::setting)?.map(|(_, value)| value))
}
