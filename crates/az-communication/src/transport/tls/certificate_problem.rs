//! Why a certificate cannot be trusted: as data, in words, and what to do about it.

use std::fmt;
use std::io;
use std::net::IpAddr;

use acs_identity_protocol::time::whole_seconds;
use azure_core::time::OffsetDateTime;

use crate::system::system_text;
use crate::transport::tls::bundle_error::BundleError;
use crate::transport::tls::trust::Trust;

/// Why a certificate cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateProblem {
    /// Whom to trust.
    pub(crate) trust: Trust,
    /// Whether the server is on this machine, as an emulator is.
    pub(crate) is_local: bool,
    /// Where an emulator has another name than the one that it was asked for.
    pub(crate) emulator: Option<EmulatorNames>,
    pub(crate) kind: ProblemKind,
}

/// The names in the certificate of an emulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EmulatorNames {
    /// The one that is not in it, and was asked for.
    pub(crate) asked: String,
    pub(crate) names: Vec<String>,
}

/// Which certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// The server's own.
    Server,
    /// One that the server sent with it, of the authority with that name.
    Intermediate(String),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    /// The bundle cannot be read, or no longer.
    Bundle(BundleError),
    /// Authorities could not be looked for, because the process may not open another file. The system's number of the error.
    TooManyFiles(i32),
    /// The server signed it itself, and nobody named it.
    SelfSigned,
    /// The issuer at the end of what the server sent is not known. Whether the server sent its self-signed certificate.
    UnknownIssuer { issuer: String, sent: bool },
    /// An authority of that name is known, and it has another key.
    OtherKey { issuer: String },
    /// It is valid until that second since 1970.
    Expired(Who, i64),
    /// It is valid from that second since 1970 on.
    NotValidYet(Who, i64),
    /// It is for other hosts: their names.
    OtherName(Vec<String>),
    /// It has the address of the endpoint as the name of a host, where it must stand as an address.
    AddressAsName(IpAddr),
    /// An authority may not sign for that host.
    NameConstraints,
    /// An RSA key of so many bits.
    KeySize(Who, usize),
    /// A kind of key that is not supported.
    Key(Who, String),
    /// A kind of signature that is not supported.
    Signature(Who, String),
    /// The signature is wrong.
    BadSignature(Who),
    /// The authority that the bundle or this machine trusts may not sign it.
    Anchor(String, AnchorFault),
    /// What issued another certificate is not an authority.
    NotAnAuthority(String),
    /// More authorities stand between than one of them allows.
    PathLength,
    /// It is not for servers.
    Purpose(Who),
    /// Its key may not be used for this: signing certificates, or TLS for the server's.
    KeyUsage(Who),
    /// Netscape's type of the server's certificate is not that of a server.
    NetscapeType,
    /// The certificate of an authority, not of a server.
    Authority,
    /// More certificates than are looked at.
    TooMany,
    /// An extension that must be understood and is not, by its object identifier.
    CriticalExtension(Who, String),
    /// It cannot be read, or is not valid.
    Malformed,
    /// The server sent none.
    Missing,
}

/// Why an authority may not sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AnchorFault {
    Expired(i64),
    NotValidYet(i64),
    NotAnAuthority,
    PathLength,
    KeyUsage,
    Purpose,
    CriticalExtension(String),
    /// OpenSSL's settings in the bundle say so.
    Distrusted,
}

/// The most authorities between a server and its root.
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
            Self::Expired(at) => write!(f, "has expired, on {}", date(*at)),
            Self::NotValidYet(at) => write!(f, "is not valid yet, but from {} on", date(*at)),
            Self::NotAnAuthority => f.write_str("is not an authority, and may sign no other certificate"),
            Self::PathLength => f.write_str("allows fewer authorities below it than there are (path length)"),
            Self::KeyUsage => f.write_str("may not sign certificates (key usage)"),
            Self::Purpose => f.write_str("may not sign certificates of servers (extended key usage)"),
            Self::CriticalExtension(id) => write!(f, "has a critical extension that is not supported, {id}"),
            Self::Distrusted => f.write_str("is marked there as not trusted for servers"),
        }
    }
}

/// Without a full stop, to stand behind `The certificate of HOST cannot be trusted: `.
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
                write!(f, "its issuer '{issuer}' is known with another key than the one that signed it")
            }
            K::Expired(who, at) => write!(f, "{who} has expired, on {}", date(*at)),
            K::NotValidYet(who, at) => write!(f, "{who} is not valid yet, but from {} on", date(*at)),
            K::OtherName(names) if names.is_empty() => f.write_str("it names no host (subjectAltName)"),
            K::OtherName(names) => write!(f, "it is for another name: {}", list(names)),
            K::AddressAsName(address) => {
                write!(f, "the address {address} stands in it as a DNS name, and must be an IP name (subjectAltName)")
            }
            K::NameConstraints => f.write_str("its authority may not sign for this name (name constraints)"),
            K::KeySize(who, bits) => write!(f, "{who} has an RSA key of {bits} bits, and 2048 to 8192 are supported"),
            K::Key(who, key) => write!(f, "{who} has a kind of key that is not supported, {key}"),
            K::Signature(who, algorithm) => {
                write!(f, "{who} has a kind of signature that is not supported, {algorithm}")
            }
            K::BadSignature(who) => write!(f, "{who} has a wrong signature"),
            K::Anchor(name, fault) => match &self.trust {
                Trust::Default => write!(f, "its authority '{name}', trusted by this machine, {fault}"),
                trust => write!(f, "its authority '{name}', in {trust}, {fault}"),
            },
            K::NotAnAuthority(name) => {
                write!(f, "its issuer '{name}' is not an authority, and may sign no other certificate")
            }
            K::PathLength => {
                f.write_str("one of its issuers allows fewer authorities below it than there are (path length)")
            }
            K::KeyUsage(who @ Who::Server) => write!(f, "{who} is not for TLS (key usage)"),
            K::KeyUsage(who) => write!(f, "{who} may not sign certificates (key usage)"),
            K::NetscapeType => f.write_str("it is not for servers (Netscape's type of certificate)"),
            K::Purpose(who) => write!(f, "{who} is not for servers (extended key usage)"),
            K::Authority => f.write_str("it is the certificate of an authority, not of a server"),
            K::TooMany => write!(f, "more than {MOST_BETWEEN} authorities stand between it and its root"),
            K::CriticalExtension(who, id) => write!(f, "{who} has a critical extension that is not supported, {id}"),
            K::Malformed => f.write_str("it, or one that was sent with it, is malformed"),
            K::Missing => f.write_str("the server sent none"),
        }
    }
}

/// As many as fit into a line.
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
    /// The problem within an error of TLS. Those that the verifier did not make itself are about what was shown.
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

    /// Whether the clock of this machine decides about it.
    pub(crate) fn is_about_time(&self) -> bool {
        matches!(
            self.kind,
            ProblemKind::Expired(..)
                | ProblemKind::NotValidYet(..)
                | ProblemKind::Anchor(_, AnchorFault::Expired(_) | AnchorFault::NotValidYet(_))
        )
    }
}
