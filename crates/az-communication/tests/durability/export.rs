//! Tests of exports during which the power fails. The file is then the former one or the whole new one.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use acs_identity_emulator::check_export;

use crate::disk::{Mounted, format_with, run};
use crate::power::copy_of_one_moment;
use crate::support::emulator::Emulator;
use crate::support::whole_state::grown;
use crate::support::{AZ, Folder, az};

/// Returns the number of exports and of identities. The power fails twice in each export: while it runs, and when it
/// has ended.
fn amount() -> (u32, usize) {
    if std::env::var_os("AZ_LONG").is_some() { (50, 100_000) } else { (6, 3_000) }
}

/// The command that exports to a file. It runs under strace with these options, if there are some.
fn export(home: &Folder, emulator: &Emulator, file: &Path, strace: &[&str]) -> Command {
    let mut command = az(home);
    if !strace.is_empty() {
        let mut traced = Command::new("strace");
        traced.args(strace).arg(AZ).env_clear();
        traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command = traced;
    }
    command.args(["communication", "emulator", "export"]).arg(file).arg("--port").arg(emulator.port().to_string());
    command.stdout(Stdio::null());
    command
}

/// Simulates power failures during exports and after them. Returns what was wrong with the file that each one left.
fn power_failures(strace: &[&str]) -> Vec<String> {
    let home = Folder::new();
    let (exports, identities) = amount();
    // There is room for two files, and for a copy of the file system.
    let size = 32 + identities / 800;
    let memory = Mounted::tmpfs(&home.path().join("memory"), &format!("{}m", 3 * size));
    let image = memory.path().join("image");
    format_with(&image, &format!("{size}M"), &[]);
    let disk = Mounted::image(&image, &memory.path().join("disk"));
    let small = home.path().join("small.jsonl");
    assert!(export(&home, &Emulator::in_memory(&home), &small, &[]).status().unwrap().success());
    let state = home.write("large.jsonl", grown(&std::fs::read(small).unwrap(), identities));
    let emulator = Emulator::start(&home, &["--in-memory", "--import", state.to_str().unwrap()]);
    let file = disk.path().join("state.jsonl");
    // The first export shows how long one takes. It must be on the disk.
    let started = Instant::now();
    assert!(export(&home, &emulator, &file, &[]).status().unwrap().success());
    let takes = started.elapsed();
    let left = |number: String| {
        let copy = memory.path().join(format!("copy{number}"));
        copy_of_one_moment(&image, &copy);
        let left = Mounted::image(&copy, &memory.path().join("left"));
        let content = std::fs::read(left.path().join("state.jsonl"));
        drop(left);
        std::fs::remove_file(&copy).unwrap();
        content.unwrap_or_default()
    };
    let (mut wrong, mut written) = (Vec::new(), 0);
    for number in 0..exports {
        emulator.client().create();
        let former = std::fs::read(&file).unwrap();
        let mut child = export(&home, &emulator, &file, strace).spawn().unwrap();
        std::thread::sleep(takes * (number % 10) / 10);
        run("kill", &["-STOP", &child.id().to_string()]);
        let during = left(format!("{number}-during"));
        run("kill", &["-CONT", &child.id().to_string()]);
        let is_written = child.wait().unwrap().success();
        let new = std::fs::read(&file).unwrap();
        // The emulator gives an export up whose client stops for 10 s. Copying the image may take longer.
        assert!(is_written == (new != former) && check_export(&new).is_ok());
        written += u32::from(is_written);
        if during != former && during != new {
            wrong.push(format!("during export {number}: {} of {} bytes", during.len(), new.len()));
        }
        let after = left(format!("{number}-after"));
        if after != new {
            wrong.push(format!("after export {number}: {} of {} bytes", after.len(), new.len()));
        }
    }
    println!(
        "{} power failures during and after exports of {identities} identities, of which {written} were written",
        2 * exports
    );
    assert!(written > exports / 2);
    wrong
}

#[test]
#[ignore = "mounts file systems, which needs root: run scripts/test.sh"]
fn a_power_failure_during_an_export_leaves_the_former_file_or_the_whole_new_one() {
    if !crate::disk::is_root("a_power_failure_during_an_export_leaves_the_former_file_or_the_whole_new_one") {
        return;
    }
    let wrong = power_failures(&[]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The other test is valid only if a missing fsync is noticed.
#[test]
#[ignore = "mounts file systems, which needs root, and needs strace: run scripts/test.sh"]
fn without_fsync_a_power_failure_loses_an_export() {
    if !crate::disk::is_root("without_fsync_a_power_failure_loses_an_export") {
        return;
    }
    let wrong = power_failures(&["-f", "-o", "/dev/null", "-e", "inject=fsync,fdatasync:retval=0"]);
    assert!(!wrong.is_empty(), "the procedure does not notice that nothing reaches the disk");
}
