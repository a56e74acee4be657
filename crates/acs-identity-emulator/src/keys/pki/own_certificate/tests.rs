//! Tests of the user's own certificate: refused files, changes of the files, and the served names.

use rcgen::{CertificateParams, KeyPair};
use time::Duration;

use super::super::test_folder::Folder;
use super::super::{HostName, Pki};
use super::*;

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

/// Makes a certificate for these names that became valid a day ago and expires at `end`, and its key.
fn certificate(names: &[&str], end: OffsetDateTime) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    (params.not_before, params.not_after) = (now() - Duration::DAY, end);
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// Writes the files to the folder, and returns the result of opening them.
fn open(folder: &Folder, (certificate, key): &(String, String)) -> Result<OwnCertificate, String> {
    let paths = (folder.write("own.pem", certificate), folder.write("own-key.pem", key));
    OwnCertificate::open(&paths.0, &paths.1, now())
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.0.display()), ""))
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_reason() {
    let folder = Folder::new("own-refused");
    let good = certificate(&["a.example"], now() + Duration::DAY);
    let refusal = |certificate: &str, key: &str| open(&folder, &(certificate.to_owned(), key.to_owned())).unwrap_err();
    let other = certificate(&["a.example"], now() + Duration::DAY).1;
    let ended = certificate(&["a.example"], now() - Duration::HOUR);
    let refusals = [
        refusal("", &good.1),
        refusal("rubbish", &good.1),
        refusal(&good.0, ""),
        refusal(&good.0, &other),
        refusal(&ended.0, &ended.1),
    ];
    insta::assert_snapshot!(refusals.join("\n"), @"
    own.pem does not hold a certificate in PEM
    own.pem does not hold a certificate in PEM
    own-key.pem does not hold a private key in PEM without a password
    own-key.pem does not hold the key of the certificate in own.pem
    own.pem contains a certificate that expired on 2027-01-15T07:00:00+00:00
    ");
    let paths = (folder.write("own.pem", &good.0), folder.write("own-key.pem", &good.1));
    let early = OwnCertificate::open(&paths.0, &paths.1, now() - Duration::days(2)).unwrap_err().to_string();
    assert!(early.ends_with("contains a certificate that is not valid before 2027-01-14T08:00:00+00:00"), "{early}");
    let missing = OwnCertificate::open(&folder.0.join("none.pem"), &paths.1, now()).unwrap_err().to_string();
    assert!(missing.ends_with("none.pem cannot be used: No such file or directory"), "{missing}");
}

/// Reading such a file could wait for ever, or take all memory.
#[cfg(all(unix, not(portable_system)))]
#[test]
fn irregular_or_huge_files_are_refused_and_the_previous_certificate_stays() {
    let folder = Folder::new("own-irregular");
    let good = certificate(&["a.example"], now() + Duration::DAY);
    let pki = Pki::load_or_make(None, &[], now(), "").unwrap().pki.with_own(open(&folder, &good).unwrap());
    let served = || pki.resolver.choose(Some("a.example")).end_entity_cert().unwrap().to_vec();
    let (before, path) = (served(), folder.0.join("own.pem"));
    let pipe = |path: &Path| {
        use rustix::fs::{CWD, FileType, mknodat};
        mknodat(CWD, path, FileType::Fifo, 0o600.into(), 0).unwrap();
    };
    let device = |path: &Path| std::os::unix::fs::symlink("/dev/zero", path).unwrap();
    let large = |path: &Path| std::fs::File::create(path).unwrap().set_len(2_000_000_000).unwrap();
    let kinds = [
        (pipe as fn(&Path), "cannot be used: it is not a regular file"),
        (device, "cannot be used: it is not a regular file"),
        (large, "is larger than 1048576 bytes"),
    ];
    for (put, why) in kinds {
        std::fs::remove_file(&path).unwrap();
        put(&path);
        let said = pki.reload_if_changed(now()).unwrap_err().to_string();
        assert_eq!(said, format!("{} {why}", path.display()));
        assert_eq!(served(), before);
        let at_start = OwnCertificate::open(&path, &folder.0.join("own-key.pem"), now()).unwrap_err();
        assert_eq!(at_start.to_string(), said);
    }
}

/// Kubernetes and certbot store the files in this way.
#[cfg(all(unix, not(portable_system)))]
#[test]
fn links_to_its_files_are_followed() {
    let folder = Folder::new("own-links");
    let good = certificate(&["a.example"], now() + Duration::DAY);
    open(&folder, &good).unwrap();
    let links = ["own.pem", "own-key.pem"].map(|name| {
        let link = folder.0.join(format!("{name}.link"));
        std::os::unix::fs::symlink(name, &link).unwrap();
        link
    });
    OwnCertificate::open(&links[0], &links[1], now()).unwrap();
}

#[test]
fn changed_files_are_read_again_and_the_certificate_stays_if_they_cannot_be_used() {
    let folder = Folder::new("own-reloaded");
    let first = certificate(&["a.example"], now() + Duration::DAY);
    let own = open(&folder, &first).unwrap();
    let pki = Pki::load_or_make(None, &[], now(), "").unwrap().pki.with_own(own);
    let served = || pki.resolver.choose(Some("a.example")).end_entity_cert().unwrap().to_vec();
    let before = served();
    assert_eq!(pki.reload_if_changed(now()).unwrap(), None, "nothing has changed");

    // The new certificate is there already, but its key is not.
    let second = certificate(&["a.example"], now() + Duration::days(2));
    let path = folder.write("own.pem", &second.0);
    // A file system may give two writes in quick succession the same time.
    let later = crate::clock::machine::system() + std::time::Duration::from_secs(1);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(later).unwrap();
    assert!(pki.reload_if_changed(now()).is_err());
    assert_eq!(served(), before);
    assert_eq!(pki.reload_if_changed(now()).unwrap(), None, "said once");
    folder.write("own-key.pem", &second.1);
    assert_eq!(pki.reload_if_changed(now()).unwrap(), Some(now() + Duration::days(2)));
    assert_eq!(served(), CertificateDer::from_pem_slice(second.0.as_bytes()).unwrap().to_vec());
    assert_eq!(pki.not_after(), now() + Duration::days(2));
}

#[test]
fn it_serves_its_own_names_and_the_emulators_certificate_serves_the_rest() {
    let folder = Folder::new("own-names");
    let names = [HostName::parse("app.test").unwrap()];
    let serves_own = |own: &[&str], name: Option<&str>| {
        let own = open(&folder, &certificate(own, now() + Duration::DAY)).unwrap();
        let key = Arc::clone(&own.loaded.key);
        let pki = Pki::load_or_make(None, &names, now(), "").unwrap().pki.with_own(own);
        Arc::ptr_eq(&pki.resolver.choose(name), &key)
    };
    assert!(serves_own(&["a.example"], Some("a.example")));
    assert!(serves_own(&["*.a.example"], Some("b.a.example")));
    assert!(serves_own(&["a.example", "localhost"], Some("localhost")));
    assert!(!serves_own(&["a.example"], Some("localhost")) && !serves_own(&["a.example"], Some("app.test")));
    assert!(
        serves_own(&["a.example"], Some("b.example")),
        "neither certificate has the name, so the user's own one is served"
    );
    assert!(serves_own(&["a.example", "127.0.0.1"], None), "a client that connects to an address sends no name");
    assert!(!serves_own(&["a.example"], None));
}

/// Opening a FIFO without a writer would block the start, and a device without an end would fill the memory.
#[cfg(all(unix, not(portable_system)))]
#[test]
fn irregular_or_huge_files_are_not_read() {
    let folder = Folder::new("not-regular");
    let fifo = folder.0.join("fifo");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RUSR).unwrap();
    let large = folder.0.join("large");
    std::fs::File::create(&large).unwrap().set_len(2 * 1024 * 1024).unwrap();
    for path in [Path::new("/dev/zero"), &fifo, &large] {
        let refused = OwnCertificate::open(path, path, now()).unwrap_err().to_string();
        let why = if path == large { "is larger than 1048576 bytes" } else { "it is not a regular file" };
        assert!(refused.contains(why), "{refused}");
    }
}
