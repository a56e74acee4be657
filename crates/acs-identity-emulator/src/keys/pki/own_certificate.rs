//! The user's own certificate, for example from a company's authority or from mkcert. It consists of two files, which
//! are read again when they change.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::CertifiedKey;
use time::OffsetDateTime;

use super::names::HostName;
use super::server_certificate::provider;
use super::x509;
use crate::error::{Error, OwnFile};
use crate::files;
use crate::system;

/// The identity, size and date of a file. They show whether the file has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fingerprint(Option<(u64, u64, SystemTime)>);

impl Fingerprint {
    /// Returns the fingerprint of the file to which the path leads. Links are followed, because Kubernetes and certbot
    /// update folders by changing links.
    fn of(path: &Path) -> Self {
        let of = |metadata: Metadata| Some((system::identity(&metadata).1, metadata.len(), metadata.modified().ok()?));
        Self(std::fs::metadata(path).ok().and_then(of))
    }
}

/// The paths of the two files.
#[derive(Debug, Clone)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn fingerprint(&self) -> [Fingerprint; 2] {
        [Fingerprint::of(&self.certificate), Fingerprint::of(&self.key)]
    }

    /// Returns an error about one of the files.
    fn wrong(&self, file: OwnFile, what: impl Into<String>) -> Error {
        let path = match file {
            OwnFile::Certificate => &self.certificate,
            OwnFile::Key => &self.key,
        };
        Error::OwnCertificate(file, Box::new(Error::Content(path.clone(), what.into())))
    }

    fn read(&self, now: OffsetDateTime) -> Result<Loaded, Error> {
        let wrong = |what: &str| self.wrong(OwnFile::Certificate, what);
        let content = |path: &Path, file: OwnFile| {
            files::read_given(path).map_err(|error| Error::OwnCertificate(file, Box::new(error)))
        };
        let certificate = content(&self.certificate, OwnFile::Certificate)?;
        let key = content(&self.key, OwnFile::Key)?;
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&certificate)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong("does not hold certificates in PEM"))?;
        let first = chain.first().ok_or_else(|| wrong("does not hold a certificate in PEM"))?;
        let fields = x509::read(first).ok_or_else(|| wrong("contains something other than a certificate"))?;
        let date = |at: OffsetDateTime| acs_identity_protocol::time::whole_seconds(at);
        if now > fields.not_after {
            return Err(wrong(&format!("contains a certificate that expired on {}", date(fields.not_after))));
        }
        if now < fields.not_before {
            let from = date(fields.not_before);
            return Err(wrong(&format!("contains a certificate that is not valid before {from}")));
        }
        let secret = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|_| self.wrong(OwnFile::Key, "does not hold a private key in PEM without a password"))?;
        let key = CertifiedKey::from_der(chain, secret, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => self.wrong(
                OwnFile::Key,
                format!("does not hold the key of the certificate in {}", self.certificate.display()),
            ),
            _ => self.wrong(OwnFile::Key, "holds a kind of key that is not supported"),
        })?;
        Ok(Loaded { key: Arc::new(key), names: fields.names, not_after: fields.not_after })
    }
}

/// The content of the files when they were read.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) names: Vec<HostName>,
    pub(super) not_after: OffsetDateTime,
}

/// A certificate from another issuer.
#[derive(Debug)]
pub(crate) struct OwnCertificate {
    files: Files,
    /// The fingerprints of the files at the last check.
    seen: [Fingerprint; 2],
    pub(super) loaded: Loaded,
}

impl OwnCertificate {
    /// Reads the files: a certificate that is valid now, followed by the certificates of its issuers, and its key.
    pub(crate) fn open(certificate: &Path, key: &Path, now: OffsetDateTime) -> Result<Self, Error> {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        let seen = files.fingerprint();
        Ok(Self { loaded: files.read(now)?, seen, files })
    }

    /// Reads the files again if they have changed since the last check. Returns whether they have changed. If they
    /// cannot be used, the previous certificate stays: perhaps only one of the files was written so far.
    pub(super) fn reload_if_changed(&mut self, now: OffsetDateTime) -> Result<bool, Error> {
        let seen = self.files.fingerprint();
        if seen == self.seen {
            return Ok(false);
        }
        self.seen = seen;
        self.loaded = self.files.read(now)?;
        Ok(true)
    }

    /// Returns whether the certificate names a host.
    pub(crate) fn covers(&self, name: &HostName) -> bool {
        covers(&self.loaded.key, &name.to_string())
    }

    /// Returns a warning about the names in the certificate. The emulator's own certificate serves all other names.
    pub(crate) fn warning(&self) -> Option<String> {
        if self.loaded.names.is_empty() {
            return Some(
                "the certificate of --certificate names no host (subjectAltName), so clients do not accept it".into(),
            );
        }
        // A client that connects to an address does not send a server name. So this certificate is served for all
        // addresses.
        let is_address = |name: &&HostName| matches!(name, HostName::Address(_));
        let localhost = HostName::Name("localhost".into());
        let name = self.loaded.names.iter().find(is_address).or(self.covers(&localhost).then_some(&localhost))?;
        let there = if is_address(&name) { "that connect to addresses" } else { "that use this name" };
        Some(format!(
            "the certificate of --certificate names {name}: clients {there} must trust its issuer; ca.pem is not enough"
        ))
    }
}

/// Returns whether the first certificate of the chain names a host.
pub(super) fn covers(key: &CertifiedKey, name: &str) -> bool {
    let Ok(name) = ServerName::try_from(name) else { return false };
    key.end_entity_cert()
        .ok()
        .and_then(|certificate| webpki::EndEntityCert::try_from(certificate).ok())
        .is_some_and(|certificate| certificate.verify_is_valid_for_subject_name(&name).is_ok())
}

#[cfg(test)]
mod tests {
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
        let refusal =
            |certificate: &str, key: &str| open(&folder, &(certificate.to_owned(), key.to_owned())).unwrap_err();
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
        assert!(
            early.ends_with("contains a certificate that is not valid before 2027-01-14T08:00:00+00:00"),
            "{early}"
        );
        let missing = OwnCertificate::open(&folder.0.join("none.pem"), &paths.1, now()).unwrap_err().to_string();
        assert!(missing.ends_with("none.pem cannot be used: No such file or directory"), "{missing}");
    }

    /// Reading such a file could wait for ever, or take all memory.
    #[cfg(all(unix, not(portable_system)))]
    #[test]
    fn what_is_not_a_regular_file_of_a_sane_size_is_refused_at_once_and_the_former_one_stays() {
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
    fn it_is_read_again_when_its_files_change_and_stays_where_they_cannot_be_used() {
        let folder = Folder::new("own-reloaded");
        let first = certificate(&["a.example"], now() + Duration::DAY);
        let own = open(&folder, &first).unwrap();
        let pki = Pki::load_or_make(None, &[], now(), "").unwrap().pki.with_own(own);
        let served = || pki.resolver.choose(Some("a.example")).end_entity_cert().unwrap().to_vec();
        let before = served();
        assert_eq!(pki.reload_if_changed(now()).unwrap(), None, "nothing has changed");

        // The new certificate is there already, but its key is not.
        let second = certificate(&["a.example"], now() + Duration::days(2));
        folder.write("own.pem", &second.0);
        assert!(pki.reload_if_changed(now()).is_err());
        assert_eq!(served(), before);
        assert_eq!(pki.reload_if_changed(now()).unwrap(), None, "said once");
        folder.write("own-key.pem", &second.1);
        assert_eq!(pki.reload_if_changed(now()).unwrap(), Some(now() + Duration::days(2)));
        assert_eq!(served(), CertificateDer::from_pem_slice(second.0.as_bytes()).unwrap().to_vec());
        assert_eq!(pki.not_after(), now() + Duration::days(2));
    }

    #[test]
    fn it_serves_the_names_that_are_in_it_and_the_emulators_the_rest() {
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
        assert!(serves_own(&["a.example"], Some("b.example")), "neither has it, and one's own was asked for");
        assert!(serves_own(&["a.example", "127.0.0.1"], None), "whoever asks for an address names none");
        assert!(!serves_own(&["a.example"], None));
    }

    /// Opening a FIFO without a writer would block the start, and a device without an end would fill the memory.
    #[cfg(all(unix, not(portable_system)))]
    #[test]
    fn what_is_not_a_regular_file_of_a_sane_size_is_not_read() {
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
}
