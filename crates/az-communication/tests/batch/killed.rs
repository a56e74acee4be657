//! Tests of kills in the middle of batches, and of full disks. `AZ_LONG=1` makes 200 kills.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::AZ;
use crate::support::seen::{Seen, run};
use crate::support::world::World;
use crate::{ISSUE, Random, is_long, recorded};

/// Kills a command at random moments, this number of times.
fn kill(world: &World, words: &str, random: &mut Random, kills: usize) {
    for _ in 0..kills {
        let mut command = world.command(words);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.below(250) as u64));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Returns the number of kills for each command.
fn kills() -> usize {
    if is_long() { 50 } else { 3 }
}

/// Runs a command to its end, and checks that one more run has nothing to do.
fn finish(world: &World, words: &str) -> Seen {
    let seen = world.run(words);
    let again = world.run(words);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""), "{again:?}");
    seen
}

/// Returns the outcomes of each user in a record.
fn outcomes(world: &World, name: &str) -> HashMap<String, Vec<String>> {
    let mut outcomes: HashMap<String, Vec<String>> = HashMap::new();
    for line in world.lines(name) {
        if let (Some(outcome), Some(user)) = (line["outcome"].as_str(), line["user_id"].as_str()) {
            outcomes.entry(user.to_owned()).or_default().push(outcome.to_owned());
        }
    }
    outcomes
}

#[test]
#[ignore = "kills commands for a minute: run scripts/test.sh"]
fn killed_creations_are_recorded_or_unknown() {
    let mut random = Random::new();
    let world = World::durable();
    let count = 150 * kills();
    let batch = format!("{ISSUE} --count {count} --out-file t.jsonl");
    kill(&world, &batch, &mut random, kills());
    let seen = finish(&world, &batch);
    let (users, unknown) = recorded(&std::fs::read(world.home.path().join("t.jsonl")).unwrap());
    let held = usize::try_from(world.identities()).unwrap();
    println!("{count} wanted: {} recorded, {unknown} unknown, {held} held by the service", users.len());
    assert_eq!(users.len() + unknown, count, "{seen:?}");
    assert!(users.values().all(|lines| *lines == 1));
    assert!(held >= users.len() && held <= users.len() + unknown, "{held} {unknown}");
    let mut client = world.emulator.client();
    assert!(world.outcomes("t.jsonl", "issued").iter().all(|line| client.is_active(line["token"].as_str().unwrap())));
}

#[test]
#[ignore = "kills commands for a minute: run scripts/test.sh"]
fn killed_batches_of_listed_users_have_one_outcome_each() {
    let mut random = Random::new();
    let world = World::durable();
    let users = world.users(100 * kills());
    world.home.write("users.txt", users.join("\n"));
    let listed: HashSet<&String> = users.iter().collect();
    let issue = format!("{ISSUE} --users-from users.txt --out-file issued.jsonl");
    let revoke = "token revoke-batch --users-from users.txt --out-file revoked.jsonl --yes";
    let delete = "user delete-batch --users-from users.txt --out-file deleted.jsonl --yes";
    for (words, record, allowed) in [
        (issue.as_str(), "issued.jsonl", &["issued"][..]),
        (revoke, "revoked.jsonl", &["revoked"]),
        (delete, "deleted.jsonl", &["deleted", "gone"]),
    ] {
        kill(&world, words, &mut random, kills());
        let seen = finish(&world, words);
        assert_eq!(seen.code, Some(0), "{seen:?}");
        let outcomes = outcomes(&world, record);
        assert_eq!(outcomes.keys().collect::<HashSet<_>>(), listed, "{words}");
        assert!(outcomes.values().all(|all| all.len() == 1 && allowed.contains(&all[0].as_str())), "{outcomes:?}");
        let tokens = world.outcomes("issued.jsonl", "issued");
        let mut client = world.emulator.client();
        let active = tokens.iter().filter(|line| client.is_active(line["token"].as_str().unwrap())).count();
        assert_eq!(active, if record == "issued.jsonl" { users.len() } else { 0 }, "{words}");
    }
    assert_eq!(world.identities(), 0);
}

/// Checks the message about a file that cannot grow, and the file, and that the batch can be resumed later.
fn check_full(world: &World, seen: &Seen, name: &str, count: usize, why: &str) {
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
    assert!(seen.stderr.contains(why), "{seen:?}");
    assert!(seen.stderr.contains("Run the command again to resume."), "{seen:?}");
    let text = std::fs::read(world.home.path().join(name)).unwrap();
    assert!(text.ends_with(b"\n"), "the last line is cut");
    let (before, _) = recorded(&text);
    assert!(!before.is_empty() && before.len() < count, "{} of {count}", before.len());
}

fn check_resumed(world: &World, name: &str, count: usize) {
    let path = world.home.path().join(name);
    let (before, _) = recorded(&std::fs::read(&path).unwrap());
    let seen = finish(world, &format!("{ISSUE} --count {count} --out-file {name}"));
    let (users, unknown) = recorded(&std::fs::read(&path).unwrap());
    assert!(before.keys().all(|user| users.contains_key(user)), "{seen:?}");
    assert_eq!(users.len() + unknown, count, "{seen:?}");
    let held = usize::try_from(world.identities()).unwrap();
    assert!(held >= users.len() && held <= users.len() + unknown, "{held} {} {unknown}", users.len());
}

/// A limit of the size of files needs no root. The signal of that limit does not end the command.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_file_that_may_not_grow_loses_nothing() {
    for trap in ["", "trap '' XFSZ; "] {
        stop_at_a_limit(trap);
    }
}

fn stop_at_a_limit(trap: &str) {
    let world = World::durable();
    let mut command = Command::new("sh");
    let words = format!("{ISSUE} --count 60 --out-file t.jsonl");
    let shell = format!("{trap}ulimit -f 48; exec \"$@\"");
    command.args(["-c", &shell, "sh", AZ, "communication", "user-identity"]);
    command.args(words.split(' ')).env_clear().current_dir(world.home.path());
    command.envs(world.command("").get_envs().filter_map(|(name, value)| Some((name, value?))));
    let seen = run(&mut command);
    check_full(
        &world,
        &seen,
        "t.jsonl",
        60,
        "ERROR: t.jsonl cannot be written: the limit on the size of files is reached (ulimit -f).",
    );
    check_resumed(&world, "t.jsonl", 60);
}

/// The message names the small disk that is full.
#[test]
#[ignore = "mounts a file system, which needs root"]
fn a_full_disk_is_named_and_loses_nothing() {
    let world = World::durable();
    let disk = world.home.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mut mount = Command::new("mount");
    let mounted = mount.args(["-t", "tmpfs", "-o", "size=48k", "none"]).arg(&disk).stderr(Stdio::null()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped a_full_disk_is_named_and_loses_nothing: this user cannot mount a file system");
        return;
    }
    let _unmount = Unmount(&disk);
    let seen = world.run(&format!("{ISSUE} --count 100 --out-file disk/t.jsonl"));
    let why = format!("ERROR: disk/t.jsonl cannot be written: the disk at {} is full.", disk.display());
    check_full(&world, &seen, "disk/t.jsonl", 100, &why);
    // The disk is still full when the same command is run again.
    let list = std::fs::read_to_string(world.home.path().join("disk/t.jsonl")).unwrap();
    world.home.write("t.jsonl", list);
    std::fs::write(disk.join("rest"), vec![0; 64 * 1024]).unwrap_err();
    let free = "Hint: Free some space, then run the command again.\n";
    for words in [
        format!("{ISSUE} --count 100 --out-file disk/t.jsonl"),
        "user delete-batch --users-from t.jsonl --yes --out-file disk/d.jsonl".to_owned(),
    ] {
        let seen = world.run(&words);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
        assert!(seen.stderr.contains(&format!(" is full.\n{free}")), "{seen:?}");
    }
    let mut remount = Command::new("mount");
    assert!(remount.args(["-o", "remount,size=4m"]).arg(&disk).status().unwrap().success());
    check_resumed(&world, "disk/t.jsonl", 100);
}

struct Unmount<'a>(&'a Path);

impl Drop for Unmount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}
