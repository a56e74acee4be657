//! Tests of revocations.

use super::{create, each, issue, revoke, revoked};
use crate::store::block_on;

#[test]
fn a_token_issued_after_a_revocation_is_valid_in_the_same_second() {
    each(|one, other| {
        create(one, "u");
        revoke(other, "u", None, None);
        let number = issue(one, "u").unwrap();
        assert!(revoked(one, "u", (0, 5), 5));
        assert!(!revoked(one, "u", (number, 5), 5));
        revoke(one, "u", None, None);
        assert!(revoked(one, "u", (number, 5), 5));
    });
}

#[test]
fn each_pending_revocation_comes_into_force_at_its_time() {
    each(|one, other| {
        create(one, "u");
        revoke(one, "u", None, Some(10));
        let between = issue(one, "u").unwrap();
        revoke(other, "u", None, Some(12));
        let last = issue(one, "u").unwrap();
        assert!(!revoked(one, "u", (0, 1), 9));
        assert!(revoked(one, "u", (0, 1), 10));
        assert!(!revoked(one, "u", (between, 1), 11));
        assert!(revoked(one, "u", (between, 1), 12));
        assert!(!revoked(one, "u", (last, 1), i64::MAX));
    });
}

#[test]
fn a_revocation_up_to_the_far_past_revokes_nothing_later() {
    each(|one, _| {
        create(one, "u");
        revoke(one, "u", Some(i64::MIN), None);
        assert!(!revoked(one, "u", (0, 0), 0));
        revoke(one, "u", Some(5), None);
        assert!(revoked(one, "u", (0, 5), 0));
        assert!(!revoked(one, "u", (0, 6), 0));
        let number = issue(one, "u").unwrap();
        assert!(!revoked(one, "u", (number, 5), 0));
    });
}

#[test]
fn a_settled_revocation_holds_when_the_clock_is_set_back() {
    each(|one, other| {
        for user in ["u", "v"] {
            create(one, user);
            revoke(one, user, None, Some(10));
        }
        revoke(one, "v", Some(3), Some(20));
        block_on(other.settle(9)).unwrap();
        assert!(!revoked(one, "u", (0, 1), 9));
        block_on(other.settle(10)).unwrap();
        assert!(revoked(one, "u", (0, 1), 0) && revoked(one, "v", (0, 1), 0));
        assert!(!revoked(one, "v", (1, 3), 19) && revoked(one, "v", (1, 3), 20));
        block_on(one.settle(i64::MIN)).unwrap();
        assert!(revoked(one, "u", (0, 1), 0));
    });
}
