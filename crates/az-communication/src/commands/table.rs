//! The one table of the commands. The order of commands is that in which the reference registers them.

use crate::commands::{assignment, completion, doctor, emulator, manual, shim, token, user};
use crate::knack::command_table::{Argument, Arity, Command, Group, Status, Table};
use crate::knack::output::Format;
use crate::service::connection::CONNECT_OPTIONS;

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
pub(crate) const SUBSCRIPTION: Argument = Argument::new(
    &["--subscription"],
    "Name or ID of subscription. You can configure the default subscription using `az account set -s NAME_OR_ID`.",
)
.group("Global");
const VERBOSE: Argument = Argument::new(&["--verbose"], "Increase logging verbosity. Use --debug for full debug logs.")
    .arity(Arity::Flag)
    .group("Global");

const fn command(path: &'static str, verb: &'static crate::knack::command_table::Verb) -> Command {
    Command { path, verb, redirect: None, extension: false }
}

pub(crate) const fn own(path: &'static str, verb: &'static crate::knack::command_table::Verb) -> Command {
    Command { path, verb, redirect: None, extension: true }
}

const fn group(path: &'static str, summary: &'static str, status: Status, shared: bool) -> Group {
    Group { path, summary, status, shared }
}

const IDENTITIES: &str = "Commands to manage user identities and their tokens for a Communication Service resource.";
const TOKENS: &str = "Commands to manage user tokens for a Communication Service resource.";
const USERS: &str = "Commands to manage user identities for a Communication Service resource.";

/// The order in which the reference's parser knows them, which errors about abbreviations show.
pub(crate) const GLOBALS: &[Argument] = &[VERBOSE, DEBUG, ONLY_SHOW_ERRORS, OUTPUT, QUERY];

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
        command("communication identity user create", &user::create::VERB),
        command("communication identity user delete", &user::delete::VERB),
        command("communication identity token issue", &token::issue::VERB),
        command("communication identity token revoke", &token::revoke::VERB),
        command("communication identity token get-for-teams-user", &token::get_for_teams_user::VERB),
        command("communication user-identity user create", &user::create::VERB),
        command("communication user-identity user delete", &user::delete::VERB),
        Command {
            redirect: Some("token issue"),
            ..command("communication user-identity issue-access-token", &token::issue::OLD_VERB)
        },
        command("communication user-identity token issue", &token::issue::VERB),
        command("communication user-identity token revoke", &token::revoke::VERB),
        command("communication user-identity token get-for-teams-user", &token::get_for_teams_user::VERB),
        own("communication user-identity token issue-batch", &token::issue_batch::VERB),
        own("communication user-identity token revoke-batch", &user::batch::REVOKE),
        own("communication user-identity token inspect", &token::inspect::VERB),
        own("communication user-identity token verify", &token::verify::VERB),
        own("communication user-identity user show", &user::show::VERB),
        own("communication user-identity user delete-batch", &user::batch::DELETE),
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
