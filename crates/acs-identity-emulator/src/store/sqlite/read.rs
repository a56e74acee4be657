//! Reads with connections of their own, so that a commit does not block them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::apply::{all, first, identity, revocations, setting};
use super::fault::Fault;
use super::row;
use super::surroundings::Surroundings;
use crate::store::failure::{Failure, StoreError};
use crate::store::operation::{Caller, Snapshot};
use crate::store::rows::{AccessKeyRow, AssignmentRow, Kind, SigningKeyRow, SigningSlot};

/// The connections that are currently unused.
pub(in crate::store) struct Readers {
    path: PathBuf,
    surroundings: Arc<dyn Surroundings>,
    /// `None` after the store was closed.
    idle: Mutex<Option<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, surroundings: Arc<dyn Surroundings>) -> Self {
        Self { path, surroundings, idle: Mutex::new(Some(Vec::new())) }
    }

    pub(super) fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn take(&self) -> Result<Connection, StoreError> {
        let taken = match &mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner) {
            None => return Err(StoreError::Stopped("it is closed".into())),
            Some(idle) => idle.pop(),
        };
        if let Some(connection) = taken {
            return Ok(connection);
        }
        // A new connection opens the database by name, and another database may have that name now.
        if !self.surroundings.are_still_there() {
            return Err(StoreError::Gone);
        }
        let open = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&self.path, flags)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            Ok(connection)
        };
        open().map_err(|error| Fault::from(error).of_read())
    }

    /// Reads a consistent state.
    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let connection = self.take()?;
        let result = (|| {
            let transaction = connection.unchecked_transaction()?;
            let value = read(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })();
        if let Some(idle) = &mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner) {
            idle.push(connection);
        }
        result.map_err(Fault::of_read)
    }

    /// Returns whether a revocation is due.
    pub(super) fn is_due(&self, now: i64) -> Result<bool, StoreError> {
        let query = "SELECT EXISTS (SELECT 1 FROM revocations WHERE in_force_at <= ?1)";
        self.read(|connection| Ok(connection.query_row(query, [now], |row| row.get(0))?))
    }

    /// Reads a consistent state. Fails when the caller's key is not in force in that state.
    pub(super) fn read_for<T>(
        &self,
        caller: Option<Caller>,
        read: impl FnOnce(&Connection, [i64; 2]) -> Result<T, Fault>,
    ) -> Result<T, Failure> {
        let value = self.read(|connection| {
            let generations = generations(connection)?;
            if let Some(Caller::Key { slot, generation }) = caller
                && generations[slot as usize] != generation
            {
                return Ok(None);
            }
            read(connection, generations).map(Some)
        })?;
        value.ok_or(Failure::KeyGone)
    }

    pub(in crate::store) fn snapshot(&self, caller: Option<Caller>, user: Option<&str>) -> Result<Snapshot, Failure> {
        self.read_for(caller, |connection, generations| {
            let found = user.map(|user| identity(connection, user)).transpose()?.flatten();
            // If all revocations are merged into the identity, it has no rows of them.
            let revocations = match &found {
                Some(row) if row.revocation > row.revoked_below => revocations(connection, &row.user)?,
                _ => Vec::new(),
            };
            Ok(Snapshot { identity: found, revocations, generations })
        })
    }

    pub(in crate::store) fn has_custom_id(&self, custom_id: &str) -> Result<bool, Failure> {
        self.read_for(None, |connection, _| {
            let query = "SELECT EXISTS (SELECT 1 FROM identities WHERE custom_id = ?1)";
            Ok(connection.query_row(query, [custom_id], |row| row.get(0))?)
        })
    }

    pub(in crate::store) fn identity_count(&self, caller: Caller) -> Result<u64, Failure> {
        self.read_for(Some(caller), |connection, _| {
            let count: i64 = connection.query_row("SELECT count(*) FROM identities", [], |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
    }

    pub(in crate::store) fn assignments_of(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        objects: &[&str],
    ) -> Result<Vec<AssignmentRow>, Failure> {
        self.read_for(Some(caller), |connection, _| {
            let mut found = Vec::new();
            for object in objects {
                let query = "SELECT kind, object, tenant, principal_type, client_ids, checksum FROM assignments
                             WHERE kind = ?1 AND object = ?2 AND (?3 IS NULL OR tenant = ?3) ORDER BY tenant";
                found.extend(all(connection, query, (kind.name(), *object, tenant), row::assignment)?);
            }
            Ok(found)
        })
    }

    pub(in crate::store) fn assignments_after(
        &self,
        caller: Caller,
        kind: Kind,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<AssignmentRow>, Failure> {
        let (object, tenant) = after.unwrap_or_default();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_for(Some(caller), |connection, _| {
            let query = "SELECT kind, object, tenant, principal_type, client_ids, checksum FROM assignments
                         WHERE kind = ?1 AND (object, tenant) > (?2, ?3) ORDER BY object, tenant LIMIT ?4";
            all(connection, query, (kind.name(), object, tenant, limit), row::assignment)
        })
    }

    pub(in crate::store) fn access_keys(&self) -> Result<Vec<AccessKeyRow>, Failure> {
        Ok(self.read(access_keys)?)
    }

    pub(in crate::store) fn signing_key(&self, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Failure> {
        Ok(self.read(|connection| signing_key(connection, slot))?)
    }

    pub(in crate::store) fn setting(&self, name: &str) -> Result<Option<String>, Failure> {
        Ok(self.read(|connection| setting(connection, name))?)
    }
}

pub(super) fn signing_key(connection: &Connection, slot: SigningSlot) -> Result<Option<SigningKeyRow>, Fault> {
    let query = "SELECT slot, generation, pkcs8, checksum FROM signing_keys WHERE slot = ?1";
    first(connection, query, [slot.name()], row::signing_key)
}

fn access_keys(connection: &Connection) -> Result<Vec<AccessKeyRow>, Fault> {
    let query = "SELECT slot, generation, key, checksum FROM access_keys ORDER BY slot";
    all(connection, query, (), row::access_key)
}

fn generations(connection: &Connection) -> Result<[i64; 2], Fault> {
    let mut generations = [0; 2];
    for AccessKeyRow { slot, generation, .. } in access_keys(connection)? {
        generations[slot as usize] = generation;
    }
    Ok(generations)
}
