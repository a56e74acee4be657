//! Whom az trusts: authorities, bundles of them, and what it says where it does not.
#![cfg(unix)]

mod support;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use insta::assert_snapshot;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use support::tls::{self, Identity};
use support::{Folder, az};

/// `user create` at that port of localhost with that bundle.
fn create(home: &Folder, port: u16, bundle: &Path) -> Output {
    let connection = format!("endpoint=https://localhost:{port}/;accesskey=c2VjcmV0");
    let mut command = az(home);
    command.args(["communication", "user-identity", "user", "create", "--only-show-errors"]);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection).env("REQUESTS_CA_BUNDLE", bundle);
    command.output().unwrap()
}

/// What comes of a server that shows this chain, with these certificates in the bundle: `trusted`, or the error.
fn with(bundle: &str, server: &Identity, between: &[&Identity]) -> String {
    let home = Folder::new();
    let mut chain: Vec<CertificateDer<'static>> = vec![server.der.clone()];
    chain.extend(between.iter().map(|identity| identity.der.clone()));
    let port = tls::serve(tls::config(chain, server.key_der()));
    let path = home.write("bundle.pem", bundle);
    let output = create(&home, port, &path);
    match output.status.code() {
        Some(0) => "trusted".to_owned(),
        code => {
            assert_eq!(code, Some(1), "{output:?}");
            String::from_utf8(output.stderr).unwrap().replace(path.to_str().unwrap(), "BUNDLE")
        }
    }
}

/// The first line of the error, without what is always the same.
fn problem(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("ERROR: The certificate of localhost cannot be trusted: ").unwrap_or(line).to_owned()
}

fn root(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = tls::authority("The root");
    change(&mut params);
    Identity::own(params)
}

fn server(by: &Identity) -> Identity {
    Identity::by(by, tls::server(&["localhost"]))
}

#[test]
fn an_authority_signs_only_what_it_may() {
    let mut all = String::new();
    for (title, change) in [
        ("good", (|_| {}) as fn(&mut CertificateParams)),
        ("expired", |params| params.not_after = date_time_ymd(2020, 1, 1)),
        ("not yet", |params| params.not_before = date_time_ymd(2999, 1, 1)),
        ("a server", |params| params.is_ca = IsCa::ExplicitNoCa),
        ("neither", |params| {
            params.is_ca = IsCa::NoCa;
            params.key_usages.clear();
        }),
        ("path length", |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0))),
        ("key usage", |params| params.key_usages = vec![KeyUsagePurpose::DigitalSignature]),
        ("clients", |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
        ("servers", |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
    ] {
        let root = root(change);
        let between = Identity::by(&root, tls::authority("Between"));
        all.push_str(&format!("{title}: {}\n", problem(&with(&root.pem, &server(&between), &[&between]))));
    }
    assert_snapshot!(all, @r"
    good: trusted
    expired: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, has expired, on 2020-01-01T00:00:00+00:00.
    not yet: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not valid yet, but from 2999-01-01T00:00:00+00:00 on.
    a server: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not an authority, and may sign no other certificate.
    neither: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not an authority, and may sign no other certificate.
    path length: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, allows fewer authorities below it than there are (path length).
    key usage: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, may not sign certificates (key usage).
    clients: its authority 'The root', in BUNDLE, named by REQUESTS_CA_BUNDLE, may not sign certificates of servers (extended key usage).
    servers: trusted
    ");
}

/// As OpenSSL does.
#[test]
fn certificates_are_for_what_their_key_usage_says() {
    use KeyUsagePurpose::{CrlSign, DigitalSignature, KeyAgreement, KeyCertSign, KeyEncipherment};
    let root = root(|_| {});
    let mut all = String::new();
    for usages in [vec![], vec![KeyCertSign], vec![DigitalSignature], vec![CrlSign]] {
        let mut params = tls::authority("Between");
        params.key_usages.clone_from(&usages);
        let between = Identity::by(&root, params);
        let verdict = with(&root.pem, &server(&between), &[&between]);
        all.push_str(&format!("between {usages:?}: {}\n", problem(&verdict)));
    }
    for usages in [
        vec![KeyCertSign],
        vec![CrlSign],
        vec![KeyUsagePurpose::ContentCommitment],
        vec![DigitalSignature, KeyCertSign],
        vec![KeyEncipherment],
        vec![KeyAgreement],
    ] {
        let mut params = tls::server(&["localhost"]);
        params.key_usages.clone_from(&usages);
        let server = Identity::by(&root, params);
        all.push_str(&format!("server {usages:?}: {}\n", problem(&with(&root.pem, &server, &[]))));
        assert_eq!(problem(&with(&server.pem, &server, &[])), problem(&with(&root.pem, &server, &[])), "{usages:?}");
    }
    for (name, bits) in [("client", 0x80), ("server", 0x40)] {
        let mut params = tls::server(&["localhost"]);
        let kind = CustomExtension::from_oid_content(&[2, 16, 840, 1, 113_730, 1, 1], vec![3, 2, 6, bits]);
        params.custom_extensions.push(kind);
        let server = Identity::by(&root, params);
        all.push_str(&format!("Netscape's {name}: {}\n", problem(&with(&root.pem, &server, &[]))));
    }
    for purpose in [vec![1, 3, 6, 1, 4, 1, 311, 10, 3, 3], vec![2, 16, 840, 1, 113_730, 4, 1], vec![1, 3, 6, 1]] {
        let mut params = tls::server(&["localhost"]);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(purpose.clone())];
        let server = Identity::by(&root, params);
        all.push_str(&format!("purpose {purpose:?}: {}\n", problem(&with(&root.pem, &server, &[]))));
    }
    assert_snapshot!(all, @r"
    between []: trusted
    between [KeyCertSign]: trusted
    between [DigitalSignature]: the certificate of its issuer 'Between' may not sign certificates (key usage).
    between [CrlSign]: the certificate of its issuer 'Between' may not sign certificates (key usage).
    server [KeyCertSign]: it is not for TLS (key usage).
    server [CrlSign]: it is not for TLS (key usage).
    server [ContentCommitment]: it is not for TLS (key usage).
    server [DigitalSignature, KeyCertSign]: trusted
    server [KeyEncipherment]: trusted
    server [KeyAgreement]: trusted
    Netscape's client: it is not for servers (Netscape's type of certificate).
    Netscape's server: trusted
    purpose [1, 3, 6, 1, 4, 1, 311, 10, 3, 3]: trusted
    purpose [2, 16, 840, 1, 113730, 4, 1]: trusted
    purpose [1, 3, 6, 1]: it is not for servers (extended key usage).
    ");
}

#[test]
fn a_pinned_server_vouches_for_itself_and_nobody_else() {
    let root = root(|_| {});
    let mut params = tls::server(&["localhost"]);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
    let pinned = Identity::by(&root, params.clone());
    let alone = Identity::own(params);
    for pin in [&pinned, &alone] {
        assert_eq!(with(&pin.pem, pin, &[]), "trusted");
        let text = with(&pin.pem, &server(pin), &[]);
        assert!(text.contains("'a server', in BUNDLE, named by REQUESTS_CA_BUNDLE, is not an authority"), "{text}");
    }
    // Of a bundle with both, the root vouches for the pinned one only.
    assert!(with(&format!("{}{}", pinned.pem, root.pem), &server(&pinned), &[&pinned]).starts_with("ERROR"));
}

#[test]
fn each_cause_has_its_words_and_its_hint() {
    let root = root(|_| {});
    let odd = |change: fn(&mut CertificateParams)| {
        let mut params = tls::server(&["localhost"]);
        change(&mut params);
        Identity::by(&root, params)
    };
    let mut all = String::new();
    let alone = Identity::own(tls::server(&["localhost"]));
    let mut say = |title: &str, text: String| {
        let at = text.find("clock says ").map(|at| at + 11..at + 36);
        let text = at.map_or(text.clone(), |clock| text.replace(&text[clock], "NOW"));
        all.push_str(&format!("{title}\n{text}\n"));
    };
    say("expired", with(&root.pem, &odd(|params| params.not_after = date_time_ymd(2020, 1, 1)), &[]));
    say("not yet", with(&root.pem, &odd(|params| params.not_before = date_time_ymd(2999, 1, 1)), &[]));
    let names = ["a.example", "*.b.example", "192.0.2.1", "2001:db8::1"];
    say("names", with(&root.pem, &Identity::by(&root, tls::server(&names)), &[]));
    say("no name", with(&root.pem, &Identity::by(&root, tls::server(&[])), &[]));
    say(
        "clients",
        with(&root.pem, &odd(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]), &[]),
    );
    say("authority", with(&root.pem, &odd(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)), &[]));
    say("self-signed", with(&root.pem, &alone, &[]));
    say("unknown", with(&alone.pem, &server(&root), &[]));
    let other = Identity::own(tls::authority("The root"));
    say("other key", with(&other.pem, &server(&root), &[]));
    assert_snapshot!(all, @r"
    expired
    ERROR: The certificate of localhost cannot be trusted: it has expired, on 2020-01-01T00:00:00+00:00.
    Hint: This machine's clock says NOW. If it is wrong: timedatectl set-ntp true. If it is right, the certificate must be renewed.

    not yet
    ERROR: The certificate of localhost cannot be trusted: it is not valid yet, but from 2999-01-01T00:00:00+00:00 on.
    Hint: This machine's clock says NOW. If it is wrong: timedatectl set-ntp true. If it is right, the certificate must be renewed.

    names
    ERROR: The certificate of localhost cannot be trusted: it is for another name: a.example, *.b.example, 192.0.2.1, 2001:db8::1.
    Hint: Give one of these names as the host of the endpoint: --connection-string, or --endpoint.

    no name
    ERROR: The certificate of localhost cannot be trusted: it names no host (subjectAltName).
    Hint: The server needs a certificate with its name.

    clients
    ERROR: The certificate of localhost cannot be trusted: it is not for servers (extended key usage).
    Hint: The server needs another certificate; its operator can tell.

    authority
    ERROR: The certificate of localhost cannot be trusted: it is the certificate of an authority, not of a server.
    Hint: To trust this very certificate, set REQUESTS_CA_BUNDLE to a file that holds it (PEM).

    self-signed
    ERROR: The certificate of localhost cannot be trusted: it is self-signed, and not in BUNDLE, named by REQUESTS_CA_BUNDLE.
    Hint: REQUESTS_CA_BUNDLE lets only the authorities in BUNDLE be trusted. Add the certificate of this one (PEM), or unset the variable to trust the usual authorities.
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.

    unknown
    ERROR: The certificate of localhost cannot be trusted: it was issued by an unknown authority: 'The root' is not in BUNDLE, named by REQUESTS_CA_BUNDLE.
    Hint: REQUESTS_CA_BUNDLE lets only the authorities in BUNDLE be trusted. Add the certificate of this one (PEM), or unset the variable to trust the usual authorities.
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.

    other key
    ERROR: The certificate of localhost cannot be trusted: its issuer 'The root' is known with another key than the one that signed it.
    Hint: REQUESTS_CA_BUNDLE lets only the authorities in BUNDLE be trusted. Add the certificate of this one (PEM), or unset the variable to trust the usual authorities.
    Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.
    ");
}

#[test]
fn seven_authorities_in_between_are_too_many() {
    let root = root(|_| {});
    let mut chain: Vec<Identity> = Vec::new();
    for count in 1..=7 {
        let by = chain.last().unwrap_or(&root);
        let next = Identity::by(by, tls::authority(&format!("Between {count}")));
        chain.push(next);
        if count >= 6 {
            let between: Vec<&Identity> = chain.iter().rev().collect();
            let said = problem(&with(&root.pem, &server(between[0]), &between));
            let expected =
                if count == 6 { "trusted" } else { "more than 6 authorities stand between it and its root." };
            assert_eq!(said, expected);
        }
    }
}

#[test]
fn p521_and_sha512_are_verified() {
    for algorithm in [&rcgen::PKCS_ECDSA_P521_SHA512, &rcgen::PKCS_ECDSA_P521_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384] {
        let root = Identity::own_with(tls::authority("The root"), algorithm);
        let between = Identity::by_with(&root, tls::authority("Between"), algorithm);
        let server = Identity::by_with(&between, tls::server(&["localhost"]), algorithm);
        assert_eq!(with(&root.pem, &server, &[&between]), "trusted", "{algorithm:?}");
    }
}

#[test]
fn names_are_compared_as_openssl_does() {
    let spelled = |text: DnValue| {
        let mut params = tls::authority("");
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, text);
        params
    };
    let utf8 = |text: &str| spelled(DnValue::Utf8String(text.to_owned()));
    let printable = |text: &str| spelled(DnValue::PrintableString(text.try_into().unwrap()));
    for (one, other, same) in [
        (utf8("Corp Root"), printable("Corp Root"), true),
        (printable("Corp Root"), utf8("CORP  root"), true),
        (utf8("Corp Root"), utf8("CorpRoot"), false),
    ] {
        // The authority's own name is spelled in one way, and in another way in what it signs.
        let mut root = Identity::own(one.clone());
        root.params = other.clone();
        let between = Identity::by(&root, tls::authority("Between"));
        let mut second = Identity::by(&Identity { params: one.clone(), ..root.again() }, one);
        second.params = other;
        let verdict = |text: String| text == "trusted";
        assert_eq!(verdict(with(&root.pem, &server(&root), &[])), same);
        assert_eq!(verdict(with(&root.pem, &server(&between), &[&between])), same);
        assert_eq!(verdict(with(&root.pem, &server(&second), &[&second])), same);
    }
}

#[test]
fn all_kinds_of_pem_are_read_and_comments_are_not() {
    let root = root(|_| {});
    let server = server(&root);
    let body = root.pem.replace("BEGIN CERTIFICATE", "BEGIN X").replace("END CERTIFICATE", "END X");
    let labelled = |label: &str| body.replace(" X-", &format!(" {label}-"));
    for text in [
        labelled("X509 CERTIFICATE"),
        labelled("TRUSTED CERTIFICATE"),
        format!("see -----BEGIN CERTIFICATE----- below\n# -----BEGIN CERTIFICATE-----\n{}", root.pem),
        format!("\u{feff}{}", root.pem),
    ] {
        assert_eq!(with(&text, &server, &[]), "trusted", "{text}");
    }
    // A certificate that is commented out is not in the bundle, also where another one is.
    let other = Identity::own(tls::authority("Another"));
    let text = format!("{}#{}", other.pem, root.pem);
    assert!(with(&text, &server, &[]).contains("unknown authority"), "{text}");
}

#[test]
fn a_bundle_that_is_none_is_said_before_anything_is_sent() {
    let home = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let root = root(|_| {});
    let pipe = home.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
    let directory = home.path().join("directory");
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("root.pem"), &root.pem).unwrap();
    let paths = [
        home.path().join("missing"),
        directory,
        pipe,
        "/dev/zero".into(),
        "/dev/null".into(),
        home.write("empty", ""),
        home.write("der", &root.der),
        home.write("text", "no certificate"),
        home.write("key.pem", root.key.serialize_pem()),
        home.write("cut.pem", &root.pem[..200]),
        home.write("binary", [0, 1, 2, 3]),
        home.write(
            "utf16",
            root.pem.encode_utf16().flat_map(u16::to_le_bytes).fold(vec![0xff, 0xfe], |mut all, byte| {
                all.push(byte);
                all
            }),
        ),
    ];
    let mut all = String::new();
    for path in &paths {
        let output = create(&home, port, path);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("\nHint: REQUESTS_CA_BUNDLE must name a PEM file with "), "{text}");
        all.push_str(text.lines().next().unwrap());
        all.push('\n');
    }
    assert!(listener.accept().is_err(), "a connection was opened");
    assert_snapshot!(all.replace(home.path().to_str().unwrap(), "HOME"), @r"
    ERROR: HOME/missing, named by REQUESTS_CA_BUNDLE, cannot be read: it does not exist.
    ERROR: HOME/directory, named by REQUESTS_CA_BUNDLE, is a directory without certificates under hashed names, such as 5ed36f99.0.
    ERROR: HOME/pipe, named by REQUESTS_CA_BUNDLE, is a pipe, not a file.
    ERROR: /dev/zero, named by REQUESTS_CA_BUNDLE, is a device, not a file.
    ERROR: /dev/null, named by REQUESTS_CA_BUNDLE, is a device, not a file.
    ERROR: HOME/empty, named by REQUESTS_CA_BUNDLE, is empty.
    ERROR: HOME/der, named by REQUESTS_CA_BUNDLE, is a certificate in DER, not in PEM.
    ERROR: HOME/text, named by REQUESTS_CA_BUNDLE, is text without a certificate in PEM.
    ERROR: HOME/key.pem, named by REQUESTS_CA_BUNDLE, is PEM without a certificate: it has PRIVATE KEY.
    ERROR: HOME/cut.pem, named by REQUESTS_CA_BUNDLE, has a certificate in PEM that is cut off or malformed.
    ERROR: HOME/binary, named by REQUESTS_CA_BUNDLE, is a binary file, not PEM.
    ERROR: HOME/utf16, named by REQUESTS_CA_BUNDLE, is text in UTF-16.
    ");
}

#[test]
fn a_bundle_that_cannot_be_read_is_an_error() {
    if rustix::process::geteuid().is_root() {
        println!("a_bundle_that_cannot_be_read_is_an_error: skipped, because root reads everything");
        return;
    }
    let home = Folder::new();
    let path = home.write("secret.pem", "");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let text = String::from_utf8(create(&home, 9, &path).stderr).unwrap();
    assert!(text.contains("named by REQUESTS_CA_BUNDLE, cannot be read: Permission denied."), "{text}");
}

#[test]
fn a_hashed_directory_is_a_bundle() {
    let home = Folder::new();
    let root = root(|_| {});
    let server = server(&root);
    let directory = home.path().join("certificates");
    std::fs::create_dir(&directory).unwrap();
    let path = home.write("certificates/root.pem", &root.pem);
    let hash = Command::new("openssl").args(["x509", "-noout", "-hash", "-in"]).arg(&path).output();
    let Ok(hash) = hash else {
        println!("a_hashed_directory_is_a_bundle: skipped, because openssl is not installed");
        return;
    };
    let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
    let hash = String::from_utf8(hash.stdout).unwrap();
    std::os::unix::fs::symlink("root.pem", directory.join(format!("{}.0", hash.trim()))).unwrap();
    assert!(create(&home, port, &directory).status.success());
    // Others than those with the right hash do not count.
    let other = Identity::own(tls::authority("Another"));
    home.write("certificates/00000000.0", &Identity::own(tls::authority("Third")).pem);
    let second = Identity::by(&other, tls::server(&["localhost"]));
    home.write("certificates/other.pem", &other.pem);
    let port = tls::serve(tls::config(vec![second.der.clone()], second.key_der()));
    let output = create(&home, port, &directory);
    assert!(String::from_utf8(output.stderr).unwrap().contains("'Another' is not in "));
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn certificates_are_judged_as_requests_judges_them() {
    let cases = support::python::cases("trust.py", &[]);
    let (mut known, mut differences) = (0, Vec::new());
    for case in &cases {
        let (theirs, ours) = (case["requests"] == "ok", case["az"] == "ok");
        let is_known = !case["differs"].is_null();
        known += usize::from(is_known);
        // Errors have words, and nothing of Rust's.
        let text = case["az"].as_str().unwrap();
        let is_plain = ours
            || (text.starts_with("ERROR: ")
                && text.contains("\nHint: ")
                && !["(os error", "Error(", "::", " { ", "..", "Some("].iter().any(|odd| text.contains(odd)));
        if (theirs == ours) == is_known || !is_plain || (!ours && case["exit"] != 1) {
            differences.push(case.to_string());
        }
    }
    println!("certificates: {} cases, {known} known differences, {} others", cases.len(), differences.len());
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(cases.len() > 250);
}

#[test]
fn a_server_that_wants_a_certificate_of_the_client_is_named() {
    let root = root(|_| {});
    let server = server(&root);
    let home = Folder::new();
    let bundle = home.write("bundle.pem", &root.pem);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let port = tls::serve(tls::config_for_clients_of(&root, &server, version));
        let output = create(&home, port, &bundle);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("the server wants a certificate of the client, which is not supported."), "{text}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn an_address_that_stands_as_a_dns_name_is_named() {
    let root = root(|_| {});
    let home = Folder::new();
    let bundle = home.write("bundle.pem", &root.pem);
    let at_address = |names: &[&str]| {
        let mut params = tls::server(&[]);
        params.subject_alt_names = names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect();
        let server = Identity::by(&root, params);
        let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
        let mut command = az(&home);
        command.args(["communication", "user-identity", "user", "create", "--only-show-errors"]);
        command.env("REQUESTS_CA_BUNDLE", &bundle);
        command.env(
            "AZURE_COMMUNICATION_CONNECTION_STRING",
            format!("endpoint=https://127.0.0.1:{port}/;accesskey=c2VjcmV0"),
        );
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    assert_snapshot!(at_address(&["a.example", "127.0.0.1"]), @r"
    ERROR: The certificate of 127.0.0.1 cannot be trusted: the address 127.0.0.1 stands in it as a DNS name, and must be an IP name (subjectAltName).
    Hint: The server needs a certificate with IP:127.0.0.1 in its subjectAltName, not DNS:127.0.0.1.
    ");
    assert_snapshot!(at_address(&["127.0.0.2"]), @r"
    ERROR: The certificate of 127.0.0.1 cannot be trusted: it is for another name: 127.0.0.2.
    Hint: Give one of these names as the host of the endpoint: --connection-string, or --endpoint.
    ");
}

#[test]
fn a_certificate_that_ends_before_it_begins_has_expired() {
    let root = root(|_| {});
    let with_times = |before, after| {
        let mut params = tls::server(&["localhost"]);
        (params.not_before, params.not_after) = (before, after);
        problem(&with(&root.pem, &Identity::by(&root, params), &[]))
    };
    let past = [date_time_ymd(2022, 1, 1), date_time_ymd(2020, 1, 1)];
    assert_eq!(with_times(past[0], past[1]), "it has expired, on 2020-01-01T00:00:00+00:00.");
    assert_eq!(
        with_times(date_time_ymd(2999, 1, 1), date_time_ymd(2020, 1, 1)),
        "it has expired, on 2020-01-01T00:00:00+00:00."
    );
    assert_eq!(
        with_times(date_time_ymd(2999, 1, 1), date_time_ymd(2998, 1, 1)),
        "it is not valid yet, but from 2999-01-01T00:00:00+00:00 on."
    );
}
