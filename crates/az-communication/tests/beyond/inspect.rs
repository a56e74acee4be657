//! Tests of `token inspect`.

use super::*;
use insta::assert_snapshot;

fn inspect(home: &Folder, options: &[&str]) -> Command {
    let mut command = az(home);
    command.args(["communication", "user-identity", "token", "inspect"]).args(options);
    command
}

#[test]
fn a_token_is_read_from_stdin_without_a_connection() {
    let world = World::shared();
    let (_, token) = issued(world);
    let seen = run_reading(&mut inspect(&world.home, &[]), format!("{token}\n").as_bytes());
    let left = seen.json()["seconds_left"].as_i64().unwrap();
    assert!((86_390..=86_400).contains(&left), "{seen}");
    let shown = run_reading(
        &mut inspect(&world.home, &["--query", "{state: state, scopes: scopes, user: user_id}"]),
        token.as_bytes(),
    );
    assert_snapshot!(shown.hiding_ids(), @r#"
    exit 0
    --- stdout
    {
      "scopes": [
        "chat"
      ],
      "state": "active",
      "user": "USER"
    }
    "#);
}

#[test]
fn every_output_format_has_the_state() {
    let world = World::shared();
    let (_, token) = issued(world);
    for format in ["table", "tsv", "yaml", "yamlc", "jsonc"] {
        let seen = run(&mut inspect(&world.home, &["--token", &token, "-o", format]));
        assert!(seen.code == Some(0) && seen.stdout.contains("active"), "{format}: {seen}");
    }
}

#[test]
fn an_expired_token_is_shown_and_ends_with_1() {
    let world = World::shared();
    let expired = entra_token(world, "--expires-in=-5m");
    let query = "{state: state, user: user_id, isOver: seconds_left < `0`}";
    let seen = run(&mut inspect(&world.home, &["--token", &expired, "--query", query]));
    assert_snapshot!(named(seen), @r#"
    exit 1
    --- stdout
    {
      "isOver": true,
      "state": "expired",
      "user": "OBJECT"
    }
    "#);
}

#[test]
fn a_text_that_is_not_a_token_is_an_error() {
    assert_snapshot!(run(&mut inspect(&Folder::new(), &["--token", "a.b"])), @"
    exit 1
    --- stderr
    ERROR: Not a valid token: a JWT has three parts separated by dots, but this has 2.
    Hint: A token has three parts of letters and digits, separated by dots, and begins with eyJ.
    ");
}

#[test]
fn an_empty_stdin_is_an_error() {
    assert_snapshot!(run(&mut inspect(&Folder::new(), &[])), @"
    exit 1
    --- stderr
    ERROR: There is no token on stdin.
    Hint: Give --token, or write it to stdin.
    ");
}

/// Returns the state of a token with these claims, and the exit code. The time since its expiry is left out.
fn state(claims: &str) -> Seen {
    let query = "{state: state, left: seconds_left && `\"known\"`}";
    let home = Folder::new();
    run(&mut inspect(&home, &["--token", &token(claims), "--query", query, "-o", "tsv"]))
}

#[test]
fn a_token_is_active_only_where_its_times_say_so() {
    let claims = [
        r#"{"exp": 4102444800.5, "nbf": 1, "iat": 1}"#,
        r#"{"exp": 1000.5}"#,
        r#"{"exp": 4102444800, "nbf": 4102440000}"#,
        r#"{"exp": 4102444800, "iat": 4102444801}"#,
        "{}",
    ];
    assert_snapshot!(each(claims, state), @r#"
    > {"exp": 4102444800.5, "nbf": 1, "iat": 1}
    exit 0
    --- stdout
    active	known

    > {"exp": 1000.5}
    exit 1
    --- stdout
    expired	known

    > {"exp": 4102444800, "nbf": 4102440000}
    exit 1
    --- stdout
    not yet valid	known

    > {"exp": 4102444800, "iat": 4102444801}
    exit 1
    --- stdout
    never in force	known

    > {}
    exit 1
    --- stdout
    without expiry	None
    "#);
}

#[test]
fn a_time_that_is_not_one_is_not_valid() {
    let claims = [
        r#"{"exp": -9223372036854775808}"#,
        r#"{"exp": 9223372036854775807}"#,
        r#"{"exp": "4102444800"}"#,
        r#"{"exp": 1e300}"#,
    ];
    assert_snapshot!(each(claims, state), @r#"
    > {"exp": -9223372036854775808}
    exit 1
    --- stdout
    without valid times	None

    > {"exp": 9223372036854775807}
    exit 1
    --- stdout
    without valid times	None

    > {"exp": "4102444800"}
    exit 1
    --- stdout
    without valid times	None

    > {"exp": 1e300}
    exit 1
    --- stdout
    without valid times	None
    "#);
}

#[test]
fn a_time_outside_of_the_years_1_to_9999_is_not_valid() {
    let claims = [r#"{"exp": -62135596801}"#, r#"{"exp": 253402300800}"#, r#"{"exp": -62135596800}"#];
    assert_snapshot!(each(claims, state), @r#"
    > {"exp": -62135596801}
    exit 1
    --- stdout
    without valid times	None

    > {"exp": 253402300800}
    exit 1
    --- stdout
    without valid times	None

    > {"exp": -62135596800}
    exit 1
    --- stdout
    expired	known
    "#);
}

#[test]
fn a_number_that_is_out_of_range_is_an_error() {
    assert_snapshot!(state(r#"{"exp": 1e400}"#), @"
    exit 1
    --- stderr
    ERROR: This token cannot be read: it contains a number that is out of range.
    ");
}

#[test]
fn the_table_fits_the_terminal() {
    let home = Folder::new();
    let id = "acs:a7c9ab06-ae91-49b3-b3ab-6a4ab7fa8ddf_0000002e-6b4c-9f4a-0000-000000000001";
    let claims = format!(r#"{{"exp": 1000, "iat": 900, "skypeid": "{id}", "acsScope": "chat"}}"#);
    let seen = run(inspect(&home, &["-o", "table", "--token", &token(&claims)]).env("COLUMNS", "80"));
    let left = seen.stdout.split_whitespace().find(|word| word.parse::<i64>().is_ok()).unwrap().to_owned();
    assert_snapshot!(seen.hiding(left, "-1800000000"), @"
    exit 1
    --- stdout
    State    Expires_on                 Seconds_left    User_id
    -------  -------------------------  --------------  ----------------------------
    expired  1970-01-01T00:16:40+00:00  -1800000000     8:acs:a7c9ab06-ae91-49b3-b3a
                                                        b-6a4ab7fa8ddf_0000002e-6b4c
                                                        -9f4a-0000-000000000001
    ");
}

/// Returns a token in the forms in which users may copy it.
fn at_hand(world: &World) -> Vec<Vec<u8>> {
    let issued = world.ok("token issue --scope chat");
    let token = issued["token"].as_str().unwrap();
    vec![
        format!("\"{token}\"\n").into_bytes(),
        format!("'{token}'").into_bytes(),
        format!("Bearer {token}\r\n").into_bytes(),
        format!("\u{feff}{token}").into_bytes(),
        serde_json::to_vec_pretty(&issued).unwrap(),
        format!("\u{feff}{issued}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ]
}

#[test]
fn a_token_in_quotes_after_bearer_or_in_json_is_read_from_stdin() {
    let world = World::shared();
    for text in at_hand(world) {
        for command in ["inspect", "verify"] {
            let seen = run_reading(&mut world.command_of(["token", command]), &text);
            assert_eq!(
                (seen.code, seen.stderr.as_str()),
                (Some(0), ""),
                "{command} {}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}

#[test]
fn a_token_in_quotes_after_bearer_or_in_json_is_read_from_the_option() {
    let world = World::shared();
    for text in at_hand(world) {
        let Ok(text) = String::from_utf8(text) else { continue };
        for command in ["inspect", "verify"] {
            let seen = run(&mut world.command_of(["token", command, "--token", &text]));
            assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{command} {text}");
        }
    }
}
