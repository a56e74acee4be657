//! Problems with Entra tokens and sign-ins.

/// Why an Entra token cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It is not a JWT.
    NotAJwt,
    /// None of the issuers that may have signed it did.
    UnknownIssuer,
    /// It is an access token that the service has issued to a user.
    AccessTokenOfUser,
    /// Its claims are malformed.
    Malformed,
    /// It has expired.
    Expired,
    /// It is not valid yet.
    NotYetValid,
    /// The access key with which it was requested was regenerated.
    KeyRegenerated,
    /// It is for this audience, which is not the expected one.
    OtherAudience(String),
    /// It lacks this permission.
    LacksPermission(&'static str),
}

/// Why a sign-in by device code cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInFault {
    /// The client id is too long.
    ClientTooLong,
    /// The scope is too long.
    ScopeTooLong,
    /// The code is unknown, has expired, or was used.
    UnknownCode,
    /// The code was issued to another client.
    OtherClient,
    /// The code was issued in another tenant.
    OtherTenant,
}
