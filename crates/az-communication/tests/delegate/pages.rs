//! Tests of help pages and misspellings in the groups that the real `az` has too.

use super::*;
use crate::support::listed;
use insta::assert_snapshot;

/// A real `az` that has the extension, and a page for each group.
const KNOWS: &str = "#!/bin/sh\ncase \"$*\" in *' -h'*|*' --help'*) printf '\\nGroup\\n    az %s: theirs\\n\\n' \"$1\"; echo warned >&2;; \
    *) echo \"real: $*\"; exit 5;; esac\n";

/// A real `az` without the extension.
const LACKS: &str =
    "#!/bin/sh\necho \"ERROR: 'communication' is misspelled or not recognized by the system.\" >&2\nexit 2\n";

#[test]
fn a_shared_group_has_the_real_page_and_then_ours() {
    let seen = Programs::with_real(KNOWS).before_real("communication -h").hiding(env!("CARGO_PKG_VERSION"), "VERSION");
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), "warned\n"));
    assert_snapshot!(listed::page(&seen.stdout, &listed::names("communication")), @"
    Group
        az communication: theirs


    Commands of az-communication VERSION itself:

    Subgroups:
        …

    Commands:
        …
    ");
}

#[test]
fn a_shared_group_below_it_has_both_pages_too() {
    assert_snapshot!(Programs::with_real(KNOWS).before_real("communication identity --help").hiding(env!("CARGO_PKG_VERSION"), "VERSION"), @"
    exit 0
    --- stdout

    Group
        az communication: theirs


    Commands of az-communication VERSION itself:

    Subgroups:
        token [Deprecated] : Commands to manage user tokens for a Communication Service resource.
        user  [Deprecated] : Commands to manage user identities for a Communication Service resource.

    --- stderr
    warned
    ");
}

#[test]
fn a_real_az_without_the_extension_does_not_change_our_pages_and_errors() {
    let programs = Programs::with_real(LACKS);
    for line in [
        "communication -h",
        "communication identity -h",
        "communication user-identity -h",
        "communication emulator -h",
        "communication identity token issue -h",
        "communication identity token isue",
        "communication identity tokn issue",
        "communication identiy token issue",
        "communication user-identity usr",
        "communication user-identity token zzzz",
        "communication emulatr start",
        "communication dctor",
        "communication emulator strt",
        "communication",
    ] {
        assert_eq!(programs.before_real(line), alone(&programs.home, line), "{line}");
    }
}

#[test]
fn a_misspelled_command_is_ours_where_the_real_az_lacks_the_extension() {
    assert_snapshot!(Programs::with_real(LACKS).before_real("communication identity token isue"), @r#"
    exit 2
    --- stderr
    ERROR: 'isue' is misspelled or not recognized by the system.
    Did you mean 'issue' ?

    Examples from command's help:
    az communication identity token issue --scope chat
    Issue access token

    az communication identity token issue --scope chat voip --user "8:acs:xxxxxx"
    Issue access token with multiple scopes and user

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    "#);
}

#[test]
fn without_a_real_az_an_unknown_group_comes_with_what_there_is() {
    let seen = alone(&Folder::new(), "communication zzzz");
    assert_snapshot!(seen.hiding(listed::in_words(&listed::names("communication")), "NAMES"), @"
    exit 2
    --- stderr
    ERROR: 'zzzz' is misspelled or not recognized by the system.

    https://aka.ms/cli_ref
    Read more about the command in reference docs

    Hint: This az has `az communication` NAMES. It passes all other commands to the Azure CLI, which was not found further down PATH.
    ");
}
