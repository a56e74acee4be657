//! The reasons why the core refuses an operation. The edge decides how clients are told.

use acs_identity_protocol::models::PrincipalType;
use acs_identity_protocol::scope::TokenScope;
use time::OffsetDateTime;

use super::faults::{SignInFault, TokenFault};
use crate::random::NoRandom;
use crate::store::StoreError;

pub(crate) type Refused<T> = Result<T, Refusal>;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request lacks a field.
    Missing(Field),
    /// The field is not a GUID.
    NotAGuid(Field),
    /// The length of the custom id, in characters, is out of range.
    CustomIdLength { least: usize, most: usize },
    /// The length of the filter for identities, in characters, is out of range.
    FilterLength { least: usize, most: usize },
    /// The filter for identities contains the character U+0000.
    FilterWithNul,
    /// The lifetime of an access token is out of range.
    Lifetime { minutes: i64, least: i64, most: i64 },
    /// The list of scopes is empty.
    NoScopes,
    /// The api-version does not have the scope.
    UnknownScope(TokenScope),
    /// The assignment cannot be for a principal of this type.
    PrincipalType(PrincipalType),
    /// A bulk change names the object more than once.
    RepeatedObject(String),
    /// The lifetime of an Entra token is out of range.
    EntraLifetime { most_seconds: i64 },
    /// The clock cannot show that time.
    ClockTime { earliest: OffsetDateTime, latest: OffsetDateTime },
    /// The clock cannot be moved that far.
    ClockMove { earliest: OffsetDateTime, latest: OffsetDateTime },

    /// The endpoint for web pages has made as many identities as it may.
    TooManyIdentities { most: u32 },

    /// The identity belongs to another resource.
    NotOwned,
    /// The identity does not exist.
    IdentityNotFound,
    /// The assignment does not exist.
    AssignmentNotFound,

    /// The request holds no Entra token to exchange.
    NoTokenToExchange,
    /// The Entra token to exchange cannot be used.
    TokenToExchange(TokenFault),
    /// The Entra token to exchange was issued to an application other than the one that the request names.
    OtherApplication,
    /// The Entra token to exchange was issued to a user other than the one that the request names.
    OtherUser,
    /// The user of an exchange has no assignment, or none for this application.
    NotAssigned,
    /// The Entra token to exchange grants no scope of the service.
    NothingGranted,

    /// The Entra token does not authenticate a management call.
    ManagementToken(TokenFault),
    /// The token of a workload is not accepted as an assertion.
    Assertion(TokenFault),
    /// A sign-in by device code cannot go on.
    SignIn(SignInFault),

    /// The file with a whole state cannot be imported.
    StateFile(String),
    /// The emulator has identities or assignments, and the import was not asked to replace them.
    StateInUse,

    /// The access key of the caller was regenerated while the request was being processed.
    KeyGone,
    /// The request was answered with old copies of the data of a shared store. Nothing was done.
    Stale,
    /// Two requests regenerated the same access key at once, and the other one was first.
    KeyMoved,
    /// The store cannot execute the operation.
    Store(StoreError),
    /// A fault of the emulator itself.
    Fault(String),
}

/// A field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    AppId,
    /// One of the `ClientIds`.
    ClientId,
    ClientIds,
    ObjectId,
    PrincipalType,
    Scopes,
    TenantId,
    UserId,
}

impl Refusal {
    pub(super) fn fault(cause: impl std::fmt::Display) -> Self {
        Self::Fault(cause.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NoRandom> for Refusal {
    fn from(error: NoRandom) -> Self {
        Self::fault(error)
    }
}
