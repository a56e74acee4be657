//! TLS for the client: rustls on ring, and a verifier that loads roots only when a certificate has come.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::trust::{self, Trust};
use super::x509;

/// The one place that chooses the cryptography. Not aws-lc-rs: it costs 33 ms at the first random number
/// (docs/decisions/cryptography.md). Named explicitly everywhere, because the workspace's other half turns on a second provider.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A configuration for one connection.
pub(super) fn client_config(trust: Trust) -> Result<Arc<ClientConfig>, Error> {
    let provider = provider();
    let verifier = Verifier { trust, provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn verify_with(
        &self,
        roots: RootCertStore,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if roots.is_empty() {
            return Err(CertificateError::UnknownIssuer.into());
        }
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider))
            .build()
            .map_err(|error| Error::General(error.to_string()))?
            .verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |roots| self.verify_with(roots, end_entity, intermediates, server_name, ocsp_response, now);
        let usual = match &self.trust {
            Trust::Default => match verify(trust::browser_roots()) {
                Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => verify(trust::machine_roots()),
                other => other,
            },
            Trust::Bundle { path, named_by } => {
                let mut chain = vec![end_entity.clone()];
                chain.extend_from_slice(intermediates);
                let found = self.trust.issuers_of(&chain).map_err(|error| {
                    Error::General(format!("{}, named by {named_by}, cannot be read: {error}", path.display()))
                })?;
                if found.iter().any(|certificate| certificate == end_entity) {
                    verify_pinned(end_entity, server_name, now)
                } else {
                    verify(trust::store_of(found))
                }
            }
        };
        match usual {
            Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) if is_loopback(server_name) => {
                verify(trust::emulator_root()).or(usual)
            }
            usual => usual,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether the server is on this machine, where this user's own emulator is trusted beside the usual authorities.
fn is_loopback(name: &ServerName<'_>) -> bool {
    match name {
        ServerName::DnsName(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        ServerName::IpAddress(address) => std::net::IpAddr::from(*address).is_loopback(),
        _ => false,
    }
}

/// A server whose own certificate is in the bundle is trusted as it is, as OpenSSL does: self-signed test certificates
/// are often authorities, too, which webpki does not take for a server.
fn verify_pinned(
    end_entity: &CertificateDer<'_>,
    server_name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    let validity = x509::parse(end_entity).ok_or(CertificateError::BadEncoding)?;
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < validity.not_before {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > validity.not_after {
        return Err(CertificateError::Expired.into());
    }
    rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
    Ok(ServerCertVerified::assertion())
}
