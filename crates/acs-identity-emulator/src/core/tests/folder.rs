//! The data that a folder keeps over several starts.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use acs_identity_protocol::claims::AccessTokenClaims;
use acs_identity_protocol::models::CreateIdentityRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{PRIMARY, create, inactive, issue, preview};
use crate::config::Config;
use crate::core::introspection::Inactive;
use crate::core::{Core, Refusal, TokenTimes};
use crate::error::Error;
use crate::keys::signing::SigningKey;
use crate::store::sqlite::tests::earlier::version_3;
use crate::store::{AccessSlot, Caller, StoreError, block_on};

/// The folder of a test. It is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acs-core-{}-{count}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        crate::files::make_folder(&path).unwrap();
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
fn a_start_inside_a_runtime_does_not_hang() {
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
    let (resource, secondary) = (core.resource.id(), core.access_keys.get(AccessSlot::Secondary));
    let (_, token) = create(&core, None).unwrap();
    drop(core);
    let core = folder.open(None).unwrap();
    assert_eq!(primary(&core), "c2VjcmV0", "not the well-known one");
    assert_eq!((core.resource.id(), core.access_keys.get(AccessSlot::Secondary)), (resource, secondary));
    assert_eq!(inactive(&core, &token), None);
    block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Primary)).unwrap();
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
fn the_keys_and_tokens_of_the_previous_version_are_kept() {
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
        assert_eq!(&*core.resource.id(), resource);
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
fn an_unreadable_signing_key_of_the_previous_version_is_refused_by_name() {
    let folder = Folder::new();
    version_3(&folder.0.join("identities.db"));
    std::fs::write(folder.0.join("token-key-secondary.pem"), pem(b"x")).unwrap();
    let Err(error) = folder.open(None) else { panic!("it was taken") };
    assert!(matches!(&error, Error::Content(path, _) if path.ends_with("token-key-secondary.pem")), "{error}");
    assert!(folder.0.join("token-key-secondary.pem").exists());
}

/// Each revocation comes into force at its own time, even after a restart and a later revocation.
#[test]
fn pending_revocations_take_effect_after_a_restart() {
    let folder = Folder::new();
    let open = || {
        let revocation_delay = std::time::Duration::from_secs(600);
        Core::open(&Config { revocation_delay, ..Config::in_folder(&folder.0) }).unwrap()
    };
    let core = open();
    let (user, first) = create(&core, None).unwrap();
    block_on(core.identities.revoke(PRIMARY, &user)).unwrap();
    let second = issue(&core, PRIMARY, &user).unwrap();
    drop(core);
    let core = open();
    assert_eq!((inactive(&core, &first), inactive(&core, &second)), (None, None));
    block_on(core.identities.revoke(PRIMARY, &user)).unwrap();
    drop(core);
    let core = open();
    let times: Vec<i64> = block_on(async { core.store.snapshot(None, Some(&user[user.len() - 36..])).await })
        .unwrap()
        .revocations
        .iter()
        .map(|revocation| revocation.in_force_at.unwrap())
        .collect();
    assert_eq!(times.len(), 2, "{times:?}");
    block_on(core.store.settle(times[0])).unwrap();
    assert_eq!((inactive(&core, &first), inactive(&core, &second)), (Some(Inactive::Revoked), None));
    block_on(core.store.settle(times[1])).unwrap();
    assert_eq!((inactive(&core, &first), inactive(&core, &second)), (Some(Inactive::Revoked), Some(Inactive::Revoked)));
}

/// Commits wait on a separate thread. The runtime has one thread here.
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
        let waits = tokio::spawn(async move {
            waiting.identities.create(PRIMARY, preview(), CreateIdentityRequest::default(), TokenTimes::default()).await
        });
        let began = crate::clock::machine::instant();
        while crate::clock::machine::since(began).as_millis() < 300 {
            tokio::task::yield_now().await;
            block_on(core.check_ready()).unwrap();
            assert!(core.introspector.introspect(Caller::Entra, &token).await.unwrap().active);
        }
        assert!(crate::clock::machine::since(began).as_millis() < 2000, "{:?}", crate::clock::machine::since(began));
        assert!(!waits.is_finished());
        other.execute_batch("ROLLBACK").unwrap();
        waits.await.unwrap().unwrap();
    });
}

#[test]
fn a_changed_signing_key_is_refused_by_name() {
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
fn a_restored_dump_keeps_the_keys_and_the_tokens() {
    let folder = Folder::new();
    let core = folder.open(Some("c2VjcmV0")).unwrap();
    let (_, token) = create(&core, None).unwrap();
    drop(core);
    // A dump does not contain these.
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
    // The emulator notices it within a second.
    while issue(&core, PRIMARY, &user).is_ok() {}
    assert!(matches!(
        block_on(core.access_keys.regenerate(PRIMARY, AccessSlot::Primary)),
        Err(Refusal::Store(StoreError::Gone | StoreError::Stopped(_)))
    ));
    assert_eq!(primary(&core), "c2VjcmV0");
    drop(core);
    std::fs::rename(&away, &folder.0).unwrap();
    let core = folder.open(None).unwrap();
    assert_eq!((primary(&core).as_str(), inactive(&core, &token)), ("c2VjcmV0", None));
}
