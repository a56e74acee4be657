//! Tests of arguments that exclude each other, of values that look like options, and of values from files.

use super::*;
use crate::support::seen::each;
use insta::assert_snapshot;

#[test]
fn arguments_that_exclude_each_other_are_a_usage_error() {
    let service = Service::issuing();
    let lines = [
        "user create --endpoint https://localhost --auth-mode key",
        "user create --custom-id x --api-version 2023-10-01",
        "user create --custom-id x --count 2",
    ];
    assert_snapshot!(each(lines, |line| service.shows(line)), @"
    > user create --endpoint https://localhost --auth-mode key
    exit 2
    --- stderr
    ERROR: With --auth-mode key, the endpoint comes from the connection string.
    Hint: Remove --endpoint, or give --auth-mode login.

    > user create --custom-id x --api-version 2023-10-01
    exit 2
    --- stderr
    ERROR: The api-version 2023-10-01 does not support custom ids.
    Hint: Supported by: 2025-03-02-preview.

    > user create --custom-id x --count 2
    exit 2
    --- stderr
    ERROR: --custom-id names one identity, so it cannot be used with --count.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn options_for_more_and_for_less_output_exclude_each_other() {
    assert_snapshot!(shows("user-identity token issue --scope chat --only-show-errors --debug"), @"
    exit 1
    --- stderr
    ERROR: --only-show-errors can't be used together with --debug or --verbose
    ");
}

#[test]
fn a_value_that_begins_with_a_minus_is_refused_with_the_way_to_write_it() {
    assert_snapshot!(shows("emulator entra-token --oid a --appid b --expires-in -5m"), @"
    exit 2
    --- stderr
    ERROR: argument --expires-in: expected one argument

    Hint: Put an equals sign before a value that begins with a minus: --expires-in=-5m
    ");
}

#[test]
fn an_argument_from_a_file_has_the_line_ends_of_text_mode() {
    let service = Service::issuing();
    service.home.write("user", "8:acs:a\r\nb\rc\r\n\r\n");
    assert_snapshot!(service.shows("token issue --scope chat --query user_id --user @user"), @r#"
    exit 0
    --- stdout
    "8:acs:a\nb\nc"
    "#);
}

#[test]
fn a_value_that_begins_with_an_at_sign_and_names_no_file_comes_with_a_hint() {
    assert_snapshot!(shows("user-identity token inspect --token @nofile"), @"
    exit 1
    --- stderr
    ERROR: Not a valid token: a JWT has three parts separated by dots, but this has 1.
    Hint: The value of --token begins with @, and the file 'nofile' cannot be read: No such file or directory.
    Hint: A token has three parts of letters and digits, separated by dots, and begins with eyJ.
    ");
}

#[test]
fn a_value_that_begins_with_an_at_sign_and_names_a_folder_comes_with_a_hint() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    assert_snapshot!(run(&mut line(&home, "user-identity token inspect --token @folder")), @"
    exit 1
    --- stderr
    ERROR: Not a valid token: a JWT has three parts separated by dots, but this has 1.
    Hint: The value of --token begins with @, and the file 'folder' cannot be read: Is a directory.
    Hint: A token has three parts of letters and digits, separated by dots, and begins with eyJ.
    ");
}

#[test]
fn an_at_sign_alone_is_a_value_like_others() {
    for value in ["nofile", "@"] {
        let seen = shows(&format!("user-identity token inspect --token {value}"));
        assert!(!seen.stderr.contains("begins with @"), "{seen}");
    }
}

#[test]
fn a_file_that_was_not_read_is_named_where_the_service_refuses_its_name() {
    let service = Service::refusing("IdentityNotOwned", "Provided identity doesn't belong to the resource.");
    assert_snapshot!(service.shows("token issue --scope chat --user @nofile"), @"
    exit 1
    --- stderr
    ERROR: (IdentityNotOwned) Provided identity doesn't belong to the resource.
    Code: IdentityNotOwned
    Message: Provided identity doesn't belong to the resource.
    Hint: The value of --user begins with @, and the file 'nofile' cannot be read: No such file or directory.
    Hint: '@nofile' is not an identity of a Communication Services resource. Such ids start with 8:acs:.
    ");
}

#[test]
fn the_words_after_the_command_of_a_run_are_its_own() {
    for words in [
        "echo --debug --only-show-errors",
        "-- echo --debug --only-show-errors",
        "--only-show-errors echo --debug --only-show-errors",
        "--revocation-del 1s echo --debug --only-show-errors",
        "--revocation-delay=1s echo --debug --only-show-errors",
    ] {
        let seen = shows(&format!("emulator run {words}"));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), "--debug --only-show-errors\n"), "{words} {seen}");
    }
}

#[test]
fn an_option_with_several_values_ends_before_the_command_of_a_run() {
    for words in [
        "--allow-origin https://a.example -- echo done",
        "--allow-origin https://a.example https://b.example -- echo done",
        "--hostname a.test b.test --port 0 -- echo done",
        "--allow-origin https://a.example echo done",
        "--hostname=a.test echo done",
    ] {
        let seen = shows(&format!("emulator run {words}"));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), "done\n"), "{words} {seen}");
    }
}

#[test]
fn the_words_after_the_command_of_a_run_may_look_like_options_of_ours() {
    for start in ["", "-- "] {
        let seen = shows(&format!("emulator run {start}echo -h -- @x --o --query a[ --output -o"));
        assert_eq!(seen.stdout, "-h -- @x --o --query a[ --output -o\n", "{seen}");
    }
}

#[test]
fn two_dashes_alone_are_no_command() {
    assert_snapshot!(each(["user-identity --", "user-identity token --"], shows), @"
    > user-identity --
    exit 2
    --- stderr
    ERROR: the following arguments are required: _subcommand

    > user-identity token --
    exit 2
    --- stderr
    ERROR: the following arguments are required: _subcommand
    ");
}
