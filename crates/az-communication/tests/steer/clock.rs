//! `emulator clock` and `--clock`.

use std::process::Command;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::Value;

use super::support::emulator::Emulator;
use super::*;

/// Runs a command of the clock, and returns what it shows.
fn clock(world: &World, words: &str) -> Value {
    let seen = run(&mut of(world, &format!("clock {words}")));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{words}");
    seen.json()
}

#[test]
fn the_clock_is_set_moved_stopped_and_reset() {
    let world = World::alone();
    let show =
        |words: &str| shows(&world, &mut of(&world, &format!("clock {words} --query [now,frozen] -o json"))).stdout;
    clock(&world, "freeze");
    assert_snapshot!(show("set 2030-01-31T10:00:00+01:00"), @r#"
    [
      "2030-01-31T09:00:00.0000000+00:00",
      true
    ]
    "#);
    assert_snapshot!(show("advance 1h30m"), @r#"
    [
      "2030-01-31T10:30:00.0000000+00:00",
      true
    ]
    "#);
    assert_snapshot!(show("advance -1d"), @r#"
    [
      "2030-01-30T10:30:00.0000000+00:00",
      true
    ]
    "#);
    assert_snapshot!(show("show"), @r#"
    [
      "2030-01-30T10:30:00.0000000+00:00",
      true
    ]
    "#);
    let table = shows(&world, &mut of(&world, "clock show --query {now:now,frozen:frozen} -o table"));
    assert_snapshot!(table, @"
    exit 0
    --- stdout
    Now                                Frozen
    ---------------------------------  --------
    2030-01-30T10:30:00.0000000+00:00  True
    ");
    let resumed = clock(&world, "resume");
    assert_eq!(resumed["frozen"], false);
    assert!(resumed["now"].as_str().unwrap().starts_with("2030-01-30T10:30:"), "{resumed}");
    let reset = clock(&world, "reset");
    assert_eq!((&reset["frozen"], &reset["offsetSeconds"]), (&Value::Bool(false), &Value::from(0)));
    let [now, machine] = ["now", "machine"].map(|member| reset[member].as_str().unwrap().to_owned());
    assert_eq!(now, machine);
}

/// Runs a command of user identities, which must succeed, and returns its stdout.
fn user_identity(emulator: &Emulator, home: &Folder, words: &str) -> String {
    let mut command = emulator.az(home);
    command.args(["communication", "user-identity"]).args(words.split_whitespace());
    let seen = run(&mut command);
    assert_eq!(seen.code, Some(0), "{words}: {seen}");
    seen.stdout.trim_end().to_owned()
}

/// Runs a command that must answer at once.
fn at_once<T>(action: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = action();
    // A start of the program takes its time on a busy machine. Waiting for a second of the clock would take longer.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    result
}

/// Returns why a token is not valid. It is empty if the token is valid.
fn why_invalid(emulator: &Emulator, home: &Folder, token: &str) -> String {
    let mut command = emulator.az(home);
    command.args(["communication", "user-identity", "token", "verify", "--token", token]);
    let seen = run(&mut command);
    assert!(matches!(seen.code, Some(0 | 1)), "{seen}");
    seen.json()["reason"].as_str().unwrap_or_default().to_owned()
}

const REVOKED: &str = "The tokens of the identity were revoked after this one was issued.";

#[test]
fn a_frozen_clock_lets_revoking_and_issuing_work_in_any_order_and_a_restart_keeps_it() {
    let home = Folder::new();
    let start = || Emulator::start(&home, &["--data-dir", "data"]);
    let emulator = start();
    let user = user_identity(&emulator, &home, "user create --query rawId -o tsv");
    let issue = |emulator: &Emulator| {
        at_once(|| {
            user_identity(emulator, &home, &format!("token issue --user {user} --scope chat --query token -o tsv"))
        })
    };
    let revoke =
        |emulator: &Emulator| at_once(|| user_identity(emulator, &home, &format!("token revoke --user {user} --yes")));
    let clock = |emulator: &Emulator, words: &str| {
        let mut command = super::emulator(&home, &format!("clock {words} --port"));
        let seen = at_once(|| run(command.arg(emulator.port().to_string())));
        assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{words}");
        seen.json()
    };
    let check = |emulator: &Emulator, token: &str| at_once(|| why_invalid(emulator, &home, token));
    let frozen = clock(&emulator, "freeze");
    let first = issue(&emulator);
    revoke(&emulator);
    let second = issue(&emulator);
    assert_eq!((check(&emulator, &first).as_str(), check(&emulator, &second).as_str()), (REVOKED, ""));
    revoke(&emulator);
    assert_eq!(check(&emulator, &second), REVOKED);
    clock(&emulator, "advance -1d");
    assert_eq!((check(&emulator, &first).as_str(), check(&emulator, &second).as_str()), (REVOKED, REVOKED));
    drop(emulator);
    let emulator = start();
    let kept = clock(&emulator, "advance 1d");
    assert_eq!((&kept["now"], &kept["frozen"]), (&frozen["now"], &Value::Bool(true)));
    for token in [&first, &second] {
        assert_eq!(check(&emulator, token), REVOKED);
    }
    let third = issue(&emulator);
    assert_eq!(check(&emulator, &third), "");
    clock(&emulator, "advance -1s");
    assert_snapshot!(check(&emulator, &third), @"The token was issued later than the clock of the emulator shows now.");
    clock(&emulator, "advance P1DT1S");
    assert_snapshot!(check(&emulator, &third), @"The token has expired by the clock of the emulator.");
}

#[test]
fn a_token_that_the_clock_of_the_emulator_calls_active_is_valid_whatever_the_machine_shows() {
    let world = World::alone();
    clock(&world, "advance -7d");
    let user = user_identity(&world.emulator, &world.home, "user create --query rawId -o tsv");
    let issue = format!("token issue --user {user} --scope chat --query token -o tsv");
    let token = user_identity(&world.emulator, &world.home, &issue);
    assert_eq!(why_invalid(&world.emulator, &world.home, &token), "");
    clock(&world, "reset");
    assert_ne!(why_invalid(&world.emulator, &world.home, &token), "");
}

#[test]
fn the_clock_starts_at_the_time_of_clock() {
    let home = Folder::new();
    let now = |command: &mut Command| {
        let emulator = Emulator::from_command(command);
        let mut show = super::emulator(&home, "clock show --query now -o tsv --port");
        run(show.arg(emulator.port().to_string())).stdout
    };
    let mut start = super::emulator(&home, "start --port 0 --in-memory --clock 2030-01-31T09:00:00Z");
    assert!(now(&mut start).starts_with("2030-01-31T09:0"));
    let mut start = super::emulator(&home, "start --port 0 --in-memory");
    start.env("AZURE_COMMUNICATION_EMULATOR_CLOCK", "2031-01-31T09:00:00Z");
    assert!(now(&mut start).starts_with("2031-01-31T09:0"));
}

#[test]
fn a_time_that_the_clock_cannot_show_at_the_start_is_refused() {
    let home = Folder::new();
    assert_snapshot!(run(&mut emulator(&home, "start --in-memory --port 0 --clock tomorrow")), @"
    exit 2
    --- stderr
    ERROR: --clock is not a time of RFC 3339: 'tomorrow'.
    Hint: Example: 2030-01-31T09:00:00Z, or 2030-01-31T10:00:00+01:00.
    ");
    assert_snapshot!(run(&mut emulator(&home, "start --in-memory --port 0 --clock 1969-01-01T00:00:00Z")), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot start: the clock of the service cannot show 1969-01-01T00:00:00Z, but times from 1970-01-01T00:00:00Z to 2262-01-01T00:00:00Z.
    Hint: Give --clock another time, such as 2030-01-31T09:00:00Z.
    ");
    let mut by_variable = emulator(&home, "run -- true");
    assert_snapshot!(run(by_variable.env("AZURE_COMMUNICATION_EMULATOR_CLOCK", "2030")), @"
    exit 2
    --- stderr
    ERROR: AZURE_COMMUNICATION_EMULATOR_CLOCK is not a time of RFC 3339: '2030'.
    Hint: Example: 2030-01-31T09:00:00Z, or 2030-01-31T10:00:00+01:00.
    ");
}

#[test]
fn bad_times_and_durations_are_refused() {
    let world = World::shared();
    let refused = |words: &str| shows(world, &mut of(world, &format!("clock {words}")));
    assert_snapshot!(refused("set"), @"
    exit 2
    --- stderr
    ERROR: the following arguments are required: TIME

    Examples from command's help:
    az communication emulator clock set 2030-01-31T09:00:00Z
    Go to a day in the future

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
    assert_snapshot!(refused("set tomorrow"), @"
    exit 2
    --- stderr
    ERROR: TIME is not a time of RFC 3339: 'tomorrow'.
    Hint: Example: 2030-01-31T09:00:00Z, or 2030-01-31T10:00:00+01:00.
    ");
    assert_snapshot!(refused("set 2030-01-31T09:00:00Z 2031-01-31T09:00:00Z"), @"
    exit 2
    --- stderr
    ERROR: unrecognized arguments: 2031-01-31T09:00:00Z

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
    assert_snapshot!(refused("set 2300-01-01T00:00:00Z"), @"
    exit 2
    --- stderr
    ERROR: The clock can show times from 1970-01-01T00:00:00Z to 2262-01-01T00:00:00Z.
    ");
    assert_snapshot!(refused("advance"), @"
    exit 2
    --- stderr
    ERROR: the following arguments are required: DURATION

    Examples from command's help:
    az communication emulator clock advance 24h
    Let the tokens of a day expire

    az communication emulator clock advance -1d
    Go back by a day

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
    assert_snapshot!(refused("advance 90"), @"
    exit 2
    --- stderr
    ERROR: DURATION is not a duration with a unit: '90'.
    Hint: Example: 2h, 1h30m, P1D, or -1d to go back.
    ");
    assert_snapshot!(refused("advance -x"), @"
    exit 2
    --- stderr
    ERROR: the following arguments are required: DURATION

    Examples from command's help:
    az communication emulator clock advance 24h
    Let the tokens of a day expire

    az communication emulator clock advance -1d
    Go back by a day

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
    assert_snapshot!(refused("advance 200000d"), @"
    exit 1
    --- stderr
    ERROR: The clock can show times from 1970-01-01T00:00:00Z to 2262-01-01T00:00:00Z.
    ");
    assert_snapshot!(refused("stop"), @"
    exit 2
    --- stderr
    ERROR: 'stop' is misspelled or not recognized by the system.

    https://aka.ms/cli_ref
    Read more about the command in reference docs
    ");
}

#[test]
fn a_clock_needs_an_emulator() {
    let home = Folder::new();
    assert_snapshot!(run(&mut emulator(&home, "clock freeze --data-dir none --port 0")).hiding_home(&home), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot be found: no running emulator uses HOME/none.json.
    Hint: Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file, --ready-file), or by --endpoint. az communication emulator status shows whether it is ready.
    ");
}
