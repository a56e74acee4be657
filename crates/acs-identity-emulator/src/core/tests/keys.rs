//! Access keys, the keys that sign tokens, and the tokens that become invalid with them.

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::claims::AccessTokenClaims;

use super::{PRIMARY, SECONDARY, core, create, inactive, issue, key, two};
use crate::config::Config;
use crate::core::introspection::Inactive;
use crate::core::{Core, Refusal};
use crate::store::{AccessSlot, Caller, Store, StoreError, block_on};

#[test]
fn the_secrets_that_derive_from_a_key_end_with_it() {
    let core = core();
    let (secret, header) = (core.access_keys.client_secret(), core.access_keys.identity_header());
    block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Secondary)).unwrap();
    assert_eq!(core.access_keys.client_secret(), secret, "it follows from the primary key");
    block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap();
    assert_ne!(core.access_keys.client_secret(), secret);
    assert_ne!(core.access_keys.identity_header(), header);
}

#[test]
fn a_request_whose_key_was_regenerated_meanwhile_is_refused() {
    let core = core();
    let (user, _) = create(&core, None).unwrap();
    block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap();
    let refused = |result: Result<String, Refusal>| result.unwrap_err();
    assert_eq!(refused(issue(&core, PRIMARY, &user)), Refusal::KeyGone);
    assert_eq!(refused(create(&core, None).map(|(user, _)| user)), Refusal::KeyGone);
    assert_eq!(block_on(core.identities.delete(PRIMARY, &user)).unwrap_err(), Refusal::KeyGone);
    assert_eq!(block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap_err(), Refusal::KeyGone);
    assert!(issue(&core, key(AccessSlot::Primary, 2), &user).is_ok());
}

#[test]
fn a_regeneration_ends_the_tokens_of_that_key_only() {
    let core = core();
    let (user, _) = create(&core, None).unwrap();
    let tokens = [PRIMARY, SECONDARY, Caller::Entra].map(|caller| issue(&core, caller, &user).unwrap());
    block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap();
    let states = tokens.map(|token| inactive(&core, &token));
    assert_eq!(states, [Some(Inactive::UnknownKey), None, None]);
}

#[test]
fn a_start_goes_on_if_another_emulator_on_the_same_store_replaces_the_access_key_meanwhile() {
    let [one, starting] = two();
    block_on(one.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap();
    // It has read the former access key, makes the key that signs tokens, and parses that key.
    block_on(starting.signer.make_key(PRIMARY)).unwrap();
    block_on(starting.signer.prepare(None)).unwrap();
    // No key signs for the former access key.
    assert_eq!(create(&starting, None).unwrap_err(), Refusal::KeyGone);
}

#[test]
fn a_regeneration_by_another_emulator_on_the_same_store_takes_effect_at_once() {
    let [one, other] = two();
    assert_eq!(one.resource.id(), other.resource.id());
    let (user, token) = create(&one, None).unwrap();
    assert_eq!(inactive(&other, &token), None);
    let old = one.access_keys.get(AccessSlot::Primary);
    block_on(one.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap();
    assert_eq!(inactive(&other, &token), Some(Inactive::UnknownKey));
    // The other emulator still accepts a signature with the old key, but refuses the operation and then reads the new
    // key.
    let sign = |key: &AccessKey| (std::iter::once("text".to_owned()), key.sign("text"));
    let verify = |core: &Core, key: &AccessKey| {
        let (texts, signature) = sign(key);
        core.access_keys.verify(texts, &signature)
    };
    let caller = verify(&other, &old).unwrap();
    assert_eq!(issue(&other, caller, &user).unwrap_err(), Refusal::KeyGone);
    assert_eq!(verify(&other, &old), None);
    let caller = verify(&other, &one.access_keys.get(AccessSlot::Primary)).unwrap();
    let token = issue(&other, caller, &user).unwrap();
    assert_eq!((inactive(&one, &token), inactive(&other, &token)), (None, None));
    let published = |core: &Core| block_on(core.signer.token_jwks()).unwrap();
    assert_eq!(published(&one), published(&other));
}

#[test]
fn the_published_keys_verify_all_later_tokens() {
    let core = core();
    let jwks = block_on(core.signer.token_jwks()).unwrap();
    let (user, _) = create(&core, None).unwrap();
    for caller in [PRIMARY, SECONDARY, Caller::Entra] {
        let token = issue(&core, caller, &user).unwrap();
        assert!(crate::keys::signing::verify_with_jwks(&token, &jwks).is_some(), "{caller:?}");
    }
}

#[test]
fn a_token_of_another_resource_is_not_active() {
    let (core, other) = (core(), core());
    let (user, _) = create(&core, None).unwrap();
    let (_, token) = create(&other, None).unwrap();
    assert_eq!(inactive(&core, &token), Some(Inactive::OtherResource));
    // The same holds if both resources have the same signing key.
    let now = crate::clock::machine::now().unix_timestamp();
    let claims = |resource: &str| AccessTokenClaims {
        skypeid: user.trim_start_matches("8:").to_owned(),
        resource_id: resource.to_owned(),
        iat: now,
        exp: now + 3600,
        ..AccessTokenClaims::default()
    };
    let key = block_on(core.signer.key_for(PRIMARY)).unwrap();
    let signed = |resource: &str| key.sign(&claims(resource)).unwrap();
    assert_eq!(inactive(&core, &signed(&core.resource.id())), None);
    assert_eq!(inactive(&core, &signed(&other.resource.id())), Some(Inactive::OtherResource));
}

#[test]
fn a_process_with_another_access_key_takes_the_key_of_the_shared_store() {
    let [one, other] = Store::two_in_memory();
    let start = |key: &str, store| {
        let config = Config { access_key: Some(key.parse().unwrap()), ..Config::in_memory() };
        block_on(Core::start(&config, None, store, None, None, false)).unwrap()
    };
    let (first, second) = (start("AAAA", one), start("BBBB", other));
    assert_eq!(second.access_keys.get(AccessSlot::Primary), "AAAA".parse().unwrap());
    assert_eq!(second.access_keys.get(AccessSlot::Secondary), first.access_keys.get(AccessSlot::Secondary));
}

#[test]
fn a_shared_store_that_was_restored_has_the_keys_in_force_that_it_had() {
    let [one, other] = two();
    let before = block_on(other.store.copied()).unwrap().access_keys;
    block_on(one.access_keys.regenerate(PRIMARY, AccessSlot::Secondary)).unwrap();
    one.access_keys.replace(&before).unwrap();
    assert_eq!(one.access_keys.generations(), [1, 1]);
    assert_eq!(one.access_keys.get(AccessSlot::Secondary), other.access_keys.get(AccessSlot::Secondary));
}

#[test]
fn a_shared_store_that_has_lost_a_key_is_damaged() {
    let [one, _other] = two();
    let rows = block_on(one.store.access_keys()).unwrap();
    let kept = one.access_keys.replace(&rows[..1]);
    assert!(matches!(&kept, Err(StoreError::Damaged { what }) if what.contains("lacks an access key")), "{kept:?}");
}
