//! The schema, and its migrations from version to version (`PRAGMA user_version`).

use rusqlite::Connection;

/// One script a version, in order. A script that was released is never changed.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE identities (
        user TEXT PRIMARY KEY,
        custom_id TEXT UNIQUE,
        last_token_issued_at INTEGER,
        revoked_at INTEGER
    ) WITHOUT ROWID;
"];

/// Brings the database to the newest version.
pub(super) fn migrate(connection: &Connection) -> Result<(), String> {
    let text = |error: rusqlite::Error| super::describe(&error);
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
