//! Migrations from earlier schemas to the current one. All data is kept.

use rusqlite::Connection;

use super::apply::Transaction;
use super::fault::Fault;
use super::row::client_ids_of;
use super::schema;
use crate::store::decide::Rows as _;
use crate::store::revocation::Revocation;
use crate::store::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind};

/// The steps between the earlier schemas. A released script is never changed.
const STEPS: [&str; 2] = [
    "
    ALTER TABLE identities ADD COLUMN revoked_before INTEGER;
    CREATE TABLE assignments (
        kind TEXT NOT NULL,
        tenant TEXT NOT NULL,
        object TEXT NOT NULL,
        principal_type TEXT NOT NULL,
        client_ids TEXT,
        PRIMARY KEY (kind, tenant, object)
    ) WITHOUT ROWID;
",
    "
    CREATE TABLE identities_new (
        user TEXT PRIMARY KEY,
        custom_id TEXT,
        last_token_issued_at INTEGER,
        revoked_at INTEGER,
        revoked_before INTEGER
    ) WITHOUT ROWID;
    INSERT INTO identities_new SELECT user, custom_id, last_token_issued_at, revoked_at, revoked_before FROM identities;
    DROP TABLE identities;
    ALTER TABLE identities_new RENAME TO identities;
    CREATE UNIQUE INDEX identities_by_custom_id ON identities (custom_id) WHERE custom_id IS NOT NULL;
",
];

const SECOND: i64 = 1_000_000_000;

/// An identity of schema 3, with the time until which its tokens are revoked.
struct Before {
    row: IdentityRow,
    revoked_at: Option<i64>,
}

/// Migrates the tables of a schema to the current schema, within a transaction. Returns lines for the log.
pub(super) fn migrate(connection: &Connection, version: i64, now: i64) -> Result<Vec<String>, Fault> {
    if version >= schema::FIRST_WITH_CHECKSUMS {
        // The statement that SQLite stores then is the one of the current schema. Rows without the new column keep
        // their checksums.
        connection.execute_batch("ALTER TABLE identities ADD COLUMN created_at INTEGER")?;
        schema::mark(connection)?;
        return Ok(vec![format!("the database was migrated from schema {version} to {}", schema::VERSION)]);
    }
    for script in STEPS.iter().skip(usize::try_from(version - 1).unwrap_or(0)) {
        connection.execute_batch(script)?;
    }
    let identities = identities(connection)?;
    let assignments = assignments(connection)?;
    let settings = settings(connection)?;
    connection.execute_batch("DROP TABLE identities; DROP TABLE assignments; DROP TABLE settings;")?;
    schema::make(connection)?;
    let mut rows = Transaction::new(connection);
    let mut lines = Vec::new();
    let (mut revoked, mut ahead) = (0, 0);
    for Before { mut row, revoked_at } in identities.iter().map(|before| Before { row: before.row.clone(), ..*before })
    {
        if let Some(at) = revoked_at {
            revoked += 1;
            ahead += i32::from(at > now);
            row.revocation = 1;
            // A revocation with a time in the future would revoke every future token.
            let until = at.min(now).div_euclid(SECOND);
            let revocation = Revocation { number: 1, issued_until: Some(until), in_force_at: None };
            rows.put_revocations(&row.user, &[revocation])?;
        }
        rows.add_identity(&row)?;
    }
    for (kind, row) in &assignments {
        rows.put_assignment(*kind, row)?;
    }
    for (name, value) in &settings {
        let slot = match name.as_str() {
            "primary_key" => AccessSlot::Primary,
            "secondary_key" => AccessSlot::Secondary,
            _ => {
                rows.put_setting(name, value)?;
                continue;
            }
        };
        rows.put_access_key(&AccessKeyRow { slot, generation: 1, key: value.clone() })?;
    }
    lines.push(format!(
        "the database was migrated from schema {version} to {}: {} identities, {revoked} of them with a revocation, \
         {} assignments",
        schema::VERSION,
        identities.len(),
        assignments.len()
    ));
    if ahead > 0 {
        lines.push(format!(
            "{ahead} revocations had a time in the future; they revoke all tokens that were issued until now"
        ));
    }
    Ok(lines)
}

fn identities(connection: &Connection) -> Result<Vec<Before>, Fault> {
    let mut statement = connection
        .prepare("SELECT user, custom_id, last_token_issued_at, revoked_at, revoked_before FROM identities")?;
    let rows = statement.query_map([], |row| {
        let (last, before): (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
        Ok(Before {
            row: IdentityRow {
                user: row.get(0)?,
                custom_id: row.get(1)?,
                last_token_issued_at: row.get(2)?,
                ..IdentityRow::default()
            },
            // The later revocation also revokes all tokens that the earlier one revokes.
            revoked_at: last.max(before),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn assignments(connection: &Connection) -> Result<Vec<(Kind, AssignmentRow)>, Fault> {
    let mut statement =
        connection.prepare("SELECT kind, tenant, object, principal_type, client_ids FROM assignments")?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let (kind, object): (String, String) = (row.get(0)?, row.get(2)?);
        let damaged = |what| Fault::Damaged(format!("the {what} of the assignment of {object} cannot be read"));
        let kind = [Kind::TeamsExtension, Kind::Entra].into_iter().find(|known| known.name() == kind);
        let kind = kind.ok_or_else(|| damaged("kind"))?;
        let client_ids: Option<String> = row.get(4)?;
        let client_ids = client_ids_of(client_ids.as_deref()).map_err(|()| damaged("list of applications"))?;
        let (tenant, principal_type) = (row.get(1)?, row.get(3)?);
        all.push((kind, AssignmentRow { tenant, object, principal_type, client_ids }));
    }
    Ok(all)
}

fn settings(connection: &Connection) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = connection.prepare("SELECT name, value FROM settings")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
