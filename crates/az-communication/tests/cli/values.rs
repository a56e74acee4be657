//! Tests of argument values that cannot be parsed: empty values, numbers, durations.

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
    ERROR: --expires-in must be a duration in whole minutes from 1h to 24h, but it is 'soon'.
    Hint: Write 90m, 1h30m, 1d, PT90M, or 90 for minutes.

    > token issue-batch --scope chat --out-file f --count 1 --expires-in abc
    exit 2
    --- stderr
    ERROR: --expires-in must be a duration in whole minutes from 1h to 24h, but it is 'abc'.
    Hint: Write 90m, 1h30m, 1d, PT90M, or 90 for minutes.

    > token issue-batch --scope chat --out-file f --count 1 --refresh abc
    exit 2
    --- stderr
    ERROR: --refresh must be a duration of at least 0s, but it is 'abc'.
    Hint: Write 90m, 1h30m, 1d, PT90M, or 90 for minutes.
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
    ERROR: --expires-in must be a duration from -24h to 24h, but it is 'abc'.
    Hint: Write 90m, 1h30m, 1d, PT90M, or 90 for minutes.

    > emulator run --revocation-delay abc -- true
    exit 2
    --- stderr
    ERROR: --revocation-delay must be a duration from 0s to 15m, but it is 'abc'.
    Hint: Write 30s, 5m, PT5M, or 5 for minutes.

    > emulator run --access-key ! -- true
    exit 2
    --- stderr
    ERROR: --access-key is not valid base64.
    Hint: To make one: openssl rand -base64 64 | tr -d '\n'

    > emulator run --host localhost:1 -- true
    exit 2
    --- stderr
    ERROR: --host contains a port, which has its own option (--port): 'localhost:1'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.

    > emulator run --host= -- true
    exit 2
    --- stderr
    ERROR: --host is empty.
    ");
}
