//! How long a search and a page take.

use std::time::Duration;

use rusqlite::Connection;

use super::{Folder, NOW};
use crate::clock::machine;
use crate::store::decide::Rows as _;
use crate::store::sqlite::apply::Transaction;
use crate::store::whole_state::{WholeIdentity, WholeState};
use crate::store::{Caller, Filter, GuidPart, IdentityRow, Store, block_on};

const ROWS: u32 = 1_000_000;

/// What a search may take. A build without optimization takes much longer.
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

/// Makes a database with a million identities.
fn in_folder(folder: &Folder) -> Store {
    drop(folder.open("1"));
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let mut rows = Transaction::new(&connection);
    for number in 0..ROWS {
        rows.add_identity(&row(number)).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    drop(connection);
    folder.open("2")
}

fn in_memory() -> Store {
    let store = Store::in_memory();
    let mut identities: Vec<_> =
        (0..ROWS).map(|number| WholeIdentity { row: row(number), revocations: Vec::new() }).collect();
    identities.sort_by(|one, other| one.row.user.cmp(&other.row.user));
    let state = WholeState { identities, ..WholeState::default() };
    assert!(block_on(store.replace(Caller::Entra, state.into(), false)).is_ok());
    store
}

/// Measures searches and pages among a million identities: `cargo test --release -p acs-identity-emulator --lib --
/// --ignored --nocapture a_part_of_a_custom_id_is_found_in_time`.
#[test]
#[ignore = "it writes a million rows"]
fn a_part_of_a_custom_id_is_found_in_time_and_the_last_page_as_fast_as_the_first() {
    let folder = Folder::new();
    for (name, store) in [("SQLite", in_folder(&folder)), ("memory", in_memory())] {
        let find = |what: &str, text: Option<(&str, Option<GuidPart>)>, after: Option<&str>, most: Duration| {
            let filter = text.map(|(text, user)| Filter { custom_id: text.into(), user });
            let take = || {
                let started = machine::instant();
                let found = store.identities_after(Caller::Entra, filter.as_ref(), after, 100).unwrap();
                (machine::since(started), found.len())
            };
            let (took, found) = (0..7).map(|_| take()).min().unwrap();
            println!("{name}, {what}: {took:?}");
            assert!(took < most, "{name}, {what}: {took:?}");
            found
        };
        let within = Some(GuidPart::Within("00000f423f".into()));
        assert_eq!(find("a part of one custom id", Some(("0999999@", None)), None, SEARCH), 1);
        assert_eq!(find("a part of one GUID or custom id", Some(("00000f423f", within)), None, SEARCH), 1);
        assert_eq!(find("a part of none", Some(("nobody", None)), None, SEARCH), 0);
        for (place, after) in [("first", None), ("middle", Some("80000000")), ("last", Some("fff00000"))] {
            assert_eq!(find(&format!("the {place} page of all"), None, after, PAGE), 100);
            let of_search = Some(("contoso", None));
            assert_eq!(find(&format!("the {place} page of a search"), of_search, after, PAGE), 100);
        }
    }
}
