//! Tests of the contract for every implementation, each with two handles on one store.

mod assignments;
mod identities;
mod revocations;
mod seeding;
mod whole_state;

use super::revocation::is_revoked;
use super::rows::AccessSlot::{Primary, Secondary};
use super::{
    AccessSlot, Caller, Cleared, Created, Failure, IdentityRow, Kind, NewIdentity, SigningSlot, Store, block_on,
};

/// Runs a test for all implementations: for PostgreSQL if a variable has the URL of a server.
fn each(rule: impl Fn(&Store, &Store)) {
    let [one, other] = Store::two_in_memory();
    rule(&one, &other);
    #[cfg(feature = "sqlite")]
    {
        let folder = super::sqlite::tests::Folder::new();
        rule(&folder.open("1"), &folder.open("2"));
    }
    #[cfg(feature = "postgres")]
    if std::env::var_os(super::postgres::tests::SERVER).is_some() {
        let database = super::postgres::tests::Database::new();
        rule(&database.open(), &database.open());
    }
}

const GENERATION: i64 = 1;
const PRIMARY: Caller = Caller::Key { slot: Primary, generation: GENERATION };

fn keys(store: &Store) {
    block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
}

fn create(store: &Store, user: &str) -> IdentityRow {
    block_on(store.create(Caller::Entra, NewIdentity::of(user))).unwrap().row
}

fn issue(store: &Store, user: &str) -> Option<i64> {
    let issued = block_on(store.issue(Caller::Entra, user.into(), 1)).unwrap();
    // PostgreSQL may get the time of the token up to 100 ms later.
    #[cfg(feature = "postgres")]
    super::postgres::tests::write_aside(store);
    issued
}

fn revoke(store: &Store, user: &str, issued_until: Option<i64>, in_force_at: Option<i64>) {
    assert!(block_on(store.revoke(Caller::Entra, user.into(), issued_until, in_force_at)).unwrap());
}

/// Returns whether a token with that number and issue time is revoked.
fn revoked(store: &Store, user: &str, token: (i64, i64), now: i64) -> bool {
    let snapshot = block_on(store.snapshot(None, Some(user))).unwrap();
    is_revoked(token, snapshot.identity.unwrap().revoked_below, &snapshot.revocations, now)
}

/// Runs two operations at the same time.
fn together<T: Send>(one: impl FnOnce() -> T + Send, two: impl FnOnce() -> T + Send) -> [T; 2] {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let two = scope.spawn(two);
        [one.join().unwrap(), two.join().unwrap()]
    })
}

#[test]
fn a_change_by_one_handle_is_seen_by_the_other() {
    each(|one, other| {
        create(one, "u");
        assert_eq!(issue(other, "u"), Some(0));
        let row = block_on(one.snapshot(None, Some("u"))).unwrap().identity.unwrap();
        assert_eq!(row.last_token_issued_at, Some(1));
        assert!(block_on(other.delete(Caller::Entra, "u".into())).unwrap());
        assert_eq!(issue(one, "u"), None);
        assert!(!block_on(one.delete(Caller::Entra, "u".into())).unwrap());
        assert_eq!(block_on(one.snapshot(None, Some("u"))).unwrap().identity, None);
    });
}

#[test]
fn a_custom_id_is_known_as_long_as_its_identity_exists() {
    each(|one, other| {
        create(one, "a");
        assert_eq!(block_on(other.has_custom_id("c")), Ok(false));
        block_on(one.create(Caller::Entra, NewIdentity::of("b").with_custom_id("c"))).unwrap();
        assert_eq!(block_on(other.has_custom_id("c")), Ok(true));
        block_on(one.delete(Caller::Entra, "b".into())).unwrap();
        assert_eq!(block_on(other.has_custom_id("c")), Ok(false));
    });
}

#[test]
fn the_number_of_identities_follows_creations_and_deletions() {
    each(|one, other| {
        assert_eq!(block_on(one.identity_count(Caller::Entra)), Ok(0));
        create(one, "a");
        create(other, "b");
        assert_eq!(block_on(one.identity_count(Caller::Entra)), Ok(2));
        block_on(one.delete(Caller::Entra, "a".into())).unwrap();
        assert_eq!(block_on(other.identity_count(Caller::Entra)), Ok(1));
    });
}

#[test]
fn a_reset_deletes_identities_revocations_and_assignments_and_keeps_the_rest() {
    each(|one, other| {
        keys(one);
        block_on(one.keep_settings(vec![("a".into(), "1".into())])).unwrap();
        create(one, "a");
        block_on(one.create(Caller::Entra, NewIdentity::of("b").with_custom_id("c"))).unwrap();
        revoke(one, "a", None, Some(9));
        for (kind, object) in [(Kind::Entra, "o"), (Kind::Entra, "p"), (Kind::TeamsExtension, "o")] {
            block_on(one.assign(Caller::Entra, kind, vec![assignments::change(object, "t")])).unwrap();
        }
        assert_eq!(block_on(other.reset(PRIMARY)), Ok(Cleared { identities: 2, assignments: 3 }));
        assert_eq!(block_on(one.identity_count(PRIMARY)), Ok(0));
        assert_eq!(block_on(one.assignments_after(PRIMARY, Kind::Entra, None, 9)), Ok(Vec::new()));
        assert_eq!(block_on(one.setting("a")), Ok(Some("1".to_owned())));
        // A custom id is free again, and a revocation that was pending does not concern a new identity.
        let Created { row, found } =
            block_on(one.create(Caller::Entra, NewIdentity::of("a").with_custom_id("c"))).unwrap();
        assert!(!found && row.revocation == 0);
        block_on(one.settle(10)).unwrap();
        assert!(!revoked(one, "a", (0, 1), 10));
        assert_eq!(block_on(other.reset(Caller::Entra)), Ok(Cleared { identities: 1, assignments: 0 }));
    });
}

#[test]
fn concurrent_creations_of_a_custom_id_make_one_identity() {
    each(|one, other| {
        for round in 0..20 {
            let ask = |store: &Store, user: &str| {
                let new = NewIdentity::of(&format!("{user}{round}")).with_custom_id(&format!("c{round}"));
                let new = NewIdentity { token_issued_at: Some(7), ..new };
                block_on(store.create(Caller::Entra, new)).unwrap()
            };
            let made = together(|| ask(one, "a"), || ask(other, "b"));
            assert_eq!(made[0].row.user, made[1].row.user);
            assert_eq!(made.iter().filter(|created| created.found).count(), 1);
        }
    });
}

#[test]
fn a_custom_id_that_was_deleted_or_revoked_gets_a_valid_token() {
    each(|one, other| {
        let ask = |user: &str| {
            let new = NewIdentity { token_issued_at: Some(1), ..NewIdentity::of(user).with_custom_id("c") };
            block_on(one.create(Caller::Entra, new)).unwrap()
        };
        assert!(!ask("a").found);
        revoke(other, "a", None, None);
        let Created { row, found } = ask("b");
        assert!(found && row.user == "a");
        assert!(!revoked(one, "a", (row.revocation, 1), 1));
        assert!(revoked(one, "a", (0, 1), 1));
        block_on(other.delete(Caller::Entra, "a".into())).unwrap();
        let Created { row, found } = ask("b");
        assert!(!found && row.user == "b" && row.revocation == 0);
    });
}

#[test]
fn the_caller_s_key_must_be_in_force() {
    each(|one, other| {
        keys(one);
        create(one, "u");
        assert_eq!(block_on(one.issue(PRIMARY, "u".into(), 1)), Ok(Some(0)));
        let new = block_on(other.regenerate_key(Caller::Entra, Primary, GENERATION, "CCCC".into()));
        assert_eq!(new, Ok(Some(GENERATION + 1)));
        let user = || "u".to_owned();
        assert_eq!(block_on(one.issue(PRIMARY, user(), 1)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.create(PRIMARY, NewIdentity::of("v"))), Err(Failure::KeyGone));
        assert_eq!(block_on(one.revoke(PRIMARY, user(), None, None)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.delete(PRIMARY, user())), Err(Failure::KeyGone));
        assert_eq!(block_on(one.reset(PRIMARY)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.assign(PRIMARY, Kind::Entra, Vec::new())), Err(Failure::KeyGone));
        assert_eq!(block_on(one.snapshot(Some(PRIMARY), Some("u"))), Err(Failure::KeyGone));
        assert_eq!(block_on(one.identity_count(PRIMARY)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.assignments_of(PRIMARY, Kind::Entra, None, &["o"])), Err(Failure::KeyGone));
        assert_eq!(block_on(one.assignments_after(PRIMARY, Kind::Entra, None, 1)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.identities_after(PRIMARY, None, None, 1)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.described(PRIMARY, super::Name::User("u"))), Err(Failure::KeyGone));
        assert_eq!(block_on(one.check(PRIMARY)), Err(Failure::KeyGone));
        assert_eq!(block_on(one.check(Caller::Key { slot: Primary, generation: GENERATION + 1 })), Ok(()));
        assert_eq!(issue(one, "v"), None);
    });
}

#[test]
fn an_issue_that_races_a_regeneration_is_before_it_or_refused() {
    each(|one, other| {
        keys(one);
        create(one, "u");
        for generation in GENERATION..20 {
            let caller = Caller::Key { slot: Secondary, generation };
            let [issued, moved] = together(
                || block_on(one.issue(caller, "u".into(), 1)).is_ok(),
                || block_on(other.regenerate_key(caller, Secondary, generation, "DDDD".into())).is_ok(),
            );
            assert!(moved);
            assert_eq!(block_on(one.issue(caller, "u".into(), 1)), Err(Failure::KeyGone), "issued: {issued}");
        }
    });
}

#[test]
fn of_two_regenerations_of_one_generation_one_fails() {
    each(|one, other| {
        keys(one);
        for generation in 1..20 {
            let ask = |store: &Store, key: &str| {
                block_on(store.regenerate_key(Caller::Entra, Primary, generation, key.into())).unwrap()
            };
            let answers = together(|| ask(one, "EEEE"), || ask(other, "FFFF"));
            assert_eq!(answers.iter().flatten().collect::<Vec<_>>(), [&(generation + 1)]);
            let key = |store: &Store| block_on(store.access_keys()).unwrap().remove(Primary as usize);
            assert_eq!(key(one), key(other));
            assert_eq!(key(one).key, if answers[0].is_some() { "EEEE" } else { "FFFF" });
        }
    });
}

#[test]
fn a_regeneration_deletes_the_signing_key() {
    each(|one, other| {
        keys(one);
        let slot = SigningSlot::Access(Primary);
        let keep = |store: &Store, generation, key: &str| {
            block_on(store.keep_signing_key(slot, generation, key.as_bytes().to_vec()))
        };
        assert_eq!(keep(one, 1, "first"), Ok(b"first".to_vec()));
        assert_eq!(keep(other, 1, "second"), Ok(b"first".to_vec()), "the first one wins");
        block_on(other.regenerate_key(Caller::Entra, Primary, 1, "CCCC".into())).unwrap();
        assert_eq!(block_on(one.signing_key(slot)), Ok(None));
        assert_eq!(keep(one, 1, "first"), Err(Failure::KeyGone));
        assert_eq!(keep(one, 2, "third"), Ok(b"third".to_vec()));
        let entra = block_on(one.keep_signing_key(SigningSlot::Entra, 0, b"e".to_vec()));
        assert_eq!(entra, Ok(b"e".to_vec()));
        block_on(other.regenerate_key(Caller::Entra, Secondary, 1, "CCCC".into())).unwrap();
        assert_eq!(block_on(one.signing_key(slot)).unwrap().unwrap().pkcs8, b"third", "that of the other key stays");
        assert!(block_on(one.signing_key(SigningSlot::Entra)).unwrap().is_some());
    });
}

#[test]
fn existing_settings_and_keys_stay() {
    each(|one, other| {
        let keep = |store: &Store, value: &str| {
            block_on(store.keep_settings(vec![("a".into(), value.into()), (format!("of {value}"), value.into())]))
        };
        assert_eq!(keep(one, "1"), Ok(vec!["1".to_owned(), "1".to_owned()]));
        assert_eq!(keep(other, "2"), Ok(vec!["1".to_owned(), "2".to_owned()]));
        block_on(one.replace_settings(vec![("a".into(), "3".into())])).unwrap();
        assert_eq!(block_on(other.setting("a")), Ok(Some("3".to_owned())));
        assert_eq!(block_on(other.setting("b")), Ok(None));
        keys(one);
        let kept = block_on(other.keep_access_keys("XXXX".into(), "YYYY".into())).unwrap();
        assert_eq!(
            kept.map(|row| (row.slot, row.generation, row.key)),
            [(AccessSlot::Primary, 1, "AAAA".to_owned()), (AccessSlot::Secondary, 1, "BBBB".to_owned()),]
        );
    });
}

#[test]
fn a_set_clock_is_kept_together_with_the_revocations_that_became_due() {
    each(|one, other| {
        keys(one);
        create(one, "u");
        revoke(one, "u", None, Some(10));
        let set = |store: &Store, caller, value: &str, now| {
            block_on(store.set_clock(caller, ("clock".into(), value.into()), now))
        };
        set(one, PRIMARY, "a", 9).unwrap();
        assert!(!revoked(other, "u", (0, 1), 9));
        set(one, PRIMARY, "b", 10).unwrap();
        assert_eq!(block_on(other.setting("clock")), Ok(Some("b".to_owned())));
        assert!(revoked(other, "u", (0, 1), 0), "it stays in force");
        block_on(one.regenerate_key(Caller::Entra, Primary, GENERATION, "CCCC".into())).unwrap();
        assert_eq!(set(other, PRIMARY, "c", 11), Err(Failure::KeyGone));
        assert_eq!(block_on(one.setting("clock")), Ok(Some("b".to_owned())));
    });
}

#[test]
fn a_closed_store_refuses_operations() {
    each(|one, _| {
        create(one, "u");
        one.close();
        let create = block_on(one.create(Caller::Entra, NewIdentity::of("v")));
        assert!(matches!(create, Err(Failure::Store(super::StoreError::Stopped(_)))), "{create:?}");
        assert!(block_on(one.snapshot(None, Some("u"))).is_err());
    });
}
