//! Pages of help.

use super::*;
use crate::support::terminal;
use insta::assert_snapshot;

/// The arguments of a command, without those that every command has.
fn arguments(command: &str) -> String {
    let text = shows(&format!("user-identity token {command} -h")).stdout;
    let begin = text.find("Arguments\n").unwrap();
    text[begin..text.find("\nCommunication Arguments").unwrap()].to_owned()
}

#[test]
fn an_argument_that_another_one_replaces_says_so() {
    assert_snapshot!(arguments("get-for-teams-user"), @"
    Arguments
        --aad-token [Required] : Azure AD access token of a Teams User.
                                 Not required with --device-code.
        --aad-user  [Required] : Object ID of an Azure AD user(Teams User) to be verified against the
                                 OID claim in the Azure AD access token.
                                 Not required with --device-code.
        --client    [Required] : Client ID of an Azure AD applicationto be verified against the appId
                                 claim in the Azure AD access token.
        --device-code          : Sign in the Teams user here instead of giving --aad-token. --aad-user
                                 is then the user who signs in.
        --tenant               : Tenant in which the Teams user signs in. Required with --device-code.
    ");
}

#[test]
fn arguments_of_which_one_is_required_say_so() {
    let text = arguments("issue-batch");
    assert_eq!(text.matches("One of --count, --names-from and --users-from is required.\n").count(), 3, "{text}");
}

#[test]
fn the_page_of_a_group_lists_its_commands() {
    assert_snapshot!(terminal::run(&mut line(&Folder::new(), "emulator -h")), @"
    exit 0
    --- stdout

    Group
        az communication emulator : Run the Communication Services Identity service on this machine,
        offline.

    Commands:
        entra-token   : Print an Entra access token for a Teams user, signed by the running emulator.
        new-authority : Replace the certificate authority of a data folder.
        run           : Run a command with a private emulator that runs as long as the command.
        start         : Run the Communication Services Identity service on this machine until it is
                        stopped.
        status        : Check whether the emulator is ready.
    ");
}
