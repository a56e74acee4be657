//! A ledger that is a file of the command in another way, by any name.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use crate::ISSUE;
use crate::support::seen::run;
use crate::support::world::World;

/// Refused before anything is sent; nothing waits for itself.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_ledger_that_is_another_file_of_the_command_is_refused() {
    let world = World::durable();
    let folder = world.home.path();
    let ledger = |words: &str, ledger: &str| {
        let mut command = world.command(words);
        let seen = run(command.env("AZURE_COMMUNICATION_LEDGER", ledger));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{words} {ledger}: {seen:?}");
        seen.stderr
    };
    let refused = |ledger: &str, option: &str| {
        format!(
            "ERROR: {ledger} cannot be used: {option} is the same file.\nHint: It is the ledger that \
             AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names.\nHint: Nothing was changed. \
             Name another file.\n"
        )
    };
    world.home.write("both", "");
    fs::hard_link(folder.join("both"), folder.join("hard")).unwrap();
    symlink("both", folder.join("soft")).unwrap();
    let issue = format!("{ISSUE} --count 4 --concurrency 1 --out-file both");
    for name in ["both", "./both", "hard", "soft"] {
        assert_eq!(ledger(&issue, name), refused(name, "--out-file"), "{name}");
    }
    // Neither is there yet.
    symlink(".", folder.join("here")).unwrap();
    for name in ["new", "./new", "here/new"] {
        assert_eq!(ledger(&format!("{ISSUE} --count 4 --out-file new"), name), refused(name, "--out-file"), "{name}");
        assert!(!folder.join("new").exists());
    }
    assert_eq!(world.identities(), 0);
    let line = r#"{"time":"2026-11-26T06:40:12+00:00","event":"created","user_id":"8:acs:a","command":"c","host":"h"}"#;
    world.home.write("led", format!("{line}\n"));
    let delete = "user delete-batch --users-from led --yes";
    assert_eq!(ledger(delete, "led"), refused("led", "--users-from"));
    assert_eq!(ledger(&format!("{delete} --out-file new"), "new"), refused("new", "--out-file"));
    // What the shell writes to it is no line of a ledger.
    world.home.write("out", "");
    let mut command = world.command("user create");
    let out = fs::File::options().append(true).open(folder.join("out")).unwrap();
    let output = command.env("AZURE_COMMUNICATION_LEDGER", "out").stdin(Stdio::null()).stdout(out).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains(&refused("out", "stdout")));
    assert_eq!(world.identities(), 0);
    // Two files are two.
    let mut command = world.command(&issue);
    let seen = run(command.env("AZURE_COMMUNICATION_LEDGER", "third"));
    assert_eq!((seen.code, world.lines("third").len()), (Some(0), 4), "{seen:?}");
}
