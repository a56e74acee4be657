//! The names of the operations that a fault can hit.

use acs_identity_protocol::visible::one_line;

/// The operations that a fault can hit, in any api-version. Users name them, so the command line has the same list.
pub const FAULT_OPERATIONS: &[&str] = &[
    "createIdentity",
    "deleteEntraAssignment",
    "deleteIdentity",
    "deleteTeamsExtensionAssignment",
    "describe",
    "deviceCode",
    "deviceLoginPage",
    "entraKeys",
    "entraMetadata",
    "exchangeEntraAccessToken",
    "exchangeTeamsExtensionAccessToken",
    "exchangeTeamsUserAccessToken",
    "getEntraAssignment",
    "getFrontEndToken",
    "getIdentity",
    "getTeamsExtensionAssignment",
    "introspect",
    "issueAccessToken",
    "issueTokenPreview",
    "listEntraAssignments",
    "managedIdentityToken",
    "oauthToken",
    "patchEntraAssignments",
    "putEntraAssignment",
    "putTeamsExtensionAssignment",
    "revokeAccessTokens",
    "tokenKeys",
    "tokenMetadata",
    "updateIdentity",
];

/// The operations whose response can have an access token of a user.
const TOKEN_OPERATIONS: &[&str] = &[
    "createIdentity",
    "exchangeEntraAccessToken",
    "exchangeTeamsExtensionAccessToken",
    "exchangeTeamsUserAccessToken",
    "getFrontEndToken",
    "issueAccessToken",
    "issueTokenPreview",
];

/// Returns whether the response of an operation can have an access token of a user.
pub(super) fn can_give_token(operation: Option<&str>) -> bool {
    operation.is_some_and(|operation| TOKEN_OPERATIONS.contains(&operation))
}

/// Returns what is wrong with names that are separated by commas, if no request has one of them as its operation.
pub(super) fn problem(names: &str) -> Option<String> {
    let unknown = names.split(',').find(|name| !FAULT_OPERATIONS.contains(name))?;
    Some(format!("must be one of {}, but it is '{}'", FAULT_OPERATIONS.join(", "), one_line(unknown, 64)))
}
