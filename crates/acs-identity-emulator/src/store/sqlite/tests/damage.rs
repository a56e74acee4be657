//! Tests of damaged rows and flipped bits.

use rusqlite::Connection;

use super::super::open::Refused;
use super::{Folder, create};
use crate::store::{Caller, Failure, Store, StoreError, block_on};

/// Changes a value without SQLite's checks, and leaves the checksum unchanged.
fn tamper(folder: &Folder, statement: &str) {
    let connection = Connection::open(folder.database()).unwrap();
    assert_eq!(connection.execute(statement, []).unwrap(), 1);
}

#[test]
fn a_changed_row_is_refused_by_name() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    block_on(store.keep_settings(vec![("resource_id".into(), "11111111-1111-1111-1111-111111111111".into())])).unwrap();
    block_on(store.revoke(Caller::Entra, "u".into(), Some(1), None)).unwrap();
    assert!(store.close());
    for (statement, named) in [
        ("UPDATE identities SET revoked_below = 7", r#"the row "u" of the table identities"#),
        ("UPDATE access_keys SET key = 'CCCC' WHERE slot = 'primary'", r#"the row "primary" of the table access_keys"#),
        ("UPDATE settings SET value = 'x' WHERE name = 'resource_id'", r#""resource_id" of the table settings"#),
        ("UPDATE revocations SET issued_until = NULL", r#"the row "u" of the table revocations"#),
    ] {
        let copy = folder.killed();
        tamper(&copy, statement);
        let before = std::fs::read(copy.database()).unwrap();
        let Err(Refused::Damaged(what)) = copy.try_open("2") else { panic!("{statement} was not noticed") };
        assert!(what.contains(named), "{what}");
        assert_eq!(std::fs::read(copy.database()).unwrap(), before, "it was not touched");
    }
}

#[test]
fn a_row_that_is_damaged_meanwhile_is_an_error() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    create(&store, "v");
    tamper(&folder, "UPDATE identities SET revocation = 9 WHERE user = 'u'");
    let read = block_on(store.snapshot(None, Some("u")));
    assert!(matches!(&read, Err(Failure::Store(StoreError::Damaged { what })) if what.contains("\"u\"")), "{read:?}");
    let issued = block_on(store.issue(Caller::Entra, "u".into(), 1));
    assert!(matches!(issued, Err(Failure::Store(StoreError::Damaged { .. }))), "{issued:?}");
    assert_eq!(block_on(store.issue(Caller::Entra, "v".into(), 1)), Ok(Some(0)), "another one is served");
}

#[test]
fn every_bit_of_the_database_that_is_flipped_is_noticed_or_changes_nothing() {
    let folder = Folder::new();
    let store = folder.open("1");
    block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    for number in 0..40 {
        create(&store, &format!("user {number:02}"));
        block_on(store.revoke(Caller::Entra, format!("user {number:02}"), Some(number), None)).unwrap();
    }
    let dump = |store: &Store| {
        let snapshots: Vec<_> =
            (0..40).map(|number| block_on(store.snapshot(None, Some(&format!("user {number:02}")))).unwrap()).collect();
        (snapshots, block_on(store.access_keys()).unwrap())
    };
    let right = dump(&store);
    assert!(store.close());
    let bytes = std::fs::read(folder.database()).unwrap();
    let (mut refused, mut served) = (0, 0);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..100 {
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let copy = Folder::new();
        let mut flipped = bytes.clone();
        let at = usize::try_from(random >> 8).unwrap_or(0) % flipped.len();
        flipped[at] ^= 1 << (random % 8);
        std::fs::write(copy.database(), &flipped).unwrap();
        match copy.try_open("2") {
            Ok((store, _)) => {
                assert_eq!(dump(&store), right, "byte {at}");
                served += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0 && served > 0, "{refused} refused, {served} served");
}
