//! The users who get a token, and the options that select them.

use crate::batch::{self, List, State, USERS_FROM};
use crate::knack::argument::{Argument, Completion};
use crate::knack::invocation::Invocation;
use crate::knack::values::options::number;
use crate::report::error::CliError;

/// The limit of `--count`. It is higher than what the service permits in a day, so a higher number is most likely a
/// mistake.
const MAX_COUNT: usize = 10_000_000;

/// The arguments that select the users.
pub(super) const WHOM: &[&str] = &[COUNT_OPTION, NAMES_FROM_OPTION, USERS_FROM.key()];

const COUNT_OPTION: &str = "--count";
const NAMES_FROM_OPTION: &str = "--names-from";

pub(super) const COUNT: Argument = Argument::new(
    &[COUNT_OPTION],
    "Number of new users to create, each with a token, up to \
    10000000.",
)
.one_of(WHOM)
.extension();
pub(super) const NAMES_FROM: Argument = Argument::new(
    &[NAMES_FROM_OPTION],
    "File with names of your own, or - for stdin, one name per line. A user is created for each name, with the name \
             as its custom id if the api-version has custom ids.",
)
.completion(Completion::File)
.one_of(WHOM)
.extension();

/// The users who should get a token.
pub(super) enum Wanted {
    New(usize),
    Listed(List),
    Named(List),
}

impl Wanted {
    pub(super) fn of(invocation: &Invocation<'_>) -> Result<Self, CliError> {
        let new = number(invocation, &COUNT, &(1..=MAX_COUNT))?;
        match (new, invocation.given(&USERS_FROM), invocation.given(&NAMES_FROM)) {
            (Some(count), None, None) => Ok(Self::New(count)),
            (None, Some(source), None) => batch::users(source).map(Self::Listed),
            (None, None, Some(source)) => batch::names(source).map(Self::Named),
            _ => Err(CliError::usage("Give one of --count, --users-from and --names-from.")),
        }
    }

    /// Returns the file with the users, and the option that names it.
    pub(super) fn file(&self) -> Option<(&'static str, batch::FileId)> {
        let (option, list) = match self {
            Self::New(_) => return None,
            Self::Listed(list) => (USERS_FROM.key(), list),
            Self::Named(list) => (NAMES_FROM.key(), list),
        };
        list.file.map(|file| (option, file))
    }

    /// Returns the selected users who have a token in the record.
    pub(super) fn served<'a>(&'a self, state: &'a State) -> Vec<&'a str> {
        match self {
            Self::New(_) => state.users_with_tokens().collect(),
            Self::Listed(list) => list.items.iter().map(String::as_str).filter(|user| state.is_done(user)).collect(),
            Self::Named(list) => list.items.iter().filter_map(|name| state.user_named(name)).collect(),
        }
    }
}
