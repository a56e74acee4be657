//! Texts for a TLS handshake that fails for a reason other than a certificate.

use rustls::{AlertDescription as Alert, Error, PeerIncompatible};

/// Returns the reason why there is no secure connection, without a full stop.
pub(crate) fn text(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => match alert {
            Alert::HandshakeFailure | Alert::InsufficientSecurity => {
                "the server refused the handshake, most often because it has no supported cipher suite".into()
            }
            Alert::ProtocolVersion | Alert::InappropriateFallback => no_version(),
            Alert::UnrecognisedName => "the server does not know this name".into(),
            alert if wants_client_certificate(*alert) => {
                "the server requires a client certificate, which is not supported".into()
            }
            alert => format!("the server ended the connection with the alert {}", number(*alert)),
        },
        Error::PeerIncompatible(why) => match why {
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => no_version(),
            PeerIncompatible::NoCipherSuitesInCommon => "the server has no supported cipher suite".into(),
            PeerIncompatible::NoKxGroupsInCommon => "the server has no supported key exchange".into(),
            PeerIncompatible::NoSignatureSchemesInCommon => "the server has no supported kind of signature".into(),
            _ => "the server requires a feature of TLS that is not supported".into(),
        },
        Error::DecryptError => "the data of the server cannot be decrypted".into(),
        Error::FailedToGetCurrentTime => "this machine's clock shows a time before 1970".into(),
        Error::FailedToGetRandomBytes => "this machine cannot generate random numbers".into(),
        _ => "the server violates the protocol".into(),
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
