//! Which databases are accepted.

use rusqlite::Connection;

use super::{Folder, create, is_there};
use crate::store::sqlite::open::Refused;
use crate::store::sqlite::schema;

#[test]
fn a_database_of_another_program_is_refused_with_the_reason() {
    let folder = Folder::new();
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("CREATE TABLE bookmarks (a); INSERT INTO bookmarks VALUES (1)").unwrap();
    drop(connection);
    let before = std::fs::read(folder.database()).unwrap();
    let Err(Refused::Foreign(why)) = folder.try_open("1") else { panic!("it was taken") };
    assert!(why.contains("bookmarks"), "{why}");
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
    let folder = Folder::new();
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("PRAGMA application_id = 5; CREATE TABLE a (b)").unwrap();
    drop(connection);
    assert!(matches!(folder.try_open("1"), Err(Refused::Foreign(why)) if why.contains("application id")));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = Folder::new();
    drop(folder.open("1"));
    Connection::open(folder.database()).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(folder.try_open("2"), Err(Refused::Foreign(why)) if why.contains("newer emulator")));
}

#[test]
fn a_database_restored_from_a_dump_is_accepted() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    drop(store);
    Connection::open(folder.database())
        .unwrap()
        .execute_batch("PRAGMA user_version = 0; PRAGMA application_id = 0; PRAGMA journal_mode = DELETE")
        .unwrap();
    let (store, lines) = folder.try_open("2").unwrap();
    assert!(is_there(&store, "u"));
    assert_eq!(lines, ["the database was restored from a dump, and was marked again as a database of the emulator"]);
}

#[test]
fn the_schema_is_stored_as_it_is_written() {
    let folder = Folder::new();
    drop(folder.open("1"));
    let connection = Connection::open(folder.database()).unwrap();
    assert_eq!(schema::origin(&connection).unwrap(), schema::Origin::Present);
    let id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap();
    assert_eq!(id, 0x4143_5349);
}
