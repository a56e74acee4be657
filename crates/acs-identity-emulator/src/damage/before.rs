//! Tests of a data folder of the previous version. Either all of its data is there, even if a file is damaged, or it is
//! refused by name.

use std::fs;

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::raw_id::RawId;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use serde_json::Value;
use time::OffsetDateTime;

use super::world::{Files, Folder, Questions, ask, caller, issue, version};
use super::{Count, Random, WAYS, compare, damage, judge};
use crate::clock::{ServiceClock, machine};
use crate::config::Config;
use crate::core::{Core, Refusal};
use crate::store::{AccessSlot, Kind, block_on};

macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/before/", $name)))
    };
}

const FILES: [(&str, &str); 7] = [
    file!("ca.pem"),
    file!("ca-key.pem"),
    file!("server.pem"),
    file!("server-key.pem"),
    file!("certificates.json"),
    file!("token-key.pem"),
    file!("token-key-secondary.pem"),
];

/// Makes the folder as that version left it: it never moved its log into the database when it ended.
fn folder() -> Folder {
    let folder = Folder::new();
    for (name, content) in FILES {
        fs::write(folder.0.join(name), content).unwrap();
    }
    fs::write(folder.0.join("lock"), "").unwrap();
    let connection = Connection::open(folder.0.join("identities.db")).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    // Each statement is a commit of its own, as in the original.
    let sql = file!("identities.sql").1.replace("BEGIN TRANSACTION;", "").replace("COMMIT;", "");
    connection.execute_batch(&sql).unwrap();
    drop(connection);
    assert!(folder.0.join("identities.db-wal").metadata().unwrap().len() > 0);
    folder
}

/// Returns the responses of the emulator of that version.
fn said() -> Value {
    serde_json::from_str(file!("said.json").1).unwrap()
}

/// Returns the configuration for that folder. The clock shows the minute in which the folder was made, because its
/// tokens are valid for a day.
fn config(folder: &Folder) -> Config {
    let clock = ServiceClock::default();
    clock.set(OffsetDateTime::from_unix_timestamp(said()["madeAt"].as_i64().unwrap()).unwrap());
    Config { clock, ..Config::in_folder(&folder.0) }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn questions() -> Questions {
    let said = said();
    let members = |name: &str| said[name].as_object().unwrap().values().cloned().collect::<Vec<Value>>();
    let mut identities: Vec<String> = members("identities").iter().map(|identity| text(&identity["id"])).collect();
    identities.push(text(&said["deleted"]));
    Questions {
        identities,
        custom_ids: vec!["desk".into()],
        tokens: members("tokens").iter().map(|token| text(&token["token"])).collect(),
        objects: vec!["22222222-2222-2222-2222-222222222222".into()],
        signing_keys: false,
    }
}

#[test]
fn a_folder_of_the_previous_version_has_all_its_data() {
    let folder = folder();
    let said = said();
    for start in 0..2 {
        let config = config(&folder);
        let core = Core::open(&config).unwrap();
        let pki = crate::certificates::open(&config, &core.store, machine::now(), None).unwrap();
        assert_eq!(pki.ca_certificate().trim(), FILES[0].1.trim(), "trust stores have the authority of before");
        for (slot, name) in [(AccessSlot::Primary, "primaryKey"), (AccessSlot::Secondary, "secondaryKey")] {
            assert_eq!(core.access_keys.get(slot).to_base64(), said[name].as_str().unwrap());
        }
        let by = caller(&core, AccessSlot::Primary);
        for (name, expected) in said["identities"].as_object().unwrap() {
            let identity = block_on(core.identities.get(by, version(), expected["id"].as_str().unwrap())).unwrap();
            assert_eq!(serde_json::to_value(&identity).unwrap(), *expected, "{name}");
            let RawId::CommunicationUser { resource, .. } = RawId::parse(expected["id"].as_str().unwrap()) else {
                panic!("{expected}")
            };
            assert_eq!(resource, *core.resource.id());
        }
        assert_eq!(
            block_on(core.identities.get(by, version(), said["deleted"].as_str().unwrap())).unwrap_err(),
            Refusal::IdentityNotFound
        );
        for (name, expected) in said["tokens"].as_object().unwrap() {
            let introspected = block_on(core.introspector.introspect(by, expected["token"].as_str().unwrap())).unwrap();
            assert_eq!(introspected.active, expected["active"].as_bool().unwrap(), "{name}, start {start}");
        }
        let object = "22222222-2222-2222-2222-222222222222";
        for (kind, tenant) in
            [(Kind::Entra, None), (Kind::TeamsExtension, Some("11111111-1111-1111-1111-111111111111"))]
        {
            let row = block_on(core.assignments.get(by, kind, tenant, object)).unwrap();
            assert_eq!(row.client_ids, Some(vec!["33333333-3333-3333-3333-333333333333".to_owned()]));
        }
    }
    // A revocation now invalidates the tokens that were issued before.
    let core = Core::open(&config(&folder)).unwrap();
    let by = caller(&core, AccessSlot::Primary);
    let id = said["identities"]["plain"]["id"].as_str().unwrap();
    let later = issue(&core, by, id).unwrap();
    block_on(core.identities.revoke(by, id)).unwrap();
    for token in [&later, said["tokens"]["by_primary"]["token"].as_str().unwrap()] {
        assert!(!block_on(core.introspector.introspect(by, token)).unwrap().active);
    }
}

#[test]
fn a_damaged_file_of_the_previous_version_is_served_right_or_refused_by_name() {
    let questions = questions();
    let right = {
        let folder = folder();
        ask(&config(&folder), &questions).unwrap()
    };
    assert_eq!(compare(&ask(&config(&folder()), &questions).unwrap(), &right), super::Outcome::Right);
    let names: Vec<String> = {
        let files: Files = folder().files();
        files.into_iter().map(|(name, _)| name).collect()
    };
    let mut random = Random(0x0bad_cafe_0bad_cafe);
    let mut count = Count::default();
    for name in &names {
        for way in WAYS {
            // Nothing records that this key existed. Another test below covers it.
            if way == "removed" && name == "token-key-secondary.pem" {
                continue;
            }
            let folder = folder();
            damage(&folder.0.join(name), way, &mut random);
            let outcome = judge(&folder, config(&folder), &questions, &right, &["identities.db", name]);
            println!("{name} {way}: {outcome:?}");
            count.add(&format!("{name} {way}"), outcome);
        }
    }
    count.end();
}

#[test]
fn damage_in_the_log_of_the_previous_version_is_reported_or_loses_nothing() {
    let questions = questions();
    let right = ask(&config(&folder()), &questions).unwrap();
    let frames = folder().files().iter().find(|(name, _)| name == "identities.db-wal").unwrap().1.len() / (24 + 4096);
    let mut count = Count::default();
    // The last two commits are left out: the last one may have been incomplete, so its loss cannot be recognized.
    for frame in 0..frames - 4 {
        let folder = folder();
        let log = folder.0.join("identities.db-wal");
        let mut bytes = fs::read(&log).unwrap();
        let at = if frame == 0 { 20 } else { 32 + frame * (24 + 4096) + 2000 };
        bytes[at] ^= 1;
        fs::write(&log, bytes).unwrap();
        count.add(&format!("frame {frame}"), judge(&folder, config(&folder), &questions, &right, &["identities.db"]));
    }
    count.end();
}

#[test]
fn a_missing_secondary_signing_key_of_the_previous_version_invalidates_its_tokens() {
    let folder = folder();
    fs::remove_file(folder.0.join("token-key-secondary.pem")).unwrap();
    let core = Core::open(&config(&folder)).unwrap();
    let by = caller(&core, AccessSlot::Primary);
    let is_active = |name: &str| {
        block_on(core.introspector.introspect(by, said()["tokens"][name]["token"].as_str().unwrap())).unwrap().active
    };
    assert_eq!((is_active("by_secondary"), is_active("by_primary")), (false, true));
}

fn refusal(config: &Config) -> String {
    Core::open(config).err().expect("the folder was opened").to_string()
}

#[test]
fn the_first_signing_key_of_the_previous_version_must_exist_if_there_are_identities() {
    let folder = folder();
    let path = folder.0.join("token-key.pem");
    fs::remove_file(&path).unwrap();
    let before = folder.files();
    for _ in 0..2 {
        let why = refusal(&config(&folder));
        assert!(
            why.starts_with(&format!("{} is missing, although the folder was used before", path.display())),
            "{why}"
        );
    }
    assert_eq!(folder.files(), before, "nothing was touched");
    fs::write(&path, file!("token-key.pem").1).unwrap();
    Core::open(&config(&folder)).unwrap();
    // If only the database was kept, its tokens and its authority are invalid.
    let folder = self::folder();
    for (name, _) in FILES {
        fs::remove_file(folder.0.join(name)).unwrap();
    }
    Core::open(&config(&folder)).unwrap();
}

/// Makes a folder of the previous version whose access key was given by the user. That version did not store such a
/// key.
fn without_access_key() -> Folder {
    let folder = folder();
    let connection = Connection::open(folder.0.join("identities.db")).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    assert_eq!(connection.execute("DELETE FROM settings WHERE name = 'primary_key'", []).unwrap(), 1);
    drop(connection);
    folder
}

fn primary(config: &Config) -> AccessKey {
    Core::open(config).unwrap().access_keys.get(AccessSlot::Primary)
}

#[test]
fn an_assumed_key_is_replaced_once_by_a_given_key() {
    let folder = without_access_key();
    let with = |key: &AccessKey| Config { access_key: Some(key.clone()), ..config(&folder) };
    let (own, other) = (AccessKey::from_bytes(vec![1; 64]), AccessKey::from_bytes(vec![2; 64]));
    for _ in 0..2 {
        assert!(primary(&config(&folder)) == AccessKey::development());
    }
    // Tokens that were issued with the well-known key are revoked.
    let core = Core::open(&config(&folder)).unwrap();
    let token = issue(&core, caller(&core, AccessSlot::Primary), &questions().identities[0]).unwrap();
    drop(core);
    assert!(primary(&with(&own)) == own);
    let core = Core::open(&config(&folder)).unwrap();
    assert!(core.access_keys.get(AccessSlot::Primary) == own);
    assert!(!block_on(core.introspector.introspect(caller(&core, AccessSlot::Primary), &token)).unwrap().active);
    drop(core);
    for key in [&other, &AccessKey::development()] {
        assert!(refusal(&with(key)).contains("has a primary access key that differs"));
    }
}

#[test]
fn a_key_that_was_given_at_the_first_start_or_later_stays() {
    let (own, known) = (AccessKey::from_bytes(vec![1; 64]), AccessKey::development());
    for assumes_first in [false, true] {
        let folder = without_access_key();
        let with = |key: &AccessKey| Config { access_key: Some(key.clone()), ..config(&folder) };
        let (key, other) = if assumes_first { (&known, &own) } else { (&own, &known) };
        if assumes_first {
            assert!(primary(&config(&folder)) == known);
        }
        assert!(primary(&with(key)) == *key);
        assert!(refusal(&with(other)).contains("has a primary access key that differs"));
        assert!(primary(&config(&folder)) == *key);
    }
}
