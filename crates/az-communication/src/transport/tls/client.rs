//! TLS for the client: rustls with ring, and a verifier that loads root certificates only when the server has sent its
//! certificate.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use crate::system::limits;
use crate::transport::tls::algorithms::SUPPORTED;
use crate::transport::tls::anchors::possible;
use crate::transport::tls::bundle::Bundle;
use crate::transport::tls::bundle_error::BundleError;
use crate::transport::tls::certificate_problem::{CertificateProblem, ProblemKind};
use crate::transport::tls::diagnosis;
use crate::transport::tls::trust::{self, OwnEmulator, Trust};
use crate::transport::tls::verify::Shown;

/// Chooses the cryptography for the whole program. aws-lc-rs is not used because its first random number costs 33 ms
/// (docs/decisions/cryptography.md). The provider is always named explicitly, because another crate of the workspace
/// turns on a second provider.
fn provider() -> CryptoProvider {
    CryptoProvider { signature_verification_algorithms: SUPPORTED, ..rustls::crypto::ring::default_provider() }
}

/// The trust settings for one connection. If there is a bundle, it is open and contains a certificate.
pub(crate) struct Prepared {
    trust: Trust,
    bundle: Option<Bundle>,
    own_emulator: Arc<OwnEmulator>,
}

/// The source of trust in a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voucher {
    /// One of the usual authorities, or an authority of the bundle.
    Trusted,
    /// The authority in this user's data folder, which is also trusted.
    OwnEmulator,
}

/// Opens the bundle if there is one.
///
/// # Errors
///
/// When the bundle cannot be used. Nothing has been sent at this point.
pub(crate) fn prepare(trust: &Trust, own_emulator: &Arc<OwnEmulator>) -> Result<Prepared, BundleError> {
    let bundle = match trust {
        Trust::Default => None,
        Trust::Bundle { path, named_by } => Some(Bundle::open(path, named_by)?),
    };
    Ok(Prepared { trust: trust.clone(), bundle, own_emulator: Arc::clone(own_emulator) })
}

/// Creates a configuration for one connection.
pub(crate) fn client_config(prepared: Prepared) -> Result<Arc<ClientConfig>, Error> {
    let Prepared { trust, bundle, own_emulator } = prepared;
    let verifier = Verifier { trust, bundle: Mutex::new(bundle), own_emulator };
    let mut config = ClientConfig::builder_with_provider(Arc::new(provider()))
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
    /// The bundle. It can be read only once.
    bundle: Mutex<Option<Bundle>>,
    own_emulator: Arc<OwnEmulator>,
}

impl Verifier {
    fn check(&self, shown: &Shown<'_>) -> Result<Voucher, ProblemKind> {
        let usual = match self.bundle.lock().ok().and_then(|mut bundle| bundle.take()) {
            None => check_usual(shown),
            Some(bundle) => check_bundle(bundle, shown),
        };
        let Err(ProblemKind::UnknownIssuer { .. } | ProblemKind::OtherKey { .. } | ProblemKind::SelfSigned) = usual
        else {
            return usual.map(|()| Voucher::Trusted);
        };
        // This user's own emulator is trusted, too.
        if shown.is_local() {
            let found = possible(self.own_emulator.certificates(), &shown.chain());
            match shown.check_anchors(&found) {
                Ok(()) if !found.is_empty() => return Ok(Voucher::OwnEmulator),
                Ok(())
                | Err(ProblemKind::UnknownIssuer { .. } | ProblemKind::OtherKey { .. } | ProblemKind::SelfSigned) => {}
                // The server is this emulator, but there is another problem, most often its name.
                Err(problem) => return Err(problem),
            }
        }
        // If files cannot be opened, authorities seem to be unknown.
        match limits::of_files().and_then(|error| error.raw_os_error()) {
            Some(number) => Err(ProblemKind::TooManyFiles(number)),
            None => usual.map(|()| Voucher::Trusted),
        }
    }

    /// Creates the error. Without `shown`, the problem is about the handshake.
    fn refuse(&self, shown: Option<&Shown<'_>>, kind: ProblemKind) -> Error {
        let emulator = shown.and_then(diagnosis::emulator_of_another_name);
        let is_local = shown.is_some_and(Shown::is_local);
        let problem = CertificateProblem { trust: self.trust.clone(), is_local, emulator, kind };
        CertificateError::Other(OtherError(Arc::new(problem))).into()
    }
}

/// Checks the root certificates of browsers first, then the certificates of this machine, which cost 4 ms
/// (docs/decisions/cryptography.md).
fn check_usual(shown: &Shown<'_>) -> Result<(), ProblemKind> {
    match shown.check_roots(webpki_roots::TLS_SERVER_ROOTS) {
        Err(ProblemKind::UnknownIssuer { .. } | ProblemKind::SelfSigned) => {
            shown.check_anchors(&possible(trust::machine_certificates(), &shown.chain()))
        }
        other => other,
    }
}

/// Checks the likely issuers in a bundle first, then all possible issuers.
fn check_bundle(mut bundle: Bundle, shown: &Shown<'_>) -> Result<(), ProblemKind> {
    let chain = shown.chain();
    let likely = bundle.likely(&chain).map_err(ProblemKind::Bundle)?;
    let first = shown.check_anchors(&likely);
    if first.is_ok() {
        return first;
    }
    let possible = bundle.possible(&chain).map_err(ProblemKind::Bundle)?;
    if possible == likely { first } else { shown.check_anchors(&possible) }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Shown { end_entity, intermediates, name, now };
        let voucher = self.check(&shown).map_err(|kind| self.refuse(Some(&shown), kind))?;
        self.own_emulator.note(voucher == Voucher::OwnEmulator);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &SUPPORTED)
            .map_err(|error| self.explain(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &SUPPORTED)
            .map_err(|error| self.explain(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SUPPORTED.supported_schemes()
    }
}

impl Verifier {
    fn explain(&self, error: Error, certificate: &CertificateDer<'_>) -> Error {
        match error {
            Error::InvalidCertificate(_) => self.refuse(None, diagnosis::of_handshake_signature(certificate)),
            other => other,
        }
    }
}
