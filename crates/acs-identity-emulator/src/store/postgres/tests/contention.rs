//! Tests of operations at the same time.

use std::sync::Arc;

use super::{Database, at_once, execute, postgres, session, until_waiting, value, wait_until};
use crate::clock::machine;
use crate::store::{AccessSlot, Caller, Failure, NewIdentity, Store, StoreError, block_on};

fn create(store: &Store, user: &str) {
    block_on(store.create(Caller::Entra, NewIdentity::of(user))).unwrap();
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn an_identity_may_be_in_a_group_more_than_once() {
    let database = Database::new();
    let stores = Arc::new([database.open(), database.open()]);
    create(&stores[0], "u");
    let answers = at_once(64, |number| {
        let stores = Arc::clone(&stores);
        async move { stores[number % 2].revoke(Caller::Entra, "u".into(), None, None).await }
    });
    assert!(answers.iter().all(|answer| *answer == Ok(true)), "{answers:?}");
    assert_eq!(block_on(stores[1].issue(Caller::Entra, "u".into(), 1)), Ok(Some(64)), "each has a number");
    let answers = at_once(64, |number| {
        let stores = Arc::clone(&stores);
        async move { stores[number % 2].delete(Caller::Entra, "u".into()).await.unwrap() }
    });
    assert_eq!(answers.iter().filter(|deleted| **deleted).count(), 1);
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn an_operation_that_the_server_refuses_does_not_fail_others_of_its_group() {
    let database = Database::new();
    let store = Arc::new(database.open());
    create(&store, "there");
    // A user who exists already violates the primary key.
    let answers = at_once(40, |number| {
        let store = Arc::clone(&store);
        async move {
            let user = if number % 25 == 3 { "there".to_owned() } else { format!("u{number}") };
            store.create(Caller::Entra, NewIdentity::of(&user)).await.map(drop)
        }
    });
    let failed: Vec<usize> = (0..40).filter(|number| answers[*number].is_err()).collect();
    assert_eq!(failed, [3, 28], "{answers:?}");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_row_that_another_session_has_locked_holds_nobody_else_up() {
    let database = Database::new();
    let store = Arc::new(database.open());
    for user in ["a", "locked", "z"] {
        create(&store, user);
    }
    // Some begin later, so that there is always one whose time is nearly over. The lock ends with the session, when the
    // database refuses the operations that wait for it.
    let locked: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                machine::sleep_here(std::time::Duration::from_millis(100 * number));
                wait_until("the row is not locked", || {
                    let start = machine::instant();
                    block_on(store.revoke(Caller::Entra, "locked".into(), None, None)).is_err()
                        && machine::since(start).as_millis() < 1900
                });
            })
        })
        .collect();
    let (url, others) = (database.url(), Arc::clone(&store));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = session(&url).await;
        client.batch_execute("BEGIN; SELECT FROM identities WHERE user_id = 'locked' FOR UPDATE").await.unwrap();
        while !locked.iter().all(std::thread::JoinHandle::is_finished) {
            let start = machine::instant();
            for user in ["a", "z"] {
                assert_eq!(others.revoke(Caller::Entra, user.into(), None, None).await, Ok(true));
                assert!(others.issue(Caller::Entra, user.into(), 9).await.unwrap().is_some());
            }
            assert!(machine::since(start).as_millis() < 1000, "others wait");
        }
        for waited in locked {
            waited.join().unwrap();
        }
        client.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!(block_on(store.revoke(Caller::Entra, "locked".into(), None, None)), Ok(true));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_skipped_row_is_repeated_until_its_lock_ends() {
    let database = Database::new();
    let store = Arc::new(database.open());
    create(&store, "u");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let url = database.url();
    runtime.block_on(async {
        let client = session(&url).await;
        client.batch_execute("BEGIN; UPDATE identities SET created_at = 5 WHERE user_id = 'u'").await.unwrap();
        let waiting = {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.revoke(Caller::Entra, "u".into(), None, None).await })
        };
        for _ in 0..50 {
            assert_eq!(store.issue(Caller::Entra, "u".into(), 1).await, Ok(Some(0)));
        }
        assert!(!waiting.is_finished());
        client.batch_execute("COMMIT").await.unwrap();
        assert_eq!(waiting.await.unwrap(), Ok(true));
    });
    let found = block_on(store.described(Caller::Entra, crate::store::Name::User("u"))).unwrap().unwrap();
    assert_eq!((found.row.created_at, found.row.revocation), (Some(5), 1), "neither change was lost");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn regenerations_get_their_turn_while_others_write() {
    let database = Database::new();
    let stores = Arc::new([database.open(), database.open()]);
    block_on(stores[0].keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writers = {
        let (stores, done) = (Arc::clone(&stores), Arc::clone(&done));
        std::thread::spawn(move || {
            at_once(32, |number| {
                let (stores, done) = (Arc::clone(&stores), Arc::clone(&done));
                async move {
                    let mut count = 0;
                    while !done.load(std::sync::atomic::Ordering::Relaxed) {
                        let new = NewIdentity::of(&format!("{number} {count}"));
                        stores[number % 2].create(Caller::Entra, new).await.unwrap();
                        count += 1;
                    }
                    count
                }
            })
        })
    };
    for generation in 1..=20 {
        let start = machine::instant();
        let caller = Caller::Key { slot: AccessSlot::Primary, generation };
        let new = block_on(stores[1].regenerate_key(caller, AccessSlot::Primary, generation, "CCCC".into()));
        assert_eq!(new, Ok(Some(generation + 1)));
        assert!(machine::since(start).as_millis() < 1500, "{generation}");
        // No write by the former key is acknowledged from now on.
        let late = block_on(stores[0].create(caller, NewIdentity::of(&format!("late {generation}"))));
        assert_eq!(late, Err(Failure::KeyGone));
    }
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    let made: u64 = writers.join().unwrap().into_iter().sum();
    assert_eq!(block_on(stores[0].identity_count(Caller::Entra)), Ok(made));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_write_waits_while_a_transaction_is_alone() {
    let database = Database::new();
    let store = Arc::new(database.open());
    create(&store, "u");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let url = database.url();
    runtime.block_on(async {
        let client = session(&url).await;
        client.batch_execute("BEGIN; LOCK TABLE gate IN EXCLUSIVE MODE").await.unwrap();
        let ask = |operation: u8| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                match operation {
                    0 => store.create(Caller::Entra, NewIdentity::of("v")).await.map(drop),
                    1 => store.revoke(Caller::Entra, "u".into(), None, None).await.map(drop),
                    2 => store.delete(Caller::Entra, "w".into()).await.map(drop),
                    _ => store.replace_settings(vec![("a".into(), "1".into())]).await,
                }
            })
        };
        let waiting: Vec<_> = (0..4).map(ask).collect();
        until_waiting(&client, 4).await;
        assert!(waiting.iter().all(|waiting| !waiting.is_finished()));
        // Reads go on.
        assert_eq!(store.issue(Caller::Entra, "u".into(), 1).await, Ok(Some(0)));
        client.batch_execute("COMMIT").await.unwrap();
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Ok(()));
        }
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_write_that_waits_while_its_key_is_replaced_does_nothing() {
    for prepare in ["no", "yes"] {
        let database = Database::new();
        let store = Arc::new(database.open_with(&format!("&prepare={prepare}")));
        block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
        let caller = Caller::Key { slot: AccessSlot::Primary, generation: 1 };
        // Prepared statements are used again, and exist on each connection.
        for number in 0..20 {
            block_on(store.create(caller, NewIdentity::of(&format!("u{number}")))).unwrap();
            block_on(store.revoke(caller, format!("u{number}"), None, None)).unwrap();
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let client = session(&database.url()).await;
            client.batch_execute("BEGIN; LOCK TABLE gate IN EXCLUSIVE MODE").await.unwrap();
            let ask = |operation: u8| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    match operation {
                        0 => store.create(caller, NewIdentity::of("v")).await.map(drop),
                        1 => store.revoke(caller, "u1".into(), None, None).await.map(drop),
                        2 => store.delete(caller, "u2".into()).await.map(drop),
                        _ => store.set_clock(caller, ("clock".into(), "1".into()), 1).await,
                    }
                })
            };
            let waiting: Vec<_> = (0..4).map(ask).collect();
            until_waiting(&client, 4).await;
            let replace = "UPDATE access_keys SET generation = 2 WHERE slot = 'primary'; COMMIT";
            client.batch_execute(replace).await.unwrap();
            for waiting in waiting {
                assert_eq!(waiting.await.unwrap(), Err(Failure::KeyGone), "prepare={prepare}");
            }
        });
        assert_eq!(block_on(store.identity_count(Caller::Entra)), Ok(20));
        assert_eq!(block_on(store.issue(Caller::Entra, "u1".into(), 1)), Ok(Some(1)));
        assert_eq!(block_on(store.setting("clock")), Ok(None));
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_start_waits_longer_for_a_busy_database_than_a_request() {
    let database = Database::new();
    let store = Arc::new(database.open());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let url = database.url();
    runtime.block_on(async {
        let client = session(&url).await;
        client.batch_execute("BEGIN; LOCK TABLE gate, settings IN ACCESS EXCLUSIVE MODE").await.unwrap();
        postgres(&store).set_starting(true);
        let work = |reads: bool| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                if reads {
                    store.setting("b").await.map(drop)
                } else {
                    store.replace_settings(vec![("a".into(), "1".into())]).await
                }
            })
        };
        let waiting: Vec<_> = [true, false].into_iter().map(work).collect();
        machine::sleep(std::time::Duration::from_millis(2500)).await;
        client.batch_execute("COMMIT").await.unwrap();
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Ok(()));
        }
    });
    assert_eq!(block_on(store.setting("a")), Ok(Some("1".to_owned())));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_write_that_is_given_up_is_unknown_and_in_time() {
    let database = Database::new();
    let store = database.open();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = session(&database.url()).await;
        client.batch_execute("BEGIN; LOCK TABLE gate IN EXCLUSIVE MODE").await.unwrap();
        let start = machine::instant();
        let created = store.create(Caller::Entra, NewIdentity::of("v")).await;
        assert!(matches!(created, Err(Failure::Store(StoreError::Unknown(_)))), "{created:?}");
        assert!(machine::since(start).as_millis() < 2000);
        let start = machine::instant();
        let replaced = store.replace_settings(vec![("a".into(), "1".into())]).await;
        assert!(matches!(replaced, Err(Failure::Store(StoreError::Unreachable(_)))), "{replaced:?}");
        assert!(machine::since(start).as_millis() < 2000);
        client.batch_execute("COMMIT").await.unwrap();
    });
    // The statements that were given up leave no session behind.
    let sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    wait_until("a session still waits for the lock", || value(&execute(&database.url(), &[sessions])) == "0");
    assert_eq!(block_on(store.setting("a")), Ok(None));
    assert!(postgres(&store).trouble().is_none());
}
