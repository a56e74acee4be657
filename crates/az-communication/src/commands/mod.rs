//! The commands, one a file, and the one table of them.

mod completion;
mod emulator;
mod emulator_entra_token;
mod emulator_run;
mod emulator_start;
mod token_get_for_teams_user;
mod token_issue;
mod token_revoke;
mod user_create;
mod user_delete;
mod version;

pub use version::version;

use std::ffi::OsString;

use crate::cli::Arguments;
use crate::cli::table::{Argument, Arity, Command, Completion, Group, Status, Table};
use crate::client::{Connection, Service, connect_options};
use crate::config::Config;
use crate::error::CliError;
use crate::output::Format;
use crate::printer::Printer;

/// What a command gets.
pub struct Invocation<'a> {
    /// The command.
    pub command: &'static Command,
    /// Its arguments.
    pub arguments: Arguments,
    /// The user's configuration.
    pub config: &'a Config,
    /// Where to say things.
    pub printer: Printer,
    /// All words behind `az` as they came.
    pub raw: &'a [OsString],
}

impl Invocation<'_> {
    /// A client of the service that the arguments name.
    ///
    /// # Errors
    ///
    /// When the connection string is missing or malformed.
    pub fn service(&self) -> Result<Service, CliError> {
        Service::connect(Connection::find(&self.arguments, self.config)?, self.printer)
    }

    /// The value of a required argument that must not be empty.
    ///
    /// # Errors
    ///
    /// When it is empty.
    pub fn required(&self, key: &str) -> Result<&str, CliError> {
        let value = self.arguments.get(key).unwrap_or_default();
        if value.is_empty() {
            return Err(CliError::new(format!("{key} is empty.")));
        }
        Ok(value)
    }
}

/// How many words at the start are ours; those behind belong to the command of `emulator run`.
pub fn own_words(words: &[OsString]) -> usize {
    let is_run = words.len() >= 3
        && ["communication", "emulator", "run"].iter().zip(words).all(|(name, word)| word.eq_ignore_ascii_case(name));
    if !is_run {
        return words.len();
    }
    words.iter().position(|word| word == "--").unwrap_or(words.len())
}

const DEBUG: Argument = Argument::new(&["--debug"], "Increase logging verbosity to show all debug logs.")
    .arity(Arity::Flag)
    .group("Global");
const ONLY_SHOW_ERRORS: Argument = Argument::new(&["--only-show-errors"], "Only show errors, suppressing warnings.")
    .arity(Arity::Flag)
    .group("Global");
const OUTPUT: Argument =
    Argument::new(&["--output", "-o"], "Output format.").choices(&Format::NAMES).default("json").group("Global");
const QUERY: Argument =
    Argument::new(&["--query"], "JMESPath query string. See http://jmespath.org/ for more information and examples.")
        .group("Global");
const SUBSCRIPTION: Argument = Argument::new(
    &["--subscription"],
    "Name or ID of subscription. You can configure the default subscription using `az account set -s NAME_OR_ID`.",
)
.group("Global");
const VERBOSE: Argument = Argument::new(&["--verbose"], "Increase logging verbosity. Use --debug for full debug logs.")
    .arity(Arity::Flag)
    .group("Global");

/// `--user`, required.
const USER: Argument = Argument::new(&["--user"], "ACS identifier.").required();

/// `--yes`.
const YES: Argument = Argument::new(&["--yes", "-y"], "Do not prompt for confirmation.").arity(Arity::Flag);

/// `--scope`.
const SCOPE: Argument = Argument::new(&["--scope"], "List of scopes for an access token ex: chat/voip.")
    .arity(Arity::Many)
    .required()
    .completion(Completion::Words(&["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]));

const fn command(path: &'static str, verb: &'static crate::cli::table::Verb) -> Command {
    Command { path, verb, redirect: None, extension: false }
}

const fn own(path: &'static str, verb: &'static crate::cli::table::Verb) -> Command {
    Command { path, verb, redirect: None, extension: true }
}

const fn group(path: &'static str, summary: &'static str, status: Status, shared: bool) -> Group {
    Group { path, summary, status, shared }
}

const IDENTITIES: &str = "Commands to manage user identities and their tokens for a Communication Service resource.";
const TOKENS: &str = "Commands to manage user tokens for a Communication Service resource.";
const USERS: &str = "Commands to manage user identities for a Communication Service resource.";

/// All commands and groups. The order of commands is that in which the reference registers them.
pub const TABLE: Table = Table {
    groups: &[
        group("communication", "Manage communication service with communication.", Status::Stable, true),
        group("communication identity", IDENTITIES, Status::Stable, true),
        group(
            "communication identity token",
            TOKENS,
            Status::Deprecated { redirect: "communication user-identity token" },
            false,
        ),
        group(
            "communication identity user",
            USERS,
            Status::Deprecated { redirect: "communication user-identity user" },
            false,
        ),
        group("communication user-identity", IDENTITIES, Status::Preview, false),
        group("communication user-identity token", TOKENS, Status::Stable, false),
        group("communication user-identity user", USERS, Status::Stable, false),
        group(
            "communication emulator",
            "Run the Communication Services Identity service on this machine, offline.",
            Status::Stable,
            false,
        ),
    ],
    commands: &[
        command("communication identity token issue", &token_issue::VERB),
        command("communication identity token revoke", &token_revoke::VERB),
        command("communication identity token get-for-teams-user", &token_get_for_teams_user::VERB),
        command("communication identity user create", &user_create::VERB),
        command("communication identity user delete", &user_delete::VERB),
        Command {
            redirect: Some("token issue"),
            ..command("communication user-identity issue-access-token", &token_issue::OLD_VERB)
        },
        command("communication user-identity token issue", &token_issue::VERB),
        command("communication user-identity token revoke", &token_revoke::VERB),
        command("communication user-identity token get-for-teams-user", &token_get_for_teams_user::VERB),
        command("communication user-identity user create", &user_create::VERB),
        command("communication user-identity user delete", &user_delete::VERB),
        own("communication completion", &completion::VERB),
        own("communication emulator start", &emulator_start::VERB),
        own("communication emulator run", &emulator_run::VERB),
        own("communication emulator entra-token", &emulator_entra_token::VERB),
    ],
    // The order in which the reference's parser knows them, which errors about abbreviations show.
    globals: &[VERBOSE, DEBUG, ONLY_SHOW_ERRORS, OUTPUT, QUERY, SUBSCRIPTION],
    connection: &[connect_options()],
};
