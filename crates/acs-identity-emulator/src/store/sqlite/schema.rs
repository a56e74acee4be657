//! The schema, and the origin of a database file.

use rusqlite::Connection;

use super::fault::Fault;

/// "ACSI" in the file's header marks a database of the emulator.
pub(super) const APPLICATION_ID: i64 = 0x4143_5349;

/// The version of the schema (`PRAGMA user_version`).
pub(super) const VERSION: i64 = 5;

/// The statements of the current schema, with the names of the objects that they create. SQLite stores their text.
pub(super) const SCHEMA: &[(&str, &str)] = &[
    (
        "settings",
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID",
    ),
    (
        "access_keys",
        "CREATE TABLE access_keys (slot TEXT PRIMARY KEY, generation INTEGER NOT NULL, key TEXT NOT NULL, \
         checksum INTEGER NOT NULL) WITHOUT ROWID",
    ),
    (
        "signing_keys",
        "CREATE TABLE signing_keys (slot TEXT PRIMARY KEY, generation INTEGER NOT NULL, pkcs8 BLOB NOT NULL, \
         checksum INTEGER NOT NULL) WITHOUT ROWID",
    ),
    (
        "identities",
        "CREATE TABLE identities (user TEXT PRIMARY KEY, custom_id TEXT, last_token_issued_at INTEGER, \
         revocation INTEGER NOT NULL, revoked_below INTEGER NOT NULL, checksum INTEGER NOT NULL, \
         created_at INTEGER) WITHOUT ROWID",
    ),
    // Most identities have no custom id. The index contains only identities with one, so that creating another identity
    // writes a single page.
    (
        "identities_by_custom_id",
        "CREATE UNIQUE INDEX identities_by_custom_id ON identities (custom_id) WHERE custom_id IS NOT NULL",
    ),
    (
        "revocations",
        "CREATE TABLE revocations (user TEXT NOT NULL, number INTEGER NOT NULL, issued_until INTEGER, \
         in_force_at INTEGER, checksum INTEGER NOT NULL, PRIMARY KEY (user, number)) WITHOUT ROWID",
    ),
    (
        "revocations_pending",
        "CREATE INDEX revocations_pending ON revocations (in_force_at) WHERE in_force_at IS NOT NULL",
    ),
    (
        "assignments",
        "CREATE TABLE assignments (kind TEXT NOT NULL, object TEXT NOT NULL, tenant TEXT NOT NULL, \
         principal_type TEXT NOT NULL, client_ids TEXT, checksum INTEGER NOT NULL, \
         PRIMARY KEY (kind, object, tenant)) WITHOUT ROWID",
    ),
];

/// The statement that made the table of identities in schema 4, which is the same apart from it.
const IDENTITIES_4: &str = "CREATE TABLE identities (user TEXT PRIMARY KEY, custom_id TEXT, \
    last_token_issued_at INTEGER, revocation INTEGER NOT NULL, revoked_below INTEGER NOT NULL, \
    checksum INTEGER NOT NULL) WITHOUT ROWID";

/// The first schema whose rows have checksums.
pub(super) const FIRST_WITH_CHECKSUMS: i64 = 4;

/// The origin of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is empty.
    New,
    /// A database of the emulator with the current schema.
    Present,
    /// A database of the emulator with this earlier schema.
    Before(i64),
    /// A database of the emulator that was restored from a dump. A dump keeps neither the application id nor the
    /// version.
    Restored(i64),
    /// A database of a newer emulator.
    Newer(i64),
    /// A database of another program.
    Foreign(String),
    /// A database of the emulator, but its tables differ from the tables of its version.
    Damaged(String),
}

impl Origin {
    /// Returns whether the rows of the database have checksums, so that they can be read and checked.
    pub(super) fn has_checksums(&self) -> bool {
        match self {
            Self::Present => true,
            Self::Before(version) | Self::Restored(version) => *version >= FIRST_WITH_CHECKSUMS,
            Self::New | Self::Newer(_) | Self::Foreign(_) | Self::Damaged(_) => false,
        }
    }
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, Fault> {
    Ok(connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?)
}

/// Returns the names in the schema with their statements, except those that SQLite makes itself.
fn objects(connection: &Connection) -> Result<Vec<(String, String)>, Fault> {
    let mut statement = connection.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
    )?;
    let all: rusqlite::Result<Vec<_>> = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect();
    Ok(all?)
}

/// Returns the names and statements of the current schema, with another statement for the table of identities if one is
/// given.
fn schema_with(identities: Option<&str>) -> Vec<(String, String)> {
    let statement = |(name, sql): &(&str, &str)| match identities {
        Some(other) if *name == "identities" => other.to_owned(),
        _ => (*sql).to_owned(),
    };
    let mut all: Vec<_> = SCHEMA.iter().map(|object| (object.0.to_owned(), statement(object))).collect();
    all.sort();
    all
}

/// Determines the origin of a database, which may belong to any program.
pub(super) fn origin(connection: &Connection) -> Result<Origin, Fault> {
    let application = pragma(connection, "application_id")?;
    let version = pragma(connection, "user_version")?;
    let objects = objects(connection)?;
    let ours = schema_with(None);
    let of_4 = schema_with(Some(IDENTITIES_4));
    if application == APPLICATION_ID {
        return Ok(match version {
            VERSION if objects == ours => Origin::Present,
            4 if objects == of_4 => Origin::Before(4),
            newer if newer > VERSION => Origin::Newer(newer),
            other => Origin::Damaged(format!("its tables differ from the tables of schema {other}")),
        });
    }
    if application != 0 {
        return Ok(Origin::Foreign(format!("its application id is {application:#x}")));
    }
    let names: Vec<&str> = objects.iter().map(|(name, _)| name.as_str()).collect();
    let before: &[(i64, &[&str])] = &[
        (1, &["identities", "settings"]),
        (2, &["assignments", "identities", "settings"]),
        (3, &["assignments", "identities", "identities_by_custom_id", "settings"]),
    ];
    let of_names = before.iter().find(|(_, expected)| names == **expected).map(|(version, _)| *version);
    Ok(match (version, of_names) {
        (0, None) if names.is_empty() => Origin::New,
        (0 | VERSION, None) if objects == ours => Origin::Restored(VERSION),
        (0 | 4, None) if objects == of_4 => Origin::Restored(4),
        (0, Some(of_names)) => Origin::Restored(of_names),
        (version, Some(of_names)) if version == of_names => Origin::Before(version),
        (version, _) if version > VERSION && names.contains(&"identities") => Origin::Newer(version),
        _ => Origin::Foreign(format!("it holds the tables {}", names.join(", "))),
    })
}

/// Makes the tables of the current schema. It must be called within a transaction.
pub(super) fn make(connection: &Connection) -> Result<(), Fault> {
    for (_, statement) in SCHEMA {
        connection.execute_batch(statement)?;
    }
    mark(connection)
}

/// Marks the database as a database of the emulator with the current schema.
pub(super) fn mark(connection: &Connection) -> Result<(), Fault> {
    let statement = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};");
    Ok(connection.execute_batch(&statement)?)
}
