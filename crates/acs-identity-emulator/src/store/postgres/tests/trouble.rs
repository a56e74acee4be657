//! Tests of a server that cannot be reached, and of connections that are lost.

use std::net::ToSocketAddrs as _;
use std::sync::Arc;

use super::proxy::Proxy;
use super::{Database, at_once, execute, postgres, session, wait_until};
use crate::clock::machine;
use crate::database::{PostgresAddress, PostgresStorage};
use crate::store::postgres::Postgres;
use crate::store::{Caller, Failure, NewIdentity, Store, StoreError, block_on};

/// Opens a database through a proxy.
fn through_proxy(database: &Database) -> (Proxy, Store) {
    let url = database.url();
    let address = PostgresAddress::parse(&url).unwrap();
    let host = &address.hosts()[0];
    let proxy = Proxy::to((host.name(), host.port()).to_socket_addrs().unwrap().next().unwrap());
    let start = url.find("://").unwrap() + 3;
    let end = start + url[start..].find('/').unwrap();
    let user = url[start..end].rfind('@').map_or(start, |at| start + at + 1);
    let url = format!("{}{}{}", &url[..user], proxy.address, &url[end..]);
    let address = PostgresAddress::parse(&url).unwrap();
    let (postgres, _) = Postgres::open(&PostgresStorage { address, key: None }).unwrap();
    (proxy, Store::Postgres(postgres))
}

/// Executes operations of each kind. Returns their results.
fn all(store: &Store, user: &str) -> Vec<Result<(), Failure>> {
    let (user, last) = (user.to_owned(), std::cell::Cell::new(machine::instant()));
    let in_time = |result: Result<(), Failure>| {
        let took = machine::since(last.replace(machine::instant()));
        assert!(took.as_millis() < 2000, "{took:?}: {result:?}");
        result
    };
    vec![
        in_time(block_on(store.create(Caller::Entra, NewIdentity::of(&user))).map(drop)),
        in_time(block_on(store.issue(Caller::Entra, user.clone(), 1)).map(drop)),
        in_time(block_on(store.snapshot(None, Some(&user))).map(drop)),
        in_time(block_on(store.revoke(Caller::Entra, user.clone(), None, None)).map(drop)),
        in_time(
            block_on(store.confirm(-1))
                .or_else(|failure| if failure == Failure::Stale { Ok(()) } else { Err(failure) }),
        ),
        in_time(block_on(store.setting("a")).map(drop)),
        in_time(block_on(store.identity_count(Caller::Entra)).map(drop)),
        in_time(block_on(store.replace_settings(vec![("a".into(), "1".into())]))),
        in_time(block_on(store.copied()).map(drop)),
        in_time(block_on(store.delete(Caller::Entra, user)).map(drop)),
    ]
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_stopped_server_is_noticed_in_time_and_used_again_when_it_is_back() {
    let database = Database::new();
    let (mut proxy, store) = through_proxy(&database);
    for round in 0..2 {
        let user = format!("u{round}");
        assert!(all(&store, &user).iter().all(Result::is_ok), "{:?}", all(&store, &user));
        proxy.stop();
        for _ in 0..2 {
            let results = all(&store, &user);
            let expected = |result: &Result<(), Failure>| {
                matches!(result, Err(Failure::Store(StoreError::Unreachable(_) | StoreError::Unknown(_))))
            };
            assert!(results.iter().all(expected), "{results:?}");
        }
        assert!(matches!(postgres(&store).trouble(), Some(StoreError::Unreachable(_))));
        proxy.start();
        let start = machine::instant();
        wait_until("it does not recover", || postgres(&store).trouble().is_none());
        assert!(machine::since(start).as_millis() < 2000);
    }
    assert!(all(&store, "w").iter().all(Result::is_ok));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_server_that_does_not_answer_is_given_up_in_time() {
    let database = Database::new();
    let (mut proxy, store) = through_proxy(&database);
    let store = Arc::new(store);
    block_on(store.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    proxy.be_silent();
    let results = at_once(8, |number| {
        let store = Arc::clone(&store);
        async move {
            let start = machine::instant();
            let result = match number % 4 {
                0 => store.create(Caller::Entra, NewIdentity::of(&format!("v{number}"))).await.map(drop),
                1 => store.issue(Caller::Entra, "u".into(), 1).await.map(drop),
                2 => store.replace_settings(vec![("a".into(), "1".into())]).await,
                _ => store.setting("a").await.map(drop),
            };
            (number, result, machine::since(start))
        }
    });
    for (number, result, took) in results {
        assert!(took.as_millis() < 2000, "{number} took {took:?}");
        match result {
            Err(Failure::Store(StoreError::Unknown(_))) => assert_eq!(number % 4, 0, "only a write is unknown"),
            Err(Failure::Store(StoreError::Unreachable(_))) => {}
            other => panic!("{number}: {other:?}"),
        }
    }
    wait_until("no trouble is reported", || postgres(&store).trouble().is_some());
    proxy.stop();
    proxy.start();
    let start = machine::instant();
    wait_until("it does not recover", || block_on(store.create(Caller::Entra, NewIdentity::of("w"))).is_ok());
    assert!(machine::since(start).as_millis() < 2000);
    wait_until("the trouble stays", || postgres(&store).trouble().is_none());
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_write_whose_connection_is_ended_is_unknown_and_not_repeated() {
    let database = Database::new();
    let store = Arc::new(database.open());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = session(&database.url()).await;
        client.batch_execute("BEGIN; LOCK TABLE gate IN EXCLUSIVE MODE").await.unwrap();
        let created = {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.create(Caller::Entra, NewIdentity::of("v")).await })
        };
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while client.query_one(end, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
        let created = created.await.unwrap();
        assert!(matches!(created, Err(Failure::Store(StoreError::Unknown(_)))), "{created:?}");
        client.batch_execute("COMMIT").await.unwrap();
    });
    assert_eq!(block_on(store.identity_count(Caller::Entra)), Ok(0));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn reads_go_on_while_connections_are_ended() {
    let database = Database::new();
    let store = Arc::new(database.open());
    block_on(store.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..10 {
        execute(&database.url(), &[end]);
        let answers = at_once(16, |_| {
            let store = Arc::clone(&store);
            async move { store.issue(Caller::Entra, "u".into(), 1).await }
        });
        assert!(answers.iter().all(|answer| *answer == Ok(Some(0))), "{answers:?}");
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn the_time_of_the_last_token_is_written_soon_and_at_the_end() {
    let database = Database::new();
    let (one, other) = (database.open(), database.open());
    for user in ["u", "v"] {
        block_on(one.create(Caller::Entra, NewIdentity::of(user))).unwrap();
    }
    let last = |user: &str| {
        block_on(other.snapshot(None, Some(user))).unwrap().identity.and_then(|row| row.last_token_issued_at)
    };
    let start = machine::instant();
    block_on(one.issue(Caller::Entra, "u".into(), 5)).unwrap();
    wait_until("it is not written", || last("u") == Some(5));
    assert!(machine::since(start).as_millis() < 500);
    block_on(one.issue(Caller::Entra, "v".into(), 6)).unwrap();
    assert!(one.close());
    assert_eq!(last("v"), Some(6));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn an_earlier_time_of_another_process_does_not_replace_a_later_one() {
    let database = Database::new();
    let store = database.open();
    block_on(store.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    let second = 1_000_000_000;
    for (at, kept) in [
        (100 * second, 100 * second),
        (99 * second, 100 * second),
        (101 * second, 101 * second),
        // The clock of the service was set back.
        (50 * second, 50 * second),
    ] {
        block_on(store.issue(Caller::Entra, "u".into(), at)).unwrap();
        super::write_aside(&store);
        let row = block_on(store.snapshot(None, Some("u"))).unwrap().identity.unwrap();
        assert_eq!(row.last_token_issued_at, Some(kept));
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn the_end_takes_two_seconds_at_most_while_the_server_does_not_answer() {
    let database = Database::new();
    let (proxy, store) = through_proxy(&database);
    let store = Arc::new(store);
    assert!(all(&store, "u").iter().all(Result::is_ok));
    proxy.be_silent();
    let others: Vec<_> = (0..3)
        .map(|number| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || match number {
                0 => block_on(store.create(Caller::Entra, NewIdentity::of("v"))).map(drop),
                1 => block_on(store.reset(Caller::Entra)).map(drop),
                _ => block_on(store.identity_count(Caller::Entra)).map(drop),
            })
        })
        .collect();
    postgres(&store).shared.aside.add("u".into(), 5);
    let start = machine::instant();
    assert!(!store.close(), "the time of the last token was not written");
    assert!(machine::since(start).as_millis() < 2000, "{:?}", machine::since(start));
    for other in others {
        let result = other.join().unwrap();
        assert!(matches!(result, Err(Failure::Store(_))), "{result:?}");
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_write_of_which_the_server_warns_is_unknown() {
    let database = Database::new();
    let store = database.open();
    // PostgreSQL reports a commit whose wait for a standby was cancelled as a success with such a warning.
    execute(
        &database.url(),
        &[
            "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''w''; RETURN NEW; END'",
            "CREATE TRIGGER warns BEFORE INSERT ON identities FOR EACH ROW EXECUTE FUNCTION warn()",
        ],
    );
    for number in 0..3 {
        let created = block_on(store.create(Caller::Entra, NewIdentity::of(&format!("u{number}"))));
        assert!(matches!(created, Err(Failure::Store(StoreError::Unknown(_)))), "{created:?}");
        // The connection goes on, and the warning belongs to no other statement.
        assert_eq!(block_on(store.identity_count(Caller::Entra)), Ok(number + 1));
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_creation_that_stores_nothing_is_not_acknowledged() {
    let database = Database::new();
    let store = database.open();
    let create = |custom_id: Option<&str>| {
        let new = NewIdentity { custom_id: custom_id.map(str::to_owned), ..NewIdentity::of("u") };
        block_on(store.create(Caller::Entra, new))
    };
    let is_damaged = |custom_id| matches!(create(custom_id), Err(Failure::Store(StoreError::Damaged { .. })));
    execute(&database.url(), &["INSERT INTO gate DEFAULT VALUES"]);
    assert!(is_damaged(None) && is_damaged(Some("c")));
    execute(
        &database.url(),
        &[
            "DELETE FROM gate",
            "CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER drops BEFORE INSERT ON identities FOR EACH ROW EXECUTE FUNCTION drop_it()",
        ],
    );
    assert!(is_damaged(None));
    execute(&database.url(), &["DROP TRIGGER drops ON identities"]);
    assert!(create(None).is_ok());
}
