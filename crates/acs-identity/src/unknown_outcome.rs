//! The error of a creation whose answer is lost.

use std::fmt;

/// It is not known whether an identity was created, because the answer did not come or says that the service failed.
///
/// The client did not send the request again, since that could create a second identity. This is the source of an
/// [`azure_core::Error`]:
///
/// ```
/// # fn example(error: azure_core::Error) {
/// if error.downcast_ref::<acs_identity::UnknownOutcome>().is_some() {
///     println!("perhaps there is a user whose id nobody knows: {error}");
/// }
/// # }
/// ```
///
/// Such an identity has no token, and costs nothing.
#[derive(Debug)]
pub struct UnknownOutcome {
    cause: azure_core::Error,
}

impl UnknownOutcome {
    pub(crate) fn new(cause: azure_core::Error) -> Self {
        Self { cause }
    }

    /// Returns why there is no answer.
    pub fn cause(&self) -> &azure_core::Error {
        &self.cause
    }

    /// Returns why there is no answer.
    pub fn into_cause(self) -> azure_core::Error {
        self.cause
    }
}

impl fmt::Display for UnknownOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is not known whether the identity was created")
    }
}

impl std::error::Error for UnknownOutcome {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}
