//! Values as people write them.

use insta::assert_snapshot;

use crate::ISSUE;
use crate::support::world::World;

/// J21.
#[test]
fn durations_are_read_as_people_write_them() {
    let world = World::new();
    for (given, minutes) in
        [("1d", 1440), ("P1D", 1440), ("1h30m", 90), ("1h 30m", 90), ("90 min", 90), ("1.5h", 90), ("2 hours", 120)]
    {
        let mut command = world.command("token issue --scope chat --query token -o tsv");
        let seen = crate::support::seen::run(command.args(["--expires-in", given]));
        assert_eq!(seen.code, Some(0), "{given}: {seen:?}");
        let claims = world.ok(&format!("token inspect --token {}", seen.stdout.trim()))["claims"].clone();
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), minutes * 60, "{given}");
    }
    assert_snapshot!(world.fails("token issue --scope chat --expires-in fortnight", 2), @r"
    ERROR: --expires-in is not a duration in whole minutes: 'fortnight'.
    Hint: Write 90m, 1h, 1h30m, 1d, PT90M or 90; from 60 minutes to 24 hours.
    ");
}

/// J21: sent as one value, as the reference does, and said.
#[test]
fn scopes_in_one_value_are_named() {
    let world = World::new();
    for scope in ["chat voip", "chat,voip", "chat, voip", "chat;voip", "chat/voip"] {
        let mut command = world.command("token issue");
        let seen = crate::support::seen::run(command.args(["--scope", scope]));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""));
        let warning = format!(
            "WARNING: '{scope}' is not a known scope. It is sent as one value. Several scopes are several values: --scope \
             chat voip\n"
        );
        assert!(seen.stderr.starts_with(&warning), "{seen:?}");
        assert!(seen.stderr.contains(&format!("Scope '{scope}' is not supported.")), "{seen:?}");
    }
}

/// J20.
#[test]
fn empty_values_are_refused_before_anything_is_sent() {
    let world = World::durable();
    for (words, option) in [
        ("token issue --scope chat", "--expires-in"),
        ("user create", "--custom-id"),
        ("user create", "--count"),
        ("user create", "--api-version"),
        (&format!("{ISSUE} --out-file t"), "--count"),
        (&format!("{ISSUE} --out-file t"), "--users-from"),
        (&format!("{ISSUE} --out-file t"), "--names-from"),
        (&format!("{ISSUE} --count 1"), "--out-file"),
        (&format!("{ISSUE} --count 1 --out-file t"), "--concurrency"),
        (&format!("{ISSUE} --count 1 --out-file t"), "--refresh"),
        (&format!("{ISSUE} --count 1 --out-file t"), "--api-version"),
        ("user delete-batch --yes", "--users-from"),
        ("token revoke-batch --users-from x --yes", "--out-file"),
    ] {
        let mut command = world.command(words);
        let seen = crate::support::seen::run(command.args([option, ""]));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(2), ""), "{words} {option}: {seen:?}");
        assert_eq!(seen.stderr, format!("ERROR: {option} is empty.\n"), "{words}");
    }
    assert_eq!(world.identities(), 0);
    assert!(!world.home.path().join("t").exists());
}

/// C18.
#[test]
fn numbers_have_one_rule() {
    let world = World::new();
    for (words, option, last) in [
        ("user create", "--count", 100_000),
        (&format!("{ISSUE} --out-file t"), "--count", 10_000_000),
        (&format!("{ISSUE} --count 1 --out-file t"), "--concurrency", 256),
        ("user delete-batch --users-from x --yes", "--concurrency", 256),
    ] {
        for wrong in ["0", "-1", "1.5", "many", "99999999999999999999"] {
            assert_eq!(
                world.fails(&format!("{words} {option}={wrong}"), 2),
                format!("ERROR: {option} must be a number from 1 to {last}, but it is '{wrong}'.\n"),
                "{words}"
            );
        }
    }
}
