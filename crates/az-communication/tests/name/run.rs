//! Tests that the command of `emulator run` finds this program by the name that it was called by.

use super::*;

#[test]
fn the_command_of_a_run_finds_this_program_by_its_name() {
    let home = Folder::new();
    let program = installed(&home, "opt/az-communication");
    let mut command = with_path(&program, &home, &[]);
    let seen =
        run(command
            .args("emulator run -- az-communication token issue --scope chat --query expires_on -o tsv".split(' ')));
    assert_eq!(seen.code, Some(0), "{seen}");
    assert!(seen.stdout.contains('T') && seen.stdout.lines().count() == 1, "{seen}");
}

#[test]
fn the_command_of_a_run_does_not_find_an_az_that_was_not_called() {
    let home = Folder::new();
    let program = installed(&home, "opt/az-communication");
    installed(&home, "opt/az");
    let find = ["emulator", "run", "--", "sh", "-c", "command -v az || echo none; command -v az-communication"];
    let seen_as_own = run(with_path(&program, &home, &[]).args(find));
    let lines: Vec<&str> = seen_as_own.stdout.lines().collect();
    assert!(lines[0] == "none" && lines[1].ends_with("/az-communication"), "{seen_as_own}");
    let as_az = run(with_path(home.path().join("opt/az"), &home, &[]).arg("communication").args(find));
    assert!(as_az.stdout.lines().count() == 1 && as_az.stdout.ends_with("/az\n"), "{as_az}");
}

#[test]
fn a_run_that_is_called_through_a_shim_finds_the_shim() {
    let home = Folder::new();
    installed(&home, "opt/az-communication");
    std::fs::create_dir(home.path().join("bin")).unwrap();
    std::os::unix::fs::symlink("../opt/az-communication", home.path().join("bin/az")).unwrap();
    let words = "communication emulator run -- az communication completion bash";
    let seen = run(with_path(home.path().join("bin/az"), &home, &[]).args(words.split(' ')));
    assert!(seen.code == Some(0) && seen.stdout.starts_with("# bash completion for az communication"), "{seen}");
}

#[test]
fn other_programs_keep_their_order() {
    let home = Folder::new();
    let program = installed(&home, "opt/az-communication");
    home.program("opt/tool", "#!/bin/sh\necho of the folder of the program\n");
    home.program("venv/tool", "#!/bin/sh\necho of the environment\n");
    for folders in [&["venv", "opt"][..], &["venv"]] {
        let seen = run(with_path(&program, &home, folders).args(["emulator", "run", "--", "tool"]));
        assert_eq!(seen.stdout, "of the environment\n", "{seen}");
    }
    // If the name is already found, PATH stays unchanged.
    let mut command = with_path(&program, &home, &["venv", "opt"]);
    command.args(["emulator", "run", "--", "sh", "-c", "echo $PATH"]);
    let path = command.get_envs().find(|(name, _)| *name == "PATH").unwrap().1.unwrap().to_owned();
    assert_eq!(run(&mut command).stdout.trim_end(), path);
}

#[test]
fn nothing_is_left_of_a_run() {
    let home = Folder::new();
    let program = installed(&home, "opt/az-communication");
    assert_eq!(run(with_path(&program, &home, &[]).args(["emulator", "run", "--", "true"])).code, Some(0));
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["opt"]);
}
