//! How long a search takes.

use std::time::Duration;

use rusqlite::Connection;

use super::{Folder, NOW};
use crate::store::decide::Rows as _;
use crate::store::sqlite::apply::Transaction;
use crate::store::{Caller, Filter, GuidPart, IdentityRow};

/// Measures a search among a million identities: `cargo test --release -p acs-identity-emulator --lib -- --ignored
/// a_part_of_a_custom_id_is_found_in_time --nocapture`.
#[test]
#[ignore = "it writes a million rows"]
fn a_part_of_a_custom_id_is_found_in_time() {
    let folder = Folder::new();
    drop(folder.open("1"));
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("BEGIN").unwrap();
    let mut rows = Transaction::new(&connection);
    for number in 0..1_000_000_u32 {
        let spread = number.wrapping_mul(2_654_435_761);
        let row = IdentityRow {
            user: format!("{spread:08x}-{:04x}-4000-8000-{number:012x}", number % 65536),
            custom_id: Some(format!("user-{number:07}@contoso.example")),
            created_at: Some(NOW),
            ..IdentityRow::default()
        };
        rows.add_identity(&row).unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    drop(connection);
    let store = folder.open("2");
    let find = |text: &str, user: Option<GuidPart>| {
        let filter = Filter { custom_id: text.into(), user };
        let times: Vec<_> = (0..5)
            .map(|_| {
                let started = crate::clock::machine::instant();
                let found = store.identities_after(Caller::Entra, Some(&filter), None, 100).unwrap();
                (crate::clock::machine::since(started), found.len())
            })
            .collect();
        println!("{text}: {times:?}");
        times.into_iter().min().unwrap()
    };
    let (took, found) = find("0999999@", None);
    assert_eq!(found, 1);
    assert!(took < Duration::from_millis(1500), "{took:?}");
    let (took, found) = find("00000f423f", Some(GuidPart::Within("00000f423f".into())));
    assert_eq!(found, 1);
    assert!(took < Duration::from_millis(1500), "{took:?}");
    assert_eq!(find("nobody", None).1, 0);
    assert_eq!(find("contoso", None).1, 100);
}
