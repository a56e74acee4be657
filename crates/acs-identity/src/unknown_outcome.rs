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
/// Call again: the next identity is another one. One that was created before stays unused and costs nothing, and nobody
/// has its token, if the call asked for one. A custom id prevents this, because it always gives the same identity
/// ([`custom_id`](crate::models::CreateIdentityRequest::custom_id), api-version 2025-03-02-preview).
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
