//! Tests of adding the data of a seed.

use std::sync::Arc;

use super::{create, each, revoke, revoked};
use crate::store::seeding::{SeedRow, SeedRows, Seeding};
use crate::store::whole_state::WholeState;
use crate::store::{AssignmentRow, Caller, Change, Kind, NewIdentity, Store, block_on};

fn row(user: &str, custom_id: Option<&str>, has_user: bool) -> SeedRow {
    let new = NewIdentity { custom_id: custom_id.map(str::to_owned), ..NewIdentity::of(user) };
    SeedRow { new, has_user, revocations: vec![Some(5), None] }
}

fn assignment(tenant: &str) -> AssignmentRow {
    AssignmentRow { tenant: tenant.into(), object: "o".into(), principal_type: "user".into(), client_ids: None }
}

fn seed(store: &Store, identities: &[SeedRow], assignments: &[(Kind, AssignmentRow)]) -> Seeding {
    let rows = SeedRows { identities: identities.to_vec(), assignments: assignments.to_vec() };
    block_on(store.seed(Arc::new(rows))).unwrap()
}

fn state(store: &Store) -> WholeState {
    block_on(store.whole_state(Caller::Entra, &[])).unwrap()
}

#[test]
fn a_seed_adds_what_is_missing_and_a_second_one_changes_nothing() {
    each(|one, other| {
        let identities = [row("a", Some("c"), true), row("b", None, true), row("r", Some("d"), false)];
        let assignments = [(Kind::Entra, assignment("t")), (Kind::TeamsExtension, assignment("t"))];
        assert_eq!(seed(one, &identities, &assignments), Seeding::Done { identities: 3, assignments: 2 });
        assert!(revoked(other, "a", (0, 7), 9) && !revoked(other, "a", (2, 7), 9));
        let before = state(other);
        // The second start has another random user for the custom id.
        let identities = [row("a", Some("c"), true), row("b", None, true), row("s", Some("d"), false)];
        assert_eq!(seed(other, &identities, &assignments), Seeding::Done { identities: 0, assignments: 0 });
        assert!(state(one) == before);
        block_on(one.delete(Caller::Entra, "r".into())).unwrap();
        assert_eq!(seed(other, &identities, &assignments), Seeding::Done { identities: 1, assignments: 0 });
        assert!(block_on(one.described(Caller::Entra, crate::store::Name::User("s"))).unwrap().is_some());
    });
}

#[test]
fn a_seed_does_not_change_what_is_there() {
    each(|one, other| {
        create(one, "a");
        revoke(one, "a", None, None);
        for kind in Kind::ALL {
            let change = Change { tenant: None, object: "o".into(), row: Some(assignment("former")) };
            block_on(one.assign(Caller::Entra, kind, vec![change])).unwrap();
        }
        let former = state(one);
        let assignments = [(Kind::Entra, assignment("t")), (Kind::TeamsExtension, assignment("t"))];
        // An Entra object has one assignment. An object of Teams has one for each tenant.
        let added = Seeding::Done { identities: 0, assignments: 1 };
        assert_eq!(seed(other, &[row("a", None, true)], &assignments), added);
        let mut now = state(other);
        now.assignments.retain(|(_, row)| row.tenant == "former");
        assert!(now == former);
    });
}

#[test]
fn a_seed_that_contradicts_an_identity_changes_nothing() {
    each(|one, other| {
        let new = NewIdentity::of("a").with_custom_id("c");
        block_on(one.create(Caller::Entra, new)).unwrap();
        let former = state(one);
        let with_other_custom_id = [row("x", None, true), row("a", Some("d"), true)];
        assert_eq!(seed(other, &with_other_custom_id, &[]), Seeding::OtherCustomId { identity: 1 });
        let with_other_user = [row("x", None, true), row("b", Some("c"), true)];
        assert_eq!(seed(other, &with_other_user, &[]), Seeding::OtherUser { identity: 1 });
        assert!(state(one) == former);
    });
}
