//! Which tokens a revocation revokes, and when.

use acs_identity_protocol::jwt::UnverifiedJwt;

use super::{PRIMARY, core, create, inactive, issue};
use crate::config::Config;
use crate::core::Core;
use crate::core::introspection::Inactive;
use crate::store::block_on;

#[test]
fn a_token_that_is_issued_after_a_revocation_is_active_at_once() {
    let core = core();
    let (user, first) = create(&core, None).unwrap();
    let began = crate::clock::machine::instant();
    for _ in 0..3 {
        let before = issue(&core, PRIMARY, &user).unwrap();
        block_on(core.identities.revoke(PRIMARY, &user)).unwrap();
        let after = issue(&core, PRIMARY, &user).unwrap();
        assert_eq!(inactive(&core, &first), Some(Inactive::Revoked));
        assert_eq!(inactive(&core, &before), Some(Inactive::Revoked));
        assert_eq!(inactive(&core, &after), None);
    }
    assert!(crate::clock::machine::since(began).as_millis() < 900, "{:?}", crate::clock::machine::since(began));
}

#[test]
fn a_custom_id_gets_an_active_token_right_after_a_revocation_or_a_deletion() {
    let core = core();
    let (user, first) = create(&core, Some("c")).unwrap();
    block_on(core.identities.revoke(PRIMARY, &user)).unwrap();
    let (again, second) = create(&core, Some("c")).unwrap();
    assert_eq!(again, user);
    assert_eq!((inactive(&core, &first), inactive(&core, &second)), (Some(Inactive::Revoked), None));
    block_on(core.identities.delete(PRIMARY, &user)).unwrap();
    let (new, third) = create(&core, Some("c")).unwrap();
    assert_ne!(new, user);
    assert_eq!((inactive(&core, &second), inactive(&core, &third)), (Some(Inactive::IdentityDeleted), None));
}

#[test]
fn tokens_valid_from_in_the_far_past_revokes_nothing() {
    let core = core();
    let (user, token) = create(&core, None).unwrap();
    let past = acs_identity_protocol::time::parse_iso("0001-01-01T00:00:00Z").unwrap();
    block_on(core.identities.revoke_before(PRIMARY, &user, past)).unwrap();
    assert_eq!(inactive(&core, &token), None);
    let later = issue(&core, PRIMARY, &user).unwrap();
    let jwt = UnverifiedJwt::decode(&later).unwrap();
    let seconds = |name: &str| jwt.claim_seconds(name).unwrap();
    let lifetime = seconds("exp") - seconds("iat");
    assert_eq!((lifetime, inactive(&core, &later)), (86_400, None));
    block_on(core.identities.revoke_before(PRIMARY, &user, crate::clock::machine::now())).unwrap();
    assert_eq!(inactive(&core, &later), Some(Inactive::Revoked));
}

#[test]
fn a_delayed_revocation_leaves_tokens_active_until_it_is_in_force() {
    let config = Config { revocation_delay: std::time::Duration::from_secs(600), ..Config::in_memory() };
    let core = Core::open(&config).unwrap();
    let (user, token) = create(&core, None).unwrap();
    block_on(core.identities.revoke(PRIMARY, &user)).unwrap();
    assert_eq!(inactive(&core, &token), None);
    block_on(core.store.settle(crate::clock::nanos(crate::clock::machine::now()) + 601_000_000_000)).unwrap();
    assert_eq!(inactive(&core, &token), Some(Inactive::Revoked));
}
