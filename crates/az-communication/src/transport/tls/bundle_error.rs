//! Errors of a bundle of certificates.

use std::fmt;
use std::path::PathBuf;

/// The reason why the bundle that a variable names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleError {
    /// The variable, such as `REQUESTS_CA_BUNDLE`.
    pub(crate) named_by: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) fault: BundleFault,
}

/// The fault of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BundleFault {
    /// The file does not exist.
    Missing,
    /// It cannot be read. The field is the system's error text.
    Unreadable(String),
    /// It is not a file or a directory, but a pipe, a socket or a device.
    NotAFile(&'static str),
    /// A directory without files under OpenSSL's hashed names.
    NotHashed,
    /// It is empty.
    Empty,
    /// It is larger than 64 MiB.
    TooLarge,
    /// A certificate in DER.
    Der,
    /// Text in UTF-16.
    Utf16,
    /// Neither PEM nor DER.
    Binary,
    /// Text without PEM.
    Text,
    /// PEM of other kinds. The field holds their labels.
    OtherPem(Vec<String>),
    /// A block has the label of a certificate, but its content is malformed.
    Damaged,
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use BundleFault as F;
        write!(f, "{}, named by {}, ", self.path.display(), self.named_by)?;
        match &self.fault {
            F::Missing => f.write_str("cannot be read: it does not exist"),
            F::Unreadable(why) => write!(f, "cannot be read: {why}"),
            F::NotAFile(what) => write!(f, "is {what}, not a file"),
            F::NotHashed => f.write_str("is a directory without certificates under hashed names, such as 5ed36f99.0"),
            F::Empty => f.write_str("is empty"),
            F::TooLarge => f.write_str("is larger than 64 MiB"),
            F::Der => f.write_str("is a certificate in DER, not in PEM"),
            F::Utf16 => f.write_str("is text in UTF-16"),
            F::Binary => f.write_str("is a binary file, not PEM"),
            F::Text => f.write_str("is text without a certificate in PEM"),
            F::OtherPem(labels) => write!(f, "is PEM without a certificate: it contains {}", labels.join(", ")),
            F::Damaged => f.write_str("contains a certificate in PEM that is incomplete or malformed"),
        }?;
        f.write_str(".")
    }
}

impl std::error::Error for BundleError {}
