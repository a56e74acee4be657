//! `emulator export` and `emulator import`.

use std::os::unix::fs::PermissionsExt as _;

use acs_identity_emulator::check_export;
use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

/// Creates an identity.
pub(super) fn fill(world: &World) {
    world.ok("user create --custom-id alice");
}

fn custom_ids(world: &World) -> String {
    run(&mut of(world, "identity list --query [].customId -o tsv")).stdout.trim().to_owned()
}

#[test]
fn an_export_is_imported_by_another_emulator() {
    let (source, target) = (World::alone(), World::alone());
    fill(&source);
    let file = source.home.path().join("state.jsonl");
    let export = |world: &World| run(of(world, "export").arg(&file)).hiding_home(&world.home);
    assert_snapshot!(export(&source), @r#"
    exit 0
    --- stdout
    {
      "assignments": 0,
      "file": "HOME/state.jsonl",
      "identities": 1
    }
    "#);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_snapshot!(run(of(&target, "import").arg(&file)), @r#"
    exit 0
    --- stdout
    {
      "assignments": 0,
      "identities": 1
    }
    "#);
    assert_eq!(custom_ids(&target), "alice");
    let keys = |world: &World| run(&mut of(world, "key list --query secondaryKey -o tsv")).stdout;
    assert_eq!(keys(&source), keys(&target));
    // A second import replaces identities only on request.
    assert_snapshot!(shows(&target, of(&target, "import").arg(&file)).hiding(file.display(), "FILE"), @"
    exit 1
    --- stderr
    ERROR: The emulator has identities or assignments. To replace them: replace=true, or --replace.
    ");
    assert_eq!(run(of(&target, "import --replace").arg(&file)).code, Some(0));
    assert!(!source.home.path().join(".state.jsonl.new").exists());
}

#[test]
fn a_file_that_is_not_a_whole_export_is_refused_and_nothing_changes() {
    let world = World::alone();
    fill(&world);
    let file = world.home.path().join("state.jsonl");
    assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
    let content = std::fs::read(&file).unwrap();
    let mut changed = content.clone();
    let middle = content.len() / 2;
    changed[middle] ^= 1;
    let mut said = Vec::new();
    for content in [&content[..content.len() / 2], &changed, b"{}\n", b""] {
        let broken = world.home.write("broken.jsonl", content);
        said.push(shows(&world, of(&world, "import --replace").arg(&broken)).to_string());
    }
    assert_snapshot!(said.join("\n"), @"
    exit 1
    --- stderr
    ERROR: HOME/broken.jsonl cannot be imported: it is incomplete: its last line is not an end line.
    Hint: Give a complete and unchanged file of az communication emulator export.

    exit 1
    --- stderr
    ERROR: HOME/broken.jsonl cannot be imported: it is damaged or was changed: its checksum is wrong.
    Hint: Give a complete and unchanged file of az communication emulator export.

    exit 1
    --- stderr
    ERROR: HOME/broken.jsonl cannot be imported: it is not an export of the emulator.
    Hint: Give a complete and unchanged file of az communication emulator export.

    exit 1
    --- stderr
    ERROR: HOME/broken.jsonl cannot be imported: it is not an export of the emulator.
    Hint: Give a complete and unchanged file of az communication emulator export.
    ");
    assert_snapshot!(shows(&world, &mut of(&world, "import none.jsonl")), @"
    exit 1
    --- stderr
    ERROR: none.jsonl cannot be read: No such file or directory.
    ");
    assert_eq!(custom_ids(&world), "alice");
}

#[test]
fn a_start_takes_a_state_and_leaves_one_behind() {
    let world = World::alone();
    fill(&world);
    let file = world.home.path().join("state.jsonl");
    assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
    let mut command = emulator(&world.home, "run --import state.jsonl --export-on-exit after.jsonl -- sh -c");
    command.arg("\"$AZ\" communication user-identity user create --custom-id bob -o none");
    command.env("AZ", env!("CARGO_BIN_EXE_az")).current_dir(world.home.path());
    let seen = run(&mut command);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), ""), "{seen}");
    let after = std::fs::read_to_string(world.home.path().join("after.jsonl")).unwrap();
    assert!(after.contains(r#""customId":"alice""#) && after.contains(r#""customId":"bob""#), "{after}");
    assert_eq!(run(of(&world, "import --replace").arg(world.home.path().join("after.jsonl"))).code, Some(0));
    assert_snapshot!(run(&mut emulator(&world.home, "run --import none.jsonl -- true")), @"
    exit 1
    --- stderr
    ERROR: none.jsonl cannot be read: No such file or directory.
    ");
    let unwritten = |file: &str, command: &str| {
        let mut command = emulator(&world.home, &format!("run --export-on-exit {file} -- {command}"));
        run(command.current_dir(world.home.path())).hiding_home(&world.home)
    };
    assert_snapshot!(unwritten("none/after.jsonl", "true"), @"
    exit 2
    --- stderr
    ERROR: --export-on-exit names 'none/after.jsonl', which cannot be written: the folder none does not exist.
    ");
    std::fs::create_dir(world.home.path().join("there")).unwrap();
    assert_snapshot!(unwritten("there", "true"), @"
    exit 2
    --- stderr
    ERROR: --export-on-exit names 'there', which cannot be written: it is a folder.
    ");
    assert_snapshot!(unwritten("there/after.jsonl", "rmdir there"), @"
    exit 1
    --- stderr
    ERROR: The export cannot be written to there/after.jsonl: No such file or directory.
    ");
}

#[test]
fn a_start_with_data_does_not_import() {
    let world = World::alone();
    fill(&world);
    let file = world.home.path().join("state.jsonl");
    assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
    let start = || {
        let mut command = emulator(&world.home, "run --data-dir data --import state.jsonl -- true");
        run(command.current_dir(world.home.path())).hiding_home(&world.home)
    };
    assert_eq!(start().code, Some(0));
    let again = start();
    assert_snapshot!(again.without_lines(" INFO "), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot start: the state cannot be imported: the data has identities or assignments already.
    Hint: Leave out --import, or use a new folder: --data-dir.
    Hint: To replace the data of a running emulator: az communication emulator import FILE --replace
    ");
}

#[test]
fn a_start_that_imports_a_clock_says_so_once() {
    let world = World::alone();
    assert_eq!(run(&mut of(&world, "clock freeze")).code, Some(0));
    let file = world.home.path().join("state.jsonl");
    assert_eq!(run(of(&world, "export").arg(&file)).code, Some(0));
    for storage in ["--data-dir data ", ""] {
        let words = format!("run {storage}--import state.jsonl -- true");
        let seen = run(emulator(&world.home, &words).current_dir(world.home.path()));
        assert_eq!(seen.to_string().matches("a clock that was set before").count(), 1, "{seen}");
    }
}

#[test]
fn an_emulator_that_is_stopped_by_its_control_api_leaves_its_state_behind() {
    let home = Folder::new();
    let mut started = Emulator::start(&home, &["--in-memory", "--export-on-exit", "after.jsonl"]);
    let port = started.port().to_string();
    let stop = run(emulator(&home, "stop --port").arg(port));
    assert_eq!(stop.code, Some(0), "{stop}");
    assert!(started.child.wait().unwrap().success());
    assert!(check_export(&std::fs::read(home.path().join("after.jsonl")).unwrap()).is_ok());
}
