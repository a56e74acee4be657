//! Why a certificate cannot be trusted: as data, in words, and what to do about it.

use std::fmt;
use std::io;
use std::net::IpAddr;

use acs_identity_protocol::time::whole_seconds;
use azure_core::time::OffsetDateTime;

use super::bundle_error::BundleError;
use super::trust::{DEVELOPMENT_EMULATOR, Trust};
use crate::emulator_files::ANOTHER_EMULATOR;
use crate::error::system_text;
use crate::limits;
use crate::platform::Platform;

/// Why a certificate cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateProblem {
    /// Whom to trust.
    pub(super) trust: Trust,
    /// Whether the server is on this machine, as an emulator is.
    pub(super) is_local: bool,
    /// Where an emulator has another name than the one that it was asked for.
    pub(super) emulator: Option<EmulatorNames>,
    pub(super) kind: ProblemKind,
}

/// The names in the certificate of an emulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EmulatorNames {
    /// The one that is not in it, and was asked for.
    pub(super) asked: String,
    pub(super) names: Vec<String>,
}

/// Which certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// The server's own.
    Server,
    /// One that the server sent with it, of the authority with that name.
    Intermediate(String),
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ProblemKind {
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
pub(super) enum AnchorFault {
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
pub(super) const MOST_BETWEEN: usize = 6;

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
fn list(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0..=SHOWN => shown,
        more => format!("{shown} and {} more", more - SHOWN),
    }
}

fn date(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds).map_or_else(|_| format!("second {seconds}"), whole_seconds)
}

impl CertificateProblem {
    /// The problem within an error of TLS. Those that the verifier did not make itself are about what was shown.
    pub(super) fn of(error: &rustls::Error) -> Self {
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
    pub(super) fn is_about_time(&self) -> bool {
        matches!(
            self.kind,
            ProblemKind::Expired(..)
                | ProblemKind::NotValidYet(..)
                | ProblemKind::Anchor(_, AnchorFault::Expired(_) | AnchorFault::NotValidYet(_))
        )
    }

    /// What to do about it.
    pub(super) fn hints(&self) -> Vec<String> {
        use ProblemKind as K;
        let one = |hint: &str| vec![hint.to_owned()];
        match &self.kind {
            K::Bundle(error) => error.hints(),
            K::TooManyFiles(number) => {
                limits::advice(&io::Error::from_raw_os_error(*number)).map_or_else(Vec::new, one)
            }
            K::SelfSigned | K::UnknownIssuer { .. } | K::OtherKey { .. } => self.trust_hints(),
            K::Expired(..)
            | K::NotValidYet(..)
            | K::Anchor(_, AnchorFault::Expired(_) | AnchorFault::NotValidYet(_)) => {
                let now = date(OffsetDateTime::now_utc().unix_timestamp());
                vec![format!(
                    "This machine's clock says {now}. If it is wrong: {}. If it is right, the certificate must be renewed.",
                    Platform::HERE.set_clock()
                )]
            }
            K::OtherName(names) if names.is_empty() => one("The server needs a certificate with its name."),
            K::AddressAsName(address) => vec![format!(
                "The server needs a certificate with IP:{address} in its subjectAltName, not DNS:{address}."
            )],
            K::OtherName(_) => {
                let mut hints =
                    one("Give one of these names as the host of the endpoint: --connection-string, or --endpoint.");
                hints.extend(self.emulator.as_ref().map(|emulator| {
                    format!("Or start the emulator with --hostname {}, and its certificate names it.", emulator.asked)
                }));
                hints
            }
            K::Anchor(_, AnchorFault::NotAnAuthority) => {
                one("Name the certificate of the authority that issued the server's, or that of the server itself.")
            }
            K::Anchor(_, AnchorFault::Distrusted) => {
                one("openssl x509 -trustout -addtrust serverAuth marks a certificate as trusted for servers.")
            }
            K::Anchor(..) => one("The authority needs another certificate; its operator can tell."),
            K::KeySize(..) | K::Key(..) | K::Signature(..) => one(
                "Supported are RSA keys of 2048 to 8192 bits, P-256, P-384, P-521 and Ed25519, with SHA-256, SHA-384 or \
                 SHA-512. The operator of the server, or of its authority, can issue such a certificate.",
            ),
            K::Authority => {
                one("To trust this very certificate, set REQUESTS_CA_BUNDLE to a file that holds it (PEM).")
            }
            K::TooMany
            | K::NameConstraints
            | K::NotAnAuthority(_)
            | K::PathLength
            | K::Purpose(_)
            | K::KeyUsage(_)
            | K::NetscapeType => one("The server needs another certificate; its operator can tell."),
            K::BadSignature(_) if self.is_local => vec![self.emulator_hint()],
            K::BadSignature(_) | K::CriticalExtension(..) | K::Malformed | K::Missing => {
                one("Does the endpoint name the right server, and does something else answer in its place?")
            }
        }
    }

    /// How an authority comes to be trusted.
    fn trust_hints(&self) -> Vec<String> {
        let mut hints = match &self.trust {
            Trust::Default => {
                vec!["To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM).".to_owned()]
            }
            Trust::Bundle { named_by: DEVELOPMENT_EMULATOR, .. } => Vec::new(),
            Trust::Bundle { path, named_by } => vec![format!(
                "{named_by} lets only the authorities in {} be trusted. Add the certificate of this one (PEM), or unset the \
                 variable to trust the usual authorities.",
                path.display()
            )],
        };
        if let Some(emulator) = &self.emulator {
            hints.push(format!(
                "It is the certificate of an emulator, for {}. To have {} in it, too, start the emulator with --hostname {}.",
                list(&emulator.names),
                emulator.asked,
                emulator.asked
            ));
        }
        if self.is_local {
            hints.push(self.emulator_hint());
        } else if matches!(self.kind, ProblemKind::UnknownIssuer { sent: false, .. }) {
            hints.push("If a usual authority issued it, the server does not send a certificate that is needed.".into());
        }
        hints
    }

    /// Each emulator has an authority of its own, which only those on the same data folder share.
    fn emulator_hint(&self) -> String {
        let what = match &self.trust {
            Trust::Bundle { named_by: DEVELOPMENT_EMULATOR, .. } => ANOTHER_EMULATOR,
            _ => "set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.",
        };
        format!("Another emulator may answer there, one in memory or with another data folder: {what}")
    }
}
