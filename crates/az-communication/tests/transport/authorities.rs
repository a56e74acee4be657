//! Tests of trusted authorities: for which certificates, and over how many other authorities.

use super::*;
use insta::assert_snapshot;
use rcgen::{BasicConstraints, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, date_time_ymd};

/// Returns the verdict about a server whose issuer was signed by an authority with this change.
fn below(change: impl FnOnce(&mut CertificateParams)) -> String {
    let root = root_with(change);
    let between = Identity::by(&root, tls::authority("Between"));
    verdict(&root.pem, &server(&between), &[&between])
}

#[test]
fn an_authority_signs_servers() {
    assert_eq!(below(|_| {}), "trusted");
    let for_servers = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    };
    assert_eq!(below(for_servers), "trusted");
}

#[test]
fn an_authority_that_is_not_in_force_is_not_trusted() {
    assert_snapshot!(below(|params| params.not_after = date_time_ymd(2020, 1, 1)), @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, expired on 2020-01-01T00:00:00+00:00.");
    assert_snapshot!(below(|params| params.not_before = date_time_ymd(2999, 1, 1)), @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not valid before 2999-01-01T00:00:00+00:00.");
}

#[test]
fn a_certificate_that_is_not_an_authoritys_does_not_sign() {
    assert_snapshot!(below(|params| params.is_ca = IsCa::ExplicitNoCa), @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not an authority and must not sign other certificates.");
    assert_snapshot!(
        below(|params| {
            params.is_ca = IsCa::NoCa;
            params.key_usages.clear();
        }),
        @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not an authority and must not sign other certificates."
    );
}

#[test]
fn an_authority_signs_no_more_authorities_than_its_path_length_allows() {
    assert_snapshot!(below(|params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))), @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, permits fewer authorities below it (path length).");
}

#[test]
fn an_authority_signs_only_what_its_usages_allow() {
    assert_snapshot!(below(|params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]), @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, may not sign certificates (key usage).");
    assert_snapshot!(below(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]), @"its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, may not sign certificates of servers (extended key usage).");
}

/// Returns the parameters of a certificate for localhost whose key usage permits signing, but that is not an authority.
fn pinned() -> CertificateParams {
    let mut params = tls::server(&["localhost"]);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
    params
}

#[test]
fn a_server_in_the_bundle_is_trusted_itself() {
    for pin in [Identity::by(&root(), pinned()), Identity::own(pinned())] {
        assert_eq!(verdict(&pin.pem, &pin, &[]), "trusted");
    }
}

#[test]
fn a_server_in_the_bundle_does_not_sign_others() {
    for pin in [Identity::by(&root(), pinned()), Identity::own(pinned())] {
        let said = verdict(&pin.pem, &server(&pin), &[]);
        assert!(said.contains("'a server', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not an authority"), "{said}");
    }
}

#[test]
fn a_server_in_the_bundle_does_not_sign_others_beside_its_own_authority() {
    let root = root();
    let pin = Identity::by(&root, pinned());
    assert_ne!(verdict(&format!("{}{}", pin.pem, root.pem), &server(&pin), &[&pin]), "trusted");
}

/// Returns the verdict about a server below this number of authorities that are not in the bundle.
fn below_authorities(count: usize) -> String {
    let root = root();
    let mut chain: Vec<Identity> = Vec::new();
    for number in 1..=count {
        let next = Identity::by(chain.last().unwrap_or(&root), tls::authority(&format!("Between {number}")));
        chain.push(next);
    }
    let issuers: Vec<&Identity> = chain.iter().rev().collect();
    verdict(&root.pem, &server(issuers[0]), &issuers)
}

#[test]
fn six_authorities_may_stand_in_between() {
    assert_eq!(below_authorities(6), "trusted");
}

#[test]
fn seven_authorities_in_between_are_too_many() {
    assert_snapshot!(below_authorities(7), @"there are more than 6 authorities between it and its root.");
}

#[test]
fn signatures_with_p_521_p_384_and_sha_512_are_verified() {
    for algorithm in [&rcgen::PKCS_ECDSA_P521_SHA512, &rcgen::PKCS_ECDSA_P521_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384] {
        let root = Identity::own_with(tls::authority("The root"), algorithm);
        let between = Identity::by_with(&root, tls::authority("Between"), algorithm);
        let server = Identity::by_with(&between, tls::server(&["localhost"]), algorithm);
        assert_eq!(verdict(&root.pem, &server, &[&between]), "trusted", "{algorithm:?}");
    }
}

/// Checks whether an authority is recognized if other certificates spell its name in another way. The result must be
/// the same for servers, authorities and the authority's own second certificate.
fn is_recognized(own: DnValue, other: DnValue) -> bool {
    let named = |text: DnValue| {
        let mut params = tls::authority("");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, text);
        params
    };
    let (own, other) = (named(own), named(other));
    let mut root = Identity::own(own.clone());
    root.params = other.clone();
    let between = Identity::by(&root, tls::authority("Between"));
    let mut second = Identity::by(&Identity { params: own.clone(), ..root.again() }, own);
    second.params = other;
    let verdicts = [
        verdict(&root.pem, &server(&root), &[]),
        verdict(&root.pem, &server(&between), &[&between]),
        verdict(&root.pem, &server(&second), &[&second]),
    ]
    .map(|verdict| verdict == "trusted");
    assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{verdicts:?}");
    verdicts[0]
}

fn utf8(text: &str) -> DnValue {
    DnValue::Utf8String(text.to_owned())
}

fn printable(text: &str) -> DnValue {
    DnValue::PrintableString(text.try_into().unwrap())
}

/// OpenSSL compares names in this way.
#[test]
fn names_of_another_string_type_case_or_number_of_blanks_are_the_same() {
    assert!(is_recognized(utf8("Corp Root"), printable("Corp Root")));
    assert!(is_recognized(printable("Corp Root"), utf8("CORP  root")));
}

#[test]
fn names_with_and_without_a_blank_are_not_the_same() {
    assert!(!is_recognized(utf8("Corp Root"), utf8("CorpRoot")));
}
