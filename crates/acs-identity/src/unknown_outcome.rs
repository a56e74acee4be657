//! The error of a creation whose answer is lost.

use std::fmt;

use azure_core::Value;
use azure_core::error::ErrorKind;

use crate::models::UserId;

/// It is not known whether an identity was created, because the answer did not come, says that the service
/// failed, or cannot be read.
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
    user: Option<UserId>,
}

impl UnknownOutcome {
    pub(crate) fn new(cause: azure_core::Error) -> Self {
        let user = match cause.kind() {
            ErrorKind::HttpResponse { status, raw_response: Some(response), .. } if status.is_success() => {
                created_user(response.body())
            }
            _ => None,
        };
        Self { cause, user }
    }

    /// Makes the outcome of a creation whose answer has the raw id, but not all of the rest.
    pub(crate) fn with_user(cause: azure_core::Error, user: UserId) -> Self {
        Self { cause, user: Some(user) }
    }

    /// Returns the raw id of the new user, if the answer has it although the call failed.
    pub fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
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
        match &self.user {
            Some(user) => write!(f, "{user} was created, but the rest of the answer cannot be used"),
            None => f.write_str("it is not known whether the identity was created"),
        }
    }
}

impl std::error::Error for UnknownOutcome {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Returns the raw id in the answer to a creation, whatever else the answer has.
pub(crate) fn created_user(body: &[u8]) -> Option<UserId> {
    let answer: Value = azure_core::json::from_json(body).ok()?;
    UserId::try_from(answer.pointer("/identity/id")?.as_str()?).ok()
}
