//! The local authority and the server's certificate for localhost, 127.0.0.1 and ::1.

use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use time::{Duration, OffsetDateTime};

use super::files;
use crate::error::Error;

/// The authority's certificate in the data folder.
pub const CA_CERTIFICATE_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca-key.pem";
const SERVER_CERTIFICATE_FILE: &str = "server.pem";
const SERVER_KEY_FILE: &str = "server-key.pem";
/// When the certificates end, in seconds since 1970: the authority's and the server's.
const VALIDITY_FILE: &str = "certificates.json";

const CA_LIFETIME: Duration = Duration::days(3650);
/// The longest that all clients take for a server's certificate.
const SERVER_LIFETIME: Duration = Duration::days(397);
/// Certificates are made anew this long before they end.
const RENEWAL: Duration = Duration::days(30);

/// The authority's certificate and what a TLS server needs.
pub(crate) struct Pki {
    pub(crate) ca_certificate: String,
    pub(crate) server: Arc<ServerConfig>,
}

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
struct Validity {
    ca_not_after: i64,
    server_not_after: i64,
    /// The hosts that the server's certificate names beside [`LOOPBACK`].
    #[serde(default)]
    hosts: Vec<String>,
}

/// The hosts that every server's certificate names.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Everything as PEM.
#[derive(Clone, Default)]
struct Certificates {
    ca: String,
    ca_key: String,
    server: String,
    server_key: String,
    validity: Validity,
}

fn crypto(error: impl std::fmt::Display) -> Error {
    Error::Crypto(error.to_string())
}

/// Loads what is in the folder, and makes what is missing, about to end, or for other hosts.
pub(crate) fn load_or_make(folder: Option<&Path>, host: &str) -> Result<Pki, Error> {
    let mut certificates = match folder {
        Some(folder) => load(folder)?,
        None => Certificates::default(),
    };
    let limit = (OffsetDateTime::now_utc() + RENEWAL).unix_timestamp();
    let mut changed = false;
    if certificates.validity.ca_not_after < limit {
        make_ca(&mut certificates)?;
        certificates.validity.server_not_after = 0;
        changed = true;
    }
    let hosts = &mut certificates.validity.hosts;
    if !LOOPBACK.contains(&host) && !hosts.iter().any(|known| known == host) {
        hosts.push(host.to_owned());
        certificates.validity.server_not_after = 0;
    }
    if certificates.validity.server_not_after < limit {
        make_server(&mut certificates)?;
        changed = true;
    }
    if let Some(folder) = folder.filter(|_| changed) {
        save(folder, &certificates)?;
    }
    Ok(Pki { server: server_config(&certificates)?, ca_certificate: certificates.ca })
}

fn load(folder: &Path) -> Result<Certificates, Error> {
    let read = |name: &str| files::read(&folder.join(name));
    let all = (read(CA_CERTIFICATE_FILE)?, read(CA_KEY_FILE)?, read(SERVER_CERTIFICATE_FILE)?, read(SERVER_KEY_FILE)?);
    let (Some(ca), Some(ca_key), Some(server), Some(server_key)) = all else {
        return Ok(Certificates::default());
    };
    let validity = match read(VALIDITY_FILE)? {
        Some(text) => serde_json::from_str(&text).unwrap_or_default(),
        None => Validity::default(),
    };
    Ok(Certificates { ca, ca_key, server, server_key, validity })
}

/// The validity comes last: without it, everything is made anew at the next start.
fn save(folder: &Path, certificates: &Certificates) -> Result<(), Error> {
    for (name, text) in [
        (CA_KEY_FILE, &certificates.ca_key),
        (CA_CERTIFICATE_FILE, &certificates.ca),
        (SERVER_KEY_FILE, &certificates.server_key),
        (SERVER_CERTIFICATE_FILE, &certificates.server),
    ] {
        files::write(&folder.join(name), text.as_bytes())?;
    }
    let validity = serde_json::to_vec(&certificates.validity).map_err(crypto)?;
    files::write(&folder.join(VALIDITY_FILE), &validity)
}

fn ca_params() -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::new(Vec::new()).map_err(crypto)?;
    params.distinguished_name = name("ACS Identity emulator CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn make_ca(certificates: &mut Certificates) -> Result<(), Error> {
    let now = OffsetDateTime::now_utc();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(crypto)?;
    let mut params = ca_params()?;
    params.not_before = now - Duration::days(1);
    params.not_after = now + CA_LIFETIME;
    certificates.ca = params.self_signed(&key).map_err(crypto)?.pem();
    certificates.ca_key = key.serialize_pem();
    certificates.validity.ca_not_after = (now + CA_LIFETIME).unix_timestamp();
    Ok(())
}

fn make_server(certificates: &mut Certificates) -> Result<(), Error> {
    let now = OffsetDateTime::now_utc();
    let ca_key = KeyPair::from_pem(&certificates.ca_key).map_err(crypto)?;
    let issuer = Issuer::new(ca_params()?, ca_key);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(crypto)?;
    let mut names = LOOPBACK.map(str::to_owned).to_vec();
    names.extend_from_slice(&certificates.validity.hosts);
    let mut params = CertificateParams::new(names).map_err(crypto)?;
    params.distinguished_name = name("localhost");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params.not_before = now - Duration::days(1);
    params.not_after = now + SERVER_LIFETIME;
    certificates.server = params.signed_by(&key, &issuer).map_err(crypto)?.pem();
    certificates.server_key = key.serialize_pem();
    certificates.validity.server_not_after = (now + SERVER_LIFETIME).unix_timestamp();
    Ok(())
}

fn server_config(certificates: &Certificates) -> Result<Arc<ServerConfig>, Error> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificates.server.as_bytes())
        .chain(CertificateDer::pem_slice_iter(certificates.ca.as_bytes()))
        .collect::<Result<_, _>>()
        .map_err(crypto)?;
    let key = PrivateKeyDer::from_pem_slice(certificates.server_key.as_bytes()).map_err(crypto)?;
    // Named explicitly: the client's half of the workspace turns on a second provider.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(crypto)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(crypto)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
