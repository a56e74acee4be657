//! How long a search and a page take.

use std::time::Duration;

use rusqlite::Connection;

use super::{Folder, NOW};
use crate::clock::machine;
use crate::store::decide::Rows as _;
use crate::store::sqlite::apply::Transaction;
use crate::store::whole_state::{WholeIdentity, WholeState};
use crate::store::{Caller, Filter, GuidPart, IdentityRow, Store, block_on};

const MOST_ROWS: u32 = 1_000_000;

/// Returns the number of identities: a tenth in the short form.
fn rows_of_test() -> u32 {
    if std::env::var_os("AZ_LONG").is_some() { MOST_ROWS } else { MOST_ROWS / 10 }
}

/// What a search among a million may take. A build without optimization takes much longer.
const SEARCH: Duration = Duration::from_millis(if cfg!(debug_assertions) { 3000 } else { 200 });
/// What a page may take that need not search.
const PAGE: Duration = Duration::from_millis(if cfg!(debug_assertions) { 100 } else { 10 });

fn row(number: u32) -> IdentityRow {
    let spread = number.wrapping_mul(2_654_435_761);
    IdentityRow {
        user: format!("{spread:08x}-{:04x}-4000-8000-{number:012x}", number % 65536),
        custom_id: Some(format!("user-{number:07}@contoso.example")),
        created_at: Some(NOW),
        ..IdentityRow::default()
    }
}

/// Makes a database with so many identities.
fn in_folder(folder: &Folder, count: u32) -> Store {
    drop(folder.open("1"));
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let mut rows = Transaction::new(&connection);
    for number in 0..count {
        rows.add_identity(&row(number)).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    drop(connection);
    folder.open("2")
}

fn in_memory(count: u32) -> Store {
    let store = Store::in_memory();
    let mut identities: Vec<_> =
        (0..count).map(|number| WholeIdentity { row: row(number), revocations: Vec::new() }).collect();
    identities.sort_by(|one, other| one.row.user.cmp(&other.row.user));
    let state = WholeState { identities, ..WholeState::default() };
    assert!(block_on(store.replace(Caller::Entra, state.into(), false)).is_ok());
    store
}

/// Measures searches and pages among a million identities: `AZ_LONG=1 cargo test --release -p acs-identity-emulator
/// --lib -- --ignored --nocapture a_part_of_a_custom_id_is_found_in_time`.
#[test]
#[ignore = "it writes a hundred thousand rows, or a million with AZ_LONG=1"]
fn a_part_of_a_custom_id_is_found_in_time_and_the_last_page_as_fast_as_the_first() {
    let folder = Folder::new();
    let count = rows_of_test();
    let search = SEARCH * count / MOST_ROWS;
    for (name, store) in [("SQLite", in_folder(&folder, count)), ("memory", in_memory(count))] {
        let find = |what: &str, text: Option<(&str, Option<GuidPart>)>, after: Option<&str>, most: Duration| {
            let filter = text.map(|(text, user)| Filter { custom_id: text.into(), user });
            let take = || {
                let started = machine::instant();
                let found = block_on(store.identities_after(Caller::Entra, filter.as_ref(), after, 100)).unwrap();
                (machine::since(started), found.len())
            };
            let (took, found) = (0..7).map(|_| take()).min().unwrap();
            println!("{name}, {what}: {took:?}");
            assert!(took < most, "{name}, {what}: {took:?}");
            found
        };
        let (custom, guid) = (format!("{:07}@", count - 1), format!("{:010x}", count - 1));
        let within = Some(GuidPart::Within(guid.clone()));
        assert_eq!(find("a part of one custom id", Some((&custom, None)), None, search), 1);
        assert_eq!(find("a part of one GUID or custom id", Some((&guid, within)), None, search), 1);
        assert_eq!(find("a part of none", Some(("nobody", None)), None, search), 0);
        for (place, after) in [("first", None), ("middle", Some("80000000")), ("last", Some("f8000000"))] {
            assert_eq!(find(&format!("the {place} page of all"), None, after, PAGE), 100);
            let of_search = Some(("contoso", None));
            assert_eq!(find(&format!("the {place} page of a search"), of_search, after, PAGE), 100);
        }
    }
}
