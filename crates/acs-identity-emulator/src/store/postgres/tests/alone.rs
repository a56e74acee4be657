//! Tests of transactions that are alone: nobody waits for one for long, and it waits for nobody for long.

use std::sync::Arc;
use std::time::Duration;

use super::super::connect::OPERATION;
use super::super::fault::Fault;
use super::super::transaction::Transaction;
use super::{Database, postgres, session, wait_until};
use crate::clock::machine;
use crate::store::{Caller, Failure, NewIdentity, Store, StoreError, block_on};

fn create(store: &Store, user: &str) -> Result<(), Failure> {
    block_on(store.create(Caller::Entra, NewIdentity::of(user))).map(drop)
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_process_that_pauses_in_a_transaction_that_is_alone_stops_others_for_two_seconds() {
    let database = Database::new();
    let (paused, other) = (database.open(), database.open());
    for takes_long in [false, true] {
        let shared = Arc::clone(&postgres(&paused).shared);
        let begin = move || {
            let end = machine::instant() + OPERATION;
            let mut transaction = Transaction::begin_alone(&shared, end)?;
            if takes_long {
                transaction.take_long(end)?;
            }
            Ok::<_, Fault>(transaction)
        };
        let transaction = block_on(postgres(&paused).handle.spawn_blocking(begin)).unwrap().unwrap();
        let start = machine::instant();
        wait_until("others still wait", || {
            create(&other, &format!("{takes_long} {:?}", machine::since(start))).is_ok()
        });
        assert!(machine::since(start) < Duration::from_millis(2900), "{:?}", machine::since(start));
        // The process goes on. Nothing of its transaction can be done any more, and it knows that.
        let commit = postgres(&paused).handle.spawn_blocking(move || transaction.commit());
        let committed = block_on(commit).unwrap();
        assert!(matches!(committed, Err(Fault::Busy(_) | Fault::Unreachable(_))), "{committed:?}");
    }
    assert_eq!(create(&paused, "u"), Ok(()));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn an_operation_that_may_take_long_does_not_wait_long_for_a_lock() {
    let database = Database::new();
    let (one, other) = (Arc::new(database.open()), Arc::new(database.open()));
    create(&one, "locked").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let [client, watcher] = [session(&database.url()).await, session(&database.url()).await];
        for lock in ["SELECT FROM identities WHERE user_id = 'locked' FOR UPDATE", "LOCK TABLE gate IN SHARE MODE"] {
            client.batch_execute(&format!("BEGIN; {lock}")).await.unwrap();
            let reset = {
                let one = Arc::clone(&one);
                tokio::spawn(async move {
                    let start = machine::instant();
                    (one.reset(Caller::Entra).await, machine::since(start))
                })
            };
            super::until_waiting(&watcher, 1).await;
            // Reads go on, and writes as soon as the operation has given up.
            assert_eq!(other.issue(Caller::Entra, "locked".into(), 1).await, Ok(Some(0)));
            let created = other.create(Caller::Entra, NewIdentity::of(lock)).await.map(drop);
            let (result, took) = reset.await.unwrap();
            assert!(matches!(result, Err(Failure::Store(StoreError::Unreachable(_)))), "{lock}: {result:?}");
            assert!(took < Duration::from_secs(2), "{lock}: {took:?}");
            assert_eq!(created, Ok(()), "{lock}");
            client.batch_execute("ROLLBACK").await.unwrap();
        }
    });
    assert!(block_on(one.reset(Caller::Entra)).is_ok());
    assert_eq!(block_on(one.identity_count(Caller::Entra)), Ok(0));
}
