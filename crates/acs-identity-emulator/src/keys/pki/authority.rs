//! The certificate authority. Its root can never sign again, and its intermediate signs the server certificates.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType, SignatureAlgorithm, SigningKey,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use time::{Duration, OffsetDateTime};

use super::names::{self, HostName, Subtree};
use super::stored::StoredCertificates;
use super::x509;
use crate::crypto::rand::SystemRandom;
use crate::crypto::signature::{EcdsaKeyPair, KeyPair as _};
use crate::crypto::{CERTIFICATE_ALGORITHM, new_ecdsa_key};
use crate::error::Error;

const ROOT_NAME: &str = "ACS Identity emulator CA";
const INTERMEDIATE_NAME: &str = "ACS Identity emulator intermediate CA";

/// The possible issuers of the emulator's server certificates. It is the root for an authority of the previous version.
pub const ISSUERS: [&str; 2] = [INTERMEDIATE_NAME, ROOT_NAME];

/// Ten years for the root and the intermediate, because neither can be renewed.
const LIFETIME: Duration = Duration::days(3650);
/// The longest lifetime of a server certificate that all clients accept.
const SERVER_LIFETIME: Duration = Duration::days(397);
/// The clocks of clients may be behind.
const BACKDATED: Duration = Duration::days(1);

/// The root's key. It exists in memory only, in a type that cannot be serialized.
struct RootKey(EcdsaKeyPair);

impl PublicKeyData for RootKey {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for RootKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature = self.0.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

pub(super) fn crypto(error: impl std::fmt::Display) -> Error {
    Error::Crypto(error.to_string())
}

pub(super) fn named(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}

/// Returns the parameters of a certificate that may sign others, with at most `below` authorities below it.
fn authority_params(common_name: &str, below: u8) -> CertificateParams {
    let mut params = named(common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Makes an authority for reserved names, private addresses and these names. It has not signed a server certificate
/// yet.
///
/// The root's key signs the intermediate, and is dropped when this function returns.
///
/// # Errors
///
/// Fails when one of the names is below another one that has a single label.
pub(super) fn make(names: &[HostName], now: OffsetDateTime) -> Result<StoredCertificates, Error> {
    let excluded = names::excluded(names);
    if let Some(below) = names.iter().find(|name| excluded.iter().any(|subtree| subtree.contains(name))) {
        return Err(Error::HostName(
            below.to_string(),
            "is below another given name that has a single label and may be a top-level domain. An authority cannot \
             sign for both: leave out one of them",
        ));
    }
    let root_key = new_ecdsa_key().map_err(crypto)?;
    let mut root = authority_params(ROOT_NAME, 1);
    (root.not_before, root.not_after) = (now - BACKDATED, now + LIFETIME);
    let root_key = RootKey(root_key);
    let root_certificate = root.self_signed(&root_key).map_err(crypto)?;
    let root = Issuer::new(root, root_key);

    let key = new_key()?;
    let mut params = authority_params(INTERMEDIATE_NAME, 0);
    (params.not_before, params.not_after) = (now - BACKDATED, now + LIFETIME);
    // If the intermediate's key is stolen, it can be used for server certificates only.
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: names::permitted(names).iter().filter_map(Subtree::to_rcgen).collect(),
        excluded_subtrees: excluded.iter().filter_map(Subtree::to_rcgen).collect(),
    });
    let intermediate = params.signed_by(&key, &root).map_err(crypto)?;
    Ok(StoredCertificates {
        root: root_certificate.pem(),
        intermediate: Some(intermediate.pem()),
        signing_key: key.serialize_pem(),
        server: String::new(),
        server_key: String::new(),
    })
}

fn new_key() -> Result<KeyPair, Error> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(crypto)
}

/// An authority that can sign.
pub(super) struct Authority {
    pub(super) root: CertificateDer<'static>,
    pub(super) intermediate: Option<CertificateDer<'static>>,
    key: KeyPair,
    /// The subtrees for which it may sign. `None` means all.
    permitted: Option<Vec<Subtree>>,
    /// The subtrees for which it may not sign, although they are permitted.
    excluded: Vec<Subtree>,
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
}

/// The reason why stored certificates cannot be used.
pub(super) type Damage = &'static str;

impl Authority {
    /// Reads the stored authority, and checks whether the key belongs to its certificate.
    pub(super) fn open(stored: &StoredCertificates) -> Result<Self, Damage> {
        let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).ok();
        let root = certificate(&stored.root).ok_or("the certificate of the authority cannot be read")?;
        let fields = x509::read(&root).ok_or("the certificate of the authority cannot be read")?;
        if !has_signed_itself(&root) {
            return Err("the certificate of the authority is damaged");
        }
        let intermediate = match &stored.intermediate {
            Some(pem) => Some(certificate(pem).ok_or("the certificate of the intermediate authority cannot be read")?),
            None => None,
        };
        let signer = intermediate.as_ref().unwrap_or(&root);
        let of_signer = x509::read(signer).ok_or("the certificate of the intermediate authority cannot be read")?;
        let key = KeyPair::from_pem(&stored.signing_key).map_err(|_| "the key of the authority cannot be read")?;
        let parsed =
            webpki::EndEntityCert::try_from(signer).map_err(|_| "the certificate of the authority is damaged")?;
        if parsed.subject_public_key_info().as_ref() != key.subject_public_key_info() {
            return Err("the key does not belong to the authority's certificate");
        }
        let (not_before, not_after) =
            (fields.not_before.max(of_signer.not_before), fields.not_after.min(of_signer.not_after));
        let (permitted, excluded) = (of_signer.permitted, of_signer.excluded);
        Ok(Self { permitted, excluded, root, intermediate, key, not_before, not_after })
    }

    /// Returns the names for which it may not sign.
    pub(super) fn refuses<'a>(&self, names: &'a [HostName]) -> Vec<&'a HostName> {
        let Some(permitted) = &self.permitted else { return Vec::new() };
        let has = |subtrees: &[Subtree], name: &HostName| subtrees.iter().any(|subtree| subtree.contains(name));
        names.iter().filter(|name| !has(permitted, name) || has(&self.excluded, name)).collect()
    }

    /// Makes a certificate for a server with these names, and its key, both in PEM. The certificate does not outlive
    /// the authority.
    pub(super) fn issue(&self, names: &[HostName], now: OffsetDateTime) -> Result<(String, String), Error> {
        let mut params = named("localhost");
        params.subject_alt_names = names.iter().map(san).collect::<Result<_, _>>()?;
        self.sign(params, now)
    }

    /// Makes a certificate with this subject and these names for a server, and its key, both in PEM.
    pub(super) fn sign(&self, mut params: CertificateParams, now: OffsetDateTime) -> Result<(String, String), Error> {
        let key = new_key()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        params.not_before = (now - BACKDATED).max(self.not_before);
        params.not_after = (now + SERVER_LIFETIME).min(self.not_after);
        let name = if self.intermediate.is_some() { INTERMEDIATE_NAME } else { ROOT_NAME };
        let issuer = authority_params(name, 0);
        let certificate = params.signed_by(&key, &Issuer::from_params(&issuer, &self.key)).map_err(crypto)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }
}

/// Clients do not check the signature of a certificate that they trust, so a damaged root must be detected here.
fn has_signed_itself(root: &CertificateDer<'_>) -> bool {
    let (Ok(parsed), Some((signed, signature))) = (webpki::EndEntityCert::try_from(root), x509::signed(root)) else {
        return false;
    };
    parsed.verify_signature(CERTIFICATE_ALGORITHM, signed, signature).is_ok()
}

fn san(name: &HostName) -> Result<SanType, Error> {
    Ok(match name {
        HostName::Name(name) => SanType::DnsName(name.as_str().try_into().map_err(crypto)?),
        HostName::Address(address) => SanType::IpAddress(*address),
    })
}
