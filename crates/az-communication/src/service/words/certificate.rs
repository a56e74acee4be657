//! Hints about certificates that are not trusted and about bundles that cannot be used.

use std::io;

use azure_core::time::OffsetDateTime;

use crate::service::emulator_files::ANOTHER_EMULATOR;
use crate::system::limits;
use crate::system::platform::Platform;
use crate::transport::tls::bundle_error::{BundleError, BundleFault};
use crate::transport::tls::certificate_problem::{AnchorFault, CertificateProblem, ProblemKind, date, list};
use crate::transport::tls::trust::{DEVELOPMENT_EMULATOR, Trust};

/// Returns hints about a certificate.
pub(crate) fn hints(problem: &CertificateProblem) -> Vec<String> {
    use ProblemKind as K;
    let one = |hint: &str| vec![hint.to_owned()];
    match &problem.kind {
        K::Bundle(error) => of_bundle(error),
        K::TooManyFiles(number) => limits::advice(&io::Error::from_raw_os_error(*number)).map_or_else(Vec::new, one),
        K::SelfSigned | K::UnknownIssuer { .. } | K::OtherKey { .. } => trust_hints(problem),
        K::Expired(..) | K::NotValidYet(..) | K::Anchor(_, AnchorFault::Expired(_) | AnchorFault::NotValidYet(_)) => {
            let now = date(OffsetDateTime::now_utc().unix_timestamp());
            vec![format!(
                "This machine's clock says {now}. If it is wrong: {}. If it is right, the certificate must be renewed.",
                Platform::HERE.set_clock()
            )]
        }
        K::OtherName(names) if names.is_empty() => one("The server needs a certificate with its name."),
        K::AddressAsName(address) => {
            vec![format!("The server needs a certificate with IP:{address} in its subjectAltName, not DNS:{address}.")]
        }
        K::OtherName(_) => {
            let mut hints =
                one("Give one of these names as the host of the endpoint: --connection-string, or --endpoint.");
            hints.extend(problem.emulator.as_ref().map(|emulator| {
                format!(
                    "Or start the emulator with --hostname {}, so that its certificate contains the name.",
                    emulator.asked
                )
            }));
            hints
        }
        K::Anchor(_, AnchorFault::NotAnAuthority) => {
            one("Name the certificate of the authority that issued the server's certificate, or the server's \
                certificate itself.")
        }
        K::Anchor(_, AnchorFault::Distrusted) => {
            one("openssl x509 -trustout -addtrust serverAuth marks a certificate as trusted for servers.")
        }
        K::Anchor(..) => one("The authority needs another certificate. Its operator can help."),
        K::KeySize(..) | K::Key(..) | K::Signature(..) => one(
            "Supported are RSA keys of 2048 to 8192 bits, P-256, P-384, P-521 and Ed25519, with SHA-256, SHA-384 or \
             SHA-512. The operator of the server, or of its authority, can issue such a certificate.",
        ),
        K::Authority => one("To trust this certificate itself, set REQUESTS_CA_BUNDLE to a file that contains it \
            (PEM)."),
        K::TooMany
        | K::NameConstraints
        | K::NotAnAuthority(_)
        | K::PathLength
        | K::Purpose(_)
        | K::KeyUsage(_)
        | K::NetscapeType => one("The server needs another certificate. Its operator can help."),
        K::BadSignature(_) if problem.is_local => vec![emulator_hint(problem)],
        K::BadSignature(_) | K::CriticalExtension(..) | K::Malformed | K::Missing => {
            one("Check that the endpoint names the right server, and that no other server answers in its place.")
        }
    }
}

/// Returns hints about how to trust an authority.
fn trust_hints(problem: &CertificateProblem) -> Vec<String> {
    let mut hints = match &problem.trust {
        Trust::Default => {
            vec!["To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM).".to_owned()]
        }
        Trust::Bundle { named_by: DEVELOPMENT_EMULATOR, .. } => Vec::new(),
        Trust::Bundle { path, named_by } => vec![format!(
            "{named_by} restricts trust to the authorities in {}. Add the certificate of this authority (PEM), or \
             unset the variable to trust the usual authorities.",
            path.display()
        )],
    };
    if let Some(emulator) = &problem.emulator {
        hints.push(format!(
            "It is the certificate of an emulator, for {}. To add {} to it, start the emulator with --hostname {}.",
            list(&emulator.names),
            emulator.asked,
            emulator.asked
        ));
    }
    if problem.is_local {
        hints.push(emulator_hint(problem));
    } else if matches!(problem.kind, ProblemKind::UnknownIssuer { sent: false, .. }) {
        hints.push("If a usual authority issued it, the server does not send a certificate that is needed.".into());
    }
    hints
}

/// Returns a hint about an emulator. Each data folder has its own authority.
fn emulator_hint(problem: &CertificateProblem) -> String {
    let what = match &problem.trust {
        Trust::Bundle { named_by: DEVELOPMENT_EMULATOR, .. } => ANOTHER_EMULATOR,
        _ => "set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.",
    };
    format!("Another emulator may answer there, one in memory or with another data folder: {what}")
}

/// Returns hints about a bundle that cannot be used.
pub(crate) fn of_bundle(problem: &BundleError) -> Vec<String> {
    let path = problem.path.display();
    let mut hints = Vec::new();
    match problem.fault {
        BundleFault::NotHashed => {
            hints.push(format!("To give its files the names that are expected: openssl rehash '{path}'"));
        }
        BundleFault::Der => {
            hints.push(format!("To convert it: openssl x509 -inform der -in '{path}' -out FILE.pem"));
        }
        _ => {}
    }
    hints.push(format!(
        "{} must name a PEM file with the certificates of the authorities to trust (-----BEGIN CERTIFICATE-----), or a \
         directory of such files.",
        problem.named_by
    ));
    if problem.named_by.contains('=') {
        return vec![format!("Delete '{path}' and start the emulator again. It then creates the file again.")];
    }
    hints.push("Correct the variable, or unset it to trust the usual authorities.".into());
    hints
}
