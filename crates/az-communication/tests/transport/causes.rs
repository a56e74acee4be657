//! Tests of the reasons why a certificate is not trusted, each with its text and its hint.

use super::*;
use insta::assert_snapshot;
use rcgen::{BasicConstraints, ExtendedKeyUsagePurpose, IsCa, SanType, date_time_ymd};

/// Returns the error about a certificate for localhost with this change. `NOW` replaces the current time.
fn error(change: impl FnOnce(&mut CertificateParams)) -> Seen {
    let root = root();
    let seen = shown(&root.pem, &server_with(&root, change), &[]);
    let clock = seen.stderr.find("clock says ").map(|at| seen.stderr[at + 11..at + 36].to_owned());
    clock.map_or(seen.clone(), |clock| seen.hiding(clock, "NOW"))
}

#[test]
fn it_has_expired() {
    assert_snapshot!(error(|params| params.not_after = date_time_ymd(2020, 1, 1)), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it expired on 2020-01-01T00:00:00+00:00.
    Hint: This machine's clock says NOW. If it is wrong: timedatectl set-ntp true. If it is right, the certificate must be renewed.
    ");
}

#[test]
fn it_is_not_valid_yet() {
    assert_snapshot!(error(|params| params.not_before = date_time_ymd(2999, 1, 1)), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it is not valid before 2999-01-01T00:00:00+00:00.
    Hint: This machine's clock says NOW. If it is wrong: timedatectl set-ntp true. If it is right, the certificate must be renewed.
    ");
}

/// Returns the first line of the error about a certificate that is valid between these days.
fn valid(from: (i32, u8, u8), to: (i32, u8, u8)) -> String {
    let seen = error(|params| {
        params.not_before = date_time_ymd(from.0, from.1, from.2);
        params.not_after = date_time_ymd(to.0, to.1, to.2);
    });
    seen.stderr.lines().next().unwrap().to_owned()
}

#[test]
fn one_that_ends_before_it_begins_has_expired_once_its_end_is_past() {
    let expired = "ERROR: The certificate of localhost cannot be trusted: it expired on 2020-01-01T00:00:00+00:00.";
    assert_eq!(valid((2022, 1, 1), (2020, 1, 1)), expired);
    assert_eq!(valid((2999, 1, 1), (2020, 1, 1)), expired);
}

#[test]
fn one_that_ends_before_it_begins_is_not_valid_yet_where_both_are_to_come() {
    assert_snapshot!(valid((2999, 1, 1), (2998, 1, 1)), @"ERROR: The certificate of localhost cannot be trusted: it is not valid before 2999-01-01T00:00:00+00:00.");
}

#[test]
fn it_is_for_other_names() {
    let root = root();
    let other = Identity::by(&root, tls::server(&["a.example", "*.b.example", "192.0.2.1", "2001:db8::1"]));
    assert_snapshot!(shown(&root.pem, &other, &[]), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it is valid only for other names: a.example, *.b.example, 192.0.2.1, 2001:db8::1.
    Hint: Give one of these names as the host of the endpoint: --connection-string, or --endpoint.
    ");
}

#[test]
fn it_has_no_name() {
    let root = root();
    assert_snapshot!(shown(&root.pem, &Identity::by(&root, tls::server(&[])), &[]), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it contains no host name (subjectAltName).
    Hint: The server needs a certificate with its name.
    ");
}

#[test]
fn it_is_for_clients() {
    assert_snapshot!(error(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it is not for servers (extended key usage).
    Hint: The server needs another certificate. Its operator can help.
    ");
}

#[test]
fn it_is_the_certificate_of_an_authority() {
    assert_snapshot!(error(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it is the certificate of an authority, not of a server.
    Hint: To trust this certificate itself, set REQUESTS_CA_BUNDLE to a file that contains it (PEM).
    ");
}

#[test]
fn it_is_self_signed() {
    assert_snapshot!(shown(&root().pem, &Identity::own(tls::server(&["localhost"])), &[]), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it is self-signed, and not in BUNDLE, named by REQUESTS_CA_BUNDLE.
    Hint: REQUESTS_CA_BUNDLE restricts trust to the authorities in BUNDLE. Add the certificate of this authority (PEM), or unset the variable to trust the usual authorities.
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    ");
}

#[test]
fn its_authority_is_unknown() {
    assert_snapshot!(shown(&Identity::own(tls::server(&["localhost"])).pem, &server(&root()), &[]), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: it was issued by an unknown authority: 'The root' is not in BUNDLE, named by REQUESTS_CA_BUNDLE.
    Hint: REQUESTS_CA_BUNDLE restricts trust to the authorities in BUNDLE. Add the certificate of this authority (PEM), or unset the variable to trust the usual authorities.
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    ");
}

#[test]
fn its_authority_is_known_with_another_key() {
    assert_snapshot!(shown(&root().pem, &server(&root()), &[]), @"
    exit 1
    --- stderr
    ERROR: The certificate of localhost cannot be trusted: its issuer 'The root' is known, but its key is not the key that signed the certificate.
    Hint: REQUESTS_CA_BUNDLE restricts trust to the authorities in BUNDLE. Add the certificate of this authority (PEM), or unset the variable to trust the usual authorities.
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    ");
}

#[test]
fn the_server_wants_a_certificate_of_the_client() {
    let root = root();
    let home = Folder::new();
    let bundle = home.write("bundle.pem", &root.pem);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let port = tls::serve(tls::config_for_clients_of(&root, &server(&root), version));
        let seen = created(&home, port, &bundle);
        let error = "the server requires a client certificate, which is not supported.";
        assert!(seen.code == Some(1) && seen.stderr.contains(error), "{seen}");
    }
}

/// Returns the error for the address 127.0.0.1 and a certificate with these DNS names.
fn at_an_address(names: &[&str]) -> Seen {
    let root = root();
    let home = Folder::new();
    let mut params = tls::server(&[]);
    params.subject_alt_names = names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect();
    let server = Identity::by(&root, params);
    let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
    run(create(&home, "127.0.0.1", port).env("REQUESTS_CA_BUNDLE", home.write("bundle.pem", &root.pem)))
}

#[test]
fn the_address_stands_in_it_as_a_dns_name() {
    assert_snapshot!(at_an_address(&["a.example", "127.0.0.1"]), @"
    exit 1
    --- stderr
    ERROR: The certificate of 127.0.0.1 cannot be trusted: the address 127.0.0.1 is in it as a DNS name, but must be an IP address (subjectAltName).
    Hint: The server needs a certificate with IP:127.0.0.1 in its subjectAltName, not DNS:127.0.0.1.
    ");
}

#[test]
fn another_address_stands_in_it_as_a_dns_name() {
    assert_snapshot!(at_an_address(&["127.0.0.2"]), @"
    exit 1
    --- stderr
    ERROR: The certificate of 127.0.0.1 cannot be trusted: it is valid only for other names: 127.0.0.2.
    Hint: Give one of these names as the host of the endpoint: --connection-string, or --endpoint.
    ");
}
