//! Tests of creations with one custom id at the same time.

use std::sync::Arc;

use super::{Database, at_once, session, until_waiting};
use crate::clock::machine;
use crate::store::{Caller, NewIdentity, block_on};

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn many_creations_of_one_custom_id_make_one_identity() {
    let database = Database::new();
    let stores = Arc::new([database.open(), database.open()]);
    for round in 0..5 {
        let created = at_once(32, |number| {
            let stores = Arc::clone(&stores);
            async move {
                let new = NewIdentity::of(&format!("{round} {number}")).with_custom_id(&format!("c{round}"));
                let new = NewIdentity { token_issued_at: Some(7), ..new };
                stores[number % 2].create(Caller::Entra, new).await.unwrap()
            }
        });
        assert!(created.iter().all(|one| one.row.user == created[0].row.user), "round {round}");
        assert_eq!(created.iter().filter(|created| !created.found).count(), 1);
        assert!(created.iter().all(|created| created.row.last_token_issued_at == Some(7)));
    }
    assert_eq!(block_on(stores[0].identity_count(Caller::Entra)), Ok(5));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_custom_id_that_another_session_inserts_does_not_hold_up_creations_without_one() {
    let database = Database::new();
    let store = Arc::new(database.open());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let [client, watcher] = [session(&database.url()).await, session(&database.url()).await];
        let insert = "BEGIN; INSERT INTO identities (user_id, custom_id, revocation, revoked_below) \
                      VALUES ('other', 'c', 0, 0)";
        client.batch_execute(insert).await.unwrap();
        let mut waiting = Vec::new();
        // Each statement that may run at once waits.
        for number in 1..=2 {
            let store = Arc::clone(&store);
            let new = NewIdentity::of(&format!("u{number}")).with_custom_id("c");
            waiting.push(tokio::spawn(async move { store.create(Caller::Entra, new).await }));
            until_waiting(&watcher, number).await;
        }
        let start = machine::instant();
        for number in 0..5 {
            let created = store.create(Caller::Entra, NewIdentity::of(&format!("v{number}"))).await;
            assert!(created.is_ok(), "{created:?}");
        }
        assert!(machine::since(start).as_millis() < 1000 && waiting.iter().all(|waiting| !waiting.is_finished()));
        client.batch_execute("COMMIT").await.unwrap();
        for waiting in waiting {
            let found = waiting.await.unwrap().unwrap();
            assert!(found.found && found.row.user == "other");
        }
    });
}
