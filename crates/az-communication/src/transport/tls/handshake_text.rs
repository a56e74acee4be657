//! Texts for a TLS handshake that fails for a reason other than a certificate.

use rustls::{AlertDescription as Alert, Error, PeerIncompatible};

/// Returns the reason why there is no secure connection, without a full stop.
pub(crate) fn text(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => match alert {
            Alert::HandshakeFailure | Alert::InsufficientSecurity => {
                "the server refused the handshake, most often because it has no cipher suite that is supported".into()
            }
            Alert::ProtocolVersion | Alert::InappropriateFallback => no_version(),
            Alert::UnrecognisedName => "the server does not know this name".into(),
            alert if wants_client_certificate(*alert) => {
                "the server wants a certificate of the client, which is not supported".into()
            }
            alert => format!("the server ended it with the alert {}", number(*alert)),
        },
        Error::PeerIncompatible(why) => match why {
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => no_version(),
            PeerIncompatible::NoCipherSuitesInCommon => "the server has no cipher suite that is supported".into(),
            PeerIncompatible::NoKxGroupsInCommon => "the server has no key exchange that is supported".into(),
            PeerIncompatible::NoSignatureSchemesInCommon => {
                "the server has no kind of signature that is supported".into()
            }
            _ => "the server needs something of TLS that is not supported".into(),
        },
        Error::DecryptError => "what the server sent cannot be decrypted".into(),
        Error::FailedToGetCurrentTime => "this machine's clock says a time before 1970".into(),
        Error::FailedToGetRandomBytes => "this machine has no random numbers".into(),
        _ => "the server does not follow the protocol".into(),
    }
}

/// Checks whether a server sends this alert when it does not accept the client's certificate or requires one.
pub(crate) fn wants_client_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::NoCertificate
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

fn no_version() -> String {
    "the server speaks neither TLS 1.2 nor TLS 1.3".into()
}

fn number(alert: Alert) -> u8 {
    alert.into()
}
