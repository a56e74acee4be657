//! Tests that the certificates of the previous version are taken over.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use time::Duration;

use crate::certificates;
use crate::config::Config;
use crate::keys::pki::test_folder::Folder;
use crate::keys::pki::{HostName, Pki, StoredCertificates};
use crate::store::{Store, block_on};

fn params(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let now = crate::clock::machine::now();
    (params.not_before, params.not_after) = (now - Duration::DAY, now + Duration::days(397));
    params
}

/// Makes a folder with the files of the previous version.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    let key = KeyPair::generate().unwrap();
    let mut ca = params("ACS Identity emulator CA", &[]);
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    folder.write("ca.pem", &ca.self_signed(&key).unwrap().pem());
    folder.write("ca-key.pem", &key.serialize_pem());
    let server_key = KeyPair::generate().unwrap();
    let server = params("localhost", &["localhost", "127.0.0.1", "::1"]);
    folder.write("server.pem", &server.signed_by(&server_key, &Issuer::new(ca, key)).unwrap().pem());
    folder.write("server-key.pem", &server_key.serialize_pem());
    folder.write("certificates.json", r#"{"ca_not_after":1,"server_not_after":1}"#);
    folder
}

fn open(folder: &Folder) -> Result<Pki, String> {
    let config = Config { hostnames: vec!["example.com".into()], ..Config::in_folder(&folder.0) };
    open_with(folder, &Store::in_memory(), &config)
}

fn open_with(folder: &Folder, store: &Store, config: &Config) -> Result<Pki, String> {
    certificates::open(config, store, crate::clock::machine::now(), None)
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.0.display()), ""))
}

fn text(folder: &Folder, name: &str) -> String {
    fs::read_to_string(folder.0.join(name)).unwrap()
}

#[test]
fn the_authority_stays_and_its_files_go_into_the_store() {
    let folder = folder("earlier");
    let (ca, key) = (text(&folder, "ca.pem"), text(&folder, "ca-key.pem"));
    let store = Store::in_memory();
    let config = Config { hostnames: vec!["example.com".into()], ..Config::in_folder(&folder.0) };
    let pki = open_with(&folder, &store, &config).unwrap();
    assert_eq!(pki.ca_certificate(), ca);
    assert_eq!(folder.files(), ["ca.pem"]);
    assert_eq!(text(&folder, "ca.pem"), ca);
    let stored = StoredCertificates::parse(&block_on(store.setting("certificates")).unwrap().unwrap()).unwrap();
    assert_eq!(stored.signing_key, key);
    // The old authority may sign for any name, and each start warns about it.
    let opened =
        Pki::load_or_make(Some(stored), &[HostName::parse("example.com").unwrap()], crate::clock::machine::now(), "az");
    let opened = opened.unwrap();
    assert!(opened.to_store.is_none());
    assert!(
        opened.warnings[0].ends_with("to make one that may sign for local names only: az"),
        "{:?}",
        opened.warnings
    );
}

#[test]
fn an_incomplete_authority_is_refused_and_nothing_is_changed() {
    let other = |folder: &Folder, name: &str| {
        let other = self::folder("earlier-other");
        folder.write(name, &text(&other, name));
    };
    type Change<'a> = &'a dyn Fn(&Folder);
    let changes: [(&str, Change<'_>); 6] = [
        ("no ca.pem", &|folder: &Folder| fs::remove_file(folder.0.join("ca.pem")).unwrap()),
        ("no ca-key.pem", &|folder: &Folder| fs::remove_file(folder.0.join("ca-key.pem")).unwrap()),
        ("an empty ca.pem", &|folder: &Folder| drop(folder.write("ca.pem", ""))),
        ("bytes", &|folder: &Folder| fs::write(folder.0.join("ca-key.pem"), [0xff, 0xfe]).unwrap()),
        ("another ca.pem", &|folder: &Folder| other(folder, "ca.pem")),
        ("another ca-key.pem", &|folder: &Folder| other(folder, "ca-key.pem")),
    ];
    let mut refusals = String::new();
    for (what, change) in changes {
        let folder = folder("earlier-refused");
        change(&folder);
        let before = folder.files();
        let refusal = open(&folder).err().expect(what);
        refusals.push_str(&format!("{what}: {refusal}\n"));
        assert_eq!(folder.files(), before, "{what}");
    }
    insta::assert_snapshot!(refusals, @"
    no ca.pem: its certificate authority cannot be used: ca.pem is missing
    no ca-key.pem: its certificate authority cannot be used: ca-key.pem is missing
    an empty ca.pem: its certificate authority cannot be used: the certificate of the authority cannot be read (ca.pem, ca-key.pem)
    bytes: its certificate authority cannot be used: the key of the authority cannot be read (ca.pem, ca-key.pem)
    another ca.pem: its certificate authority cannot be used: the key does not belong to the authority's certificate (ca.pem, ca-key.pem)
    another ca-key.pem: its certificate authority cannot be used: the key does not belong to the authority's certificate (ca.pem, ca-key.pem)
    ");
}

#[test]
fn an_unusable_server_certificate_is_replaced_by_the_same_authority() {
    let damage = [
        ("server.pem", None),
        ("server-key.pem", None),
        ("server.pem", Some("rubbish")),
        ("certificates.json", Some("{")),
    ];
    for (name, content) in damage {
        let folder = folder("earlier-damaged");
        let ca = text(&folder, "ca.pem");
        match content {
            Some(content) => drop(folder.write(name, content)),
            None => fs::remove_file(folder.0.join(name)).unwrap(),
        }
        assert_eq!(open(&folder).unwrap().ca_certificate(), ca, "{name}");
    }
}

#[test]
fn a_server_certificate_of_another_issuer_stays() {
    let folder = folder("earlier-foreign");
    let key = KeyPair::generate().unwrap();
    folder.write("server.pem", &params("a", &["a.example"]).self_signed(&key).unwrap().pem());
    folder.write("server-key.pem", &key.serialize_pem());
    open(&folder).unwrap();
    assert_eq!(folder.files(), ["ca.pem", "server-key.pem", "server.pem"]);
}

#[test]
fn an_interrupted_first_start_begins_again() {
    let folder = Folder::new("earlier-begun");
    folder.write("ca-key.pem", &KeyPair::generate().unwrap().serialize_pem());
    assert!(open(&folder).is_ok());
}

#[test]
fn the_copy_for_users_is_written_again_if_its_content_differs() {
    let folder = Folder::new("copy");
    let (store, config) = (Store::in_memory(), Config::in_folder(&folder.0));
    let open = || open_with(&folder, &store, &config).unwrap().ca_certificate();
    let ca = open();
    for content in [&b""[..], b"rubbish", &[0xff]] {
        fs::write(folder.0.join("ca.pem"), content).unwrap();
        assert_eq!(open(), ca);
        assert_eq!(text(&folder, "ca.pem"), ca);
    }
}

#[test]
fn a_new_authority_is_made_for_a_used_folder_only() {
    let folder = Folder::new("earlier-none");
    assert!(certificates::new_authority(&folder.0, &[]).is_err());
    assert!(folder.files().is_empty());
}
