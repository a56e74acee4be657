//! TLS for the client: rustls on ring, and a verifier that loads roots only when a certificate has come.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};

use crate::system::limits;
use crate::transport::tls::algorithms::SUPPORTED;
use crate::transport::tls::bundle::Bundle;
use crate::transport::tls::bundle_error::BundleError;
use crate::transport::tls::certificate_problem::{CertificateProblem, ProblemKind};
use crate::transport::tls::diagnosis;
use crate::transport::tls::trust::{self, OwnEmulator, Trust};
use crate::transport::tls::verify::{Shown, possible};

/// The one place that chooses the cryptography. Not aws-lc-rs: it costs 33 ms at the first random number
/// (docs/decisions/cryptography.md). Named explicitly everywhere, because the workspace's other half turns on a second provider.
fn provider() -> CryptoProvider {
    CryptoProvider { signature_verification_algorithms: SUPPORTED, ..rustls::crypto::ring::default_provider() }
}

/// What is trusted, ready for one connection: a bundle is open, and known to have a certificate.
pub(crate) struct Prepared {
    trust: Trust,
    bundle: Option<Bundle>,
    own_emulator: Arc<OwnEmulator>,
}

/// Who vouches for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voucher {
    /// An authority of those to be trusted.
    Trusted,
    /// The authority in this user's data folder, which is trusted beside them.
    OwnEmulator,
}

/// Opens the bundle, where one is named.
///
/// # Errors
///
/// When it cannot be used. Nothing was sent yet then.
pub(crate) fn prepare(trust: &Trust, own_emulator: &Arc<OwnEmulator>) -> Result<Prepared, BundleError> {
    let bundle = match trust {
        Trust::Default => None,
        Trust::Bundle { path, named_by } => Some(Bundle::open(path, named_by)?),
    };
    Ok(Prepared { trust: trust.clone(), bundle, own_emulator: Arc::clone(own_emulator) })
}

/// A configuration for one connection.
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
    /// Read once.
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
        // This user's own emulator is trusted beside the usual authorities.
        if shown.is_local() {
            let found = possible(self.own_emulator.certificates(), &shown.chain());
            match shown.check_anchors(&found) {
                Ok(()) if !found.is_empty() => return Ok(Voucher::OwnEmulator),
                Ok(())
                | Err(ProblemKind::UnknownIssuer { .. } | ProblemKind::OtherKey { .. } | ProblemKind::SelfSigned) => {}
                // It is that emulator, and something else is wrong, its name above all.
                Err(problem) => return Err(problem),
            }
        }
        // Files that cannot be opened look like authorities that are not known.
        match limits::of_files().and_then(|error| error.raw_os_error()) {
            Some(number) => Err(ProblemKind::TooManyFiles(number)),
            None => usual.map(|()| Voucher::Trusted),
        }
    }

    /// Where nothing is known of what was shown, the problem is about the handshake.
    fn refuse(&self, shown: Option<&Shown<'_>>, kind: ProblemKind) -> Error {
        let emulator = shown.and_then(diagnosis::emulator_of_another_name);
        let is_local = shown.is_some_and(Shown::is_local);
        let problem = CertificateProblem { trust: self.trust.clone(), is_local, emulator, kind };
        CertificateError::Other(OtherError(Arc::new(problem))).into()
    }
}

/// The roots that browsers ship, then those of this machine: they cost 4 ms (docs/decisions/cryptography.md).
fn check_usual(shown: &Shown<'_>) -> Result<(), ProblemKind> {
    match shown.check_roots(webpki_roots::TLS_SERVER_ROOTS) {
        Err(ProblemKind::UnknownIssuer { .. } | ProblemKind::SelfSigned) => {
            shown.check_anchors(&possible(trust::machine_certificates(), &shown.chain()))
        }
        other => other,
    }
}

/// A bundle: what is likely at first, then what is possible.
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
