//! The batch commands: what they do with files, what they say, and that they go on where they stopped.

use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::ISSUE;
use crate::support::emulator::Emulator;
use crate::support::seen::run;
use crate::support::terminal::{Collector, open};
use crate::support::world::World;
use crate::support::{ENDING, Folder, az};
use insta::assert_snapshot;
use serde_json::Value;

const STRANGER: &str = "8:acs:11111111-1111-1111-1111-111111111111_22222222-2222-2222-2222-222222222222";

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_batch_goes_on_where_it_stopped() {
    let world = World::new();
    let users = world.users(40);
    world.home.write("users.txt", format!("# ours\n{}\n\n{}\n", users.join("\n"), users[0]));
    let batch = format!("{ISSUE} --users-from users.txt --out-file out.jsonl --expires-in 1h");
    let first = world.ok(&batch);
    assert_eq!((&first["issued"], &first["skipped"], &first["failed"]), (&40.into(), &0.into(), &0.into()));
    let again = world.ok(&batch);
    assert_eq!((&again["issued"], &again["skipped"]), (&0.into(), &40.into()));
    let out = world.home.path().join("out.jsonl");
    // Other systems have no modes.
    if !cfg!(portable_system) {
        assert_eq!(mode(&out), 0o600);
    }
    // Cut in the middle of a line, as a kill may leave it.
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::write(&out, &text[..text.len() - 700]).unwrap();
    let rest = world.run(&batch);
    assert_eq!(rest.code, Some(0), "{rest:?}");
    let rest = rest.json();
    assert_eq!(rest["issued"].as_i64().unwrap() + rest["skipped"].as_i64().unwrap(), 40);
    assert!(rest["issued"].as_i64().unwrap() >= 1);
    assert_eq!(world.outcomes("out.jsonl", "issued").len(), 40);
    // Revoked and deleted from the same file.
    let tokens = world.outcomes("out.jsonl", "issued");
    let revoke = "token revoke-batch --users-from out.jsonl --out-file revoked.jsonl --yes";
    let revoked = world.ok(revoke);
    assert_eq!((&revoked["revoked"], &revoked["skipped"]), (&40.into(), &0.into()));
    assert_eq!(world.ok(revoke)["skipped"], 40);
    let mut client = world.emulator.client();
    assert!(tokens.iter().all(|line| !client.is_active(line["token"].as_str().unwrap())));
}

/// J9, F14.
#[test]
fn users_who_are_gone_are_counted_apart() {
    let world = World::new();
    world.home.write("users.txt", world.users(3).join("\n"));
    let delete = "user delete-batch --users-from users.txt --yes";
    let seen = world.ok(delete);
    assert_eq!((&seen["deleted"], &seen["gone"]), (&3.into(), &0.into()));
    let seen = world.ok(delete);
    assert_eq!((&seen["deleted"], &seen["gone"]), (&0.into(), &3.into()));
    let revoke = "token revoke-batch --users-from users.txt --out-file r.jsonl --yes";
    let seen = world.ok(revoke);
    assert_eq!((&seen["revoked"], &seen["gone"]), (&0.into(), &3.into()));
    assert_eq!(world.ok(revoke)["skipped"], 3);
    assert_eq!(world.outcomes("r.jsonl", "gone").len(), 3);
}

/// J8.
#[test]
fn a_user_whom_the_service_refuses_is_an_error_and_recorded() {
    let world = World::new();
    let user = &world.users(1)[0];
    world.home.write("users.txt", format!("{STRANGER}\n{user}\n"));
    let seen = world.run(&format!("{ISSUE} --users-from users.txt --out-file out.jsonl --only-show-errors"));
    assert_eq!(seen.code, Some(1));
    assert_eq!((&seen.json()["issued"], &seen.json()["failed"]), (&1.into(), &1.into()));
    assert_eq!(
        seen.stderr,
        format!("ERROR: {STRANGER}: (IdentityNotOwned) Provided identity doesn't belong to the resource.\n")
    );
    let failed = world.outcomes("out.jsonl", "failed");
    assert_eq!((failed.len(), &failed[0]["user_id"], &failed[0]["status"]), (1, &STRANGER.into(), &401.into()));
    // The next run tries again.
    let seen = world.run(&format!("{ISSUE} --users-from users.txt --out-file out.jsonl"));
    assert_eq!((seen.code, &seen.json()["skipped"], &seen.json()["failed"]), (Some(1), &1.into(), &1.into()));
}

/// A1, A2: what is not ours is not touched. Length, content, mode and times stay.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn another_file_is_refused_and_stays_as_it_is() {
    let world = World::new();
    for (text, why) in [
        ("my only copy", "line 1 is not a line of a batch record"),
        ("my notes\nand more\n", "line 1 is not a line of a batch record"),
        ("{\"a\":1}", "line 1 is not a line of a batch record"),
        ("{\"user_id\":\"8:acs:a\"}\n", "line 1 is not a line of a batch record"),
        (
            "{\"user_id\":\"8:acs:a\",\"token\":\"t\",\"expires_on\":\"2026-01-01T00:00:00Z\"}\nnote",
            "line 2 is not a line of a batch record",
        ),
        (
            "{\"user_id\":\"8:acs:a\",\"token\":\"t\",\"expires_on\":\"2026-01-01T00:00:00Z\"}",
            "line 1 is not a line of a batch record",
        ),
        ("\u{feff}{}\n", "it begins with a byte-order mark, so another program has rewritten it"),
        (
            "{\"user_id\":\"8:acs:a\",\"token\":\"t\",\"expires_on\":\"2026-01-01T00:00:00Z\"}\r\n",
            "its lines end with a carriage return, so another program has rewritten it",
        ),
        (
            "{\"format\":\"az-communication-batch\",\"version\":3}\n",
            "it is a record of format 3, which this version does not know",
        ),
    ] {
        let path = world.home.write("notes.txt", text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
        let before = std::fs::metadata(&path).unwrap();
        let stderr = world.fails(&format!("{ISSUE} --count 1 --out-file notes.txt"), 1);
        assert_eq!(
            stderr,
            format!("ERROR: notes.txt cannot be used: {why}.\nHint: Nothing was changed. Give another --out-file.\n")
        );
        let after = std::fs::metadata(&path).unwrap();
        let times =
            |m: &std::fs::Metadata| (m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec(), m.atime(), m.atime_nsec());
        assert_eq!((times(&before), before.mode()), (times(&after), after.mode()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

/// Lines of another kind of batch, and tokens that are none, behind a first line of ours.
#[test]
fn a_record_with_foreign_lines_is_refused_and_stays_as_it_is() {
    let world = World::new();
    world.home.write("users.txt", world.users(1).join("\n"));
    let issue = format!("{ISSUE} --users-from users.txt --out-file issue.jsonl");
    let revoke = "token revoke-batch --users-from users.txt --out-file revoke.jsonl --yes";
    let delete = "user delete-batch --users-from users.txt --out-file delete.jsonl --yes";
    for words in [&issue, revoke, delete] {
        world.ok(words);
    }
    let date = "2026-01-01T00:00:00Z";
    let token = |token: &str, date: &str| format!(r#"{{"user_id":"8:acs:a","token":"{token}","expires_on":"{date}"}}"#);
    let issued = |text: &str, date: &str| token(text, date).replace('}', r#","outcome":"issued"}"#);
    let intent = |name: &str| format!(r#"{{"intent":"{name}","user_id":"8:acs:a"}}"#);
    let outcome = |name: &str| format!(r#"{{"user_id":"8:acs:a","outcome":"{name}"}}"#);
    let of_issue = [
        intent("delete"),
        intent("revoke"),
        outcome("revoked"),
        outcome("deleted"),
        outcome("gone"),
        issued("", date),
        issued("t", ""),
    ];
    let of_revoke = [
        intent("issue"),
        intent("delete"),
        r#"{"intent":"create","n":0}"#.to_owned(),
        r#"{"n":0,"outcome":"unknown"}"#.to_owned(),
        outcome("deleted"),
        issued("t", date),
    ];
    let of_delete = [intent("issue"), intent("revoke"), outcome("revoked"), issued("t", date)];
    for (words, name, lines) in [
        (issue.as_str(), "issue.jsonl", &of_issue[..]),
        (revoke, "revoke.jsonl", &of_revoke),
        (delete, "delete.jsonl", &of_delete),
    ] {
        let whole = std::fs::read_to_string(world.home.path().join(name)).unwrap();
        for line in lines {
            // As a whole line, and as one that only lacks its line break.
            for end in ["\n", ""] {
                refused_unchanged(&world, words, name, &format!("{whole}{line}{end}"), 4);
            }
        }
    }
    // Version 1 had no first line.
    refused_unchanged(&world, &issue, "issue.jsonl", &format!("{}\n", token("t", "never")), 1);
    let text = format!("{}\n{}\n", token("t", date), token("t", "never"));
    refused_unchanged(&world, &issue, "issue.jsonl", &text, 2);
}

/// The file with this text is refused because of a line, and nothing of it changes.
fn refused_unchanged(world: &World, words: &str, name: &str, text: &str, line: usize) {
    let path = world.home.write(name, text);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o664)).unwrap();
    let facts = || {
        let m = std::fs::metadata(&path).unwrap();
        (m.mode(), m.len(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec())
    };
    let before = facts();
    let stderr = world.fails(words, 1);
    assert_eq!(
        stderr,
        format!(
            "ERROR: {name} cannot be used: line {line} is not a line of a batch record.\n\
             Hint: Nothing was changed. Give another --out-file.\n"
        ),
        "{text}"
    );
    assert_eq!((facts(), std::fs::read_to_string(&path).unwrap().as_str()), (before, text));
}

/// A2: a device, a FIFO, a directory, a link, the command's own output.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn what_is_not_a_file_is_refused_by_its_kind() {
    let world = World::durable();
    let folder = world.home.path();
    std::fs::create_dir(folder.join("dir")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("fifo")).status().unwrap().success());
    symlink("missing", folder.join("dangling")).unwrap();
    let refused = |path: &str| world.fails(&format!("{ISSUE} --count 1 --out-file {path}"), 1);
    assert_snapshot!(refused("/dev/null"), @r"
    ERROR: /dev/null cannot be used: it is a device.
    Hint: Give the path of a file, or - for stdout.
    ");
    assert_snapshot!(refused("fifo"), @r"
    ERROR: fifo cannot be used: it is a FIFO.
    Hint: Give the path of a file, or - for stdout.
    ");
    assert_snapshot!(refused("dir"), @r"
    ERROR: dir cannot be used: it is a directory.
    Hint: Give the path of a file, or - for stdout.
    ");
    assert_snapshot!(refused("dangling"), @r"
    ERROR: dangling cannot be used: it is a symbolic link to a file that does not exist.
    Hint: Create the file, or give its path.
    ");
    assert_snapshot!(refused("no/such/folder"), @"ERROR: no/such/folder cannot be used: the folder no/such does not exist.");
    let mut command = world.command(&format!("{ISSUE} --count 1 --out-file /dev/stdout"));
    let file = File::create(folder.join("own")).unwrap();
    let output = command.stdin(Stdio::null()).stdout(file).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::metadata(folder.join("own")).unwrap().len(), 0);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("writes this command's output to the same file.\nHint: Give --out-file -"), "{stderr}");
    assert_eq!(world.identities(), 0);
}

/// A symbolic link to a record is followed: the link stays.
#[test]
fn a_link_to_a_record_is_followed() {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 2 --out-file real.jsonl"));
    symlink("real.jsonl", world.home.path().join("link.jsonl")).unwrap();
    let seen = world.ok(&format!("{ISSUE} --count 3 --out-file link.jsonl"));
    assert_eq!((&seen["issued"], &seen["skipped"]), (&1.into(), &2.into()));
    assert!(world.home.path().join("link.jsonl").is_symlink());
    assert_eq!(world.outcomes("real.jsonl", "issued").len(), 3);
}

/// A3, F8: the first line says what a record is of.
#[test]
fn the_record_of_another_batch_is_refused() {
    let world = World::new();
    let users = world.users(2);
    world.home.write("users.txt", users.join("\n"));
    world.ok(&format!("{ISSUE} --users-from users.txt --out-file t.jsonl"));
    world.ok("token revoke-batch --users-from users.txt --out-file r.jsonl --yes");
    let refused = |words: &str| {
        let stderr = world.fails(words, 1);
        let (error, hint) = stderr.split_once('\n').unwrap();
        assert_eq!(hint, "Hint: Nothing was changed. Give another --out-file.\n");
        error.to_owned()
    };
    let users = "--users-from users.txt";
    assert_snapshot!(
        refused(&format!("user delete-batch {users} --out-file r.jsonl --yes")),
        @"ERROR: r.jsonl cannot be used: it is the record of `token revoke-batch`."
    );
    assert_snapshot!(
        refused(&format!("token revoke-batch {users} --out-file t.jsonl --yes")),
        @"ERROR: t.jsonl cannot be used: it is the record of `token issue-batch`."
    );
    assert_snapshot!(
        refused(&format!("token issue-batch --scope voip {users} --out-file t.jsonl")),
        @"ERROR: t.jsonl cannot be used: its tokens have the scope chat."
    );
    assert_snapshot!(
        refused(&format!("{ISSUE} {users} --out-file t.jsonl --expires-in 2h")),
        @"ERROR: t.jsonl cannot be used: its tokens were asked for without --expires-in."
    );
    let other = Emulator::in_memory(&world.home);
    let mut command = world.command(&format!("{ISSUE} {users} --out-file t.jsonl"));
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", other.connection_string());
    let seen = run(&mut command);
    let expected = format!("it belongs to the service localhost:{}.", world.emulator.port());
    assert!(seen.code == Some(1) && seen.stderr.contains(&expected), "{seen:?}");
    // The same scopes in another order are the same batch.
    world.ok(&format!("token issue-batch --scope voip chat {users} --out-file two.jsonl"));
    assert_eq!(world.ok(&format!("token issue-batch --scope chat voip {users} --out-file two.jsonl"))["skipped"], 2);
}

/// A4: by whatever name.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn users_and_record_may_not_be_the_same_file() {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 2 --out-file t.jsonl"));
    let folder = world.home.path();
    symlink("t.jsonl", folder.join("soft")).unwrap();
    std::fs::hard_link(folder.join("t.jsonl"), folder.join("hard")).unwrap();
    let before = std::fs::read(folder.join("t.jsonl")).unwrap();
    for out in ["t.jsonl", "./t.jsonl", "soft", "hard"] {
        for command in ["token revoke-batch --yes", "user delete-batch --yes", ISSUE] {
            let stderr = world.fails(&format!("{command} --users-from t.jsonl --out-file {out}"), 1);
            assert_eq!(
                stderr,
                format!(
                    "ERROR: {out} cannot be used: --users-from names the same file.\nHint: Give another --out-file.\n"
                )
            );
        }
    }
    let mut command = world.command("token revoke-batch --yes --users-from - --out-file t.jsonl");
    let output = command.stdin(File::open(folder.join("t.jsonl")).unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read(folder.join("t.jsonl")).unwrap(), before);
}

/// The former version's records had no first line. Only `issue-batch` goes on with them.
#[test]
fn a_record_of_the_former_version_is_taken() {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 3 --out-file new.jsonl"));
    let former: String = world
        .outcomes("new.jsonl", "issued")
        .iter()
        .map(|line| {
            let line = serde_json::json!({"user_id": line["user_id"], "token": line["token"], "expires_on": line["expires_on"]});
            format!("{line}\n")
        })
        .collect();
    world.home.write("old.jsonl", &former);
    let stderr = world.fails("user delete-batch --users-from new.jsonl --out-file old.jsonl --yes", 1);
    assert!(stderr.contains("it is the record of `token issue-batch`."), "{stderr}");
    let stderr = world.fails("token issue-batch --scope voip --count 4 --out-file old.jsonl", 1);
    assert!(stderr.contains("its tokens have the scope chat."), "{stderr}");
    assert_eq!(std::fs::read_to_string(world.home.path().join("old.jsonl")).unwrap(), former);
    let seen = world.ok(&format!("{ISSUE} --count 5 --out-file old.jsonl"));
    assert_eq!((&seen["issued"], &seen["skipped"]), (&2.into(), &3.into()));
    assert_eq!(world.ok(&format!("{ISSUE} --count 5 --out-file old.jsonl"))["skipped"], 5);
    // Now the scopes stand in it.
    let stderr = world.fails("token issue-batch --scope voip --count 6 --out-file old.jsonl", 1);
    assert!(stderr.contains("its tokens have the scope chat."), "{stderr}");
    // And other commands read it.
    assert_eq!(world.ok("token revoke-batch --users-from old.jsonl --yes")["revoked"], 5);
}

/// A creation whose outcome is not recorded is not sent again, and said to be unknown once.
#[test]
fn a_lost_creation_is_unknown() {
    let world = World::durable();
    let batch = format!("{ISSUE} --count 5 --out-file t.jsonl");
    world.ok(&format!("{ISSUE} --count 3 --out-file t.jsonl"));
    let path = world.home.path().join("t.jsonl");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("{\"intent\":\"create\",\"n\":3}\n");
    std::fs::write(&path, text).unwrap();
    let seen = world.run(&batch);
    assert_eq!(seen.code, Some(1));
    assert_snapshot!(seen.stderr, @"ERROR: It is not known whether 1 user was created: an earlier run ended before it had recorded the outcome. The record says so, they count as created, and nothing is sent again for them.");
    let summary = seen.json();
    assert_eq!((&summary["issued"], &summary["skipped"], &summary["unknown"]), (&1.into(), &3.into(), &1.into()));
    let again = world.ok(&batch);
    assert_eq!((&again["issued"], &again["skipped"], &again["unknown"]), (&0.into(), &4.into(), &1.into()));
    assert_eq!(world.outcomes("t.jsonl", "unknown").len(), 1);
    assert_eq!(world.identities(), 4);
}

/// Requests that do no harm when they are made twice are made again, and that is said.
#[test]
fn a_lost_request_for_a_listed_user_is_sent_again() {
    let world = World::new();
    let users = world.users(2);
    world.home.write("users.txt", users.join("\n"));
    for (command, intent) in [
        (format!("{ISSUE} --users-from users.txt"), "issue"),
        ("token revoke-batch --users-from users.txt --yes".to_owned(), "revoke"),
        ("user delete-batch --users-from users.txt --yes".to_owned(), "delete"),
    ] {
        let record = format!("{intent}.jsonl");
        let batch = format!("{command} --out-file {record}");
        world.ok(&batch);
        // As if the last outcome had not been written.
        let path = world.home.path().join(&record);
        let text = std::fs::read_to_string(&path).unwrap();
        let cut = text.trim_end().rfind('\n').unwrap();
        assert!(text.contains(&format!("{{\"intent\":\"{intent}\",\"user_id\":\"{}\"}}", users[1])), "{text}");
        std::fs::write(&path, &text[..cut + 1]).unwrap();
        let seen = world.run(&batch);
        assert_eq!((seen.code, &seen.json()["skipped"]), (Some(0), &1.into()), "{seen:?}");
        assert!(seen.stderr.starts_with("WARNING: 1 request is sent again: an earlier run ended"), "{seen:?}");
        assert_eq!(world.ok(&batch)["skipped"], 2);
    }
}

/// J7: a regenerated key revokes what it issued.
#[test]
fn tokens_of_a_regenerated_key_are_not_kept_without_a_word() {
    let world = World::durable();
    world.ok(&format!("{ISSUE} --count 3 --out-file t.jsonl"));
    let mut client = world.emulator.client();
    let answer = client.send("POST", "/emulator/regenerate-key", r#"{"keyType":"Primary"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let connection_string = answer.body["primaryConnectionString"].as_str().unwrap().to_owned();
    let with_new_key = |words: &str| {
        let mut command = world.command(words);
        run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", &connection_string))
    };
    let batch = format!("{ISSUE} --count 5 --out-file t.jsonl");
    let seen = with_new_key(&batch);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""));
    assert_snapshot!(seen.stderr, @r"
    ERROR: t.jsonl cannot be used: 3 of its tokens were issued with another access key or login. When a key is regenerated, the tokens that it issued are revoked.
    Hint: If the key was regenerated: give --refresh 0 to have these tokens issued anew.
    Hint: If it is still in force: use it again, or give another --out-file.
    ");
    let seen = with_new_key(&format!("{batch} --refresh 0"));
    assert_eq!(seen.code, Some(0), "{seen:?}");
    assert_eq!(
        (&seen.json()["issued"], &seen.json()["renewed"], &seen.json()["skipped"]),
        (&2.into(), &3.into(), &0.into())
    );
    let seen = with_new_key(&batch);
    assert_eq!((seen.code, &seen.json()["skipped"]), (Some(0), &5.into()), "{seen:?}");
    assert_eq!(world.identities(), 5);
    let text = std::fs::read_to_string(world.home.path().join("t.jsonl")).unwrap();
    for key in [&connection_string, &world.emulator.connection_string()] {
        let key = key.split("accesskey=").nth(1).unwrap();
        assert!(!text.contains(key) && !text.contains(&key[..20]));
    }
}

/// F8.
#[test]
fn expired_tokens_are_counted_and_renewed_on_request() {
    let world = World::durable();
    let batch = format!("{ISSUE} --count 3 --out-file t.jsonl");
    world.ok(&batch);
    let path = world.home.path().join("t.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.contains("\"n\":1,\"outcome\"")).unwrap();
    let json: Value = serde_json::from_str(line).unwrap();
    let expired = line.replace(json["expires_on"].as_str().unwrap(), "2020-01-01T00:00:00+00:00");
    std::fs::write(&path, text.replace(line, &expired)).unwrap();
    let seen = world.run(&batch);
    assert_eq!((seen.code, &seen.json()["skipped"]), (Some(0), &3.into()));
    assert_snapshot!(seen.stderr, @"WARNING: In t.jsonl, 1 token has expired. Renew with --refresh 0, or --refresh 1h.");
    let seen = world.ok(&format!("{batch} --refresh 1h"));
    assert_eq!((&seen["renewed"], &seen["skipped"]), (&1.into(), &2.into()));
    assert_eq!(world.ok(&batch)["skipped"], 3);
    // All of them expire within two days.
    assert_eq!(world.ok(&format!("{batch} --refresh 2d"))["renewed"], 3);
    // The last line of a user counts.
    let mut client = world.emulator.client();
    assert!(
        world
            .outcomes("t.jsonl", "issued")
            .iter()
            .rev()
            .take(3)
            .all(|l| client.is_active(l["token"].as_str().unwrap()))
    );
    assert_eq!(world.identities(), 3);
    world.home.write("users.txt", json["user_id"].as_str().unwrap());
    assert_snapshot!(world.fails(&format!("{batch} --refresh soon"), 2), @r"
    ERROR: --refresh is not a duration: 'soon'.
    Hint: Write 0 for the tokens that have expired, or 30m, 6h, 1d for those that expire within that time.
    ");
}

/// J10.
#[test]
fn names_of_ones_own_stand_in_the_record() {
    let world = World::durable();
    world.home.write("names.txt", "alice\nBob Smith\r\n\n");
    let batch = format!("{ISSUE} --names-from names.txt --out-file t.jsonl");
    assert_eq!(world.ok(&batch)["issued"], 2);
    let again = world.ok(&batch);
    assert_eq!((&again["issued"], &again["skipped"]), (&0.into(), &2.into()));
    let issued = world.outcomes("t.jsonl", "issued");
    let names: HashSet<&str> = issued.iter().map(|line| line["name"].as_str().unwrap()).collect();
    assert_eq!(names, HashSet::from(["alice", "Bob Smith"]));
    // The name is the service's custom id: it gives the same user.
    let alice = issued.iter().find(|line| line["name"] == "alice").unwrap();
    assert_eq!(world.ok("user create --custom-id alice")["rawId"], alice["user_id"]);
    // Where the api-version has no custom ids, the name stands in the record only.
    let batch = format!("{ISSUE} --names-from names.txt --out-file u.jsonl --api-version 2023-10-01");
    assert_eq!(world.ok(&batch)["issued"], 2);
    assert_eq!(world.ok(&batch)["skipped"], 2);
    assert!(world.outcomes("u.jsonl", "issued").iter().all(|line| line["name"].is_string() && line["n"].is_u64()));
    assert_eq!(world.identities(), 4);
    assert_eq!(world.ok("user delete-batch --users-from t.jsonl --yes")["deleted"], 2);
}

/// J5, J15.
#[test]
fn a_list_that_is_not_of_ids_is_refused_before_anything_is_sent() {
    let world = World::new();
    let refused = |bytes: &[u8]| {
        world.home.write("users.txt", bytes);
        world.fails("user delete-batch --users-from users.txt --yes", 1)
    };
    let hint = "Hint: A raw id stands on a line of its own, as `--query \"[].rawId\" -o tsv` prints it. JSON is taken as it \
                comes.\n";
    for (bytes, why) in [
        ("", "it has no raw id"),
        ("\n# nobody\n", "it has no raw id"),
        ("[]", "it has no raw id"),
        ("8:acs:a\ntwo words\n", "line 2 is not a raw id"),
        ("\"8:acs:a\"\n", "line 1 is not a raw id: it stands in quotes"),
        ("RawId\n-------\n8:acs:a\n", "line 1 is not a raw id"),
        ("properties:\n  id: 8:acs:a\n", "line 1 is not a raw id"),
        ("[1, 2]", "line 1 has a value that is not a raw id"),
        ("8:acs:a,8:acs:b\n", "line 1 is not a raw id"),
    ] {
        assert_eq!(
            refused(bytes.as_bytes()),
            format!("ERROR: The users cannot be read from users.txt: {why}.\n{hint}"),
            "{bytes}"
        );
    }
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("8:acs:a\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_snapshot!(refused(&utf16), @r"
    ERROR: The users cannot be read from users.txt: it is UTF-16.
    Hint: Write it as UTF-8. In PowerShell: … | Out-File -Encoding utf8 FILE
    ");
    assert_snapshot!(
        world.fails("user delete-batch --users-from missing --yes", 1),
        @"ERROR: The users cannot be read from missing: No such file or directory."
    );
}

/// J15: what our own commands print.
#[test]
fn what_commands_print_is_taken_as_a_list() {
    let world = World::new();
    for words in [
        "user create --count 2",
        "user create --count 2 -o tsv --query [].rawId",
        "user create --count 2 --query [].rawId",
        "user create --count 2 -o jsonc",
        "user create --count 2 -o tsv",
    ] {
        let made = world.run(words);
        world.home.write("made", &made.stdout);
        assert_eq!(world.ok("user delete-batch --users-from made --yes")["deleted"], 2, "{words}: {made:?}");
    }
    for words in ["user create", "token issue --scope chat"] {
        world.home.write("made", world.run(words).stdout.repeat(2));
        assert_eq!(world.ok("user delete-batch --users-from made --yes")["deleted"], 1, "{words}");
    }
}

#[test]
fn wrong_arguments_are_usage_errors() {
    let world = World::new();
    let batch = format!("{ISSUE} --out-file out.jsonl");
    for words in
        [batch.clone(), format!("{batch} --count 1 --users-from x"), format!("{batch} --count 1 --names-from x")]
    {
        assert_eq!(world.fails(&words, 2), "ERROR: Give one of --count, --users-from and --names-from.\n");
    }
    for (option, limit, value) in
        [("--count", 10_000_000, "0"), ("--count", 10_000_000, "1e3"), ("--concurrency", 256, "257")]
    {
        let other = if option == "--count" { "" } else { "--count 1" };
        assert_eq!(
            world.fails(&format!("{batch} {other} {option} {value}"), 2),
            format!("ERROR: {option} must be a number from 1 to {limit}, but it is '{value}'.\n")
        );
    }
    assert!(!world.home.path().join("out.jsonl").exists());
}

/// What is wrong with all requests ends the run at once.
#[test]
fn an_error_that_is_about_all_ends_the_run() {
    let world = World::new();
    world.home.write("users.txt", world.users(3).join("\n"));
    let seen = world.run("token issue-batch --scope caht --users-from users.txt --out-file new.jsonl");
    assert_eq!((seen.code, seen.stderr.matches("(ValidationError)").count()), (Some(1), 1), "{seen:?}");
    // Nothing was done, so nothing is said to be open.
    let seen = world.run("token issue-batch --scope caht --users-from users.txt --out-file new.jsonl");
    assert!(!seen.stderr.contains("sent again"), "{seen:?}");
    let mut command = world.command(&format!("{ISSUE} --out-file out.jsonl --count 100"));
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", world.emulator.connection_string().replace("V2Vs", "AAAA"));
    let seen = run(&mut command);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""));
    assert!(seen.stderr.starts_with("ERROR: (Denied) "), "{seen:?}");
    let hint = "Hint: 0 of 100 were issued. Start the same command again to go on where it stopped.\n";
    assert!(seen.stderr.contains(hint), "{seen:?}");
    // Refused creations are not unknown ones. The key is another one now, but no token came of the first.
    let seen = world.ok(&format!("{ISSUE} --out-file out.jsonl --count 2"));
    assert_eq!((&seen["issued"], &seen["unknown"]), (&2.into(), &0.into()));
}

/// A mistake in the command does not end with a record that refuses the corrected command.
#[test]
fn a_record_in_which_nothing_was_done_is_begun_anew_by_another_batch() {
    let world = World::new();
    let hint = "Hint: 0 of 2 were issued. Correct the command and start it again.\n";
    for wrong in ["token issue-batch --scope caht", &format!("{ISSUE} --expires-in 30m")] {
        let stderr = world.fails(&format!("{wrong} --count 2 --out-file t.jsonl"), 1);
        assert!(stderr.ends_with(hint), "{stderr}");
    }
    assert_eq!(world.ok(&format!("{ISSUE} --count 2 --out-file t.jsonl"))["issued"], 2);
    assert_eq!(world.lines("t.jsonl")[0]["scopes"], serde_json::json!(["chat"]));
}

/// A creation without an outcome may have been carried out.
#[test]
fn a_record_with_an_open_request_is_not_begun_anew_by_another_batch() {
    let world = World::new();
    world.fails("token issue-batch --scope caht --count 2 --out-file t.jsonl", 1);
    let path = world.home.path().join("t.jsonl");
    let text = std::fs::read_to_string(&path).unwrap() + "{\"intent\":\"create\",\"n\":7}\n";
    std::fs::write(&path, &text).unwrap();
    assert_snapshot!(world.fails(&format!("{ISSUE} --count 2 --out-file t.jsonl"), 1), @r"
    ERROR: t.jsonl cannot be used: its tokens have the scope caht.
    Hint: Nothing was changed. Give another --out-file.
    ");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_batch_writes_to_stdout() {
    let world = World::new();
    let seen = world.run(&format!("{ISSUE} --count 3 --out-file -"));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), "3 issued, 0 failed, 0 unknown\n"));
    let users: Vec<Value> = seen.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(users.len() == 3 && users.iter().all(|line| line["user_id"].is_string() && line["token"].is_string()));
    world.home.write("users", &seen.stdout);
    let seen = world.run("user delete-batch --users-from users --out-file - --yes");
    assert_eq!((seen.code, seen.stdout.lines().count()), (Some(0), 3));
    assert_eq!(seen.stderr, "3 deleted, 0 gone, 0 failed\n");
}

/// F12: what was done comes first, and a line fits.
#[test]
fn tables_have_their_columns_in_the_order_of_reading() {
    let world = World::new();
    world.home.write("users", world.users(1)[0].clone());
    let header = |words: &str| world.run(words).stdout.lines().next().unwrap_or_default().to_owned();
    assert_snapshot!(header(&format!("{ISSUE} --count 1 --out-file t.jsonl -o table")), @"Issued    Renewed    Skipped    Failed    Unknown    Seconds    File");
    assert_snapshot!(header("token revoke-batch --users-from users --yes -o table"), @"Revoked    Gone    Skipped    Failed    Seconds");
    assert_snapshot!(header("user delete-batch --users-from users --yes -o table"), @"Deleted    Gone    Skipped    Failed    Seconds");
}

#[test]
fn a_batch_asks_once_and_shows_a_bar() {
    let world = World::new();
    world.home.write("users.txt", world.users(3).join("\n"));
    for (answer, code) in [("n\n", 1), ("y\n", 0)] {
        let (mut typed, stdin) = open();
        let (err, stderr) = open();
        let mut command = world.command("user delete-batch --users-from users.txt --out-file r.jsonl");
        let mut child = command.stdin(stdin).stderr(stderr).stdout(Stdio::piped()).spawn().unwrap();
        drop(command);
        std::io::Write::write_all(&mut typed, answer.as_bytes()).unwrap();
        let err = Collector::new(err);
        let stdout = Collector::new(child.stdout.take().unwrap());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let (stdout, stderr) = (stdout.finish(), err.finish());
        assert!(stdout.starts_with("Delete 3 users? (y/n): "), "{stdout}");
        // Where the answer is no, nothing was written either.
        assert_eq!(world.home.path().join("r.jsonl").exists(), code == 0);
        if code == 0 {
            assert!(stderr.contains("3 of 3 done, ") && stderr.contains('█'), "{stderr:?}");
        } else {
            assert!(stderr.contains("Operation cancelled."), "{stderr:?}");
        }
    }
}

#[test]
fn an_interrupted_batch_says_so_and_goes_on() {
    let world = World::new();
    let out = world.home.path().join("out.jsonl");
    for signal in ENDING {
        let _ = std::fs::remove_file(&out);
        let child = world
            .command(&format!("{ISSUE} --count 30000 --out-file out.jsonl --concurrency 2"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while std::fs::metadata(&out).map_or(0, |metadata| metadata.len()) < 10_000 {
            assert!(Instant::now() < until, "nothing was issued");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(Command::new("kill").args([*signal, &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0));
        let hint = "of 30000 were issued.\nHint: Start the same command again to go on where it stopped.\n";
        assert!(stderr.contains(hint), "{stderr}");
        let before = world.outcomes("out.jsonl", "issued").len();
        assert!(before > 0 && before < 30_000);
        let summary = world.ok(&format!("{ISSUE} --count {} --out-file out.jsonl", before + 7));
        assert_eq!(
            (&summary["issued"], &summary["skipped"], &summary["unknown"]),
            (&7.into(), &before.into(), &0.into())
        );
    }
}

/// J6.
#[test]
fn a_service_that_restarts_is_waited_for() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let world = World { home, emulator };
    let (port, connection, ca) =
        (world.emulator.port().to_string(), world.emulator.connection_string(), world.emulator.ca_certificate());
    drop(world.emulator);
    let mut command = az(&world.home);
    command.args(["communication", "user-identity"]).args(ISSUE.split(' ')).args([
        "--count",
        "5",
        "--out-file",
        "t.jsonl",
    ]);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection).env("REQUESTS_CA_BUNDLE", ca);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let err = Collector::new(child.stderr.take().unwrap());
    let until = Instant::now() + Duration::from_secs(20);
    while !err.so_far().contains("Trying again") {
        assert!(Instant::now() < until, "{}", err.so_far());
        std::thread::sleep(Duration::from_millis(5));
    }
    let emulator =
        Emulator::from_command(az(&world.home).args(["communication", "emulator", "start", "--port", &port]));
    let output = child.wait_with_output().unwrap();
    let stderr = err.finish();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("Connection refused. Trying again for 10 s."), "{stderr}");
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["issued"], 5);
    drop(emulator);
}

/// 429 and Retry-After hold the whole run, that is said, and it comes to its end all the same. J18.
#[test]
#[ignore = "waits half a minute"]
fn a_throttled_batch_waits_and_says_so() {
    let (world, ids) = throttled();
    world.home.write("users.txt", ids.join("\n"));
    let started = Instant::now();
    let seen = world.run("token revoke-batch --users-from users.txt --yes");
    assert_eq!((seen.code, &seen.json()["revoked"]), (Some(0), &20.into()), "{seen:?}");
    assert!(started.elapsed() > Duration::from_secs(5), "it did not wait");
    assert!(seen.stderr.contains(" of 20 done, waits "), "{seen:?}");
}

/// An emulator whose limit of revocations is nearly reached, and 20 users.
fn throttled() -> (World, Vec<String>) {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--in-memory", "--throttle"]);
    let world = World { home, emulator };
    let ids = world.users(20);
    // The limit is 500 in 30 seconds: the last of these come when it lets them.
    let mut client = world.emulator.client();
    for _ in 0..490 {
        assert_eq!(client.send("POST", &format!("/identities/{}/:revokeAccessTokens", ids[0]), "").status, 204);
    }
    (world, ids)
}

/// J17: one signal ends a wait at once.
#[test]
fn a_signal_ends_a_wait_at_once() {
    let (world, ids) = throttled();
    world.home.write("users.txt", ids.join("\n"));
    for signal in ENDING {
        let mut command = world.command("token revoke-batch --users-from users.txt --yes");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let err = Collector::new(child.stderr.take().unwrap());
        let until = Instant::now() + Duration::from_secs(15);
        while !err.so_far().contains("waits") {
            assert!(Instant::now() < until, "{}", err.so_far());
            std::thread::sleep(Duration::from_millis(5));
        }
        let told = Instant::now();
        assert!(Command::new("kill").args([*signal, &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        let stderr = err.finish();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0), "{stderr}");
        assert!(told.elapsed() < Duration::from_secs(4), "it went on waiting for {:?}", told.elapsed());
        assert!(stderr.contains("ERROR: Interrupted after ") && stderr.contains("of 20 were revoked."), "{stderr}");
    }
}

/// F6: each drawing fits into the terminal. A very narrow one gets lines.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn progress_fits_the_terminal() {
    let world = World::new();
    for width in [80_u16, 66, 40, 25, 14, 8] {
        let (err, stderr) = open();
        let size = rustix::termios::Winsize { ws_row: 24, ws_col: width, ws_xpixel: 0, ws_ypixel: 0 };
        rustix::termios::tcsetwinsize(&err, size).unwrap();
        let mut command = world.command(&format!("{ISSUE} --count 150 --concurrency 1 --out-file t{width}.jsonl"));
        let mut child = command.stdin(Stdio::null()).stderr(stderr).stdout(Stdio::null()).spawn().unwrap();
        drop(command);
        let err = Collector::new(err);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let text = err.finish();
        let drawings: Vec<&str> = text.split("\r\u{1b}[K").skip(1).collect();
        assert_eq!(drawings.is_empty(), width < 12, "{width}: {text:?}");
        for drawing in drawings {
            assert!(drawing.chars().count() < usize::from(width), "{width}: {drawing:?}");
        }
    }
}
