//! Values of arguments: empty ones, numbers, and those that stand after other words.

use super::*;
use crate::support::seen::each;
use insta::assert_snapshot;

#[test]
fn an_empty_value_of_an_argument_of_the_reference_is_refused_with_1() {
    let service = Service::issuing();
    let lines = [
        "token issue --scope chat --user ",
        "token issue --scope chat --user=",
        "issue-access-token --scope chat --userid ",
        "token revoke -y --user ",
        "user delete -y --user ",
    ];
    assert_snapshot!(each(lines, |line| service.shows(line)), @"
    > token issue --scope chat --user ''
    exit 1
    --- stderr
    ERROR: --user is empty.

    > token issue --scope chat --user=
    exit 1
    --- stderr
    ERROR: --user is empty.

    > issue-access-token --scope chat --userid ''
    exit 1
    --- stderr
    ERROR: --userid is empty.

    > token revoke -y --user ''
    exit 1
    --- stderr
    ERROR: --user is empty.

    > user delete -y --user ''
    exit 1
    --- stderr
    ERROR: --user is empty.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn an_empty_value_of_an_argument_of_ours_is_refused_with_2() {
    let service = Service::issuing();
    let lines = [
        "user show --user ",
        "token issue --scope chat --expires-in ",
        "user create --custom-id ",
        "user create --count ",
        "user create --api-version ",
        "user create --endpoint ",
        "token issue-batch --scope chat --out-file f --count ",
        "token issue-batch --scope chat --out-file f --users-from ",
        "token issue-batch --scope chat --out-file f --names-from ",
        "token issue-batch --scope chat --count 1 --out-file ",
        "token issue-batch --scope chat --count 1 --out-file f --concurrency ",
        "token issue-batch --scope chat --count 1 --out-file f --refresh ",
        "token issue-batch --scope chat --count 1 --out-file f --api-version ",
        "user delete-batch --yes --users-from ",
        "token revoke-batch --yes --users-from x --out-file ",
        "entra assignment show --object-id=",
    ];
    assert_snapshot!(each(lines, |line| service.shows(line)), @"
    > user show --user ''
    exit 2
    --- stderr
    ERROR: --user is empty.

    > token issue --scope chat --expires-in ''
    exit 2
    --- stderr
    ERROR: --expires-in is empty.

    > user create --custom-id ''
    exit 2
    --- stderr
    ERROR: --custom-id is empty.

    > user create --count ''
    exit 2
    --- stderr
    ERROR: --count is empty.

    > user create --api-version ''
    exit 2
    --- stderr
    ERROR: --api-version is empty.

    > user create --endpoint ''
    exit 2
    --- stderr
    ERROR: --endpoint is empty.

    > token issue-batch --scope chat --out-file f --count ''
    exit 2
    --- stderr
    ERROR: --count is empty.

    > token issue-batch --scope chat --out-file f --users-from ''
    exit 2
    --- stderr
    ERROR: --users-from is empty.

    > token issue-batch --scope chat --out-file f --names-from ''
    exit 2
    --- stderr
    ERROR: --names-from is empty.

    > token issue-batch --scope chat --count 1 --out-file ''
    exit 2
    --- stderr
    ERROR: --out-file is empty.

    > token issue-batch --scope chat --count 1 --out-file f --concurrency ''
    exit 2
    --- stderr
    ERROR: --concurrency is empty.

    > token issue-batch --scope chat --count 1 --out-file f --refresh ''
    exit 2
    --- stderr
    ERROR: --refresh is empty.

    > token issue-batch --scope chat --count 1 --out-file f --api-version ''
    exit 2
    --- stderr
    ERROR: --api-version is empty.

    > user delete-batch --yes --users-from ''
    exit 2
    --- stderr
    ERROR: --users-from is empty.

    > token revoke-batch --yes --users-from x --out-file ''
    exit 2
    --- stderr
    ERROR: --out-file is empty.

    > entra assignment show --object-id=
    exit 2
    --- stderr
    ERROR: --object-id is empty.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn an_empty_scope_is_sent_as_the_reference_sends_it() {
    let service = Service::issuing();
    service.shows("token issue --scope  --user 8:acs:x");
    assert_eq!(service.requests()[0].body, r#"{"scopes":[""]}"#);
}

#[test]
fn a_number_out_of_range_is_a_usage_error() {
    let service = Service::issuing();
    let lines = [
        "user create --count 0",
        "token issue-batch --scope chat --out-file t --count 0",
        "token issue-batch --scope chat --count 1 --out-file t --concurrency 0",
        "user delete-batch --users-from x --yes --concurrency 0",
    ];
    assert_snapshot!(each(lines, |line| service.shows(line)), @"
    > user create --count 0
    exit 2
    --- stderr
    ERROR: --count must be a number from 1 to 100000, but it is '0'.

    > token issue-batch --scope chat --out-file t --count 0
    exit 2
    --- stderr
    ERROR: --count must be a number from 1 to 10000000, but it is '0'.

    > token issue-batch --scope chat --count 1 --out-file t --concurrency 0
    exit 2
    --- stderr
    ERROR: --concurrency must be a number from 1 to 256, but it is '0'.

    > user delete-batch --users-from x --yes --concurrency 0
    exit 2
    --- stderr
    ERROR: --concurrency must be a number from 1 to 256, but it is '0'.
    ");
    for line in lines {
        for wrong in ["-1", "1.5", "1e2", "many", "99999999999999999999"] {
            let option = line.split(' ').rev().nth(1).unwrap();
            let seen = service.shows(&format!("{}={wrong}", line.strip_suffix(" 0").unwrap()));
            let error = format!("ERROR: {option} must be a number from 1 to ");
            assert!(seen.code == Some(2) && seen.stderr.starts_with(&error), "{seen}");
            assert!(seen.stderr.ends_with(&format!(", but it is '{wrong}'.\n")), "{seen}");
        }
    }
    assert_eq!(service.requests(), []);
}

#[test]
fn a_duration_that_cannot_be_read_is_a_usage_error() {
    let service = Service::issuing();
    let lines = [
        "token issue --scope chat --expires-in soon",
        "token issue-batch --scope chat --out-file f --count 1 --expires-in abc",
        "token issue-batch --scope chat --out-file f --count 1 --refresh abc",
    ];
    assert_snapshot!(each(lines, |line| service.shows(line)), @"
    > token issue --scope chat --expires-in soon
    exit 2
    --- stderr
    ERROR: --expires-in is not a duration in whole minutes: 'soon'.
    Hint: Write 90m, 1h, 1h30m, 1d, PT90M or 90; from 60 minutes to 24 hours.

    > token issue-batch --scope chat --out-file f --count 1 --expires-in abc
    exit 2
    --- stderr
    ERROR: --expires-in is not a duration in whole minutes: 'abc'.
    Hint: Write 90m, 1h, 1h30m, 1d, PT90M or 90; from 60 minutes to 24 hours.

    > token issue-batch --scope chat --out-file f --count 1 --refresh abc
    exit 2
    --- stderr
    ERROR: --refresh is not a duration: 'abc'.
    Hint: Write 0 for the tokens that have expired, or 30m, 6h, 1d for those that expire within that time.
    ");
    assert_eq!(service.requests(), []);
}

#[test]
fn a_value_of_the_emulator_that_cannot_be_read_is_a_usage_error() {
    let lines = [
        "emulator entra-token --oid a --appid b --expires-in abc",
        "emulator run --revocation-delay abc -- true",
        "emulator run --access-key ! -- true",
        "emulator run --host localhost:1 -- true",
        "emulator run --host= -- true",
    ];
    assert_snapshot!(each(lines, shows), @r"
    > emulator entra-token --oid a --appid b --expires-in abc
    exit 2
    --- stderr
    ERROR: --expires-in is not a duration: 'abc'.
    Hint: Write 90m, 1h, 1h30m, PT90M or 90.

    > emulator run --revocation-delay abc -- true
    exit 2
    --- stderr
    ERROR: --revocation-delay is not a duration from 0s to 15m: 'abc'.

    > emulator run --access-key ! -- true
    exit 2
    --- stderr
    ERROR: --access-key is not valid base64.
    Hint: Make one: openssl rand -base64 64 | tr -d '\n'

    > emulator run --host localhost:1 -- true
    exit 2
    --- stderr
    ERROR: --host holds a port, which has an option of its own (--port): 'localhost:1'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: stand for all.

    > emulator run --host= -- true
    exit 2
    --- stderr
    ERROR: --host is empty.
    ");
}

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
    ERROR: With --auth-mode key, the endpoint is that of the connection string.
    Hint: Leave --endpoint out, or give --auth-mode login.

    > user create --custom-id x --api-version 2023-10-01
    exit 2
    --- stderr
    ERROR: The api-version 2023-10-01 has no custom ids.
    Hint: These have: 2025-03-02-preview.

    > user create --custom-id x --count 2
    exit 2
    --- stderr
    ERROR: --custom-id names one identity; it does not go with --count.
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

    Hint: A value that begins with a minus stands behind an equals sign: --expires-in=-5m
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
    ERROR: This is not a token: a JWT has three parts separated by dots, but this has 1.
    Hint: The value of --token begins with @, and the file 'nofile' cannot be read: No such file or directory.
    Hint: A token is three parts of letters and digits, separated by dots, and begins with eyJ.
    ");
}

#[test]
fn a_value_that_begins_with_an_at_sign_and_names_a_folder_comes_with_a_hint() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    assert_snapshot!(run(&mut line(&home, "user-identity token inspect --token @folder")), @"
    exit 1
    --- stderr
    ERROR: This is not a token: a JWT has three parts separated by dots, but this has 1.
    Hint: The value of --token begins with @, and the file 'folder' cannot be read: Is a directory.
    Hint: A token is three parts of letters and digits, separated by dots, and begins with eyJ.
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
    Hint: '@nofile' is not an identity of a Communication Services resource: those start with 8:acs:.
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
fn the_words_after_the_command_of_a_run_may_look_like_options_of_ours() {
    for start in ["", "-- "] {
        let seen = shows(&format!("emulator run {start}echo -h -- @x --o --query a[ --output -o"));
        assert_eq!(seen.stdout, "-h -- @x --o --query a[ --output -o\n", "{seen}");
    }
}
