//! Decides by the type of an error whether a client ended a TLS connection because of the certificate.

use std::error::Error;
use std::io;

use rustls::AlertDescription;

/// The client ended the connection when it had the certificate, without an alert and without a request. Node.js and the
/// HTTP client of Java do so.
const ENDED_WITHOUT_REQUEST: &str = "ended_without_request";

/// Returns the reason if the client sent an alert about the certificate.
fn reason_of(error: &io::Error) -> Option<&'static str> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::AlertReceived(alert)) = error.downcast_ref() {
            return about_certificate(*alert);
        }
        next = match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}

/// Returns the reason if a connection failed with this error because of the certificate, which the client has got. The
/// client has not sent a request yet.
pub(crate) fn reason_before_requests(error: &io::Error) -> Option<&'static str> {
    let is_ended = matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset);
    reason_of(error).or(is_ended.then_some(ENDED_WITHOUT_REQUEST))
}

/// Returns the name of an alert in RFC 8446 if it is about the certificate.
fn about_certificate(alert: AlertDescription) -> Option<&'static str> {
    match alert {
        AlertDescription::UnknownCA => Some("unknown_ca"),
        AlertDescription::BadCertificate => Some("bad_certificate"),
        AlertDescription::CertificateUnknown => Some("certificate_unknown"),
        AlertDescription::CertificateExpired => Some("certificate_expired"),
        AlertDescription::CertificateRevoked => Some("certificate_revoked"),
        AlertDescription::UnsupportedCertificate => Some("unsupported_certificate"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_alerts_about_the_certificate_are_refusals_of_it() {
        let alert = |alert| io::Error::new(io::ErrorKind::InvalidData, rustls::Error::AlertReceived(alert));
        assert_eq!(reason_of(&alert(AlertDescription::UnknownCA)), Some("unknown_ca"));
        assert_eq!(reason_of(&io::Error::other(alert(AlertDescription::BadCertificate))), Some("bad_certificate"));
        for error in [
            alert(AlertDescription::ProtocolVersion),
            alert(AlertDescription::UserCanceled),
            io::Error::other(rustls::Error::HandshakeNotComplete),
            // The words of an error say nothing.
            io::Error::other("received fatal alert: UnknownCA"),
            io::ErrorKind::UnexpectedEof.into(),
        ] {
            assert_eq!(reason_of(&error), None, "{error:?}");
        }
    }

    #[test]
    fn the_end_of_a_connection_without_a_request_and_without_an_alert_is_a_refusal() {
        for (kind, reason) in [
            (io::ErrorKind::UnexpectedEof, Some("ended_without_request")),
            (io::ErrorKind::ConnectionReset, Some("ended_without_request")),
            // The emulator itself has cut it.
            (io::ErrorKind::ConnectionAborted, None),
        ] {
            assert_eq!(reason_before_requests(&kind.into()), reason, "{kind}");
        }
    }
}
