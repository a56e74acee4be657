//! Tests of the purposes of certificates: key usages, and private purposes of vendors. OpenSSL decides in the same way.

use super::*;
use KeyUsagePurpose::{ContentCommitment, CrlSign, DigitalSignature, KeyAgreement, KeyCertSign, KeyEncipherment};
use insta::assert_snapshot;
use rcgen::{CustomExtension, ExtendedKeyUsagePurpose, KeyUsagePurpose};

#[test]
fn an_issuer_needs_a_key_usage_that_signs_certificates_or_none() {
    let root = root();
    let mut all = String::new();
    for usages in [vec![], vec![KeyCertSign], vec![DigitalSignature], vec![CrlSign]] {
        let mut params = tls::authority("Between");
        params.key_usages.clone_from(&usages);
        let between = Identity::by(&root, params);
        all.push_str(&format!("{usages:?}: {}\n", verdict(&root.pem, &server(&between), &[&between])));
    }
    assert_snapshot!(all, @"
    []: trusted
    [KeyCertSign]: trusted
    [DigitalSignature]: the certificate of its issuer 'Between' may not sign certificates (key usage).
    [CrlSign]: the certificate of its issuer 'Between' may not sign certificates (key usage).
    ");
}

/// Key usages of servers.
const OF_SERVERS: [&[KeyUsagePurpose]; 6] = [
    &[KeyCertSign],
    &[CrlSign],
    &[ContentCommitment],
    &[DigitalSignature, KeyCertSign],
    &[KeyEncipherment],
    &[KeyAgreement],
];

#[test]
fn a_server_needs_a_key_usage_of_tls() {
    let root = root();
    let mut all = String::new();
    for usages in OF_SERVERS {
        let server = server_with(&root, |params| params.key_usages = usages.to_vec());
        all.push_str(&format!("{usages:?}: {}\n", verdict(&root.pem, &server, &[])));
    }
    assert_snapshot!(all, @"
    [KeyCertSign]: it is not for TLS (key usage).
    [CrlSign]: it is not for TLS (key usage).
    [ContentCommitment]: it is not for TLS (key usage).
    [DigitalSignature, KeyCertSign]: trusted
    [KeyEncipherment]: trusted
    [KeyAgreement]: trusted
    ");
}

#[test]
fn a_server_in_the_bundle_needs_the_same_key_usage() {
    let root = root();
    for usages in OF_SERVERS {
        let server = server_with(&root, |params| params.key_usages = usages.to_vec());
        assert_eq!(verdict(&server.pem, &server, &[]), verdict(&root.pem, &server, &[]), "{usages:?}");
    }
}

#[test]
fn the_certificate_type_of_netscape_must_be_a_servers() {
    let root = root();
    let mut all = String::new();
    for (name, bits) in [("client", 0x80), ("server", 0x40)] {
        let kind = CustomExtension::from_oid_content(&[2, 16, 840, 1, 113_730, 1, 1], vec![3, 2, 6, bits]);
        let server = server_with(&root, |params| params.custom_extensions.push(kind));
        all.push_str(&format!("{name}: {}\n", verdict(&root.pem, &server, &[])));
    }
    assert_snapshot!(all, @"
    client: it is not for servers (Netscape's type of certificate).
    server: trusted
    ");
}

#[test]
fn the_purposes_of_microsoft_and_netscape_for_servers_are_purposes_of_servers() {
    let root = root();
    let mut all = String::new();
    for purpose in [vec![1, 3, 6, 1, 4, 1, 311, 10, 3, 3], vec![2, 16, 840, 1, 113_730, 4, 1], vec![1, 3, 6, 1]] {
        let usage = ExtendedKeyUsagePurpose::Other(purpose.clone());
        let server = server_with(&root, |params| params.extended_key_usages = vec![usage]);
        all.push_str(&format!("{purpose:?}: {}\n", verdict(&root.pem, &server, &[])));
    }
    assert_snapshot!(all, @"
    [1, 3, 6, 1, 4, 1, 311, 10, 3, 3]: trusted
    [2, 16, 840, 1, 113730, 4, 1]: trusted
    [1, 3, 6, 1]: it is not for servers (extended key usage).
    ");
}
