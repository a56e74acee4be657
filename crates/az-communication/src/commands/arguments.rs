//! The arguments that several commands share.

use acs_identity_protocol::api_version::KNOWN;

use crate::knack::argument::{Argument, Arity, Completion};

/// `--user`, required.
pub(crate) const USER: Argument = Argument::new(&["--user"], "ACS identifier.").required().not_empty();

/// `--scope`.
pub(crate) const SCOPE: Argument = Argument::new(&["--scope"], "List of scopes for an access token ex: chat/voip.")
    .arity(Arity::Many)
    .required()
    .completion(Completion::Words(&["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]));

/// `--api-version`.
pub(crate) const API_VERSION: Argument = Argument::new(&["--api-version"], "Version of the service's API.")
    .completion(Completion::Words(&VERSIONS))
    .extension();

const VERSIONS: [&str; KNOWN.len()] = {
    let mut names = [""; KNOWN.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = KNOWN[at].name;
        at += 1;
    }
    names
};
