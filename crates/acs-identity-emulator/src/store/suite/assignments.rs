//! Tests of assignments.

use super::{GENERATION, PRIMARY, each, keys};
use crate::store::rows::AccessSlot::Primary;
use crate::store::{AssignmentRow, Caller, Change, Failure, Kind, Store, block_on};

fn assignment(object: &str, tenant: &str) -> AssignmentRow {
    AssignmentRow {
        tenant: tenant.into(),
        object: object.into(),
        principal_type: "user".into(),
        client_ids: Some(vec!["c".into()]),
    }
}

pub(super) fn change(object: &str, tenant: &str) -> Change {
    Change { tenant: None, object: object.into(), row: Some(assignment(object, tenant)) }
}

fn objects(store: &Store, kind: Kind) -> Vec<String> {
    let all = block_on(store.assignments_after(Caller::Entra, kind, None, 1000)).unwrap();
    all.into_iter().map(|row| row.object).collect()
}

#[test]
fn assignments_are_made_all_or_none() {
    each(|one, other| {
        keys(one);
        let changes = || vec![change("a", "t"), change("b", "t")];
        assert_eq!(block_on(one.assign(PRIMARY, Kind::Entra, changes())), Ok(vec![false, false]));
        assert_eq!(objects(other, Kind::Entra), ["a", "b"]);
        let removal = Change { tenant: None, object: "a".into(), row: None };
        let mixed = vec![removal.clone(), change("c", "t"), change("b", "other")];
        assert_eq!(block_on(other.assign(PRIMARY, Kind::Entra, mixed)), Ok(vec![true, false, true]));
        assert_eq!(objects(one, Kind::Entra), ["b", "c"]);
        block_on(one.regenerate_key(Caller::Entra, Primary, GENERATION, "CCCC".into())).unwrap();
        assert_eq!(block_on(one.assign(PRIMARY, Kind::Entra, changes())), Err(Failure::KeyGone));
        assert_eq!(objects(one, Kind::Entra), ["b", "c"]);
        assert_eq!(block_on(one.assign(Caller::Entra, Kind::Entra, vec![removal])), Ok(vec![false]));
    });
}

#[test]
fn assignments_of_another_tenant_or_kind_stay() {
    each(|one, other| {
        let kind = Kind::TeamsExtension;
        let of = |tenant: &str| Change { tenant: Some(tenant.into()), ..change("a", tenant) };
        for tenant in ["s", "t"] {
            assert_eq!(block_on(one.assign(Caller::Entra, kind, vec![of(tenant)])), Ok(vec![false]));
        }
        let removal = Change { row: None, ..of("s") };
        assert_eq!(block_on(other.assign(Caller::Entra, kind, vec![removal])), Ok(vec![true]));
        let found = |tenant| block_on(one.assignments_of(Caller::Entra, kind, tenant, &["a", "z"])).unwrap();
        assert_eq!(found(Some("s")), []);
        assert_eq!(found(Some("t")), [assignment("a", "t")]);
        assert_eq!(found(None), [assignment("a", "t")]);
        assert_eq!(objects(one, Kind::Entra), [""; 0]);
    });
}

#[test]
fn assignments_come_in_pages() {
    each(|one, other| {
        let kind = Kind::Entra;
        let changes = (0..7).map(|number| change(&format!("o{number}"), "t")).collect();
        block_on(one.assign(Caller::Entra, kind, changes)).unwrap();
        let mut after: Option<(String, String)> = None;
        let mut pages = Vec::new();
        loop {
            let from = after.as_ref().map(|(object, tenant)| (object.as_str(), tenant.as_str()));
            let page = block_on(other.assignments_after(Caller::Entra, kind, from, 3)).unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.object.clone(), last.tenant.clone()));
            pages.push(page.iter().map(|row| row.object.clone()).collect::<Vec<_>>().join(" "));
        }
        assert_eq!(pages, ["o0 o1 o2", "o3 o4 o5", "o6"]);
    });
}
