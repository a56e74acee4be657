//! The schema, and its migrations from version to version (`PRAGMA user_version`).

use rusqlite::Connection;

/// One script a version, in order. A script that was released is never changed.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE identities (
        user TEXT PRIMARY KEY,
        custom_id TEXT UNIQUE,
        last_token_issued_at INTEGER,
        revoked_at INTEGER
    ) WITHOUT ROWID;
",
    "
    -- The revocation before the last one, while the last one is not in force yet.
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
    -- Most identities have no custom id. An index of those that have one leaves a creation with a single page to write.
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

/// Brings the database to the newest version.
pub(super) fn migrate(connection: &Connection) -> Result<(), String> {
    let text = |error: rusqlite::Error| error.to_string();
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(text)?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if version > MIGRATIONS.len() {
        return Err(format!("it was made by a newer emulator (schema {version}, known up to {})", MIGRATIONS.len()));
    }
    for (index, script) in MIGRATIONS.iter().enumerate().skip(version) {
        let number = index + 1;
        connection.execute_batch(&format!("BEGIN; {script} PRAGMA user_version = {number}; COMMIT;")).map_err(text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_schemas_keep_their_data() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.execute_batch("PRAGMA user_version = 1; INSERT INTO identities (user) VALUES ('u')").unwrap();
        migrate(&connection).unwrap();
        migrate(&connection).unwrap();
        let row = connection.query_row("SELECT user, revoked_before FROM identities", [], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?))
        });
        assert_eq!(row.unwrap(), ("u".to_owned(), None));
        connection.execute_batch("PRAGMA user_version = 99").unwrap();
        assert!(migrate(&connection).unwrap_err().contains("newer emulator"));
    }
}
