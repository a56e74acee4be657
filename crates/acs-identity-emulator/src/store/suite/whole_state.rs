//! Tests of reading and replacing the whole state.

use std::sync::Arc;

use super::{PRIMARY, create, each, issue, keys, revoke, revoked};
use crate::store::rows::AccessSlot::{Primary, Secondary};
use crate::store::whole_state::WholeState;
use crate::store::{
    AssignmentRow, Caller, Change, Failure, Kind, NewIdentity, Replacement, SigningSlot, Store, block_on,
};

const SETTINGS: &[&str] = &["a", "b"];

fn state(store: &Store) -> WholeState {
    block_on(store.whole_state(Caller::Entra, SETTINGS)).unwrap()
}

fn replace(store: &Store, state: &WholeState, even_if_used: bool) -> Result<Replacement, Failure> {
    block_on(store.replace(Caller::Entra, Arc::new(state.clone()), even_if_used))
}

/// Puts something of each kind into a store.
fn fill(store: &Store) {
    keys(store);
    block_on(store.keep_settings(vec![("a".into(), "1".into()), ("other".into(), "1".into())])).unwrap();
    let generation = block_on(store.access_keys()).unwrap()[Primary as usize].generation;
    for (slot, generation) in [(SigningSlot::Access(Primary), generation), (SigningSlot::Entra, 0)] {
        block_on(store.keep_signing_key(slot, generation, slot.name().as_bytes().to_vec())).unwrap();
    }
    let new = NewIdentity { token_issued_at: Some(5), ..NewIdentity::of("u").with_custom_id("c") };
    block_on(store.create(Caller::Entra, new)).unwrap();
    create(store, "v");
    revoke(store, "u", None, None);
    revoke(store, "u", Some(7), Some(20));
    let row = AssignmentRow {
        tenant: "t".into(),
        object: "o".into(),
        principal_type: "user".into(),
        client_ids: Some(vec!["c".into()]),
    };
    for kind in [Kind::Entra, Kind::TeamsExtension] {
        let change = Change { tenant: None, object: "o".into(), row: Some(row.clone()) };
        block_on(store.assign(Caller::Entra, kind, vec![change])).unwrap();
    }
}

#[test]
fn a_state_is_the_same_in_another_store() {
    each(|one, other| {
        fill(one);
        let exported = state(one);
        let names: Vec<&str> = exported.identities.iter().map(|identity| identity.row.user.as_str()).collect();
        assert_eq!((names, exported.assignments.len(), exported.signing_keys.len()), (vec!["u", "v"], 2, 2));
        let there = Store::in_memory();
        keys(&there);
        assert!(matches!(replace(&there, &exported, false), Ok(Replacement::Done { .. })));
        let mut expected = exported.clone();
        // The keys have new generations, and the signing key follows its access key.
        for row in &mut expected.access_keys {
            row.generation = 2;
        }
        expected.signing_keys.iter_mut().filter(|row| row.slot == SigningSlot::Access(Primary)).for_each(|row| {
            row.generation = 2;
        });
        assert!(state(&there) == expected);
        assert_eq!(issue(&there, "u"), Some(2));
        assert!(revoked(&there, "u", (1, 7), 20) && !revoked(&there, "u", (1, 7), 19));
        // A store that has the state already keeps it, and the other handle sees it.
        assert!(matches!(replace(one, &exported, true), Ok(Replacement::Done { .. })));
        assert!(state(other) == expected);
        assert_eq!(block_on(other.setting("other")), Ok(Some("1".to_owned())), "it does not belong to the state");
    });
}

#[test]
fn nothing_of_the_former_state_is_left() {
    each(|one, other| {
        fill(one);
        let mut new = state(one);
        new.identities.remove(0);
        new.assignments.clear();
        new.signing_keys.clear();
        new.settings = vec![("a".into(), None), ("b".into(), Some("2".into()))];
        assert!(matches!(replace(one, &new, true), Ok(Replacement::Done { .. })));
        let left = state(other);
        assert_eq!(left.identities.len(), 1);
        assert!(left.assignments.is_empty() && left.signing_keys.is_empty() && left.settings == new.settings);
        let created = block_on(one.create(Caller::Entra, NewIdentity::of("w").with_custom_id("c"))).unwrap();
        assert!(!created.found, "the custom id is free");
    });
}

#[test]
fn a_store_with_identities_or_assignments_is_replaced_only_on_request() {
    each(|one, other| {
        keys(one);
        let empty = state(one);
        assert!(matches!(replace(one, &empty, false), Ok(Replacement::Done { .. })));
        fill(one);
        let filled = state(one);
        assert_eq!(replace(other, &empty, false), Ok(Replacement::InUse));
        for user in ["u", "v"] {
            block_on(one.delete(Caller::Entra, user.into())).unwrap();
        }
        assert_eq!(replace(other, &empty, false), Ok(Replacement::InUse), "it has assignments");
        assert!(state(one).assignments == filled.assignments);
        assert!(matches!(replace(other, &empty, true), Ok(Replacement::Done { .. })));
        assert!(state(one).assignments.is_empty());
    });
}

#[test]
fn generations_of_access_keys_never_go_back() {
    each(|one, other| {
        keys(one);
        let former = state(one);
        for generation in 1..4 {
            block_on(one.regenerate_key(Caller::Entra, Primary, generation, "CCCC".into())).unwrap();
        }
        assert_eq!(replace(other, &former, true), Ok(Replacement::Done { generations: [5, 2] }));
        let keys = block_on(one.access_keys()).unwrap();
        assert_eq!((keys[Primary as usize].key.as_str(), keys[Secondary as usize].key.as_str()), ("AAAA", "BBBB"));
        let mut later = former;
        later.access_keys[0].generation = 9;
        assert_eq!(replace(other, &later, true), Ok(Replacement::Done { generations: [6, 3] }));
        for generation in [1, 4, 5, 9] {
            let caller = Caller::Key { slot: Primary, generation };
            assert_eq!(block_on(one.check(caller)), Err(Failure::KeyGone), "{generation}");
        }
    });
}

#[test]
fn a_signing_key_of_an_earlier_access_key_is_not_taken_over() {
    each(|one, _| {
        fill(one);
        let mut state_before = state(one);
        state_before.access_keys[0].generation = 2;
        assert!(matches!(replace(one, &state_before, true), Ok(Replacement::Done { .. })));
        assert_eq!(block_on(one.signing_key(SigningSlot::Access(Primary))), Ok(None));
        assert!(block_on(one.signing_key(SigningSlot::Entra)).unwrap().is_some());
    });
}

#[test]
fn a_caller_without_a_key_in_force_reads_and_replaces_nothing() {
    each(|one, other| {
        fill(one);
        block_on(other.regenerate_key(Caller::Entra, Primary, 1, "CCCC".into())).unwrap();
        assert!(matches!(block_on(one.whole_state(PRIMARY, SETTINGS)), Err(Failure::KeyGone)));
        let replaced = block_on(one.replace(PRIMARY, Arc::new(WholeState::default()), true));
        assert_eq!(replaced, Err(Failure::KeyGone));
        assert_eq!(state(one).identities.len(), 2);
    });
}
