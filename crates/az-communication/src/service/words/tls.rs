//! Hints about TLS handshakes that fail for other reasons than a certificate.

use rustls::{AlertDescription as Alert, Error};

use crate::system::platform::Platform;
use crate::transport::tls::handshake_text::wants_client_certificate;

/// Returns a hint about the failed handshake.
pub(crate) fn hint(error: &Error) -> &'static str {
    match error {
        Error::AlertReceived(alert) if wants_client_certificate(*alert) => {
            "Check that the endpoint names the service itself. The service does not ask for a client certificate, but \
             a gateway may."
        }
        Error::AlertReceived(
            Alert::HandshakeFailure
            | Alert::InsufficientSecurity
            | Alert::ProtocolVersion
            | Alert::InappropriateFallback,
        )
        | Error::PeerIncompatible(_) => {
            "Supported are TLS 1.3, and TLS 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305. The server, or a proxy in \
             between, must offer one of them."
        }
        Error::FailedToGetCurrentTime => Platform::HERE.set_clock_right(),
        _ => "Does the endpoint of the connection string really name an https service?",
    }
}
