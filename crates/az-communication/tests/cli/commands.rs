//! Tests of the words of commands and the names of options: missing, misspelled, abbreviated, or in another order.

use super::*;
use crate::support::listed;
use crate::support::seen::each;
use insta::assert_snapshot;

#[test]
fn a_command_that_the_reference_lacks_says_what_is_missing_once_it_has_an_argument() {
    let lines = [
        "token issue-batch --scope chat --count 2",
        "token issue-batch --scope chat --outfile a",
        "token issue-batch --out-file a",
        "token revoke-batch --yes",
        "user delete-batch -y -o json",
        "user show --api-version 2023-10-01",
        "user show --connection-string endpoint=https://x/;accesskey=a2V5",
    ];
    assert_snapshot!(each(lines, |line| shows(&format!("user-identity {line}"))), @"
    > token issue-batch --scope chat --count 2
    exit 2
    --- stderr
    ERROR: the following arguments are required: --out-file

    > token issue-batch --scope chat --outfile a
    exit 2
    --- stderr
    ERROR: the following arguments are required: --out-file

    > token issue-batch --out-file a
    exit 2
    --- stderr
    ERROR: the following arguments are required: --scope

    > token revoke-batch --yes
    exit 2
    --- stderr
    ERROR: the following arguments are required: --users-from

    > user delete-batch -y -o json
    exit 2
    --- stderr
    ERROR: the following arguments are required: --users-from

    > user show --api-version 2023-10-01
    exit 2
    --- stderr
    ERROR: the following arguments are required: --user

    > user show --connection-string endpoint=https://x/;accesskey=a2V5
    exit 2
    --- stderr
    ERROR: the following arguments are required: --user
    ");
}

#[test]
fn a_command_that_the_reference_lacks_is_misspelled_without_an_argument() {
    let lines = ["token issue-batch", "token revoke-batch", "user show", "user show -o json", "user show --debug"];
    for line in lines {
        let seen = shows(&format!("user-identity {line}"));
        let name = line.split(' ').nth(1).unwrap();
        let expected = format!("ERROR: '{name}' is misspelled or not recognized by the system.\n");
        assert!(seen.code == Some(2) && seen.stderr.contains(&expected), "{line}: {seen}");
    }
}

#[test]
fn a_misspelled_option_of_a_command_of_ours_comes_with_the_one_that_is_similar() {
    assert_snapshot!(shows("emulator start --prot 0 --in-memroy"), @"
    exit 2
    --- stderr
    ERROR: unrecognized arguments: --prot 0 --in-memroy

    Hint: Did you mean '--port'?
    Hint: Did you mean '--in-memory'?
    ");
}

#[test]
fn an_ambiguous_abbreviation_names_the_options_in_the_order_of_the_reference() {
    assert_snapshot!(shows("user-identity token get-for-teams-user --c c"), @"
    exit 2
    --- stderr
    ERROR: ambiguous option: --c could match --connection-string, --client
    ");
}

#[test]
fn an_option_of_ours_is_not_abbreviated() {
    assert_snapshot!(shows("user-identity token issue --scope chat --exp 1h"), @"
    exit 2
    --- stderr
    ERROR: unrecognized arguments: --exp 1h

    Hint: If you mean '--expires-in', write it in full.
    ");
}

#[test]
fn an_option_before_the_command_is_refused() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args("-o tsv communication user-identity user create".split(' '));
    assert_snapshot!(run(command.env("AZURE_CORE_ERROR_RECOMMENDATION", "off")), @"
    exit 2
    --- stderr
    ERROR: 'user-identity' is misspelled or not recognized by the system.

    Hint: Options must come after the words of a command, not before or between them.
    ");
}

#[test]
fn an_option_between_the_words_of_a_command_is_refused() {
    let lines = [
        "--query rawId user-identity user create",
        "user-identity --verbose user create",
        "user-identity --verbose user delete --user x",
    ];
    let names = listed::in_words(&listed::names("communication"));
    assert_snapshot!(each(lines, |line| shows(line).without_lines("Command ran in").hiding(&names, "NAMES")), @"
    > --query rawId user-identity user create
    exit 2
    --- stderr
    ERROR: 'rawId' is misspelled or not recognized by the system.

    Hint: Options must come after the words of a command, not before or between them.
    Hint: This az has `az communication` NAMES. It passes all other commands to the Azure CLI, which was not found further down PATH.

    > user-identity --verbose user create
    exit 2
    --- stderr
    ERROR: unrecognized arguments: --verbose

    > user-identity --verbose user delete --user x
    exit 2
    --- stderr
    ERROR: 'delete' is misspelled or not recognized by the system.

    Hint: Options must come after the words of a command, not before or between them.
    ");
}

#[test]
fn a_misspelled_word_comes_with_the_one_that_is_similar() {
    assert_snapshot!(shows("user-identity user crate --user x"), @"
    exit 2
    --- stderr
    ERROR: 'crate' is misspelled or not recognized by the system.
    Did you mean 'create' ?
    ");
}

#[test]
fn a_token_without_its_option_comes_with_a_hint() {
    assert_snapshot!(shows("user-identity token inspect eyJ.eyJ.x"), @"
    exit 2
    --- stderr
    ERROR: unrecognized arguments: eyJ.eyJ.x

    Hint: Give the token as --token TOKEN, or write it to stdin.
    ");
}

#[test]
fn a_non_breaking_space_in_a_word_is_named() {
    let home = Folder::new();
    let mut command = line(&home, "identity token issue");
    assert_snapshot!(run(command.arg("--scope\u{a0}chat")), @r"
    exit 2
    --- stderr
    ERROR: the following arguments are required: --scope

    Hint: The word '--scope\xa0chat' contains an invisible character: U+00A0, non-breaking space. Type it again.
    ");
}

#[test]
fn a_list_of_users_does_not_exist() {
    let lines = [
        "user-identity user list",
        "identity list",
        "identity user list",
        "user-identity list",
        "user-identity token list",
    ];
    for line in lines {
        let seen = shows(line);
        insta::allow_duplicates! {
            assert_snapshot!(seen, @"
            exit 2
            --- stderr
            ERROR: 'list' is misspelled or not recognized by the system.

            Hint: The service cannot list identities or tokens, so keep the ids of the identities that you create.
            Hint: With AZURE_COMMUNICATION_LEDGER=FILE, or [communication] ledger = FILE in the config file, every command that creates or deletes users writes their ids to FILE.
            ");
        }
    }
}
