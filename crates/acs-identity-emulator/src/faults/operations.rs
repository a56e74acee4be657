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

/// The names that methods of the SDKs have instead, in lower case and without anything between the words.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("createuser", "createIdentity"),
    ("createuserandtoken", "createIdentity"),
    ("deleteuser", "deleteIdentity"),
    ("gettoken", "issueAccessToken"),
    ("gettokenforteamsuser", "exchangeTeamsUserAccessToken"),
    ("getuser", "getIdentity"),
    ("issuetoken", "issueAccessToken"),
    ("revoketoken", "revokeAccessTokens"),
    ("revoketokens", "revokeAccessTokens"),
];

/// Returns the operation that is meant by the name of a method of an SDK, such as `createUser`, `create_user` or
/// `CreateUserAsync`, or by its own name in another form. `None` if there is none.
pub fn fault_operation_meant(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let plain = plain.strip_suffix("async").unwrap_or(&plain);
    let same = FAULT_OPERATIONS.iter().copied().find(|operation| operation.eq_ignore_ascii_case(plain));
    same.or_else(|| OTHER_NAMES.iter().find(|(other, _)| *other == plain).map(|(_, operation)| *operation))
}

/// Returns what is wrong with names that are separated by commas, if no request has one of them as its operation.
pub(super) fn problem(names: &str) -> Option<String> {
    let unknown = names.split(',').find(|name| !FAULT_OPERATIONS.contains(name))?;
    let (all, shown) = (FAULT_OPERATIONS.join(", "), one_line(unknown, 64));
    Some(match fault_operation_meant(unknown) {
        // The list is long, so the answer is in front of it.
        Some(meant) => format!("cannot be '{shown}'. Did you mean '{meant}'? It must be one of {all}"),
        None => format!("must be one of {all}, but it is '{shown}'"),
    })
}
