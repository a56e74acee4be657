//! Tests of the words that are accepted under each name.

use insta::assert_snapshot;

use super::*;
use crate::support::listed;

/// Makes a real `az` that prints that it was called.
fn with_real_az(home: &Folder) {
    home.program("real/az", "#!/bin/sh\necho \"real: $*\"\nexit 5\n");
}

#[test]
fn the_groups_of_az_may_stand_before_the_words_and_may_be_left_out() {
    let home = Folder::new();
    for words in [
        "communication user-identity token inspect --token x",
        "user-identity token inspect --token x",
        "communication token inspect --token x",
        "token inspect --token x",
        "TOKEN Inspect --token x",
    ] {
        let seen = own(&home, words);
        let error = "ERROR: Not a valid token: a JWT has three parts separated by dots, but this has 1.\n";
        assert!(seen.code == Some(1) && seen.stderr.starts_with(error), "{words}: {seen}");
    }
}

#[test]
fn each_group_has_its_commands() {
    let home = Folder::new();
    for words in [
        "doctor",
        "emulator start",
        "completion",
        "shim status",
        "identity token issue",
        "user create",
        "entra exchange",
        "teams-extension exchange",
    ] {
        let page = own(&home, &format!("{words} -h"));
        assert!(page.code == Some(0) && page.stdout.contains(&format!("\n    {OWN} {words} : ")), "{words}: {page}");
    }
}

#[test]
fn options_may_stand_before_and_between_the_words() {
    let home = Folder::new();
    let after = own(&home, "shim status -o tsv --query state");
    assert_eq!(after.to_string(), "exit 0\n--- stdout\nnone\n");
    assert_eq!(own(&home, "-o tsv --query state shim status"), after);
    assert_eq!(own(&home, "shim -o tsv status --query state"), after);
}

#[test]
fn az_takes_options_after_its_words_only() {
    let home = Folder::new();
    let seen = run(az(&home).args(["-o", "tsv", "communication", "shim", "status"]));
    assert_eq!(seen.code, Some(2));
}

#[test]
fn under_its_own_name_nothing_goes_to_the_real_az() {
    let home = Folder::new();
    with_real_az(&home);
    for words in [
        "vm list",
        "login",
        "communication list",
        "communication sms send",
        "identity show",
        "-h",
        "--help",
        "--version",
        "version",
        "help",
        "communication -h",
        "identity -h",
        "",
    ] {
        let mut command = with_path(AZ, &home, &["real"]);
        let seen = run(command.arg0(OWN).args(words.split_whitespace()));
        assert!(!seen.stdout.contains("real: ") && seen.code != Some(5), "{words}: {seen}");
    }
}

#[test]
fn an_unknown_command_comes_with_those_that_there_are() {
    let names = listed::in_words(&listed::own_names());
    assert_snapshot!(own(&Folder::new(), "vm list").hiding(names, "NAMES"), @"
    exit 2
    --- stderr
    ERROR: 'vm' is misspelled or not recognized by the system.

    Hint: az-communication has NAMES. It does not run commands of the Azure CLI.
    ");
}

#[test]
fn an_unknown_command_of_a_group_comes_with_those_of_the_group() {
    let names = listed::in_words(&listed::names("communication user-identity token"));
    assert_snapshot!(own(&Folder::new(), "token zzz").hiding(names, "NAMES"), @"
    exit 2
    --- stderr
    ERROR: 'zzz' is misspelled or not recognized by the system.

    Hint: az-communication token has NAMES.
    ");
}

#[test]
fn a_misspelled_group_comes_with_the_one_that_is_similar() {
    assert_snapshot!(own(&Folder::new(), "tokn issue"), @"
    exit 2
    --- stderr
    ERROR: 'tokn' is misspelled or not recognized by the system.
    Did you mean 'token' ?
    ");
}

#[test]
fn without_words_it_shows_its_own_page() {
    let seen = own(&Folder::new(), "");
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    assert_snapshot!(listed::page(&seen.stdout, &listed::own_names()), @"
    Group
        az-communication : Users and access tokens of Azure Communication Services, and an emulator of
        the service.
            You may write `communication` and `user-identity` before these words.

    Subgroups:
        …

    Commands:
        …
    ");
}

#[test]
fn help_in_each_form_shows_the_same_page() {
    let home = Folder::new();
    for words in ["-h", "--help", "help", "communication -h", "--debug -h"] {
        assert_eq!(own(&home, words).stdout, own(&home, "").stdout, "{words}");
    }
    assert_eq!(own(&home, "help token issue").stdout, own(&home, "token issue -h").stdout);
}

#[test]
fn the_version_is_its_own() {
    let home = Folder::new();
    let version = env!("CARGO_PKG_VERSION");
    for word in ["--version", "-v"] {
        assert_eq!(own(&home, word).stdout, format!("az-communication {version}\n"));
    }
    assert_eq!(own(&home, "version -o tsv").stdout, format!("{version}\n"));
}

#[test]
fn without_a_name_the_name_is_that_of_the_file() {
    let home = Folder::new();
    let own_file = installed(&home, "bin/az-communication");
    for (file, expected) in [(own_file.as_path(), OWN), (AZ.as_ref(), "az")] {
        let mut command = with_path(file, &home, &[]);
        let page = run(command.arg0("").args(["communication", "doctor", "-h"]));
        assert!(page.stdout.contains(&format!("\n    {expected} ")), "{page}");
    }
}

#[test]
fn a_script_may_say_that_it_is_az() {
    let home = Folder::new();
    let as_az = own(&home, "--as-az communication doctor -h");
    assert_eq!(as_az, run(az(&home).args(["communication", "doctor", "-h"])));
}

#[test]
fn az_itself_does_not_have_that_option() {
    assert_eq!(run(az(&Folder::new()).args(["--as-az", "communication"])).code, Some(2));
}

#[test]
fn signing_in_asks_an_az_on_path() {
    let home = Folder::new();
    home.program("real/az", "#!/bin/sh\necho \"$*\" >> \"$HOME/asked\"\nexit 1\n");
    let mut command = with_path(AZ, &home, &["real"]);
    let words = "user create --endpoint https://localhost:1 --auth-mode login";
    command.arg0(OWN).args(words.split(' '));
    let seen = run(&mut command);
    let asked = std::fs::read_to_string(home.path().join("asked")).unwrap_or_default();
    assert!(asked.starts_with("account get-access-token "), "{asked} {seen}");
}
