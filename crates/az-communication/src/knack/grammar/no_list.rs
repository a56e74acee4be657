//! `user list`: a command that people look for, and for which the service has no operation.

/// The groups in which people look for it.
const GROUPS: [&str; 6] = [
    "communication identity",
    "communication identity user",
    "communication identity token",
    "communication user-identity",
    "communication user-identity user",
    "communication user-identity token",
];

/// Why the command does not exist, and what to do instead.
pub const HINTS: [&str; 2] = [
    "The service cannot list identities or tokens, so keep the ids of the identities that you create.",
    "With AZURE_COMMUNICATION_LEDGER=FILE, or [communication] ledger = FILE in the config file, every command that creates \
     or deletes users writes their ids to FILE.",
];

/// Checks whether this word below a group asks for a list of users or tokens.
pub fn is_asked_for(group: &str, word: &str) -> bool {
    word.eq_ignore_ascii_case("list") && GROUPS.contains(&group)
}
