//! Tests of the kinds of files that a record can be, and of records that are already another file of the command.

use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use super::*;
use crate::support::seen::{each, run_reading, seen};
use insta::assert_snapshot;

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn what_is_not_a_file_is_refused_by_its_kind() {
    let world = World::durable();
    let folder = world.home.path();
    std::fs::create_dir(folder.join("dir")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("fifo")).status().unwrap().success());
    symlink("missing", folder.join("dangling")).unwrap();
    let refused = |path: &str| world.shows(&format!("{ISSUE} --count 1 --out-file {path}"));
    assert_snapshot!(each(["/dev/null", "fifo", "dir", "dangling", "no/such/folder"], refused), @"
    > /dev/null
    exit 1
    --- stderr
    ERROR: /dev/null cannot be used: it is a device.
    Hint: Give the path of a file, or - for stdout.

    > fifo
    exit 1
    --- stderr
    ERROR: fifo cannot be used: it is a FIFO.
    Hint: Give the path of a file, or - for stdout.

    > dir
    exit 1
    --- stderr
    ERROR: dir cannot be used: it is a directory.
    Hint: Give the path of a file, or - for stdout.

    > dangling
    exit 1
    --- stderr
    ERROR: dangling cannot be used: it is a symbolic link to a file that does not exist.
    Hint: Create the file, or give its path.

    > no/such/folder
    exit 1
    --- stderr
    ERROR: no/such/folder cannot be used: the folder no/such does not exist.
    ");
    assert_eq!(world.identities(), 0);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_file_to_which_stdout_goes_is_refused() {
    let world = World::durable();
    let own = world.home.path().join("own");
    let mut command = world.command(&format!("{ISSUE} --count 1 --out-file /dev/stdout"));
    let output = command.stdin(Stdio::null()).stdout(File::create(&own).unwrap()).stderr(Stdio::piped()).output();
    assert_snapshot!(seen(output.unwrap()), @"
    exit 1
    --- stderr
    ERROR: /dev/stdout cannot be used: the shell writes this command's output to the same file.
    Hint: Give --out-file - to write the lines to stdout.
    ");
    assert_eq!((std::fs::metadata(own).unwrap().len(), world.identities()), (0, 0));
}

/// Makes a record `t.jsonl` that has a symbolic link and a hard link.
fn with_links() -> World {
    let world = World::new();
    world.ok(&format!("{ISSUE} --count 2 --out-file t.jsonl"));
    let folder = world.home.path();
    symlink("t.jsonl", folder.join("soft")).unwrap();
    std::fs::hard_link(folder.join("t.jsonl"), folder.join("hard")).unwrap();
    world
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_list_of_users_is_refused_as_a_record_by_any_name() {
    let world = with_links();
    let path = world.home.path().join("t.jsonl");
    let before = std::fs::read(&path).unwrap();
    for out in ["t.jsonl", "./t.jsonl", "soft", "hard"] {
        for command in ["token revoke-batch --yes", "user delete-batch --yes", ISSUE] {
            let error = format!(
                "ERROR: {out} cannot be used: --users-from names the same file.\nHint: Give another --out-file.\n"
            );
            assert_eq!(world.fails(&format!("{command} --users-from t.jsonl --out-file {out}"), 1), error);
        }
    }
    assert_eq!(std::fs::read(path).unwrap(), before);
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_list_of_users_on_stdin_is_refused_as_a_record() {
    let world = with_links();
    let path = world.home.path().join("t.jsonl");
    let before = std::fs::read(&path).unwrap();
    let mut command = world.command("token revoke-batch --yes --users-from - --out-file t.jsonl");
    assert_snapshot!(seen(command.stdin(File::open(&path).unwrap()).output().unwrap()), @"
    exit 1
    --- stderr
    ERROR: t.jsonl cannot be used: --users-from names the same file.
    Hint: Give another --out-file.
    ");
    assert_eq!(std::fs::read(path).unwrap(), before);
}

#[test]
fn a_record_is_written_to_stdout() {
    let world = World::shared();
    let seen = world.run(&format!("{ISSUE} --count 3 --out-file -"));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), "3 issued, 0 failed, 0 unknown\n"));
    let users: Vec<Value> = seen.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(users.len() == 3 && users.iter().all(|line| line["user_id"].is_string() && line["token"].is_string()));
    world.home.write("of-stdout", &seen.stdout);
    let seen = world.run("user delete-batch --users-from of-stdout --out-file - --yes");
    assert_eq!((seen.code, seen.stdout.lines().count()), (Some(0), 3));
    assert_eq!(seen.stderr, "3 deleted, 0 gone, 0 failed\n");
}

#[test]
fn a_list_of_users_is_read_from_a_pipe() {
    let world = World::shared();
    let users = world.users(2).join("\n");
    let mut command = world.command("token revoke-batch --yes --users-from -");
    assert_eq!(run_reading(&mut command, users.as_bytes()).json()["revoked"], 2);
}
