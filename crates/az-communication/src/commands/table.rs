//! The table of all commands, in the order in which the reference registers them.

use crate::commands::{completion, doctor, emulator, entra, manual, shim, teams_extension, token, user};
use crate::knack::command_table::{Command, Group, Status, Table};
use crate::knack::globals::{GLOBALS, SUBSCRIPTION};
use crate::service::connection::CONNECT_OPTIONS;

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
            "Commands for Teams users and resource accounts that use Teams extension.",
            Status::Stable,
            false,
        ),
        group(
            "communication user-identity teams-extension assignment",
            "Commands to manage which Teams users and resource accounts have access.",
            Status::Stable,
            false,
        ),
        group(
            "communication user-identity entra",
            "Commands for users of Entra who authenticate with their own tokens.",
            Status::Stable,
            false,
        ),
        group(
            "communication user-identity entra assignment",
            "Commands to manage which users, groups and tenants of Entra have access.",
            Status::Stable,
            false,
        ),
        group(
            "communication shim",
            "Install an az that comes before the real one on PATH and calls this program.",
            Status::Stable,
            false,
        ),
        group(
            "communication emulator",
            "Run the Communication Services Identity service on this machine, offline.\n\n`{communication emulator run} -- \
             pytest` starts an emulator for one command. `{communication emulator start} --detach` starts one in the \
             background, and `{communication emulator stop}` stops it.",
            Status::Stable,
            false,
        ),
        group(
            "communication emulator clock",
            "Commands to show and change the clock of a running emulator.",
            Status::Stable,
            false,
        ),
        group(
            "communication emulator key",
            "Commands to list and regenerate the access keys of a running emulator.",
            Status::Stable,
            false,
        ),
        group(
            "communication emulator identity",
            "Commands to list and show the identities of a running emulator.",
            Status::Stable,
            false,
        ),
        group(
            "communication emulator request",
            "Commands to show the requests that a running emulator has answered.",
            Status::Stable,
            false,
        ),
        group(
            "communication emulator fault",
            "Commands to let some requests of a running emulator fail.",
            Status::Stable,
            false,
        ),
    ],
    commands: &[
        Command::of_the_reference("communication identity user create", &user::create::SPEC),
        Command::of_the_reference("communication identity user delete", &user::delete::SPEC),
        Command::of_the_reference("communication identity token issue", &token::issue::SPEC),
        Command::of_the_reference("communication identity token revoke", &token::revoke::SPEC),
        Command::of_the_reference("communication identity token get-for-teams-user", &token::get_for_teams_user::SPEC),
        Command::of_the_reference("communication user-identity user create", &user::create::SPEC),
        Command::of_the_reference("communication user-identity user delete", &user::delete::SPEC),
        Command {
            redirect: Some("token issue"),
            ..Command::of_the_reference("communication user-identity issue-access-token", &token::issue::OLD_SPEC)
        },
        Command::of_the_reference("communication user-identity token issue", &token::issue::SPEC),
        Command::of_the_reference("communication user-identity token revoke", &token::revoke::SPEC),
        Command::of_the_reference(
            "communication user-identity token get-for-teams-user",
            &token::get_for_teams_user::SPEC,
        ),
        Command::extension("communication user-identity token issue-batch", &token::issue_batch::SPEC),
        Command::extension("communication user-identity token revoke-batch", &user::batch::REVOKE),
        Command::extension("communication user-identity token inspect", &token::inspect::SPEC),
        Command::extension("communication user-identity token verify", &token::verify::SPEC),
        Command::extension("communication user-identity user show", &user::show::SPEC),
        Command::extension("communication user-identity user delete-batch", &user::batch::DELETE),
        Command::extension("communication user-identity teams-extension assignment show", &teams_extension::show::SPEC),
        Command::extension(
            "communication user-identity teams-extension assignment create",
            &teams_extension::create::SPEC,
        ),
        Command::extension(
            "communication user-identity teams-extension assignment update",
            &teams_extension::update::SPEC,
        ),
        Command::extension(
            "communication user-identity teams-extension assignment delete",
            &teams_extension::delete::SPEC,
        ),
        Command::extension("communication user-identity teams-extension exchange", &teams_extension::exchange::SPEC),
        Command::extension("communication user-identity entra assignment list", &entra::list::SPEC),
        Command::extension("communication user-identity entra assignment show", &entra::show::SPEC),
        Command::extension("communication user-identity entra assignment create", &entra::create::SPEC),
        Command::extension("communication user-identity entra assignment update", &entra::update::SPEC),
        Command::extension("communication user-identity entra assignment delete", &entra::delete::SPEC),
        Command::extension("communication user-identity entra exchange", &entra::exchange::SPEC),
        Command::extension("communication doctor", &doctor::SPEC),
        Command::extension("communication completion", &completion::SPEC),
        Command::extension("communication manual", &manual::SPEC),
        Command::extension("communication shim install", &shim::install::SPEC),
        Command::extension("communication shim remove", &shim::remove::SPEC),
        Command::extension("communication shim status", &shim::status::SPEC),
        Command::extension("communication emulator start", &emulator::start::SPEC),
        Command::extension("communication emulator run", &emulator::run::SPEC),
        Command::extension("communication emulator status", &emulator::status::SPEC),
        Command::extension("communication emulator open", &emulator::open::SPEC),
        Command::extension("communication emulator stop", &emulator::stop::SPEC),
        Command::extension("communication emulator reset", &emulator::reset::SPEC),
        Command::extension("communication emulator env", &emulator::env::SPEC),
        Command::extension("communication emulator clock show", &emulator::clock::show::SPEC),
        Command::extension("communication emulator clock set", &emulator::clock::set::SPEC),
        Command::extension("communication emulator clock advance", &emulator::clock::advance::SPEC),
        Command::extension("communication emulator clock freeze", &emulator::clock::freeze::SPEC),
        Command::extension("communication emulator clock resume", &emulator::clock::resume::SPEC),
        Command::extension("communication emulator clock reset", &emulator::clock::reset::SPEC),
        Command::extension("communication emulator key list", &emulator::key::list::SPEC),
        Command::extension("communication emulator key regenerate", &emulator::key::regenerate::SPEC),
        Command::extension("communication emulator identity list", &emulator::identity::list::SPEC),
        Command::extension("communication emulator identity show", &emulator::identity::show::SPEC),
        Command::extension("communication emulator export", &emulator::export::SPEC),
        Command::extension("communication emulator import", &emulator::import::SPEC),
        Command::extension("communication emulator request list", &emulator::request::list::SPEC),
        Command::extension("communication emulator request tail", &emulator::request::tail::SPEC),
        Command::extension("communication emulator request clear", &emulator::request::clear::SPEC),
        Command::extension("communication emulator fault add", &emulator::fault::add::SPEC),
        Command::extension("communication emulator fault list", &emulator::fault::list::SPEC),
        Command::extension("communication emulator fault delete", &emulator::fault::delete::SPEC),
        Command::extension("communication emulator fault clear", &emulator::fault::clear::SPEC),
        Command::extension("communication emulator entra-token", &emulator::entra_token::SPEC),
        Command::extension("communication emulator new-authority", &emulator::new_authority::SPEC),
    ],
    foreign: &["communication create", "communication identity show", "identity create"],
    globals: GLOBALS,
    subscription: &SUBSCRIPTION,
    connection: CONNECT_OPTIONS,
};
