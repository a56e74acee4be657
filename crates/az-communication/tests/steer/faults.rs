//! `emulator fault add`, `list`, `delete` and `clear`.

use insta::assert_snapshot;

use super::*;

#[test]
fn a_fault_is_added_listed_and_deleted() {
    let world = World::alone();
    let add = "fault add --operation createIdentity --status 429 --retry-after 2 --times 2";
    assert_snapshot!(shows(&world, &mut of(&world, add)), @r#"
    exit 0
    --- stdout
    {
      "hits": 0,
      "id": "1",
      "operation": "createIdentity",
      "retryAfter": 2,
      "status": 429,
      "times": 2
    }
    "#);
    let create = |status: u16| {
        let answer = world.emulator.client().send("POST", "/identities?api-version=2023-10-01", "");
        assert_eq!(answer.status, status);
        answer.header("retry-after").map(str::to_owned)
    };
    assert_eq!(create(429).as_deref(), Some("2"));
    assert_snapshot!(shows(&world, &mut of(&world, "fault list -o table")), @"
    exit 0
    --- stdout
    Id    Operation       Status    RetryAfter    Times    Hits
    ----  --------------  --------  ------------  -------  ------
    1     createIdentity  429       2             2        1
    ");
    assert_snapshot!(shows(&world, &mut of(&world, "fault delete 1")), @"exit 0");
    create(201);
    assert_snapshot!(shows(&world, &mut of(&world, "fault delete 1")), @"
    exit 3
    --- stderr
    ERROR: There is no fault '1'.
    ");
    assert_eq!(run(&mut of(&world, "fault add --drop before --path /identities")).code, Some(0));
    assert_snapshot!(shows(&world, &mut of(&world, "fault clear")), @"exit 0");
    assert_snapshot!(shows(&world, &mut of(&world, "fault list")), @"
    exit 0
    --- stdout
    []
    ");
}

#[test]
fn every_option_becomes_a_part_of_the_rule() {
    let world = World::alone();
    let words = "fault add --operation issueAccessToken --method POST --path /identities/** --identity alice --every 2 \
                 --probability 0.5 --seed 7 --delay 500ms --token-expires-in=-1m --shift=-2h --times 3 \
                 --until 2030-01-01T00:00:00Z";
    assert_snapshot!(shows(&world, &mut of(&world, words)), @r#"
    exit 0
    --- stdout
    {
      "delayMilliseconds": 500,
      "every": 2,
      "hits": 0,
      "id": "1",
      "identity": "alice",
      "method": "POST",
      "operation": "issueAccessToken",
      "path": "/identities/**",
      "probability": 0.5,
      "seed": 7,
      "shiftSeconds": -7200,
      "times": 3,
      "tokenExpiresInSeconds": -60,
      "until": "2030-01-01T00:00:00.0000000+00:00"
    }
    "#);
    let words = "fault add --include-unauthenticated --status 503 --code Busy --message Later. --delay 2s";
    assert_snapshot!(shows(&world, &mut of(&world, words)), @r#"
    exit 0
    --- stdout
    {
      "code": "Busy",
      "delayMilliseconds": 2000,
      "hits": 0,
      "id": "2",
      "includeUnauthenticated": true,
      "message": "Later.",
      "status": 503
    }
    "#);
    assert_snapshot!(shows(&world, &mut of(&world, "fault add --truncate-body-at 10")), @r#"
    exit 0
    --- stdout
    {
      "hits": 0,
      "id": "3",
      "truncateBodyAt": 10
    }
    "#);
}

#[test]
fn operations_are_checked_and_can_be_more_than_one() {
    let world = World::alone();
    let added = shows(&world, &mut of(&world, "fault add --operation createIdentity,issueAccessToken --status 429"));
    assert_snapshot!(added, @r#"
    exit 0
    --- stdout
    {
      "hits": 0,
      "id": "1",
      "operation": "createIdentity,issueAccessToken",
      "status": 429
    }
    "#);
    let said = run(&mut of(&world, "fault add --operation createIdentity,issueToken --status 429"));
    let first = said.stderr.lines().next().unwrap();
    assert!(first.contains("'issueToken' is not a valid value for '--operation'"), "{said}");
    assert_eq!(said.code, Some(2));
    for (method, operation) in [
        ("createUser", "createIdentity"),
        ("get_token", "issueAccessToken"),
        ("revokeTokens", "revokeAccessTokens"),
        ("deleteIdentty", "deleteIdentity"),
    ] {
        let said = run(&mut of(&world, &format!("fault add --operation {method} --status 429")));
        assert!(said.stderr.contains(&format!("Did you mean '{operation}' ?")), "{said}");
    }
}

#[test]
fn a_time_can_be_a_duration_and_retry_after_can_have_a_unit() {
    let world = World::alone();
    run(&mut of(&world, "clock freeze"));
    run(&mut of(&world, "clock set 2030-01-31T09:00:00Z"));
    let words = "fault add --status 429 --retry-after 2s --until 10m --query [retryAfter,until] -o tsv";
    assert_snapshot!(run(&mut of(&world, words)), @"
    exit 0
    --- stdout
    2
    2030-01-31T09:10:00.0000000+00:00
    ");
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let world = World::alone();
    let said: Vec<String> = [
        "fault add",
        "fault add --status 200",
        "fault add --status 500 --drop after",
        "fault add --status 500 --every 0",
        "fault add --status 500 --probability 2",
        "fault add --status 500 --seed 3",
        "fault add --delay 5",
        "fault add --delay 6m",
        "fault add --token-expires-in 30",
        "fault add --token-expires-in 2d",
        "fault add --shift soon",
        "fault add --status 500 --until tomorrow",
        "fault add --status 500 --path identities",
        "fault add --truncate-body-at -1",
    ]
    .iter()
    .map(|words| {
        let seen = shows(&world, &mut of(&world, words));
        assert_eq!(seen.stdout, "", "{words}");
        let said = seen.stderr.split("\n\nExamples").next().unwrap();
        format!("{words}: {:?}\n{}\n", seen.code, said.trim_end())
    })
    .collect();
    assert_snapshot!(said.concat(), @"
    fault add: Some(2)
    ERROR: No option says what happens to the requests.
    Hint: Give --status, --drop, --truncate-body-at, --delay, --token-expires-in or --shift.
    fault add --status 200: Some(2)
    ERROR: --status must be a number from 400 to 599, but it is '200'.
    fault add --status 500 --drop after: Some(2)
    ERROR: --drop cannot be combined with 'status'.
    fault add --status 500 --every 0: Some(2)
    ERROR: --every must be a whole number of at least 1, but it is '0'.
    fault add --status 500 --probability 2: Some(2)
    ERROR: --probability must be greater than 0 and at most 1, but it is '2'.
    fault add --status 500 --seed 3: Some(2)
    ERROR: --seed needs --probability.
    fault add --delay 5: Some(2)
    ERROR: --delay must be a duration from 0s to 5m, but it is '5'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    fault add --delay 6m: Some(2)
    ERROR: --delay must be a duration from 0s to 5m, but it is '6m'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    fault add --token-expires-in 30: Some(2)
    ERROR: --token-expires-in must be a duration from -24h to 24h, but it is '30'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    fault add --token-expires-in 2d: Some(2)
    ERROR: --token-expires-in must be a duration from -24h to 24h, but it is '2d'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    fault add --shift soon: Some(2)
    ERROR: --shift must be a duration from -3660d to 3660d, but it is 'soon'.
    Hint: Write a number with a unit: 30s, 2m or 1h.
    fault add --status 500 --until tomorrow: Some(2)
    ERROR: --until must be a time in RFC 3339, such as 2026-01-31T12:00:00Z.
    fault add --status 500 --path identities: Some(2)
    ERROR: --path must begin with / or *.
    fault add --truncate-body-at -1: Some(2)
    ERROR: --truncate-body-at must be a number from 0 to 1048576, but it is '-1'.
    ");
    assert_eq!(run(&mut of(&world, "fault list --query length(@)")).stdout, "0\n");
}

#[test]
fn an_unknown_operation_is_refused_with_the_known_ones() {
    let world = World::shared();
    let seen = run(&mut of(world, "fault add --status 500 --operation issue"));
    assert_eq!(seen.code, Some(2));
    let words = "'issue' is not a valid value for '--operation'. Allowed values: createIdentity, ";
    assert!(seen.stderr.contains(words), "{}", seen.stderr);
}
