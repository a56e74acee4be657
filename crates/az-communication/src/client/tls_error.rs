//! The words about errors of TLS.

/// Why a certificate cannot be trusted.
pub(super) fn certificate_text(error: &rustls::Error) -> String {
    use rustls::CertificateError as E;
    match error {
        rustls::Error::InvalidCertificate(error) => match error {
            E::UnknownIssuer => "it was issued by an unknown authority".into(),
            E::Expired | E::ExpiredContext { .. } => "it has expired".into(),
            E::NotValidYet | E::NotValidYetContext { .. } => "it is not valid yet".into(),
            E::NotValidForName | E::NotValidForNameContext { .. } => "it is for another name".into(),
            other => other.to_string(),
        },
        rustls::Error::General(text) => text.clone(),
        other => other.to_string(),
    }
}
