//! Tests of the ledger, which has a line for each user who was created or deleted.

use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Stdio;

use super::*;
use crate::support::seen::{each, run};
use insta::assert_snapshot;

/// Runs a command line with the ledger of that name in its environment.
fn with_ledger(world: &World, ledger: &str, words: &str) -> Seen {
    world.shown(world.command(words).env("AZURE_COMMUNICATION_LEDGER", ledger))
}

/// Runs command lines with one ledger. Returns a summary of each line of the ledger.
fn ledger_of(lines: &[&str]) -> String {
    let world = World::new();
    let user = run(world.command("user create --query rawId -o tsv").env("AZURE_COMMUNICATION_LEDGER", "ledger"));
    for line in lines {
        let seen = with_ledger(&world, "ledger", &line.replace("USER", user.stdout.trim()));
        assert_eq!(seen.code, Some(0), "{line}: {seen}");
    }
    let mut all = String::new();
    for line in world.lines("ledger") {
        assert_eq!(line["host"], format!("localhost:{}", world.emulator.port()));
        assert!(line["user_id"].as_str().unwrap().starts_with("8:acs:") && line["time"].is_string(), "{line}");
        let text = |name: &str| line[name].as_str().unwrap_or_default();
        let line = format!("{} {} {}", text("event"), text("command"), text("custom_id"));
        all.push_str(&format!("{}\n", line.trim_end()));
    }
    all
}

#[test]
fn each_created_user_has_a_line() {
    let batch = format!("{ISSUE} --count 2 --out-file t.jsonl");
    let lines = ["user create --custom-id alice", "user create --count 2", "token issue --scope chat", &batch];
    assert_snapshot!(ledger_of(&lines), @"
    created user-identity user create
    created user-identity user create alice
    created user-identity user create
    created user-identity user create
    created user-identity token issue
    created user-identity token issue-batch
    created user-identity token issue-batch
    ");
}

#[test]
fn each_deleted_user_has_a_line() {
    let batch = format!("{ISSUE} --count 2 --out-file t.jsonl");
    let delete = "user delete-batch --users-from t.jsonl --yes";
    assert_snapshot!(ledger_of(&["user delete --user USER --yes", &batch, delete]), @"
    created user-identity user create
    deleted user-identity user delete
    created user-identity token issue-batch
    created user-identity token issue-batch
    deleted user-identity user delete-batch
    deleted user-identity user delete-batch
    ");
}

#[test]
fn a_command_that_neither_creates_nor_deletes_users_adds_no_line() {
    let batch = format!("{ISSUE} --users-from t.jsonl --out-file u.jsonl");
    let delete = "user delete-batch --users-from t.jsonl --yes";
    let first = format!("{ISSUE} --count 1 --out-file t.jsonl");
    let lines = [&first, "token issue --scope chat --user USER", &batch, &first, delete, delete];
    assert_snapshot!(ledger_of(&lines), @"
    created user-identity user create
    created user-identity token issue-batch
    deleted user-identity user delete-batch
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_new_ledger_can_be_read_by_its_owner_only() {
    let world = World::new();
    with_ledger(&world, "ledger", "user create");
    let mode = std::fs::metadata(world.home.path().join("ledger")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Four processes add lines after a line that a killed process left incomplete.
#[test]
fn lines_of_several_processes_are_whole_in_the_ledger_of_the_config_file() {
    let world = World::new();
    let ledger = world.home.write("ledger.jsonl", "{\"time\":\"2026-");
    world.home.write(".azure/config", format!("[communication]\nledger = {}\n", ledger.display()));
    let create = || {
        let mut command = world.command("user create --count 20");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for mut child in [(); 4].map(|()| create()) {
        assert!(child.wait().unwrap().success());
    }
    let text = std::fs::read_to_string(&ledger).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (81, "{\"time\":\"2026-"));
    assert!(lines[1..].iter().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

/// The commands that create users.
const CREATING: [&str; 4] = [
    "user create",
    "user create --count 2",
    "token issue --scope chat",
    "token issue-batch --scope chat --count 1 --out-file t",
];

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_ledger_that_cannot_be_written_is_an_error_before_anything_is_sent() {
    let world = World::durable();
    assert_snapshot!(each(["no/such/folder", "/dev/full"], |name| with_ledger(&world, name, "user create")), @"
    > no/such/folder
    exit 1
    --- stderr
    ERROR: no/such/folder cannot be written: No such file or directory.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.

    > /dev/full
    exit 1
    --- stderr
    ERROR: /dev/full cannot be written: it is a device.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.
    ");
    for words in CREATING {
        let error = "ERROR: no/such/folder cannot be written: No such file or directory.\n";
        let seen = with_ledger(&world, "no/such/folder", words);
        assert!(seen.code == Some(1) && seen.stderr.starts_with(error), "{words}: {seen}");
    }
    assert_eq!(world.identities(), 0);
}

#[test]
fn a_command_that_creates_no_users_needs_no_ledger() {
    let world = World::new();
    let revoke = format!("token revoke --yes --user {}", world.users(1)[0]);
    assert_eq!(with_ledger(&world, "no/such/folder", &revoke).code, Some(0));
}

#[test]
fn a_link_to_a_file_that_does_not_exist_is_refused_and_creates_none() {
    let world = World::durable();
    std::os::unix::fs::symlink("elsewhere", world.home.path().join("led")).unwrap();
    assert_snapshot!(with_ledger(&world, "led", "user create"), @"
    exit 1
    --- stderr
    ERROR: led cannot be used: it is a symbolic link to a file that does not exist.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.
    Hint: Name a file by its own path.
    ");
    assert_eq!(world.identities(), 0);
    assert!(!world.home.path().join("elsewhere").exists());
}

#[test]
fn a_link_to_a_ledger_is_followed() {
    let world = World::new();
    world.home.write("elsewhere", "");
    std::os::unix::fs::symlink("elsewhere", world.home.path().join("led")).unwrap();
    assert_eq!(with_ledger(&world, "led", "user create").code, Some(0));
    assert_eq!(world.lines("elsewhere").len(), 1);
}

const LINE: &str =
    r#"{"time":"2026-11-26T06:40:12+00:00","event":"created","user_id":"8:acs:a","command":"c","host":"h"}"#;

#[test]
fn a_long_ledger_is_appended_to() {
    let world = World::new();
    world.home.write("led", format!("{LINE}\n").repeat(6000));
    assert_eq!(with_ledger(&world, "led", "user create").code, Some(0));
    assert_eq!(world.lines("led").len(), 6001);
}

#[test]
fn a_file_that_is_not_a_ledger_is_refused() {
    let world = World::new();
    world.home.write("led.txt", "my only copy");
    assert_snapshot!(with_ledger(&world, "led.txt", "user create"), @"
    exit 1
    --- stderr
    ERROR: led.txt cannot be used: it has lines that do not belong to a ledger.
    Hint: AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.
    Hint: Nothing was changed. Name another file.
    ");
}

#[test]
fn a_file_that_is_not_a_ledger_is_not_changed_and_nothing_is_sent() {
    let world = World::durable();
    let large = format!("{LINE}\n").repeat(6000);
    for text in [
        "my only copy".to_owned(),
        "8:acs:a\n8:acs:b\n".to_owned(),
        "\n".to_owned(),
        "{\"time\":\"2026-11-26T06:40:12+00:00\",\"level\":\"info\"}\n".to_owned(),
        format!("note\n{LINE}\n"),
        format!("{LINE}\nnote\n"),
        format!("{LINE}\nnote"),
        format!("{LINE}\nnote\n{LINE}\n"),
        format!("note\n{large}"),
        format!("{large}note\n"),
        format!("{large}note"),
        "x".repeat(600_000),
    ] {
        let path = world.home.write("led.txt", &text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
        let facts = || {
            let m = std::fs::metadata(&path).unwrap();
            (m.mode(), m.len(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec())
        };
        let before = facts();
        for words in CREATING {
            let seen = with_ledger(&world, "led.txt", words);
            let error = "ERROR: led.txt cannot be used: it has lines that do not belong to a ledger.\n";
            assert!(seen.code == Some(1) && seen.stderr.starts_with(error), "{words}: {seen}");
        }
        assert_eq!(facts(), before);
        assert!(std::fs::read_to_string(&path).unwrap() == text);
    }
    assert_eq!(world.identities(), 0);
    assert!(!world.home.path().join("t").exists());
}

/// The disk gets full during the command.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_user_who_does_not_fit_into_the_ledger_is_shown() {
    let world = World::new();
    // The line is as long as the largest allowed file.
    let name = "x".repeat(48 * 1024);
    let line: Value =
        serde_json::from_str(&LINE.replace("\"host\"", &format!("\"custom_id\":\"{name}\",\"host\""))).unwrap();
    world.home.write("ledger", format!("{line}\n"));
    let out = world.home.path().join("out");
    let mut command = limited(&world, 32, "user create");
    command.stdout(File::create(&out).unwrap()).env("AZURE_COMMUNICATION_LEDGER", "ledger");
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let shown: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let user = shown["rawId"].as_str().unwrap();
    let expected = format!(
        "ERROR: {user} was created, and ledger cannot be written: the limit on the size of files is reached (ulimit -f)."
    );
    assert!(stderr.contains(&expected), "{stderr}");
    assert_eq!(world.lines("ledger").len(), 1);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn each_deleted_user_is_in_the_ledger_or_on_stderr() {
    let world = World::durable();
    let users = list(&world, 60);
    let mut command = limited(&world, 8, "user delete-batch --users-from users.txt --yes");
    let seen = run(command.env("AZURE_COMMUNICATION_LEDGER", "led"));
    assert_eq!(seen.code, Some(1), "{seen}");
    let left = usize::try_from(world.identities()).unwrap();
    let ledger = std::fs::read_to_string(world.home.path().join("led")).unwrap();
    let known = users.iter().filter(|user| ledger.contains(*user) || seen.stderr.contains(*user)).count();
    assert!(left > 0 && known == users.len() - left, "{known} {left} {seen}");
}
