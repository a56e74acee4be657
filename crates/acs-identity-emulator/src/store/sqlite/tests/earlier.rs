//! Tests of databases of the previous version.

use std::path::Path;

use rusqlite::Connection;

use super::super::open::Refused;
use super::{Folder, NOW, SECOND};
use crate::store::rows::AccessSlot::Primary;
use crate::store::{Caller, Kind, Name, block_on};

/// Makes a database of the previous version, in the way that version made it.
pub(crate) fn version_3(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE assignments (kind TEXT NOT NULL, tenant TEXT NOT NULL, object TEXT NOT NULL,
                principal_type TEXT NOT NULL, client_ids TEXT, PRIMARY KEY (kind, tenant, object)) WITHOUT ROWID;
             CREATE TABLE \"identities\" (user TEXT PRIMARY KEY, custom_id TEXT, last_token_issued_at INTEGER,
                revoked_at INTEGER, revoked_before INTEGER) WITHOUT ROWID;
             CREATE UNIQUE INDEX identities_by_custom_id ON identities (custom_id) WHERE custom_id IS NOT NULL;
             PRAGMA user_version = 3;",
        )
        .unwrap();
    connection
}

#[test]
fn the_database_of_the_previous_version_is_migrated() {
    let folder = Folder::new();
    let connection = version_3(&folder.database());
    let until = 1_700_000_000;
    connection
        .execute_batch(&format!(
            "INSERT INTO identities VALUES ('a', 'custom', 5, NULL, NULL), ('b', NULL, NULL, {}, {}),
                ('c', NULL, NULL, {}, NULL);
             INSERT INTO assignments VALUES ('entra', 't', 'o', 'user', '[\"c\"]'), ('teamsExtension', 't', 'o', 'x', NULL);
             INSERT INTO settings VALUES ('resource_id', '11111111-1111-1111-1111-111111111111'),
                ('primary_key', 'CCCC');",
            until * SECOND + 5,
            (until - 10) * SECOND,
            i64::MAX,
        ))
        .unwrap();
    drop(connection);
    let (store, lines) = folder.try_open("1").unwrap();
    assert_eq!(
        lines,
        [
            "the database was migrated from schema 3 to 5: 3 identities, 2 of them with a revocation, 2 assignments",
            "1 revocations had a time in the future; they revoke all tokens that were issued until now",
        ]
    );
    let snapshot = |user| block_on(store.snapshot(None, Some(user))).unwrap();
    let revoked = |user, token| {
        let snapshot = snapshot(user);
        let below = snapshot.identity.unwrap().revoked_below;
        crate::store::revocation::is_revoked(token, below, &snapshot.revocations, NOW)
    };
    let row = snapshot("a").identity.unwrap();
    assert_eq!((row.custom_id.as_deref(), row.last_token_issued_at, row.revocation), (Some("custom"), Some(5), 0));
    assert!(!revoked("a", (0, until)));
    assert!(revoked("b", (0, until)) && !revoked("b", (0, until + 1)));
    assert!(revoked("c", (0, NOW / SECOND)) && !revoked("c", (0, NOW / SECOND + 1)));
    assert_eq!(block_on(store.issue(Caller::Entra, "c".into(), 1)), Ok(Some(1)));
    let found = block_on(store.assignments_of(Caller::Entra, Kind::Entra, Some("t"), &["o"])).unwrap();
    assert_eq!(found[0].client_ids, Some(vec!["c".to_owned()]));
    let found = block_on(store.assignments_of(Caller::Entra, Kind::TeamsExtension, Some("t"), &["o"])).unwrap();
    assert_eq!(found[0].client_ids, None);
    let kept = block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    assert_eq!(kept.map(|row| row.key), ["CCCC", "BBBB"]);
    assert_eq!(block_on(store.access_keys()).unwrap()[Primary as usize].generation, 1);
    drop(store);
    assert!(folder.try_open("2").unwrap().1.is_empty(), "once is enough");
}

#[test]
fn an_unreadable_assignment_of_the_previous_version_is_refused() {
    let folder = Folder::new();
    let connection = version_3(&folder.database());
    connection.execute_batch("INSERT INTO assignments VALUES ('entra', 't', 'o', 'user', '[\"c')").unwrap();
    drop(connection);
    assert!(matches!(folder.try_open("1"), Err(Refused::Damaged(what)) if what.contains("assignment of o")));
    let version: i64 =
        Connection::open(folder.database()).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 3, "and nothing was changed");
}

/// Makes the database of schema 4 from one of the current schema.
fn version_4(folder: &Folder) {
    let store = folder.open("1");
    for user in ["u", "v"] {
        super::create(&store, user);
    }
    assert!(store.close());
    let connection = Connection::open(folder.database()).unwrap();
    // Rows of schema 4 have checksums without the column that is removed.
    let rows: Vec<(String, u32)> = ["u", "v"]
        .map(|user| {
            let mut row = store_row(&connection, user);
            row.created_at = None;
            (user.to_owned(), super::super::row::identity_checksum(&row))
        })
        .into();
    for (user, checksum) in rows {
        connection.execute("UPDATE identities SET checksum = ?2 WHERE user = ?1", (user, checksum)).unwrap();
    }
    connection.execute_batch("ALTER TABLE identities DROP COLUMN created_at; PRAGMA user_version = 4; VACUUM").unwrap();
}

fn store_row(connection: &Connection, user: &str) -> crate::store::IdentityRow {
    super::super::apply::identity(connection, user).unwrap().unwrap()
}

#[test]
fn a_database_of_schema_4_gets_the_time_of_creation() {
    let folder = Folder::new();
    version_4(&folder);
    assert_eq!(super::super::open::in_file(&folder.database()).unwrap().run.as_deref(), Some("1"));
    let (store, lines) = folder.try_open("2").unwrap();
    assert_eq!(lines, ["the database was migrated from schema 4 to 5"]);
    let described = block_on(store.described(Caller::Entra, Name::CustomId("custom u"))).unwrap().unwrap();
    assert_eq!((described.row.user.as_str(), described.row.created_at), ("u", None));
    super::create(&store, "w");
    assert_eq!(block_on(store.issue(Caller::Entra, "v".into(), 1)), Ok(Some(0)));
    drop(store);
    let (store, lines) = folder.try_open("3").unwrap();
    assert!(lines.is_empty(), "{lines:?}");
    let created = |user| block_on(store.described(Caller::Entra, Name::User(user))).unwrap().unwrap().row.created_at;
    assert_eq!((created("v"), created("w")), (None, Some(1)));
}

#[test]
fn a_changed_row_of_schema_4_is_refused() {
    let folder = Folder::new();
    version_4(&folder);
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute("UPDATE identities SET custom_id = 'x' WHERE user = 'u'", []).unwrap();
    drop(connection);
    assert!(matches!(folder.try_open("2"), Err(Refused::Damaged(what)) if what.contains("\"u\"")));
}
