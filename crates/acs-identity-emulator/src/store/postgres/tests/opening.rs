//! Tests of opening a database.

use tokio_postgres::error::SqlState;

use super::super::connect::Isolation;
use super::super::fault::Fault;
use super::super::schema::{STEPS, Step, VERSION};
use super::super::transaction::{Time, Transaction};
use super::{Database, Postgres, execute, postgres, server, value};
use crate::clock::machine;
use crate::database::{PostgresAddress, PostgresStorage, StoreKey};
use crate::store::postgres::open_error::OpenError;
use crate::store::{AccessSlot, Caller, Failure, NewIdentity, SigningSlot, Store, StoreError, block_on};

fn key(first: u8) -> StoreKey {
    StoreKey::parse(&format!("{first:02x}{}", "5a".repeat(31))).unwrap()
}

/// Returns all text and bytes of all tables that could hold a secret.
fn contents(database: &Database) -> String {
    let all = "SELECT string_agg(t::text, ' ') FROM (SELECT encode(key, 'escape') FROM access_keys \
               UNION ALL SELECT encode(pkcs8, 'escape') FROM signing_keys \
               UNION ALL SELECT name || encode(value, 'escape') FROM settings) t";
    format!("{:?}", execute(&database.url(), &[all]))
}

fn fill(store: &Store) {
    block_on(store.keep_access_keys("AAAAsecret".into(), "BBBBsecret".into())).unwrap();
    block_on(store.keep_signing_key(SigningSlot::Entra, 0, b"CCCCsecret".to_vec())).unwrap();
    block_on(store.replace_settings(vec![("certificates".into(), "DDDDsecret".into())])).unwrap();
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn two_first_opens_at_once_make_one_service() {
    for round in 0..5 {
        let database = Database::new();
        let open = || {
            let (postgres, is_new) = database.try_open(None).unwrap();
            let store = Store::Postgres(postgres);
            let id = machine::system().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().to_string();
            let kept = block_on(store.keep_settings(vec![("resource_id".into(), id)])).unwrap();
            let keys = block_on(store.keep_access_keys(format!("{kept:?}"), "B".into())).unwrap();
            (kept, keys.map(|row| row.key), is_new)
        };
        let opened: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(opened.iter().all(|(kept, keys, _)| (kept, keys) == (&opened[0].0, &opened[0].1)), "round {round}");
        assert_eq!(opened.iter().filter(|(.., is_new)| *is_new).count(), 1);
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn secrets_are_encrypted_if_there_is_a_key() {
    let database = Database::new();
    let store = Store::Postgres(database.try_open(Some(key(1))).unwrap().0);
    fill(&store);
    let found = contents(&database);
    assert!(found.contains("certificates") && !found.contains("secret"), "{found}");
    let again = Store::Postgres(database.try_open(Some(key(1))).unwrap().0);
    let copied = block_on(again.copied()).unwrap();
    assert_eq!(copied.access_keys[AccessSlot::Primary as usize].key, "AAAAsecret");
    assert_eq!(copied.settings, [("certificates".to_owned(), "DDDDsecret".to_owned())]);
    assert_eq!(copied.signing_keys[0].pkcs8, b"CCCCsecret");
    // Without a key, they are in clear.
    let database = Database::new();
    fill(&database.open());
    assert_eq!(contents(&database).matches("secret").count(), 4);
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_missing_another_or_needless_key_is_refused() {
    let (encrypted, clear) = (Database::new(), Database::new());
    encrypted.try_open(Some(key(1))).unwrap();
    clear.try_open(None).unwrap();
    assert!(matches!(encrypted.try_open(Some(key(2))), Err(OpenError::OtherKey)));
    assert!(matches!(encrypted.try_open(None), Err(OpenError::NoKey)));
    assert!(matches!(clear.try_open(Some(key(1))), Err(OpenError::InClear)));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_row_that_was_moved_or_put_back_is_damaged() {
    let database = Database::new();
    let store = Store::Postgres(database.try_open(Some(key(1))).unwrap().0);
    fill(&store);
    database.execute("UPDATE access_keys SET key = (SELECT key FROM access_keys WHERE slot = 'secondary')");
    let read = block_on(store.access_keys());
    assert!(matches!(read, Err(Failure::Store(StoreError::Damaged { .. }))), "{read:?}");
    database.execute("UPDATE signing_keys SET generation = 1");
    let read = block_on(store.signing_key(SigningSlot::Entra));
    assert!(matches!(read, Err(Failure::Store(StoreError::Damaged { .. }))), "{read:?}");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_database_of_something_else_is_refused_and_left_unchanged() {
    for (statement, table) in [
        ("CREATE TABLE settings (a integer)", "settings"),
        ("CREATE TABLE service (a integer)", "service"),
        ("CREATE VIEW identities AS SELECT 1 AS a", "identities"),
    ] {
        let database = Database::new();
        database.execute(statement);
        let refused = database.try_open(None);
        assert!(matches!(&refused, Err(OpenError::Foreign(name)) if name == table), "{table}");
        let names = "SELECT string_agg(relname, ' ') FROM pg_class \
                     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')";
        assert_eq!(value(&execute(&database.url(), &[names])), table);
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_database_that_lacks_a_table_is_refused() {
    let database = Database::new();
    drop(database.open());
    database.execute("DROP TABLE assignments");
    assert!(matches!(database.try_open(None), Err(OpenError::Incomplete(table)) if table == "assignments"));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_table_of_something_else_with_another_name_is_left_alone() {
    let database = Database::new();
    database.execute("CREATE TABLE customers (a integer)");
    database.open();
    database.execute("DROP TABLE customers");
}

#[test]
fn a_user_who_may_not_make_tables_is_told_who_may() {
    let why = "the database refused a statement: permission denied for schema public (SQLSTATE 42501)".to_owned();
    let error = OpenError::from(Fault::Refused(SqlState::INSUFFICIENT_PRIVILEGE, why));
    insta::assert_snapshot!(error, @"the database refused a statement: permission denied for schema public (SQLSTATE 42501). Make the user the owner of the database (ALTER DATABASE … OWNER TO …) or of its tables");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_database_with_another_encoding_is_refused() {
    let database = Database::new();
    execute(
        &server(),
        &[
            &format!("DROP DATABASE {}", database.name),
            &format!("CREATE DATABASE {} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0", database.name),
        ],
    );
    assert!(matches!(database.try_open(None), Err(OpenError::Encoding(encoding)) if encoding == "SQL_ASCII"));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_newer_schema_is_used_if_it_allows_that_and_refused_otherwise() {
    let database = Database::new();
    let running = database.open();
    block_on(running.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    let newer = VERSION + 1;
    database.execute(&format!("UPDATE service SET version = {newer}, generation = generation + 1"));
    let other = database.open();
    assert!(block_on(other.copied()).is_ok());
    database.execute(&format!("UPDATE service SET oldest = {newer}, generation = generation + 1"));
    let refused = database.try_open(None);
    let expected = (newer, VERSION);
    assert!(matches!(refused, Err(OpenError::Newer { version, known }) if (version, known) == expected));
    // A process that runs does nothing more, and finds out why.
    for store in [&running, &other] {
        assert_eq!(block_on(store.create(Caller::Entra, NewIdentity::of("v"))), Err(Failure::Stale));
        assert_eq!(block_on(store.snapshot(None, Some("u"))), Err(Failure::Stale));
        assert_eq!(block_on(store.replace_settings(vec![("a".into(), "1".into())])), Err(Failure::Stale));
        assert!(matches!(block_on(store.copied()), Err(Failure::Store(StoreError::Stopped(_)))));
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_migration_is_executed_once_while_the_version_before_goes_on() {
    static NEXT: [Step; 2] = [
        Step { statements: STEPS[0].statements, oldest: STEPS[0].oldest },
        Step {
            statements: &[
                "ALTER TABLE identities ADD COLUMN more text",
                "CREATE TABLE more AS SELECT current_setting('lock_timeout') || ' ' || \
                    current_setting('idle_in_transaction_session_timeout') AS limits",
            ],
            oldest: VERSION,
        },
    ];
    let database = Database::new();
    let running = database.open();
    block_on(running.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    let generation = || block_on(running.copied()).unwrap().generation;
    let before = generation();
    let open = || Postgres::open_with(&database.storage(None), &NEXT).unwrap();
    let opened: Vec<bool> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| open().1)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(opened, [false; 4]);
    block_on(running.create(Caller::Entra, NewIdentity::of("v"))).unwrap();
    assert_eq!(block_on(running.identity_count(Caller::Entra)), Ok(2));
    assert_ne!(generation(), before);
    // It holds others up no longer than others hold it up.
    assert_eq!(value(&execute(&database.url(), &["SELECT limits FROM more"])), "1500ms 2s");
    // A first start makes the same tables.
    let fresh = Database::new();
    assert!(Postgres::open_with(&fresh.storage(None), &NEXT).unwrap().1);
    fresh.execute("SELECT more FROM identities, more");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_migration_that_fails_changes_nothing() {
    static WRONG: [Step; 2] = [
        Step { statements: STEPS[0].statements, oldest: STEPS[0].oldest },
        Step { statements: &["CREATE TABLE more ()", "CREATE TABLE more ()"], oldest: VERSION },
    ];
    let database = Database::new();
    drop(database.open());
    assert!(matches!(Postgres::open_with(&database.storage(None), &WRONG), Err(OpenError::Failed(_))));
    let store = database.open();
    let shared = std::sync::Arc::clone(&postgres(&store).shared);
    let read = move || {
        let mut transaction = Transaction::begin(
            &shared,
            Isolation::Snapshot,
            Time::Each(std::time::Duration::from_secs(2)),
            machine::instant() + std::time::Duration::from_secs(2),
        )
        .unwrap();
        let rows = transaction.query("SELECT version::text, to_regclass('more') IS NULL FROM service", &[]).unwrap();
        (rows[0].get::<_, String>(0), rows[0].get::<_, bool>(1))
    };
    let read = postgres(&store).handle.spawn_blocking(read);
    assert_eq!(block_on(read).unwrap(), (VERSION.to_string(), true));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_server_that_is_not_there_is_reported() {
    // The port is free: the listener is dropped.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = PostgresAddress::parse(&format!("postgres://u@127.0.0.1:{port}/d")).unwrap();
    let start = machine::instant();
    let opened = Postgres::open(&PostgresStorage { address, key: None });
    assert!(matches!(&opened, Err(OpenError::Unreachable(why)) if why.contains("refused")));
    assert!(machine::since(start).as_secs() < 2);
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn every_character_of_a_custom_id_is_kept() {
    let database = Database::new();
    let store = database.open();
    for (number, custom_id) in ["\0", "a\0b", "\u{1}", "\u{1}\u{2}", "é\u{10ffff}", "'\"\\%_"].iter().enumerate() {
        let new = || NewIdentity::of(&format!("u{number}")).with_custom_id(custom_id);
        let created = block_on(store.create(Caller::Entra, new())).unwrap();
        assert!(!created.found, "{custom_id:?}");
        let found = block_on(store.create(Caller::Entra, new())).unwrap();
        assert!(found.found && found.row.custom_id.as_deref() == Some(custom_id));
        assert_eq!(block_on(store.has_custom_id(custom_id)), Ok(true));
        let described = block_on(store.described(Caller::Entra, crate::store::Name::CustomId(custom_id))).unwrap();
        assert_eq!(described.unwrap().row.user, format!("u{number}"));
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_start_waits_for_tables_that_another_session_has_locked() {
    static NEXT: [Step; 2] = [
        Step { statements: STEPS[0].statements, oldest: STEPS[0].oldest },
        Step { statements: &["CREATE TABLE more ()"], oldest: VERSION },
    ];
    let database = Database::new();
    drop(database.open());
    let storage = database.storage(None);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = super::session(&database.url()).await;
        client.batch_execute("BEGIN; LOCK TABLE gate IN EXCLUSIVE MODE").await.unwrap();
        let opened =
            tokio::task::spawn_blocking(move || Postgres::open_with(&storage, &NEXT).map(|(_, is_new)| is_new));
        // It gives its place in the queue for the lock up to others.
        // A transaction sees the sessions of one moment only.
        let watcher = super::session(&database.url()).await;
        super::until_waiting(&watcher, 1).await;
        let waiting = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while watcher.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) > 0 {}
        assert!(!opened.is_finished());
        client.batch_execute("COMMIT").await.unwrap();
        assert!(matches!(opened.await.unwrap(), Ok(false)));
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn transactions_that_do_not_see_later_changes_are_refused() {
    let database = Database::new();
    for (isolation, is_refused) in [("repeatable read", true), ("serializable", true), ("read committed", false)] {
        let name = &database.name;
        database.execute(&format!("ALTER DATABASE {name} SET default_transaction_isolation = '{isolation}'"));
        let opened = database.try_open(None);
        let found = matches!(&opened, Err(OpenError::Isolation(found)) if found == isolation);
        assert_eq!((found, opened.is_ok()), (is_refused, !is_refused), "{isolation}");
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn tables_in_another_schema_are_not_made_a_second_time() {
    let database = Database::new();
    drop(database.open());
    database.execute("ALTER SCHEMA public RENAME TO hidden; CREATE SCHEMA public");
    let refused = database.try_open(None);
    assert!(matches!(&refused, Err(OpenError::Elsewhere(schema)) if schema == "hidden"));
    let count = "SELECT count(*) FROM pg_class WHERE relname = 'service'";
    assert_eq!(value(&execute(&database.url(), &[count])), "1");
    database.execute(&format!("ALTER DATABASE {} SET search_path = hidden", database.name));
    assert!(!database.try_open(None).unwrap().1);
}
