//! Reads the whole state.

use std::collections::HashMap;

use rusqlite::Connection;

use super::apply::{all, setting};
use super::fault::Fault;
use super::read::Readers;
use super::row;
use crate::store::revocation::Revocation;
use crate::store::whole_state::{WholeIdentity, WholeState};
use crate::store::{AssignmentRow, Caller, Failure, Kind};

impl Readers {
    pub(super) fn whole_state(&self, caller: Caller, settings: &[&str]) -> Result<WholeState, Failure> {
        self.read_for(Some(caller), |connection, _| whole_state(connection, settings))
    }
}

fn whole_state(connection: &Connection, names: &[&str]) -> Result<WholeState, Fault> {
    let table = |name: &str, columns: &str, order: &str| format!("SELECT {columns} FROM {name} ORDER BY {order}");
    let mut settings = Vec::new();
    for name in names {
        settings.push(((*name).to_owned(), setting(connection, name)?));
    }
    let mut revocations: HashMap<String, Vec<Revocation>> = HashMap::new();
    let of_user = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row::revocation(row)?));
    for (user, revocation) in all(connection, &table("revocations", row::REVOCATION, "user, number"), (), of_user)? {
        revocations.entry(user).or_default().push(revocation);
    }
    let identities = all(connection, &table("identities", row::IDENTITY, "user"), (), row::identity)?;
    let identities = identities.into_iter().map(|row| {
        let revocations = revocations.remove(&row.user).unwrap_or_default();
        WholeIdentity { row, revocations }
    });
    Ok(WholeState {
        settings,
        access_keys: all(connection, &table("access_keys", row::ACCESS_KEY, "slot"), (), row::access_key)?,
        signing_keys: all(connection, &table("signing_keys", row::SIGNING_KEY, "slot"), (), row::signing_key)?,
        identities: identities.collect(),
        assignments: assignments(connection)?,
    })
}

fn assignments(connection: &Connection) -> Result<Vec<(Kind, AssignmentRow)>, Fault> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let columns = row::ASSIGNMENT;
        let query = format!("SELECT {columns} FROM assignments WHERE kind = ?1 ORDER BY object, tenant");
        let rows = all(connection, &query, [kind.name()], row::assignment)?;
        found.extend(rows.into_iter().map(|row| (kind, row)));
    }
    Ok(found)
}
