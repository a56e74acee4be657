//! The table of all commands, in the order in which the reference registers them.

use crate::commands::{completion, doctor, emulator, entra, manual, shim, teams_extension, token, user};
use crate::knack::command_table::{Command, CommandSpec, Group, Status, Table};
use crate::knack::globals::{GLOBALS, SUBSCRIPTION};
use crate::service::connection::CONNECT_OPTIONS;

const fn command(path: &'static str, spec: &'static CommandSpec) -> Command {
    Command { path, spec, redirect: None, extension: false }
}

pub(crate) const fn own(path: &'static str, spec: &'static CommandSpec) -> Command {
    Command { path, spec, redirect: None, extension: true }
}

const fn group(path: &'static str, summary: &'static str, status: Status, shared: bool) -> Group {
    Group { path, summary, status, shared }
}

const IDENTITIES: &str = "Commands to manage user identities and their tokens for a Communication Service resource.";
const TOKENS: &str = "Commands to manage user tokens for a Communication Service resource.";
const USERS: &str = "Commands to manage user identities for a Communication Service resource.";

/// All commands and groups. The commands are in the order in which the reference registers them.
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
        command("communication identity user create", &user::create::SPEC),
        command("communication identity user delete", &user::delete::SPEC),
        command("communication identity token issue", &token::issue::SPEC),
        command("communication identity token revoke", &token::revoke::SPEC),
        command("communication identity token get-for-teams-user", &token::get_for_teams_user::SPEC),
        command("communication user-identity user create", &user::create::SPEC),
        command("communication user-identity user delete", &user::delete::SPEC),
        Command {
            redirect: Some("token issue"),
            ..command("communication user-identity issue-access-token", &token::issue::OLD_SPEC)
        },
        command("communication user-identity token issue", &token::issue::SPEC),
        command("communication user-identity token revoke", &token::revoke::SPEC),
        command("communication user-identity token get-for-teams-user", &token::get_for_teams_user::SPEC),
        own("communication user-identity token issue-batch", &token::issue_batch::SPEC),
        own("communication user-identity token revoke-batch", &user::batch::REVOKE),
        own("communication user-identity token inspect", &token::inspect::SPEC),
        own("communication user-identity token verify", &token::verify::SPEC),
        own("communication user-identity user show", &user::show::SPEC),
        own("communication user-identity user delete-batch", &user::batch::DELETE),
        own("communication user-identity teams-extension assignment show", &teams_extension::show::SPEC),
        own("communication user-identity teams-extension assignment create", &teams_extension::create::SPEC),
        own("communication user-identity teams-extension assignment update", &teams_extension::update::SPEC),
        own("communication user-identity teams-extension assignment delete", &teams_extension::delete::SPEC),
        own("communication user-identity teams-extension exchange", &teams_extension::exchange::SPEC),
        own("communication user-identity entra assignment list", &entra::list::SPEC),
        own("communication user-identity entra assignment show", &entra::show::SPEC),
        own("communication user-identity entra assignment create", &entra::create::SPEC),
        own("communication user-identity entra assignment update", &entra::update::SPEC),
        own("communication user-identity entra assignment delete", &entra::delete::SPEC),
        own("communication user-identity entra exchange", &entra::exchange::SPEC),
        own("communication doctor", &doctor::SPEC),
        own("communication completion", &completion::SPEC),
        own("communication manual", &manual::SPEC),
        own("communication shim install", &shim::install::SPEC),
        own("communication shim remove", &shim::remove::SPEC),
        own("communication shim status", &shim::status::SPEC),
        own("communication emulator start", &emulator::start::SPEC),
        own("communication emulator run", &emulator::run::SPEC),
        own("communication emulator status", &emulator::status::SPEC),
        own("communication emulator entra-token", &emulator::entra_token::SPEC),
        own("communication emulator new-authority", &emulator::new_authority::SPEC),
    ],
    foreign: &["communication create", "communication identity show", "identity create"],
    globals: GLOBALS,
    subscription: &SUBSCRIPTION,
    connection: CONNECT_OPTIONS,
};
