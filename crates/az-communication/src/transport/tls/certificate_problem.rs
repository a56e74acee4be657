//! Reasons why a certificate cannot be trusted, as data and in words.

use std::fmt;
use std::io;
use std::net::IpAddr;

use acs_identity_protocol::time::whole_seconds;
use azure_core::time::OffsetDateTime;

use crate::system::system_text;
use crate::transport::tls::bundle_error::BundleError;
use crate::transport::tls::trust::Trust;

/// The reason why a certificate cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateProblem {
    /// The authorities that are trusted.
    pub(crate) trust: Trust,
    /// Whether the server is on this machine, as an emulator usually is.
    pub(crate) is_local: bool,
    /// The names of an emulator that was addressed by another name.
    pub(crate) emulator: Option<EmulatorNames>,
    pub(crate) kind: ProblemKind,
}

/// The names in the certificate of an emulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmulatorNames {
    /// The name in the request, which is not in the certificate.
    pub(crate) asked: String,
    pub(crate) names: Vec<String>,
}

/// A certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// The server's own certificate.
    Server,
    /// A certificate that the server sent with it. The field is the name of the authority.
    Intermediate(String),
}

/// The kind of problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// The bundle cannot be read, or cannot be read any more.
    Bundle(BundleError),
    /// Authorities could not be read, because the process cannot open another file. The field is the system's error
    /// number.
    TooManyFiles(i32),
    /// The server signed the certificate itself, and it is not in a bundle.
    SelfSigned,
    /// The issuer at the end of the server's chain is not known. `sent` says whether the server sent the issuer's
    /// self-signed certificate.
    UnknownIssuer { issuer: String, sent: bool },
    /// An authority with this name is known, but it has another key.
    OtherKey { issuer: String },
    /// The certificate has expired. The number is its end in seconds since 1970.
    Expired(Who, i64),
    /// The certificate is not valid yet. The number is its start in seconds since 1970.
    NotValidYet(Who, i64),
    /// The certificate is for other hosts. The field holds their names.
    OtherName(Vec<String>),
    /// The certificate has the address of the endpoint as a DNS name, but it must be an IP address.
    AddressAsName(IpAddr),
    /// The name constraints of an authority exclude this host.
    NameConstraints,
    /// An RSA key with an unsupported number of bits.
    KeySize(Who, usize),
    /// A key algorithm that is not supported.
    Key(Who, String),
    /// A signature algorithm that is not supported.
    Signature(Who, String),
    /// The signature is wrong.
    BadSignature(Who),
    /// The authority in the bundle or on this machine may not sign this certificate.
    Anchor(String, AnchorFault),
    /// The issuer of another certificate is not an authority.
    NotAnAuthority(String),
    /// There are more authorities between the server and the root than one of them permits.
    PathLength,
    /// The extended key usage does not permit servers.
    Purpose(Who),
    /// The key usage does not permit this use: signing certificates, or TLS for the server's certificate.
    KeyUsage(Who),
    /// Netscape's certificate type is not the type of a server.
    NetscapeType,
    /// It is the certificate of an authority, not of a server.
    Authority,
    /// There are more certificates than are checked.
    TooMany,
    /// A critical extension that is not supported. The field is its object identifier.
    CriticalExtension(Who, String),
    /// The certificate cannot be parsed, or it is not valid.
    Malformed,
    /// The server sent no certificate.
    Missing,
}

/// The reason why an authority may not sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AnchorFault {
    Expired(i64),
    NotValidYet(i64),
    NotAnAuthority,
    PathLength,
    KeyUsage,
    Purpose,
    CriticalExtension(String),
    /// OpenSSL's trust settings in the bundle forbid it.
    Distrusted,
}

/// The maximum number of authorities between a server and its root.
pub(crate) const MOST_BETWEEN: usize = 6;

impl std::error::Error for CertificateProblem {}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("it"),
            Self::Intermediate(name) => write!(f, "the certificate of its issuer '{name}'"),
        }
    }
}

impl fmt::Display for AnchorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(at) => write!(f, "expired on {}", date(*at)),
            Self::NotValidYet(at) => write!(f, "is not valid before {}", date(*at)),
            Self::NotAnAuthority => f.write_str("is not an authority and must not sign other certificates"),
            Self::PathLength => f.write_str("permits fewer authorities below it (path length)"),
            Self::KeyUsage => f.write_str("may not sign certificates (key usage)"),
            Self::Purpose => f.write_str("may not sign certificates of servers (extended key usage)"),
            Self::CriticalExtension(id) => write!(f, "has a critical extension that is not supported, {id}"),
            Self::Distrusted => f.write_str("is marked there as not trusted for servers"),
        }
    }
}

/// The text has no full stop. It follows `The certificate of HOST cannot be trusted: `.
impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ProblemKind as K;
        match &self.kind {
            K::Bundle(error) => write!(f, "{}", error.to_string().trim_end_matches('.')),
            K::TooManyFiles(number) => f.write_str(&system_text(&io::Error::from_raw_os_error(*number))),
            K::SelfSigned => match &self.trust {
                Trust::Default => f.write_str("it is self-signed"),
                trust => write!(f, "it is self-signed, and not in {trust}"),
            },
            K::UnknownIssuer { issuer, .. } => match &self.trust {
                Trust::Default if self.is_local => f.write_str("it was issued by an unknown authority"),
                Trust::Default => write!(f, "it was issued by an unknown authority, '{issuer}'"),
                trust => write!(f, "it was issued by an unknown authority: '{issuer}' is not in {trust}"),
            },
            K::OtherKey { issuer } => {
                write!(f, "its issuer '{issuer}' is known, but its key is not the key that signed the certificate")
            }
            K::Expired(who, at) => write!(f, "{who} expired on {}", date(*at)),
            K::NotValidYet(who, at) => write!(f, "{who} is not valid before {}", date(*at)),
            K::OtherName(names) if names.is_empty() => f.write_str("it contains no host name (subjectAltName)"),
            K::OtherName(names) => write!(f, "it is valid only for other names: {}", list(names)),
            K::AddressAsName(address) => {
                write!(f, "the address {address} is in it as a DNS name, but must be an IP address (subjectAltName)")
            }
            K::NameConstraints => f.write_str("its authority may not sign for this name (name constraints)"),
            K::KeySize(who, bits) => {
                write!(f, "{who} has an RSA key of {bits} bits, but only 2048 to 8192 bits are supported")
            }
            K::Key(who, key) => write!(f, "{who} has a key of an unsupported kind, {key}"),
            K::Signature(who, algorithm) => {
                write!(f, "{who} has a signature of an unsupported kind, {algorithm}")
            }
            K::BadSignature(who) => write!(f, "{who} has an invalid signature"),
            K::Anchor(name, fault) => match &self.trust {
                Trust::Default => write!(f, "its authority '{name}', trusted by this machine, {fault}"),
                trust => write!(f, "its authority '{name}', in {trust}, {fault}"),
            },
            K::NotAnAuthority(name) => {
                write!(f, "its issuer '{name}' is not an authority and must not sign other certificates")
            }
            K::PathLength => f.write_str("one of its issuers permits fewer authorities below it (path length)"),
            K::KeyUsage(who @ Who::Server) => write!(f, "{who} is not for TLS (key usage)"),
            K::KeyUsage(who) => write!(f, "{who} may not sign certificates (key usage)"),
            K::NetscapeType => f.write_str("it is not for servers (Netscape's type of certificate)"),
            K::Purpose(who) => write!(f, "{who} is not for servers (extended key usage)"),
            K::Authority => f.write_str("it is the certificate of an authority, not of a server"),
            K::TooMany => write!(f, "there are more than {MOST_BETWEEN} authorities between it and its root"),
            K::CriticalExtension(who, id) => write!(f, "{who} has a critical extension that is not supported, {id}"),
            K::Malformed => f.write_str("it, or another certificate that was sent with it, is malformed"),
            K::Missing => f.write_str("the server sent no certificate"),
        }
    }
}

/// Returns as many names as fit on a line.
pub(crate) fn list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0..=SHOWN => shown,
        more => format!("{shown} and {} more", more - SHOWN),
    }
}

pub(crate) fn date(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds).map_or_else(|_| format!("second {seconds}"), whole_seconds)
}

impl CertificateProblem {
    /// Returns the problem in an error of TLS. An error that did not come from our verifier says that the certificates
    /// are missing or malformed.
    pub(crate) fn of(error: &rustls::Error) -> Self {
        if let rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) = error
            && let Some(problem) = other.0.downcast_ref::<Self>()
        {
            return problem.clone();
        }
        let kind = match error {
            rustls::Error::NoCertificatesPresented => ProblemKind::Missing,
            _ => ProblemKind::Malformed,
        };
        Self { trust: Trust::Default, is_local: false, emulator: None, kind }
    }

    /// Checks whether the problem depends on the clock of this machine.
    pub(crate) fn is_about_time(&self) -> bool {
        matches!(
            self.kind,
            ProblemKind::Expired(..)
                | ProblemKind::NotValidYet(..)
                | ProblemKind::Anchor(_, AnchorFault::Expired(_) | AnchorFault::NotValidYet(_))
        )
    }
}
