//! Tests of stored certificates at a start and while the emulator runs. The tests set the clock.

use rcgen::{KeyPair, PublicKeyData as _};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use time::{Duration, OffsetDateTime};

use super::x509::Fields;
use super::*;

const COMMAND: &str = "az … new-authority";

/// Returns a time in the year 2027.
fn start() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

fn hosts(names: &[&str]) -> Vec<HostName> {
    names.iter().map(|name| HostName::parse(name).unwrap()).collect()
}

fn first(names: &[&str]) -> StoredCertificates {
    Pki::load_or_make(None, &hosts(names), start(), COMMAND).unwrap().to_store.unwrap()
}

fn open(stored: &StoredCertificates, names: &[&str], now: OffsetDateTime) -> Result<Opened, String> {
    Pki::load_or_make(Some(stored.clone()), &hosts(names), now, COMMAND).map_err(|error| error.to_string())
}

fn refusal(stored: &StoredCertificates, names: &[&str], now: OffsetDateTime) -> String {
    open(stored, names, now).err().expect("a refusal")
}

fn fields(pem: &str) -> Fields {
    x509::read(&CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap()
}

/// Returns the changed certificates, or `None` if nothing changed. The authority must never change.
fn reissued(stored: &StoredCertificates, names: &[&str], now: OffsetDateTime) -> Option<StoredCertificates> {
    let opened = open(stored, names, now).unwrap();
    let to_store = opened.to_store?;
    assert_eq!((&to_store.root, &to_store.intermediate), (&stored.root, &stored.intermediate));
    assert_eq!(to_store.signing_key, stored.signing_key);
    assert!(to_store.server != stored.server && to_store.server_key != stored.server_key);
    Some(to_store)
}

#[test]
fn the_key_of_the_root_is_stored_nowhere() {
    let stored = first(&[]);
    let root = CertificateDer::from_pem_slice(stored.root.as_bytes()).unwrap();
    let root = webpki::EndEntityCert::try_from(&root).unwrap();
    for key in [&stored.signing_key, &stored.server_key] {
        let key = KeyPair::from_pem(key).unwrap();
        assert_ne!(root.subject_public_key_info().as_ref(), key.subject_public_key_info());
    }
    let text = serde_json::to_string(&stored).unwrap();
    assert_eq!(text.matches("PRIVATE KEY-----").count(), 4, "begin and end of two keys");
}

#[test]
fn the_server_certificate_names_the_usual_hosts_and_those_given() {
    let stored = first(&["acs-emulator", "app.test", "localhost", "10.0.0.1"]);
    let expected = hosts(&[
        "localhost",
        "127.0.0.1",
        "::1",
        "host.docker.internal",
        "host.containers.internal",
        "acs-emulator",
        "app.test",
        "10.0.0.1",
    ]);
    assert_eq!(fields(&stored.server).names, expected);
}

#[test]
fn the_intermediate_may_sign_for_reserved_names_and_the_names_of_the_first_start() {
    let stored = first(&["acs-emulator"]);
    let permitted = fields(stored.intermediate.as_ref().unwrap()).permitted;
    assert_eq!(permitted, Some(names::permitted(&hosts(&["acs-emulator"]))));
    assert_eq!(fields(&stored.root).permitted, None);
}

#[test]
fn certificates_for_names_outside_of_the_constraints_are_not_trusted() {
    let stored = first(&[]);
    let authority = Authority::open(&stored).unwrap();
    for (name, trusted) in [("example.com", false), ("8.8.8.8", false), ("app.test", true), ("192.168.1.1", true)] {
        let (server, key) = authority.issue(&hosts(&["localhost", name]), start()).unwrap();
        assert_eq!(ServerCertificate::open(&server, &key, &authority, start()).is_ok(), trusted, "{name}");
    }
}

#[test]
fn nothing_below_a_name_of_one_label_is_trusted() {
    let stored = first(&["app", "com"]);
    let authority = Authority::open(&stored).unwrap();
    for (name, trusted) in [("app", true), ("com", true), ("web.app", false), ("www.example.com", false)] {
        let (server, key) = authority.issue(&hosts(&["localhost", name]), start()).unwrap();
        assert_eq!(ServerCertificate::open(&server, &key, &authority, start()).is_ok(), trusted, "{name}");
    }
    let refused = refusal(&stored, &["app", "web.app"], start());
    insta::assert_snapshot!(refused, @"its certificate authority may not sign for web.app. It may sign only for local names, private addresses, and the names that were given at its first start");
    let refused = new_authority(&hosts(&["app", "web.app"]), start()).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"the host name 'web.app' is below another given name that has a single label and may be a top-level domain. An authority cannot sign for both: leave out one of them");
}

#[test]
fn a_second_start_changes_nothing() {
    let stored = first(&["app.test"]);
    let again = open(&stored, &["app.test"], start()).unwrap();
    assert!(again.to_store.is_none() && again.warnings.is_empty());
    assert_eq!(again.pki.stored(), stored);
    assert_eq!(again.pki.not_after(), fields(&stored.server).not_after);
}

#[test]
fn other_names_get_another_server_certificate_of_the_same_authority() {
    let stored = first(&["app.test"]);
    let more = reissued(&stored, &["app.test", "b.test"], start()).unwrap();
    assert!(fields(&more.server).names.ends_with(&hosts(&["app.test", "b.test"])));
    assert!(reissued(&more, &["b.test", "app.test"], start()).is_none(), "their order does not matter");
    let fewer = reissued(&more, &[], start()).unwrap();
    assert_eq!(fields(&fewer.server).names.len(), 5);
}

#[test]
fn a_name_outside_of_the_constraints_is_refused_by_name() {
    let stored = first(&["acs-emulator"]);
    let refused = refusal(&stored, &["acs-emulator", "example.com", "other", "8.8.8.8"], start());
    insta::assert_snapshot!(refused, @"its certificate authority may not sign for example.com, other, 8.8.8.8. It may sign only for local names, private addresses, and the names that were given at its first start");
}

#[test]
fn a_server_certificate_is_renewed_thirty_days_before_its_end() {
    let stored = first(&[]);
    let end = fields(&stored.server).not_after;
    assert_eq!(end, start() + Duration::days(397));
    assert!(reissued(&stored, &[], end - Duration::days(30)).is_none());
    let renewed = reissued(&stored, &[], end - Duration::days(30) + Duration::SECOND).unwrap();
    assert_eq!(fields(&renewed.server).not_after, end + Duration::days(367) + Duration::SECOND);
}

#[test]
fn an_expired_or_not_yet_valid_server_certificate_is_replaced() {
    let stored = first(&[]);
    let later = start() + Duration::days(500);
    let renewed = reissued(&stored, &[], later).unwrap();
    assert!(fields(&renewed.server).not_before > start());
    let warnings = open(&renewed, &[], start()).unwrap().warnings;
    assert_eq!(warnings, ["the server certificate is not valid yet; a new one was made"]);
    assert!(reissued(&renewed, &[], start()).is_some());
}

#[test]
fn an_authority_that_is_not_in_force_is_refused_and_never_replaced() {
    let stored = first(&[]);
    let early = refusal(&stored, &[], start() - Duration::days(2));
    insta::assert_snapshot!(early, @"its certificate authority is not valid before 2027-01-14T08:00:00+00:00, and the clock of this machine shows 2027-01-13T08:00:00+00:00");
    let late = refusal(&stored, &[], start() + Duration::days(3651));
    insta::assert_snapshot!(late, @"its certificate authority expired on 2037-01-12T08:00:00+00:00");
}

#[test]
fn a_server_certificate_does_not_outlive_its_authority_whose_end_is_announced() {
    let stored = first(&[]);
    let end = fields(&stored.root).not_after;
    let late = end - Duration::days(89);
    let opened = open(&stored, &[], late).unwrap();
    assert_eq!(opened.pki.not_after(), end);
    insta::assert_snapshot!(opened.warnings.join("\n"), @"
    the authority expires on 2037-01-12T08:00:00+00:00; to make a new one: az … new-authority
    the server certificate has expired; a new one was made
    ");
    // A new certificate would not expire later.
    assert!(opened.pki.renew_if_due(end - Duration::DAY).unwrap().is_none());
}

#[test]
fn a_damaged_authority_is_refused_and_a_damaged_server_certificate_is_replaced() {
    let stored = first(&[]);
    type Field = fn(&mut StoredCertificates) -> &mut String;
    let authority: [Field; 3] = [|s| &mut s.root, |s| s.intermediate.as_mut().unwrap(), |s| &mut s.signing_key];
    let server: [Field; 2] = [|s| &mut s.server, |s| &mut s.server_key];
    for field in authority {
        for text in [String::new(), "rubbish".into(), cut(field(&mut stored.clone()))] {
            let mut damaged = stored.clone();
            *field(&mut damaged) = text;
            let refused = refusal(&damaged, &[], start());
            assert!(refused.starts_with("its certificate authority cannot be used: "), "{refused}");
        }
    }
    for field in server {
        for text in [String::new(), "rubbish".into(), cut(field(&mut stored.clone()))] {
            let mut damaged = stored.clone();
            *field(&mut damaged) = text;
            assert_eq!(open(&damaged, &[], start()).unwrap().warnings.len(), 1);
            assert!(open(&damaged, &[], start()).unwrap().to_store.is_some_and(|new| new.root == stored.root));
        }
    }
}

/// Returns the first half of a text.
fn cut(text: &str) -> String {
    text[..text.len() / 2].to_owned()
}

#[test]
fn a_changed_letter_never_results_in_another_authority_or_an_untrusted_certificate() {
    let stored = first(&[]);
    let text = serde_json::to_string(&stored).unwrap();
    for at in (0..text.len()).step_by(7) {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let Ok(Ok(changed)) = String::from_utf8(changed).map(|text| serde_json::from_str(&text)) else { continue };
        let Ok(opened) = Pki::load_or_make(Some(changed), &[], start(), COMMAND) else { continue };
        let serves = opened.pki.stored();
        let (authority, served) = (Authority::open(&stored).unwrap(), Authority::open(&serves).unwrap());
        assert_eq!((authority.root.as_ref(), &authority.intermediate), (served.root.as_ref(), &served.intermediate));
        let trusted = ServerCertificate::open(&serves.server, &serves.server_key, &authority, start());
        assert!(trusted.is_ok(), "byte {at}");
    }
}

#[test]
fn parts_of_two_authorities_are_refused() {
    let (one, other) = (first(&[]), first(&[]));
    let mixed = StoredCertificates { signing_key: other.signing_key.clone(), ..one.clone() };
    insta::assert_snapshot!(refusal(&mixed, &[], start()), @"its certificate authority cannot be used: the key does not belong to the authority's certificate");
    let mixed = StoredCertificates { root: other.root.clone(), ..one.clone() };
    insta::assert_snapshot!(refusal(&mixed, &[], start()), @"its certificate authority cannot be used: its server certificate was not signed by the authority");
    let mixed = StoredCertificates { server: other.server, server_key: other.server_key, ..one };
    let warnings = open(&mixed, &[], start()).unwrap().warnings;
    assert_eq!(warnings, ["the server certificate was not signed by the authority; a new one was made"]);
}

#[test]
fn a_certificate_is_renewed_while_the_emulator_runs() {
    let opened = Pki::load_or_make(None, &hosts(&["app.test"]), start(), COMMAND).unwrap();
    let (pki, stored) = (opened.pki, opened.to_store.unwrap());
    let served = |pki: &Pki| pki.resolver.choose(Some("app.test")).end_entity_cert().unwrap().to_vec();
    let before = served(&pki);
    assert!(pki.renew_if_due(start() + Duration::days(366)).unwrap().is_none());
    assert_eq!(served(&pki), before);
    let now = start() + Duration::days(368);
    let renewed = pki.renew_if_due(now).unwrap().unwrap();
    assert_eq!((&renewed.root, &renewed.signing_key), (&stored.root, &stored.signing_key));
    let after = CertificateDer::from_pem_slice(renewed.server.as_bytes()).unwrap();
    assert_eq!(served(&pki), after.to_vec());
    assert_eq!(pki.not_after(), now + Duration::days(397));
    assert!(pki.renew_if_due(now).unwrap().is_none());
    assert!(open(&renewed, &["app.test"], now).unwrap().to_store.is_none(), "the next start takes it");
}

#[test]
fn a_certificate_is_replaced_if_the_clock_is_set_back_before_its_start() {
    let stored = first(&[]);
    let later = start() + Duration::days(500);
    let pki = open(&stored, &[], later).unwrap().pki;
    assert!(pki.renew_if_due(later - Duration::HOUR).unwrap().is_none());
    let now = start() + Duration::days(100);
    let renewed = pki.renew_if_due(now).unwrap().unwrap();
    assert_eq!(fields(&renewed.server).not_before, now - Duration::DAY);
    // The certificate cannot start before its authority.
    let first_day = pki.renew_if_due(start()).unwrap().unwrap();
    assert_eq!(fields(&first_day.server).not_before, fields(&first_day.root).not_before);
    assert!(pki.renew_if_due(start() - Duration::days(2)).unwrap().is_none());
}

#[test]
fn the_whole_chain_is_sent() {
    let stored = first(&[]);
    let opened = open(&stored, &[], start()).unwrap();
    let sent: Vec<Vec<u8>> =
        opened.pki.resolver.choose(None).cert.iter().map(|certificate| certificate.to_vec()).collect();
    let der = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec();
    assert_eq!(sent, [der(&stored.server), der(stored.intermediate.as_ref().unwrap()), der(&stored.root)]);
}

#[test]
fn a_new_authority_is_another_one_for_these_names() {
    let made = new_authority(&hosts(&["example.com"]), start()).unwrap();
    let opened = open(&made, &["example.com"], start()).unwrap();
    assert!(opened.to_store.is_none());
    assert_ne!(made.root, new_authority(&[], start()).unwrap().root);
}
