//! `user list`: a command that people look for, and that the service has no operation for.

/// Where they look.
const GROUPS: [&str; 6] = [
    "communication identity",
    "communication identity user",
    "communication identity token",
    "communication user-identity",
    "communication user-identity user",
    "communication user-identity token",
];

/// Why there is none, and what to do.
pub const HINTS: [&str; 2] = [
    "The service cannot list identities or tokens: keep the ids of those that you create.",
    "With AZURE_COMMUNICATION_LEDGER=FILE, or [communication] ledger = FILE in the config file, every command that creates \
     or deletes users writes their ids to FILE.",
];

/// Whether this word below a group asks for a list of users or tokens.
pub fn is_asked_for(group: &str, word: &str) -> bool {
    word.eq_ignore_ascii_case("list") && GROUPS.contains(&group)
}
