//! The commands, one a file, and the one table of them.

mod assignment;
mod batch;
mod completion;
mod device_login;
mod doctor;
mod duration;
mod emulator;
mod manual;
mod number;
mod shim;
mod token_get_for_teams_user;
mod token_inspect;
mod token_issue;
mod token_issue_batch;
mod token_request;
mod token_revoke;
mod token_text;
mod token_verify;
mod user_create;
mod user_delete;
mod user_show;
mod users_batch;
mod version;

pub use version::{VERSION_TABLE, print_versions};

use std::cell::Cell;
use std::ffi::OsString;

use acs_identity_protocol::api_version::{CLI_DEFAULT, KNOWN};

use crate::app;
use crate::cli::Arguments;
use crate::cli::table::{Argument, Arity, Command, Completion, Group, Status, Table};
use crate::client::{CONNECT_OPTIONS, Connection, Service};
use crate::config::Config;
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::ledger::Ledger;
use crate::output::{Format, Items};
use crate::place::Other;
use crate::printer::Printer;
use crate::prompt;

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
    /// The exit code of a command that has a result and failed all the same: a token that has expired, say.
    pub exit_code: Cell<ExitCode>,
    /// The columns of a table of the result, in the order in which people read them. Without them: all members, sorted.
    pub columns: Cell<Option<&'static [&'static str]>>,
}

impl Invocation<'_> {
    /// A client of the service that the arguments name.
    ///
    /// # Errors
    ///
    /// When the connection string is missing or malformed.
    pub fn service(&self) -> Result<Service, CliError> {
        self.service_of(CLI_DEFAULT)
    }

    /// The same for commands that not every api-version has.
    ///
    /// # Errors
    ///
    /// When the connection string is missing or malformed.
    pub fn service_of(&self, api_version: &str) -> Result<Service, CliError> {
        Service::connect(Connection::find(&self.arguments, self.config)?, api_version, self.printer)
    }

    /// The user's ledger, where the configuration names one. It is opened before anything is sent.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn ledger(&self, service: &Service) -> Result<Option<Ledger>, CliError> {
        self.ledger_beside(service, &[])
    }

    /// The same for a command that uses other files.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or is one of them.
    pub fn ledger_beside(&self, service: &Service, others: &[Other<'_>]) -> Result<Option<Ledger>, CliError> {
        Ledger::open(self.config, self.command.path, service.connection().service(), others)
    }

    /// Says what went wrong behind a request that was carried out, so that its result is still shown.
    pub fn report(&self, result: Result<(), CliError>) {
        if let Err(error) = result {
            self.printer.error(&error);
            self.exit_code.set(error.exit_code);
        }
    }

    /// A list whose items are printed as they come; `None` where the output format needs all of them.
    ///
    /// # Errors
    ///
    /// When the configuration names another format.
    pub fn items(&self) -> Result<Option<Items>, CliError> {
        app::items(self)
    }

    /// Asks, unless `--yes` or the configuration says not to.
    ///
    /// # Errors
    ///
    /// When the answer is no, or there is nobody to ask.
    pub fn confirm(&self, question: &str) -> Result<(), CliError> {
        if self.arguments.has("--yes") || self.config.get_bool("core", "disable_confirm_prompt")? {
            return Ok(());
        }
        prompt::confirm(question, &self.printer)
    }

    /// The value of an option, unless it is empty.
    pub fn given(&self, key: &str) -> Option<&str> {
        self.arguments.get(key).filter(|value| !value.is_empty())
    }

    /// The value of a required argument that must not be empty.
    ///
    /// # Errors
    ///
    /// When it is empty.
    pub fn required(&self, key: &str) -> Result<&str, CliError> {
        let value = self.arguments.get(key).unwrap_or_default();
        if value.is_empty() {
            let error = CliError::new(format!("{key} is empty."));
            return Err(if self.command.extension { error.exit_code(ExitCode::Usage) } else { error });
        }
        Ok(value)
    }
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
const USER: Argument = Argument::new(&["--user"], "ACS identifier.").required().not_empty();

/// `--yes`.
const YES: Argument = Argument::new(&["--yes", "-y"], "Do not prompt for confirmation.").arity(Arity::Flag);

/// `--scope`.
const SCOPE: Argument = Argument::new(&["--scope"], "List of scopes for an access token ex: chat/voip.")
    .arity(Arity::Many)
    .required()
    .completion(Completion::Words(&["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]));

/// `--api-version`.
const API_VERSION: Argument = Argument::new(&["--api-version"], "Version of the service's API.")
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

/// The order in which the reference's parser knows them, which errors about abbreviations show.
const GLOBALS: &[Argument] = &[VERBOSE, DEBUG, ONLY_SHOW_ERRORS, OUTPUT, QUERY];

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
            "communication user-identity teams-extension",
            "Commands for Teams users and resource accounts who come in through Teams extension.",
            Status::Stable,
            false,
        ),
        group(
            "communication user-identity teams-extension assignment",
            "Commands to manage which Teams users and resource accounts may come in.",
            Status::Stable,
            false,
        ),
        group(
            "communication user-identity entra",
            "Commands for users of Entra who come in with their own tokens.",
            Status::Stable,
            false,
        ),
        group(
            "communication user-identity entra assignment",
            "Commands to manage which users, groups and tenants of Entra may come in.",
            Status::Stable,
            false,
        ),
        group("communication shim", "Put an az before the real one, which calls this program.", Status::Stable, false),
        group(
            "communication emulator",
            "Run the Communication Services Identity service on this machine, offline.",
            Status::Stable,
            false,
        ),
    ],
    commands: &[
        command("communication identity user create", &user_create::VERB),
        command("communication identity user delete", &user_delete::VERB),
        command("communication identity token issue", &token_issue::VERB),
        command("communication identity token revoke", &token_revoke::VERB),
        command("communication identity token get-for-teams-user", &token_get_for_teams_user::VERB),
        command("communication user-identity user create", &user_create::VERB),
        command("communication user-identity user delete", &user_delete::VERB),
        Command {
            redirect: Some("token issue"),
            ..command("communication user-identity issue-access-token", &token_issue::OLD_VERB)
        },
        command("communication user-identity token issue", &token_issue::VERB),
        command("communication user-identity token revoke", &token_revoke::VERB),
        command("communication user-identity token get-for-teams-user", &token_get_for_teams_user::VERB),
        own("communication user-identity token issue-batch", &token_issue_batch::VERB),
        own("communication user-identity token revoke-batch", &users_batch::REVOKE),
        own("communication user-identity token inspect", &token_inspect::VERB),
        own("communication user-identity token verify", &token_verify::VERB),
        own("communication user-identity user show", &user_show::VERB),
        own("communication user-identity user delete-batch", &users_batch::DELETE),
        own("communication user-identity teams-extension assignment show", &assignment::teams_extension::SHOW),
        own("communication user-identity teams-extension assignment create", &assignment::teams_extension::CREATE),
        own("communication user-identity teams-extension assignment update", &assignment::teams_extension::UPDATE),
        own("communication user-identity teams-extension assignment delete", &assignment::teams_extension::DELETE),
        own("communication user-identity teams-extension exchange", &assignment::teams_extension::EXCHANGE),
        own("communication user-identity entra assignment list", &assignment::entra::LIST),
        own("communication user-identity entra assignment show", &assignment::entra::SHOW),
        own("communication user-identity entra assignment create", &assignment::entra::CREATE),
        own("communication user-identity entra assignment update", &assignment::entra::UPDATE),
        own("communication user-identity entra assignment delete", &assignment::entra::DELETE),
        own("communication user-identity entra exchange", &assignment::entra::EXCHANGE),
        own("communication doctor", &doctor::VERB),
        own("communication completion", &completion::VERB),
        own("communication manual", &manual::VERB),
        own("communication shim install", &shim::install::VERB),
        own("communication shim remove", &shim::remove::VERB),
        own("communication shim status", &shim::status::VERB),
        own("communication emulator start", &emulator::start::VERB),
        own("communication emulator run", &emulator::run::VERB),
        own("communication emulator status", &emulator::status::VERB),
        own("communication emulator entra-token", &emulator::entra_token::VERB),
        own("communication emulator new-authority", &emulator::new_authority::VERB),
    ],
    foreign: &["communication create", "communication identity show", "identity create"],
    globals: GLOBALS,
    subscription: &SUBSCRIPTION,
    connection: CONNECT_OPTIONS,
};
