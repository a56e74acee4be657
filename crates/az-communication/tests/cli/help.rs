//! Tests of help pages.

use super::*;
use crate::support::{listed, terminal};
use insta::assert_snapshot;

/// Returns the arguments of a command, without the arguments of every command.
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
    let seen = terminal::run(&mut line(&Folder::new(), "emulator -h"));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    assert_snapshot!(listed::page(&seen.stdout, &listed::names("communication emulator")), @"
    Group
        az communication emulator : Run the Communication Services Identity service on this machine,
        offline.
            `az communication emulator run -- pytest` starts an emulator for one command. `az
            communication emulator start --detach` starts one in the background, and `az communication
            emulator stop` stops it.

    Subgroups:
        …

    Commands:
        …
    ");
}
