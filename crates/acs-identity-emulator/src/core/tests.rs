//! The promises of the service that hang on the store: keys, revocations, and what a start decides.

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::claims::AccessTokenClaims;
use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::models::{
    CreateIdentityRequest, EntraAssignmentRequest, EntraAssignmentsPatch, IssueAccessTokenRequest, PrincipalType,
};
use acs_identity_protocol::scope::TokenScope;

use super::introspection::Inactive;
use super::{Core, EntraTokenRequest, Refusal};
use crate::config::Config;
use crate::store::{AccessSlot, Caller, Store, block_on};

fn core() -> Core {
    Core::open(&Config::in_memory()).unwrap()
}

/// Two emulators on one store.
fn two() -> [Core; 2] {
    let config = Config::in_memory();
    Store::two_in_memory().map(|store| block_on(Core::start(&config, None, store, None, 0)).unwrap())
}

fn key(slot: AccessSlot, generation: i64) -> Caller {
    Caller::Key { slot, generation }
}

const PRIMARY: Caller = Caller::Key { slot: AccessSlot::Primary, generation: 1 };
const SECONDARY: Caller = Caller::Key { slot: AccessSlot::Secondary, generation: 1 };

fn preview() -> &'static ApiVersion {
    ApiVersion::find("2025-03-02-preview").unwrap()
}

fn create(core: &Core, custom_id: Option<&str>) -> Result<(String, String), Refusal> {
    let request = CreateIdentityRequest {
        custom_id: custom_id.map(str::to_owned),
        create_token_with_scopes: Some(vec![TokenScope::Chat]),
        ..CreateIdentityRequest::default()
    };
    let made = block_on(core.create(PRIMARY, preview(), request))?;
    Ok((made.identity.unwrap().id.unwrap(), made.access_token.unwrap().token.unwrap()))
}

fn issue(core: &Core, caller: Caller, id: &str) -> Result<String, Refusal> {
    let request =
        IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), ..IssueAccessTokenRequest::default() };
    Ok(block_on(core.issue(caller, preview(), id, request))?.token.unwrap())
}

/// Why a token is not active; `None` where it is.
fn inactive(core: &Core, token: &str) -> Option<Inactive> {
    let said = block_on(core.introspect(Caller::Entra, token)).unwrap();
    assert_eq!(said.active, said.reason.is_none());
    said.reason
}

#[test]
fn what_derives_from_a_key_ends_with_it() {
    let core = core();
    let (secret, header) = (core.access_keys.client_secret(), core.access_keys.identity_header());
    block_on(core.regenerate_key(PRIMARY, AccessSlot::Secondary)).unwrap();
    assert_eq!(core.access_keys.client_secret(), secret, "it follows from the primary key");
    block_on(core.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap();
    assert_ne!(core.access_keys.client_secret(), secret);
    assert_ne!(core.access_keys.identity_header(), header);
}

#[test]
fn a_request_whose_key_was_regenerated_meanwhile_is_refused() {
    let core = core();
    let (user, _) = create(&core, None).unwrap();
    block_on(core.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap();
    let refused = |result: Result<String, Refusal>| result.unwrap_err().status;
    assert_eq!(refused(issue(&core, PRIMARY, &user)), 401);
    assert_eq!(refused(create(&core, None).map(|(user, _)| user)), 401);
    assert_eq!(block_on(core.delete(PRIMARY, &user)).unwrap_err().status, 401);
    assert_eq!(block_on(core.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap_err().status, 401);
    assert!(issue(&core, key(AccessSlot::Primary, 2), &user).is_ok());
}

#[test]
fn a_regeneration_ends_the_tokens_of_that_key_only() {
    let core = core();
    let (user, _) = create(&core, None).unwrap();
    let tokens = [PRIMARY, SECONDARY, Caller::Entra].map(|caller| issue(&core, caller, &user).unwrap());
    block_on(core.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap();
    let states = tokens.map(|token| inactive(&core, &token));
    assert_eq!(states, [Some(Inactive::UnknownKey), None, None]);
}

#[test]
fn a_regeneration_elsewhere_counts_at_once() {
    let [one, other] = two();
    assert_eq!(one.resource_id, other.resource_id);
    let (user, token) = create(&one, None).unwrap();
    assert_eq!(inactive(&other, &token), None);
    let old = one.access_keys.get(AccessSlot::Primary);
    block_on(one.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap();
    assert_eq!(inactive(&other, &token), Some(Inactive::UnknownKey));
    // The other one still takes the old key's signature, but does nothing for it, and learns of the new key.
    let sign = |key: &AccessKey| (std::iter::once("text".to_owned()), key.sign("text"));
    let verify = |core: &Core, key: &AccessKey| {
        let (texts, signature) = sign(key);
        core.access_keys.verify(texts, &signature)
    };
    let caller = verify(&other, &old).unwrap();
    assert_eq!(issue(&other, caller, &user).unwrap_err().status, 401);
    assert_eq!(verify(&other, &old), None);
    let caller = verify(&other, &one.access_keys.get(AccessSlot::Primary)).unwrap();
    let token = issue(&other, caller, &user).unwrap();
    assert_eq!((inactive(&one, &token), inactive(&other, &token)), (None, None));
    let published = |core: &Core| block_on(core.token_jwks()).unwrap();
    assert_eq!(published(&one), published(&other));
}

#[test]
fn the_published_keys_are_those_of_all_later_tokens() {
    let core = core();
    let jwks = block_on(core.token_jwks()).unwrap();
    let (user, _) = create(&core, None).unwrap();
    for caller in [PRIMARY, SECONDARY, Caller::Entra] {
        let token = issue(&core, caller, &user).unwrap();
        assert!(crate::keys::signing::verify_with_jwks(&token, &jwks).is_some(), "{caller:?}");
    }
}

#[test]
fn a_token_of_after_a_revocation_is_active_without_waiting() {
    let core = core();
    let (user, first) = create(&core, None).unwrap();
    let began = crate::clock::machine::instant();
    for _ in 0..3 {
        let before = issue(&core, PRIMARY, &user).unwrap();
        block_on(core.revoke(PRIMARY, &user)).unwrap();
        let after = issue(&core, PRIMARY, &user).unwrap();
        assert_eq!(inactive(&core, &first), Some(Inactive::Revoked));
        assert_eq!(inactive(&core, &before), Some(Inactive::Revoked));
        assert_eq!(inactive(&core, &after), None);
    }
    assert!(crate::clock::machine::since(began).as_millis() < 900, "{:?}", crate::clock::machine::since(began));
}

#[test]
fn a_custom_id_that_was_just_revoked_or_deleted_gets_a_token_that_is_active() {
    let core = core();
    let (user, first) = create(&core, Some("c")).unwrap();
    block_on(core.revoke(PRIMARY, &user)).unwrap();
    let (again, second) = create(&core, Some("c")).unwrap();
    assert_eq!(again, user);
    assert_eq!((inactive(&core, &first), inactive(&core, &second)), (Some(Inactive::Revoked), None));
    block_on(core.delete(PRIMARY, &user)).unwrap();
    let (new, third) = create(&core, Some("c")).unwrap();
    assert_ne!(new, user);
    assert_eq!((inactive(&core, &second), inactive(&core, &third)), (Some(Inactive::IdentityDeleted), None));
}

#[test]
fn tokens_that_are_valid_from_the_far_past_are_not_revoked() {
    let core = core();
    let (user, token) = create(&core, None).unwrap();
    let past = acs_identity_protocol::time::parse_iso("0001-01-01T00:00:00Z").unwrap();
    block_on(core.revoke_before(PRIMARY, &user, past)).unwrap();
    assert_eq!(inactive(&core, &token), None);
    let later = issue(&core, PRIMARY, &user).unwrap();
    let jwt = UnverifiedJwt::decode(&later).unwrap();
    let seconds = |name: &str| jwt.claim_seconds(name).unwrap();
    let lifetime = seconds("exp") - seconds("iat");
    assert_eq!((lifetime, inactive(&core, &later)), (86_400, None));
    block_on(core.revoke_before(PRIMARY, &user, crate::clock::machine::now())).unwrap();
    assert_eq!(inactive(&core, &later), Some(Inactive::Revoked));
}

#[test]
fn a_delayed_revocation_leaves_tokens_active_until_it_is_in_force() {
    let config = Config { revocation_delay: std::time::Duration::from_secs(600), ..Config::in_memory() };
    let core = Core::open(&config).unwrap();
    let (user, token) = create(&core, None).unwrap();
    block_on(core.revoke(PRIMARY, &user)).unwrap();
    assert_eq!(inactive(&core, &token), None);
    block_on(core.store.settle(super::nanos(crate::clock::machine::now()) + 601_000_000_000)).unwrap();
    assert_eq!(inactive(&core, &token), Some(Inactive::Revoked));
}

fn assignment() -> EntraAssignmentRequest {
    EntraAssignmentRequest {
        tenant_id: Some("11111111-1111-1111-1111-111111111111".into()),
        principal_type: Some(PrincipalType::User),
        client_ids: Some(vec!["22222222-2222-2222-2222-222222222222".into()]),
    }
}

#[test]
fn one_object_twice_in_a_bulk_change_is_refused() {
    let core = core();
    let object = "abcdefab-0000-0000-0000-000000000000";
    let mut patch = EntraAssignmentsPatch::new();
    patch.insert(object.to_owned(), Some(assignment()));
    patch.insert(object.to_uppercase(), None);
    let refusal = block_on(core.patch_entra_assignments(PRIMARY, patch)).unwrap_err();
    assert_eq!((refusal.status, refusal.target), (400, Some("objectId")));
    assert_eq!(core.entra_assignments(PRIMARY, None).unwrap().0.value.len(), 0);
}

#[test]
fn assignments_are_listed_in_pages() {
    let core = core();
    let patch = (0..1001).map(|number| (format!("{number:08}-0000-0000-0000-000000000000"), Some(assignment())));
    block_on(core.patch_entra_assignments(PRIMARY, patch.collect())).unwrap();
    let (first, last) = core.entra_assignments(PRIMARY, None).unwrap();
    assert_eq!((first.value.len(), last.as_deref()), (1000, Some("00000999-0000-0000-0000-000000000000")));
    let (second, last) = core.entra_assignments(PRIMARY, last.as_deref()).unwrap();
    assert_eq!((second.value.len(), last), (1, None));
}

#[test]
fn an_exchange_takes_guids_in_capitals_and_lives_no_longer_than_a_day() {
    let core = core();
    let (object, tenant) = ("abcdefab-0000-0000-0000-000000000001", "11111111-1111-1111-1111-111111111111");
    block_on(core.assign_entra(PRIMARY, object, assignment())).unwrap();
    // The version before made tokens that were good for a year.
    let now = crate::clock::machine::now().unix_timestamp();
    let claims = serde_json::json!({
        "oid": object.to_uppercase(), "tid": tenant.to_uppercase(), "appid": "22222222-2222-2222-2222-222222222222",
        "aud": "https://communication.azure.com/clients", "scp": "VoIP", "iat": now, "nbf": now, "exp": now + 365 * 86_400,
    });
    let token = block_on(core.issuer_key()).unwrap().sign(&claims).unwrap();
    let made = block_on(core.exchange_entra(&token)).unwrap();
    assert!(made.identity.unwrap().id.unwrap().ends_with(&format!("_wf_{tenant}_{object}")));
    let jwt = UnverifiedJwt::decode(&made.access_token.unwrap().token.unwrap()).unwrap();
    assert_eq!(jwt.claim_seconds("exp").unwrap() - jwt.claim_seconds("iat").unwrap(), 86_400);
}

#[test]
fn a_token_of_another_resource_is_not_active() {
    let (core, other) = (core(), core());
    let (user, _) = create(&core, None).unwrap();
    let (_, token) = create(&other, None).unwrap();
    assert_eq!(inactive(&core, &token), Some(Inactive::OtherResource));
    // Also where the key is the same, as in a folder that has lost its database.
    let now = crate::clock::machine::now().unix_timestamp();
    let claims = |resource: &str| AccessTokenClaims {
        skypeid: user.trim_start_matches("8:").to_owned(),
        resource_id: resource.to_owned(),
        iat: now,
        exp: now + 3600,
        ..AccessTokenClaims::default()
    };
    let key = block_on(core.signing_key_of(PRIMARY)).unwrap();
    let signed = |resource: &str| key.sign(&claims(resource)).unwrap();
    assert_eq!(inactive(&core, &signed(&core.resource_id)), None);
    assert_eq!(inactive(&core, &signed(&other.resource_id)), Some(Inactive::OtherResource));
}

#[test]
fn the_exchange_of_a_teams_user_takes_guids_in_capitals() {
    let core = core();
    let (object, application) = ("abcdefab-0000-0000-0000-000000000001", "abcdefab-0000-0000-0000-000000000002");
    let asked = EntraTokenRequest {
        oid: object.to_uppercase(),
        appid: application.to_uppercase(),
        tid: Some(object.to_uppercase()),
        ..EntraTokenRequest::default()
    };
    let token = block_on(core.issue_entra_token("https://localhost", asked, Caller::Entra)).unwrap().access_token;
    let request = serde_json::json!({"token": token, "appId": application, "userId": object});
    let form = ApiVersion::newest().teams_user.unwrap();
    let made = block_on(core.exchange_teams_user(PRIMARY, form, serde_json::from_value(request).unwrap())).unwrap();
    let jwt = UnverifiedJwt::decode(&made.token.unwrap()).unwrap();
    assert_eq!((jwt.claim_str("skypeid"), jwt.claim_str("tid")), (Some(&*format!("orgid:{object}")), Some(object)));
}

#[cfg(feature = "sqlite")]
mod in_a_folder {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU32, Ordering};

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::error::Error;
    use crate::keys::signing::SigningKey;
    use crate::store::sqlite::tests::version_3;

    /// A folder of a test, removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("acs-core-{}-{count}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            crate::folder::files::make_folder(&path).unwrap();
            Self(path)
        }

        fn open(&self, access_key: Option<&str>) -> Result<Core, Error> {
            let access_key = access_key.map(|key| key.parse().unwrap());
            Core::open(&Config { access_key, ..Config::in_folder(&self.0) })
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_start_inside_of_a_runtime_comes_to_its_end() {
        let folder = Folder::new();
        let (send, receive) = std::sync::mpsc::channel();
        let config = Config::in_folder(&folder.0);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            send.send(runtime.block_on(async { Core::open(&config).map(drop) })).unwrap();
        });
        receive.recv_timeout(std::time::Duration::from_secs(30)).expect("it hangs").unwrap();
    }

    fn primary(core: &Core) -> String {
        core.access_keys.get(AccessSlot::Primary).to_base64()
    }

    #[test]
    fn a_folder_keeps_its_keys_and_its_resource() {
        let folder = Folder::new();
        let core = folder.open(Some("c2VjcmV0")).unwrap();
        let (resource, secondary) = (core.resource_id.clone(), core.access_keys.get(AccessSlot::Secondary));
        let (_, token) = create(&core, None).unwrap();
        drop(core);
        let core = folder.open(None).unwrap();
        assert_eq!(primary(&core), "c2VjcmV0", "not the well-known one");
        assert_eq!((&core.resource_id, core.access_keys.get(AccessSlot::Secondary)), (&resource, secondary));
        assert_eq!(inactive(&core, &token), None);
        block_on(core.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap();
        let new = primary(&core);
        drop(core);
        let Err(error) = folder.open(Some("c2VjcmV0")) else { panic!("the key of before opened the folder") };
        assert!(matches!(error, Error::AccessKey(_)), "{error}");
        let core = folder.open(Some(&new)).unwrap();
        assert_eq!(inactive(&core, &token), Some(Inactive::UnknownKey));
    }

    fn pem(pkcs8: &[u8]) -> String {
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8))
    }

    #[test]
    fn the_keys_and_tokens_of_the_version_before_are_kept() {
        let folder = Folder::new();
        let resource = "11111111-1111-1111-1111-111111111111";
        let [user, revoked] = ["00000005-14a2-493b-8a72-5a3a0d000081", "00000005-14a2-493b-8a72-5a3a0d000082"];
        let connection = version_3(&folder.0.join("identities.db"));
        let now = crate::clock::machine::now().unix_timestamp();
        connection
            .execute_batch(&format!(
                "INSERT INTO settings VALUES ('resource_id', '{resource}'), ('secondary_key', 'AAAA');
                 INSERT INTO identities (user) VALUES ('{user}');
                 INSERT INTO identities (user, revoked_at) VALUES ('{revoked}', {now}000000000);"
            ))
            .unwrap();
        drop(connection);
        let pkcs8 = SigningKey::generate().unwrap();
        std::fs::write(folder.0.join("token-key.pem"), pem(&pkcs8)).unwrap();
        let sign = |user: &str| {
            let claims = AccessTokenClaims {
                skypeid: format!("acs:{resource}_{user}"),
                resource_id: resource.into(),
                iat: now,
                exp: now + 3600,
                ..AccessTokenClaims::default()
            };
            SigningKey::from_pkcs8(&pkcs8).unwrap().sign(&claims).unwrap()
        };
        for _ in 0..2 {
            let core = folder.open(None).unwrap();
            assert_eq!(core.resource_id, resource);
            assert_eq!(core.access_keys.get(AccessSlot::Secondary).to_base64(), "AAAA");
            assert_eq!(inactive(&core, &sign(user)), None);
            assert_eq!(inactive(&core, &sign(revoked)), Some(Inactive::Revoked));
            let id = format!("8:acs:{resource}_{revoked}");
            let later = issue(&core, PRIMARY, &id).unwrap();
            assert_eq!(inactive(&core, &later), None);
            assert!(!folder.0.join("token-key.pem").exists());
        }
    }

    #[test]
    fn a_signing_key_of_the_version_before_that_cannot_be_read_is_refused_by_name() {
        let folder = Folder::new();
        version_3(&folder.0.join("identities.db"));
        std::fs::write(folder.0.join("token-key-secondary.pem"), pem(b"x")).unwrap();
        let Err(error) = folder.open(None) else { panic!("it was taken") };
        assert!(matches!(&error, Error::Content(path, _) if path.ends_with("token-key-secondary.pem")), "{error}");
        assert!(folder.0.join("token-key-secondary.pem").exists());
    }

    /// Each revocation comes into force at its own time, whatever comes after it and whoever ends in between.
    #[test]
    fn pending_revocations_outlive_a_restart() {
        let folder = Folder::new();
        let open = || {
            let revocation_delay = std::time::Duration::from_secs(600);
            Core::open(&Config { revocation_delay, ..Config::in_folder(&folder.0) }).unwrap()
        };
        let core = open();
        let (user, first) = create(&core, None).unwrap();
        block_on(core.revoke(PRIMARY, &user)).unwrap();
        let second = issue(&core, PRIMARY, &user).unwrap();
        drop(core);
        let core = open();
        assert_eq!((inactive(&core, &first), inactive(&core, &second)), (None, None));
        block_on(core.revoke(PRIMARY, &user)).unwrap();
        drop(core);
        let core = open();
        let times: Vec<i64> = block_on(async { core.store.snapshot(None, Some(&user[user.len() - 36..])) })
            .unwrap()
            .revocations
            .iter()
            .map(|revocation| revocation.in_force_at.unwrap())
            .collect();
        assert_eq!(times.len(), 2, "{times:?}");
        block_on(core.store.settle(times[0])).unwrap();
        assert_eq!((inactive(&core, &first), inactive(&core, &second)), (Some(Inactive::Revoked), None));
        block_on(core.store.settle(times[1])).unwrap();
        assert_eq!(
            (inactive(&core, &first), inactive(&core, &second)),
            (Some(Inactive::Revoked), Some(Inactive::Revoked))
        );
    }

    /// Commits wait on a thread of their own. The runtime has one thread here.
    #[test]
    fn reads_go_on_while_another_program_holds_a_write_transaction() {
        let folder = Folder::new();
        let core = folder.open(None).unwrap();
        let (_, token) = create(&core, None).unwrap();
        let core = std::sync::Arc::new(core);
        let other = rusqlite::Connection::open(folder.0.join("identities.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let waiting = std::sync::Arc::clone(&core);
            let waits =
                tokio::spawn(async move { waiting.create(PRIMARY, preview(), CreateIdentityRequest::default()).await });
            let began = crate::clock::machine::instant();
            while crate::clock::machine::since(began).as_millis() < 300 {
                tokio::task::yield_now().await;
                core.unless_unready().unwrap();
                assert!(core.introspect(Caller::Entra, &token).await.unwrap().active);
            }
            assert!(
                crate::clock::machine::since(began).as_millis() < 2000,
                "{:?}",
                crate::clock::machine::since(began)
            );
            assert!(!waits.is_finished());
            other.execute_batch("ROLLBACK").unwrap();
            waits.await.unwrap().unwrap();
        });
    }

    #[test]
    fn a_signing_key_that_is_not_what_was_written_is_refused_by_name() {
        let folder = Folder::new();
        drop(folder.open(None).unwrap());
        let connection = rusqlite::Connection::open(folder.0.join("identities.db")).unwrap();
        let changed = connection.execute("UPDATE signing_keys SET pkcs8 = substr(pkcs8, 1, 100)", []).unwrap();
        assert_eq!(changed, 1);
        drop(connection);
        let Err(error) = folder.open(None) else { panic!("it was taken") };
        assert!(error.to_string().contains(r#"the row "primary" of the table signing_keys"#), "{error}");
    }

    #[test]
    fn a_dump_that_is_restored_has_the_keys_and_the_tokens() {
        let folder = Folder::new();
        let core = folder.open(Some("c2VjcmV0")).unwrap();
        let (_, token) = create(&core, None).unwrap();
        drop(core);
        // What a dump leaves out.
        let connection = rusqlite::Connection::open(folder.0.join("identities.db")).unwrap();
        connection.execute_batch("PRAGMA application_id = 0; PRAGMA user_version = 0").unwrap();
        drop(connection);
        let core = folder.open(None).unwrap();
        assert_eq!((primary(&core).as_str(), inactive(&core, &token)), ("c2VjcmV0", None));
    }

    #[test]
    fn a_regeneration_that_cannot_be_stored_changes_nothing() {
        let folder = Folder::new();
        let core = folder.open(Some("c2VjcmV0")).unwrap();
        let (user, token) = create(&core, None).unwrap();
        let away = folder.0.with_extension("away");
        std::fs::rename(&folder.0, &away).unwrap();
        // It is noticed within a second.
        while issue(&core, PRIMARY, &user).is_ok() {}
        assert_eq!(block_on(core.regenerate_key(PRIMARY, AccessSlot::Primary)).unwrap_err().status, 503);
        assert_eq!(primary(&core), "c2VjcmV0");
        drop(core);
        std::fs::rename(&away, &folder.0).unwrap();
        let core = folder.open(None).unwrap();
        assert_eq!((primary(&core).as_str(), inactive(&core, &token)), ("c2VjcmV0", None));
    }
}
