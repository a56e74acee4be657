//! Tests of reads of identities.

use super::{create, each, revoke};
use crate::store::revocation::Revocation;
use crate::store::{AssignmentRow, Caller, Change, Filter, GuidPart, Kind, Name, NewIdentity, Store, block_on};

fn with_custom_id(store: &Store, user: &str, custom_id: &str) {
    block_on(store.create(Caller::Entra, NewIdentity::of(user).with_custom_id(custom_id))).unwrap();
}

fn users(store: &Store, filter: Option<&Filter>, after: Option<&str>, limit: usize) -> String {
    let found = block_on(store.identities_after(Caller::Entra, filter, after, limit)).unwrap();
    found.into_iter().map(|identity| identity.row.user).collect::<Vec<_>>().join(" ")
}

fn containing(text: &str, user: Option<GuidPart>) -> Filter {
    Filter { custom_id: text.into(), user }
}

#[test]
fn identities_come_in_pages_in_the_order_of_users() {
    each(|one, other| {
        for user in ["e", "a", "d", "b", "c"] {
            create(one, user);
        }
        assert_eq!(users(other, None, None, 2), "a b");
        assert_eq!(users(other, None, Some("b"), 2), "c d");
        assert_eq!(users(other, None, Some("bb"), 9), "c d e");
        assert_eq!(users(other, None, Some("e"), 2), "");
    });
}

#[test]
fn a_filter_finds_a_part_of_a_custom_id_or_of_the_guid_in_any_case() {
    each(|one, other| {
        with_custom_id(one, "0a1", "Alice@contoso.com");
        with_custom_id(one, "0b2", "bob_%\\é");
        with_custom_id(one, "0c3", "ALIBABA");
        create(one, "1a4");
        let found = |text: &str, user| users(other, Some(&containing(text, user)), None, 9);
        assert_eq!(found("aLi", None), "0a1 0c3");
        assert_eq!(found("contoso.com", None), "0a1");
        assert_eq!(found("a", Some(GuidPart::Within("a".into()))), "0a1 0c3 1a4");
        assert_eq!(found("0", Some(GuidPart::Start("0b".into()))), "0b2");
        assert_eq!(
            (found("_%", None), found("\\", None), found("é", None)),
            ("0b2".into(), "0b2".into(), "0b2".into())
        );
        assert_eq!(
            (found("%", None), found("o_c", None), found("É", None)),
            ("0b2".into(), String::new(), String::new())
        );
        assert_eq!(found("", None), "0a1 0b2 0c3", "a part of every custom id");
        assert_eq!(users(other, Some(&containing("ali", None)), Some("0a1"), 9), "0c3");
        assert_eq!(users(other, Some(&containing("ali", None)), None, 1), "0a1");
    });
}

#[test]
fn an_identity_is_described_with_its_revocations_and_assignments() {
    each(|one, other| {
        with_custom_id(one, "u", "c");
        revoke(one, "u", None, None);
        revoke(one, "u", None, Some(20));
        let row =
            AssignmentRow { tenant: "t".into(), object: "u".into(), principal_type: "user".into(), client_ids: None };
        for kind in [Kind::Entra, Kind::TeamsExtension] {
            let change = Change { tenant: None, object: "u".into(), row: Some(row.clone()) };
            block_on(one.assign(Caller::Entra, kind, vec![change])).unwrap();
        }
        let described = |name| block_on(other.described(Caller::Entra, name)).unwrap();
        let found = described(Name::CustomId("c")).unwrap();
        assert_eq!(described(Name::User("u")), Some(found.clone()));
        assert_eq!((found.row.created_at, found.row.revoked_below, found.assignments), (Some(1), 1, 2));
        assert_eq!(found.revocations, [Revocation { number: 2, issued_until: None, in_force_at: Some(20) }]);
        assert_eq!(block_on(other.identities_after(Caller::Entra, None, None, 1)).unwrap(), [found]);
        for name in [Name::User("c"), Name::CustomId("u"), Name::CustomId("C")] {
            assert_eq!(described(name), None, "{name:?}");
        }
    });
}
