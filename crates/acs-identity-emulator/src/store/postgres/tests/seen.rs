//! Tests of the generation that processes compare.

use super::super::Postgres;
use super::{Database, postgres};
use crate::store::operation::{Operation, Outcome};
use crate::store::{AccessSlot, Caller, Failure, Kind, Name, NewIdentity, SigningSlot, Store, StoreError, block_on};

fn generation(store: &Store) -> i64 {
    block_on(store.copied()).unwrap().generation
}

fn apply(postgres: &Postgres, operation: Operation, seen: i64) -> Result<(), Failure> {
    block_on(postgres.apply(operation, Some(seen))).map(drop)
}

/// An operation of each kind that a request can ask for.
fn operations() -> Vec<Operation> {
    let (caller, user) = (Caller::Entra, || "u".to_owned());
    vec![
        Operation::Create { caller, new: NewIdentity::of("v").with_custom_id("c") },
        Operation::Issue { caller, user: user(), at: 9 },
        Operation::Revoke { caller, user: user(), issued_until: None, in_force_at: None },
        Operation::Revoke { caller, user: user(), issued_until: Some(5), in_force_at: Some(9) },
        Operation::Assign { caller, kind: Kind::Entra, changes: Vec::new() },
        Operation::Settle { now: i64::MAX },
        Operation::Delete { caller, user: user() },
        Operation::Reset { caller },
        Operation::SetClock { caller, clock: ("clock".into(), "1".into()), now: 1 },
        Operation::RegenerateKey { caller, slot: AccessSlot::Primary, generation: 1, key: "CCCC".into() },
    ]
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn an_operation_of_a_process_with_an_old_copy_changes_nothing() {
    let database = Database::new();
    let (one, other) = (database.open(), database.open());
    block_on(one.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    block_on(one.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    let before = generation(&other);
    block_on(one.replace_settings(vec![("a".into(), "1".into())])).unwrap();
    assert_ne!(generation(&other), before);
    let state = |store: &Store| block_on(store.whole_state(Caller::Entra, &["a", "clock"])).unwrap();
    let former = state(&one);
    for (number, operation) in operations().into_iter().enumerate() {
        assert_eq!(apply(postgres(&other), operation, before), Err(Failure::Stale), "{number}");
    }
    super::write_aside(&other);
    assert!(state(&one) == former);
    for operation in operations() {
        let now = generation(&other);
        assert_eq!(apply(postgres(&other), operation, now), Ok(()));
    }
}

/// The results of all reads, for an identity `u` with the custom id `c`.
fn read_all(postgres: &Postgres, seen: i64) -> [Result<(), Failure>; 14] {
    let (caller, kind) = (Caller::Entra, Kind::Entra);
    let filter = crate::store::Filter { custom_id: "c".into(), user: None };
    let mut visit = |_| std::ops::ControlFlow::Continue(());
    [
        block_on(postgres.confirm(seen)),
        block_on(postgres.snapshot(None, Some("u"), Some(seen))).map(drop),
        block_on(postgres.has_custom_id("c", Some(seen))).map(drop),
        block_on(postgres.has_custom_id("nobody", Some(seen))).map(drop),
        block_on(postgres.identity_count(caller, Some(seen))).map(drop),
        block_on(postgres.identities_after(caller, None, None, 9, Some(seen))).map(drop),
        block_on(postgres.identities_after(caller, Some(&filter), None, 9, Some(seen))).map(drop),
        block_on(postgres.described(caller, Name::User("u"), Some(seen))).map(drop),
        block_on(postgres.assignments_of(caller, kind, None, &["o"], Some(seen))).map(drop),
        block_on(postgres.assignments_after(caller, kind, None, 9, Some(seen))).map(drop),
        block_on(postgres.access_keys(Some(seen))).map(drop),
        block_on(postgres.signing_key(SigningSlot::Entra, Some(seen))).map(drop),
        block_on(postgres.setting("a", Some(seen))).map(drop),
        block_on(postgres.visit_state(caller, &[], &mut visit, Some(seen))),
    ]
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_read_of_a_process_with_an_old_copy_is_refused() {
    let database = Database::new();
    let (one, other) = (database.open(), database.open());
    block_on(one.create(Caller::Entra, NewIdentity::of("u").with_custom_id("c"))).unwrap();
    let seen = generation(&other);
    let postgres = postgres(&other);
    let read_all = |seen| read_all(postgres, seen);
    assert!(read_all(seen).iter().all(|result| *result == Ok(())));
    block_on(one.replace_settings(vec![("a".into(), "1".into())])).unwrap();
    for (number, result) in read_all(seen).into_iter().enumerate() {
        assert_eq!(result, Err(Failure::Stale), "{number}");
    }
    assert!(read_all(generation(&other)).iter().all(|result| *result == Ok(())));
    // Without the row of the service, nobody knows what is up to date.
    database.execute("DELETE FROM service");
    for (number, result) in read_all(seen).into_iter().enumerate() {
        assert!(matches!(result, Err(Failure::Store(StoreError::Damaged { .. }))), "{number}: {result:?}");
    }
    let copied = block_on(other.copied()).err();
    assert!(matches!(copied, Some(Failure::Store(StoreError::Damaged { .. }))), "{copied:?}");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn the_old_copy_is_noticed_before_the_key_that_is_gone() {
    let database = Database::new();
    let (one, other) = (database.open(), database.open());
    block_on(one.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    let seen = generation(&other);
    let caller = Caller::Key { slot: AccessSlot::Primary, generation: 1 };
    block_on(one.regenerate_key(caller, AccessSlot::Primary, 1, "CCCC".into())).unwrap();
    let create = |seen| {
        let operation = Operation::Create { caller, new: NewIdentity::of("u") };
        block_on(postgres(&other).apply(operation, seen))
    };
    assert!(matches!(create(Some(seen)), Err(Failure::Stale)));
    assert!(matches!(create(None), Err(Failure::KeyGone)));
    assert!(matches!(create(Some(generation(&other))), Err(Failure::KeyGone)));
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn only_changes_of_what_is_copied_replace_the_generation() {
    let database = Database::new();
    let store = database.open();
    block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    block_on(store.create(Caller::Entra, NewIdentity::of("u"))).unwrap();
    for operation in operations() {
        let before = generation(&store);
        let outcome: Outcome = block_on(postgres(&store).apply(operation.clone(), None)).unwrap();
        assert_eq!(generation(&store) != before, operation.changes_copies(&outcome));
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_database_that_was_made_again_is_noticed() {
    let database = Database::new();
    let running = database.open();
    block_on(running.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    let seen = generation(&running);
    // Another database with the same history of changes takes its place.
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid()";
    let tables = "DROP TABLE service, gate, settings, access_keys, signing_keys, identities, revocations, assignments";
    super::execute(&database.url(), &[tables, end]);
    let other = database.open();
    block_on(other.keep_access_keys("CCCC".into(), "DDDD".into())).unwrap();
    assert_ne!(generation(&other), seen);
    assert_eq!(block_on(postgres(&running).confirm(seen)), Err(Failure::Stale));
    for operation in operations() {
        assert_eq!(apply(postgres(&running), operation, seen), Err(Failure::Stale));
    }
    assert_eq!(block_on(running.copied()).unwrap().access_keys[0].key, "CCCC");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_change_never_keeps_the_generation() {
    let database = Database::new();
    let store = database.open();
    let number = super::super::generation::other().unwrap();
    database.execute(&format!("UPDATE service SET generation = {number}"));
    let change = super::super::generation::CHANGE.replace("$1", &number.to_string());
    database.execute(&change);
    assert!(generation(&store) > 0 && generation(&store) != number);
}
