//! What was made is shown, and stands in the ledger.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::ISSUE;
use crate::support::replay::Server;
use crate::support::seen::run;
use crate::support::terminal::Collector;
use crate::support::tls::CERTIFICATE;
use crate::support::world::World;
use crate::support::{Folder, az};

/// `user create --count` against a server that gives these answers.
fn create(answers: Vec<Value>, words: &str) -> (Option<i32>, String, String) {
    let home = Folder::new();
    let certificate = home.write("cert.pem", CERTIFICATE);
    let server = Server::start(answers);
    let mut command = az(&home);
    command.args(["communication", "user-identity", "user", "create"]).args(words.split_whitespace());
    command.env(
        "AZURE_COMMUNICATION_CONNECTION_STRING",
        format!("endpoint=https://localhost:{};accesskey=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", server.port),
    );
    let seen = run(command.env("REQUESTS_CA_BUNDLE", certificate));
    (seen.code, seen.stdout, seen.stderr)
}

fn created(number: usize) -> Value {
    json!({"status": 201, "headers": {"content-type": "application/json"}, "body": {"identity": {"id": format!("8:acs:u{number}")}}})
}

fn refused() -> Value {
    json!({"status": 403, "headers": {"content-type": "application/json"}, "body": {"error": {"code": "Full", "message": "No more."}}})
}

/// A6: in every format, and with a query.
#[test]
fn users_who_were_created_are_shown_where_a_later_one_fails() {
    let answers = || vec![created(1), created(2), refused()];
    let error = "ERROR: (Full) No more.\nCode: Full\nMessage: No more.\nHint: 2 of 5 users were created.\n";
    let (code, stdout, stderr) = create(answers(), "--count 5");
    assert_eq!((code, stderr.as_str()), (Some(1), error));
    let users: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (&users[0]["rawId"], &users[1]["rawId"], &users[2]),
        (&"8:acs:u1".into(), &"8:acs:u2".into(), &Value::Null)
    );
    for (words, expected) in [
        ("--query [].rawId -o tsv", "8:acs:u1\n8:acs:u2\n"),
        ("-o tsv", "\t8:acs:u1\n\t8:acs:u2\n"),
        ("-o table", "RawId\n--------\n8:acs:u1\n8:acs:u2\n"),
        (
            "-o yaml",
            "- properties:\n    id: 8:acs:u1\n  rawId: 8:acs:u1\n- properties:\n    id: 8:acs:u2\n  rawId: 8:acs:u2\n",
        ),
    ] {
        let (code, stdout, stderr) = create(answers(), &format!("--count 5 {words}"));
        assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(1), expected, error), "{words}");
    }
    // Where none was created, the list is empty.
    let (code, stdout, _) = create(vec![refused()], "--count 5");
    assert_eq!((code, stdout.as_str()), (Some(1), "[]\n"));
}

/// The text is that of one list.
#[test]
fn users_who_are_shown_one_by_one_make_up_the_same_list() {
    let world = World::new();
    let seen = world.run("user create --count 3");
    let list: Value = serde_json::from_str(&seen.stdout).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 3);
    let lines: Vec<&str> = seen.stdout.lines().collect();
    // What Python's json.dumps(…, indent=2) makes of it.
    assert_eq!((lines[0], lines[1], *lines.last().unwrap()), ("[", "  {", "]"));
    assert_eq!(lines.iter().filter(|line| **line == "  },").count(), 2);
    assert_eq!(seen.stdout, format!("{}\n", serde_json::to_string_pretty(&list).unwrap()));
}

/// A6: also where stdout cannot be written.
#[test]
fn a_user_who_cannot_be_shown_on_stdout_is_shown_on_stderr() {
    let world = World::durable();
    // The first lines are read, and then nobody reads any more.
    for words in ["user create --count 2000", "user create --count 2000 -o tsv"] {
        let mut command = world.command(words);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let err = Collector::new(child.stderr.take().unwrap());
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        let stderr = err.finish();
        assert!(stderr.contains("ERROR: These users were created, and cannot be shown on stdout:\n8:acs:"), "{stderr}");
        assert!(stderr.contains("stdout cannot be written: nobody reads it any more."), "{stderr}");
        assert!(stderr.contains(" of 2000 users were created."), "{stderr}");
    }
    assert!(world.identities() < 2000);
}

/// J13.
#[test]
fn users_who_were_created_before_an_interrupt_are_shown() {
    for words in ["", "-o table", "--query [].rawId -o tsv"] {
        let world = World::durable();
        let mut command = world.command(&format!("user create --count 5000 {words}"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (out, err) = (Collector::new(child.stdout.take().unwrap()), Collector::new(child.stderr.take().unwrap()));
        world.wait_for("identities", || world.identities() > 5);
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let (stdout, stderr) = (out.finish(), err.finish());
        let made = world.identities();
        assert!(made < 5000);
        assert!(stderr.ends_with(&format!("ERROR: Interrupted: {made} of 5000 users were created.\n")), "{stderr}");
        let shown = match words {
            "" => serde_json::from_str::<Value>(&stdout).unwrap().as_array().unwrap().len(),
            _ => stdout.matches("8:acs:").count(),
        };
        assert_eq!(i64::try_from(shown).unwrap(), made, "{words}");
    }
}

/// J11.
#[test]
fn the_ledger_names_who_was_created_and_deleted() {
    let world = World::new();
    let ledger = world.home.path().join("ledger.jsonl");
    let run = |words: &str| {
        let seen = run(world.command(words).env("AZURE_COMMUNICATION_LEDGER", &ledger));
        assert_eq!(seen.code, Some(0), "{words}: {seen:?}");
        if seen.stdout.is_empty() { Value::Null } else { seen.json() }
    };
    let host = format!("localhost:{}", world.emulator.port());
    let one = run("user create")["rawId"].as_str().unwrap().to_owned();
    run("user create --custom-id alice");
    run("user create --count 2");
    run("token issue --scope chat");
    run(&format!("token issue --scope chat --user {one}"));
    run(&format!("user delete --user {one} --yes"));
    run(&format!("{ISSUE} --count 2 --out-file t.jsonl"));
    run(&format!("{ISSUE} --count 2 --out-file t.jsonl"));
    run("user delete-batch --users-from t.jsonl --yes");
    run("user delete-batch --users-from t.jsonl --yes");
    let lines = world.lines("ledger.jsonl");
    let events: Vec<String> = lines
        .iter()
        .map(|line| {
            assert_eq!(line["host"], host.as_str());
            assert!(line["user_id"].as_str().unwrap().starts_with("8:acs:") && line["time"].is_string());
            let name = line["custom_id"].as_str().unwrap_or_default();
            format!("{} {} {name}", line["event"].as_str().unwrap(), line["command"].as_str().unwrap())
                .trim_end()
                .to_owned()
        })
        .collect();
    assert_snapshot!(events.join("\n"), @r"
    created user-identity user create
    created user-identity user create alice
    created user-identity user create
    created user-identity user create
    created user-identity token issue
    deleted user-identity user delete
    created user-identity token issue-batch
    created user-identity token issue-batch
    deleted user-identity user delete-batch
    deleted user-identity user delete-batch
    ");
    if !cfg!(portable_system) {
        assert_eq!(std::fs::metadata(&ledger).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// The config file names it, too. A line that a killed process left cut does not swallow the next one.
#[test]
fn the_ledger_of_the_config_file_is_kept_whole() {
    let world = World::new();
    let ledger = world.home.write("ledger.jsonl", "{\"time\":\"2026-");
    world.home.write(".azure/config", format!("[communication]\nledger = {}\n", ledger.display()));
    let children: Vec<_> = (0..4)
        .map(|_| {
            world
                .command("user create --count 20")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let text = std::fs::read_to_string(&ledger).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (81, "{\"time\":\"2026-"));
    assert!(lines[1..].iter().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_ledger_that_cannot_be_written_is_found_before_anything_is_sent() {
    let world = World::durable();
    for words in [
        "user create",
        "user create --count 2",
        "token issue --scope chat",
        "token issue-batch --scope chat --count 1 --out-file t",
    ] {
        let seen = run(world.command(words).env("AZURE_COMMUNICATION_LEDGER", "no/such/folder"));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{words}");
        insta::allow_duplicates! {
            assert_snapshot!(seen.stderr, @r"
            ERROR: no/such/folder cannot be written: No such file or directory.
            Hint: It is the ledger that AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names.
            ");
        }
    }
    let seen = run(world.command("user create").env("AZURE_COMMUNICATION_LEDGER", "/dev/full"));
    assert!(seen.stderr.starts_with("ERROR: /dev/full cannot be written: it is a device."), "{seen:?}");
    assert_eq!(world.identities(), 0);
    // What creates nobody needs none.
    let user = &world.users(1)[0];
    let seen = run(world
        .command(&format!("token revoke --yes --user {user}"))
        .env("AZURE_COMMUNICATION_LEDGER", "no/such/folder"));
    assert_eq!(seen.code, Some(0), "{seen:?}");
}

#[test]
fn a_ledger_that_is_a_link_to_no_file_creates_none() {
    let world = World::durable();
    std::os::unix::fs::symlink("elsewhere", world.home.path().join("led")).unwrap();
    let seen = run(world.command("user create").env("AZURE_COMMUNICATION_LEDGER", "led"));
    assert_snapshot!(seen.stderr, @r"
    ERROR: led cannot be used: it is a symbolic link to a file that does not exist.
    Hint: It is the ledger that AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names.
    Hint: Name a file by its own path.
    ");
    assert_eq!((seen.code, world.identities()), (Some(1), 0));
    assert!(!world.home.path().join("elsewhere").exists());
    // A link to a ledger is taken.
    world.home.write("elsewhere", "");
    let seen = run(world.command("user create").env("AZURE_COMMUNICATION_LEDGER", "led"));
    assert_eq!((seen.code, world.lines("elsewhere").len()), (Some(0), 1), "{seen:?}");
}

/// Nothing is sent, and nothing of the file changes.
#[test]
fn a_file_that_is_not_a_ledger_is_refused_and_stays_as_it_is() {
    let world = World::durable();
    let line = r#"{"time":"2026-11-26T06:40:12+00:00","event":"created","user_id":"8:acs:a","command":"c","host":"h"}"#;
    let large = format!("{line}\n").repeat(6000);
    for text in [
        "my only copy".to_owned(),
        "8:acs:a\n8:acs:b\n".to_owned(),
        "\n".to_owned(),
        "{\"time\":\"2026-11-26T06:40:12+00:00\",\"level\":\"info\"}\n".to_owned(),
        format!("note\n{line}\n"),
        format!("{line}\nnote\n"),
        format!("{line}\nnote"),
        format!("{line}\nnote\n{line}\n"),
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
        for words in
            ["user create", "token issue --scope chat", "token issue-batch --scope chat --count 1 --out-file t"]
        {
            let seen = run(world.command(words).env("AZURE_COMMUNICATION_LEDGER", "led.txt"));
            assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{words}");
            insta::allow_duplicates! {
                assert_snapshot!(seen.stderr, @r"
                ERROR: led.txt cannot be used: it has lines that are not a ledger's.
                Hint: It is the ledger that AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names.
                Hint: Nothing was changed. Name another file.
                ");
            }
        }
        assert_eq!(facts(), before);
        assert!(std::fs::read_to_string(&path).unwrap() == text);
    }
    assert_eq!(world.identities(), 0);
    assert!(!world.home.path().join("t").exists());
    // A ledger of ours is taken, however long.
    world.home.write("led.txt", &large);
    let seen = run(world.command("user create").env("AZURE_COMMUNICATION_LEDGER", "led.txt"));
    assert_eq!((seen.code, world.lines("led.txt").len()), (Some(0), 6001), "{seen:?}");
}

/// A ledger whose disk is full later: the user is shown, and the exit code tells.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_user_who_is_not_in_the_ledger_is_shown() {
    let world = World::new();
    // An earlier line is as long as files may be.
    let name = "x".repeat(48 * 1024);
    let line = json!({"time": "2026-11-26T06:40:12+00:00", "event": "created", "user_id": "8:acs:a", "command": "c", "host": "h", "custom_id": name});
    world.home.write("ledger", format!("{line}\n"));
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 32; exec \"$@\"", "sh", crate::support::AZ]);
    command.args(["communication", "user-identity", "user", "create"]).env_clear().current_dir(world.home.path());
    command.envs(world.command("").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let out = world.home.path().join("out");
    command.stdout(File::create(&out).unwrap());
    let output = command.env("AZURE_COMMUNICATION_LEDGER", "ledger").stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let shown: Value = serde_json::from_slice(&std::fs::read(&out).unwrap_or(output.stdout)).unwrap();
    let user = shown["rawId"].as_str().unwrap();
    let expected =
        format!("ERROR: {user} was created, and ledger cannot be written: files may not grow larger here (ulimit -f).");
    assert!(stderr.contains(&expected), "{stderr}");
    assert_eq!(world.lines("ledger").len(), 1);
}

/// The signal of `ulimit -f` ends nothing, and each user is on stdout or on stderr.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn users_who_do_not_fit_into_stdout_are_shown_on_stderr() {
    let world = World::durable();
    let mut command = limited(&world, 32, "user create --count 400 --query [].rawId -o tsv");
    let out = world.home.path().join("out");
    let output = command.stdout(File::create(&out).unwrap()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("ERROR: These users were created, and cannot be shown on stdout:\n8:acs:"), "{stderr}");
    assert!(stderr.contains("stdout cannot be written: File too large."), "{stderr}");
    let shown = std::fs::read_to_string(out).unwrap() + &stderr;
    let mut ids: Vec<&str> = shown.lines().filter(|line| line.starts_with("8:acs:") && line.len() == 79).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(i64::try_from(ids.len()).unwrap(), world.identities());
}

/// `az communication user-identity` where files may have so many blocks of 512 bytes.
fn limited(world: &World, blocks: u32, words: &str) -> Command {
    let mut command = Command::new("sh");
    let shell = format!("ulimit -f {blocks}; exec \"$@\"");
    command.args(["-c", &shell, "sh", crate::support::AZ, "communication", "user-identity"]);
    command.args(words.split(' ')).env_clear().current_dir(world.home.path()).stdin(Stdio::null());
    command.envs(world.command("").get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
}

/// Where the ledger's disk is full, all who were deleted by then stand in it or on stderr.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn all_users_who_are_not_in_the_ledger_are_named() {
    let world = World::durable();
    let users = world.users(60);
    world.home.write("users", users.join("\n"));
    let mut command = limited(&world, 8, "user delete-batch --users-from users --yes");
    let output = command.env("AZURE_COMMUNICATION_LEDGER", "led").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let left = usize::try_from(world.identities()).unwrap();
    let ledger = std::fs::read_to_string(world.home.path().join("led")).unwrap();
    let known = users.iter().filter(|user| ledger.contains(*user) || stderr.contains(*user)).count();
    assert!(left > 0 && known == users.len() - left, "{known} {left} {stderr}");
}

#[test]
fn a_list_of_users_is_said_not_to_exist() {
    let home = Folder::new();
    for words in [
        "user-identity user list",
        "identity list",
        "identity user list",
        "user-identity list",
        "user-identity token list",
    ] {
        let seen = run(az(&home).arg("communication").args(words.split(' ')));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(2), ""), "{words}");
        insta::allow_duplicates! {
            assert_snapshot!(seen.stderr, @r"
            ERROR: 'list' is misspelled or not recognized by the system.

            https://aka.ms/cli_ref
            Read more about the command in reference docs

            Hint: The service cannot list identities or tokens: keep the ids of those that you create.
            Hint: With AZURE_COMMUNICATION_LEDGER=FILE, or [communication] ledger = FILE in the config file, every command that creates or deletes users writes their ids to FILE.
            ");
        }
    }
}
