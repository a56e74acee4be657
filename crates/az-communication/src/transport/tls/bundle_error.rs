//! Why a bundle of certificates cannot be used.

use std::fmt;
use std::path::PathBuf;

/// Why the bundle that a variable names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleError {
    /// `REQUESTS_CA_BUNDLE`, say.
    pub(crate) named_by: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) fault: BundleFault,
}

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BundleFault {
    /// Nothing is there.
    Missing,
    /// It cannot be read, with the system's words.
    Unreadable(String),
    /// A pipe, a socket, a device: anything that is not a file or a directory.
    NotAFile(&'static str),
    /// A directory in which nothing has a name that OpenSSL looks for.
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
    /// PEM of other kinds: their labels.
    OtherPem(Vec<String>),
    /// A block says that it is a certificate and is not one.
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
            F::OtherPem(labels) => write!(f, "is PEM without a certificate: it has {}", labels.join(", ")),
            F::Damaged => f.write_str("has a certificate in PEM that is cut off or malformed"),
        }?;
        f.write_str(".")
    }
}

impl std::error::Error for BundleError {}
