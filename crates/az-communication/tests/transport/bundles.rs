//! Tests of the file or the folder with the trusted authorities.

use super::*;
use insta::assert_snapshot;
use std::net::TcpListener;
use std::path::PathBuf;

#[test]
fn each_label_of_pem_for_certificates_is_read() {
    let root = root();
    for label in ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"] {
        let text = root.pem.replace(" CERTIFICATE-", &format!(" {label}-"));
        assert_eq!(verdict(&text, &server(&root), &[]), "trusted", "{text}");
    }
}

#[test]
fn text_around_certificates_and_a_byte_order_mark_are_skipped() {
    let root = root();
    for text in [
        format!("see -----BEGIN CERTIFICATE----- below\n# -----BEGIN CERTIFICATE-----\n{}", root.pem),
        format!("\u{feff}{}", root.pem),
    ] {
        assert_eq!(verdict(&text, &server(&root), &[]), "trusted", "{text}");
    }
}

#[test]
fn a_certificate_that_is_commented_out_is_not_in_the_bundle() {
    let root = root();
    let other = Identity::own(tls::authority("Another"));
    let said = verdict(&format!("{}#{}", other.pem, root.pem), &server(&root), &[]);
    assert!(said.contains("unknown authority"), "{said}");
}

/// Returns the first line of the error about the path that this closure makes. No connection reaches the server.
fn refused(make: impl FnOnce(&Folder, &Identity) -> PathBuf) -> String {
    let home = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let path = make(&home, &root());
    let mut command = create(&home, "localhost", listener.local_addr().unwrap().port());
    let seen = run(command.env("REQUESTS_CA_BUNDLE", path)).hiding_home(&home);
    assert!(listener.accept().is_err(), "a connection was opened");
    assert!(seen.stderr.contains("\nHint: REQUESTS_CA_BUNDLE must name a PEM file with "), "{seen}");
    assert_eq!(seen.code, Some(1));
    seen.stderr.lines().next().unwrap().to_owned() + "\n"
}

#[test]
fn a_path_that_is_not_a_file_is_an_error_before_anything_is_sent() {
    let mut all = refused(|home, _| home.path().join("missing"));
    all += &refused(|home, root| home.write("directory/root.pem", &root.pem).parent().unwrap().to_owned());
    all += &refused(|home, _| {
        let pipe = home.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        pipe
    });
    all += &refused(|_, _| "/dev/zero".into());
    all += &refused(|_, _| "/dev/null".into());
    assert_snapshot!(all, @"
    ERROR: HOME/missing, named by REQUESTS_CA_BUNDLE, cannot be read: it does not exist.
    ERROR: HOME/directory, named by REQUESTS_CA_BUNDLE, is a directory without certificates under hashed names, such as 5ed36f99.0.
    ERROR: HOME/pipe, named by REQUESTS_CA_BUNDLE, is a pipe, not a file.
    ERROR: /dev/zero, named by REQUESTS_CA_BUNDLE, is a device, not a file.
    ERROR: /dev/null, named by REQUESTS_CA_BUNDLE, is a device, not a file.
    ");
}

#[test]
fn a_file_without_a_certificate_in_pem_is_an_error_before_anything_is_sent() {
    let mut all = refused(|home, _| home.write("empty", ""));
    all += &refused(|home, root| home.write("der", &root.der));
    all += &refused(|home, _| home.write("text", "no certificate"));
    all += &refused(|home, root| home.write("key.pem", root.key.serialize_pem()));
    all += &refused(|home, root| home.write("cut.pem", &root.pem[..200]));
    all += &refused(|home, _| home.write("binary", [0, 1, 2, 3]));
    all += &refused(|home, root| {
        let utf16 = root.pem.encode_utf16().flat_map(u16::to_le_bytes);
        home.write("utf16", [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>())
    });
    assert_snapshot!(all, @"
    ERROR: HOME/empty, named by REQUESTS_CA_BUNDLE, is empty.
    ERROR: HOME/der, named by REQUESTS_CA_BUNDLE, is a certificate in DER, not in PEM.
    ERROR: HOME/text, named by REQUESTS_CA_BUNDLE, is text without a certificate in PEM.
    ERROR: HOME/key.pem, named by REQUESTS_CA_BUNDLE, is PEM without a certificate: it contains PRIVATE KEY.
    ERROR: HOME/cut.pem, named by REQUESTS_CA_BUNDLE, contains a certificate in PEM that is incomplete or malformed.
    ERROR: HOME/binary, named by REQUESTS_CA_BUNDLE, is a binary file, not PEM.
    ERROR: HOME/utf16, named by REQUESTS_CA_BUNDLE, is text in UTF-16.
    ");
}

#[test]
fn a_file_that_may_not_be_read_is_an_error() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root reads everything");
        return;
    }
    let error = refused(|home, _| {
        let path = home.write("secret.pem", "");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
        path
    });
    assert!(error.contains("named by REQUESTS_CA_BUNDLE, cannot be read: Permission denied."), "{error}");
}

/// Makes a folder with an authority under OpenSSL's hashed name. Returns `None` without openssl.
fn hashed(home: &Folder, root: &Identity) -> Option<PathBuf> {
    let path = home.write("certificates/root.pem", &root.pem);
    let Ok(output) = Command::new("openssl").args(["x509", "-noout", "-hash", "-in"]).arg(&path).output() else {
        eprintln!("skipped: openssl is not installed");
        return None;
    };
    let folder = path.parent().unwrap().to_owned();
    let hash = String::from_utf8(output.stdout).unwrap();
    std::os::unix::fs::symlink("root.pem", folder.join(format!("{}.0", hash.trim()))).unwrap();
    Some(folder)
}

#[test]
fn a_folder_holds_authorities_under_their_hashed_names() {
    let (home, root) = (Folder::new(), root());
    let Some(folder) = hashed(&home, &root) else { return };
    let server = server(&root);
    let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
    assert_eq!(created(&home, port, &folder).code, Some(0));
}

#[test]
fn files_under_other_names_in_a_folder_are_not_read() {
    let (home, root) = (Folder::new(), root());
    let Some(folder) = hashed(&home, &root) else { return };
    let other = Identity::own(tls::authority("Another"));
    home.write("certificates/00000000.0", &Identity::own(tls::authority("Third")).pem);
    home.write("certificates/other.pem", &other.pem);
    let server = server(&other);
    let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
    let seen = created(&home, port, &folder);
    assert!(seen.stderr.contains("'Another' is not in "), "{seen}");
}
