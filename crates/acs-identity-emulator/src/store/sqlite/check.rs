//! Checks whether the database holds the data that was written. It runs before any data is served.

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::raw_id::is_guid;
use rusqlite::{Connection, Row};

use super::fault::Fault;
use super::row;
use crate::store::rows::AccessKeyRow;

/// Lets SQLite check its own structures.
pub(super) fn structure(connection: &Connection) -> Result<(), Fault> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(Fault::Damaged(said.replace('\n', " "))) }
}

/// Reads every row of the current schema, and checks its checksum and its values.
pub(super) fn rows(connection: &Connection) -> Result<(), Fault> {
    let table = |name: &str, columns: &str| format!("SELECT {columns} FROM {name}");
    let mut resource = None;
    let mut kept = false;
    let mut slots = 0;
    each(connection, &table("settings", row::SETTING), |row| {
        let (name, value) = row::setting(row)?;
        match name.as_str() {
            "resource_id" if !is_guid(&value) => return Err(unusable("resource_id", "settings", "a GUID")),
            "resource_id" => resource = Some(value),
            "keys" => kept = true,
            _ => {}
        }
        Ok(())
    })?;
    each(connection, &table("access_keys", row::ACCESS_KEY), |row| {
        let AccessKeyRow { slot, key, .. } = row::access_key(row)?;
        slots += 1;
        key.parse::<AccessKey>().map(drop).map_err(|_| unusable(slot.name(), "access_keys", "an access key"))
    })?;
    if kept && (slots < 2 || resource.is_none()) {
        return Err(Fault::Damaged("an access key or the resource id is missing".into()));
    }
    // The keys are not parsed, because that takes as long as to check 500 identities, and a key with the right checksum
    // is one that this program has made or parsed.
    each(connection, &table("signing_keys", row::SIGNING_KEY), |row| row::signing_key(row).map(drop))?;
    each(connection, &table("identities", row::IDENTITY), |row| row::identity(row).map(drop))?;
    each(connection, &table("revocations", row::REVOCATION), |row| row::revocation(row).map(drop))?;
    each(connection, &table("assignments", row::ASSIGNMENT), |row| row::assignment(row).map(drop))
}

fn unusable(key: &str, table: &str, wanted: &str) -> Fault {
    Fault::Damaged(format!("the row {key:?} of the table {table} does not hold {wanted}"))
}

fn each(
    connection: &Connection,
    query: &str,
    mut check: impl FnMut(&Row<'_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        check(row)?;
    }
    Ok(())
}
