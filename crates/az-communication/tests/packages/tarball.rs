//! Tests of the tarball.

use std::fs;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use super::dist::{Unpacked, artefact, dist, repository, stdout};
use super::support::root::{Root, doctor, said};
use super::support::{Folder, copy_program, other_program};
use crate::needs_a_root_folder;

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_sums_are_those_of_all_files() {
    let sums = fs::read_to_string(dist().join("SHA256SUMS")).unwrap();
    let mut summed: Vec<&str> = sums.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    summed.push("SHA256SUMS");
    summed.sort_unstable();
    let entries = fs::read_dir(dist()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = entries.collect();
    files.sort();
    assert_eq!(files, summed);
    stdout(Command::new("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(dist()));
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn everything_is_in_one_folder_belongs_to_root_and_may_be_read_by_all() {
    let listing = stdout(Command::new("tar").args(["--utc", "-tvzf"]).arg(artefact(".tar.gz")));
    let mut times = Vec::new();
    let mut lines = Vec::new();
    for line in listing.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (_, path) = words[5].split_once('/').unwrap();
        times.push(format!("{} {}", words[3], words[4]));
        if !path.starts_with("man/man1/az-communication-") {
            lines.push(format!("{} {} {path}", words[0], words[1]));
        }
    }
    times.dedup();
    assert_eq!(times.len(), 1, "{times:?}");
    assert_snapshot!(lines.join("\n"), @r"
    drwxr-xr-x 0/0 
    -rw-r--r-- 0/0 CHANGELOG.md
    -rw-r--r-- 0/0 LICENSE
    -rw-r--r-- 0/0 README.md
    -rw-r--r-- 0/0 THIRD-PARTY-LICENCES
    -rw-r--r-- 0/0 az-communication.cdx.json
    drwxr-xr-x 0/0 bin/
    -rwxr-xr-x 0/0 bin/az-communication
    drwxr-xr-x 0/0 completions/
    -rw-r--r-- 0/0 completions/_az-communication
    -rw-r--r-- 0/0 completions/az-communication.bash
    -rw-r--r-- 0/0 completions/az-communication.fish
    -rw-r--r-- 0/0 completions/az-communication.ps1
    drwxr-xr-x 0/0 man/
    drwxr-xr-x 0/0 man/man1/
    -rw-r--r-- 0/0 man/man1/az-communication.1
    ");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_program_is_static_and_under_8_mb_packed() {
    let unpacked = Unpacked::new();
    assert!(fs::metadata(artefact(".tar.gz")).unwrap().len() < 8_000_000);
    let said = stdout(Command::new("file").arg("--brief").arg(unpacked.program()));
    assert!(said.contains("statically linked") && said.contains("stripped"), "{said}");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn no_path_of_the_builder_is_in_the_program() {
    // The short form packs the program of the benchmark.
    if std::env::var_os("AZ_LONG").is_none() {
        eprintln!("skipped: no_path_of_the_builder_is_in_the_program: AZ_LONG=1 tests the program of a release");
        return;
    }
    let program = fs::read(Unpacked::new().program()).unwrap();
    let home = std::env::var("HOME").unwrap();
    let cargo_home = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    for folder in [home, cargo_home, repository().to_str().unwrap().to_owned(), ".rustup".into(), "target/".into()] {
        let at = program.windows(folder.len()).position(|window| window == folder.as_bytes());
        let text = at.map(|at| String::from_utf8_lossy(&program[at..at + 100]).into_owned());
        assert_eq!(text, None, "{folder}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_completions_are_those_that_the_program_prints() {
    let unpacked = Unpacked::new();
    let home = Folder::new();
    for (shell, file) in [
        ("bash", "az-communication.bash"),
        ("zsh", "_az-communication"),
        ("fish", "az-communication.fish"),
        ("powershell", "az-communication.ps1"),
    ] {
        let mut program = other_program(unpacked.program().to_str().unwrap(), &home);
        let printed = stdout(program.args(["communication", "completion", shell]));
        assert!(printed == unpacked.read(&format!("completions/{file}")), "{shell}");
    }
}

/// The folders of `chroot`.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// The command starts an emulator and gets a token from it.
const EMULATOR: [&str; 12] = [
    "emulator",
    "run",
    "--",
    "/bin/az-communication",
    "token",
    "issue",
    "--scope",
    "chat",
    "--query",
    "token",
    "-o",
    "tsv",
];

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn an_emulator_and_a_client_of_it_run_where_there_is_nothing_but_the_program() {
    needs_a_root_folder!();
    let unpacked = Unpacked::new();
    let root = Folder::new();
    fs::create_dir(root.path().join("bin")).unwrap();
    copy_program(&unpacked.program(), &root.path().join("bin/az-communication"));
    let mut command = Command::new("chroot");
    command.arg(root.path()).arg("/bin/az-communication").args(EMULATOR).env_clear().env("PATH", PATH);
    // There is no /tmp in this root folder.
    command.env("TMPDIR", "/").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout.starts_with(b"eyJ"), "{output:?}");
    let mut left: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["bin"]);
}

/// The `hosts:` lines of Fedora's nsswitch.conf and of a desktop's.
const HOSTS: [&str; 2] =
    ["files myhostname resolve [!UNAVAIL=return] dns", "files mymachines mdns4_minimal [NOTFOUND=return] resolve dns"];

#[test]
#[ignore = "needs the artefacts and the other Debian of scripts/test.sh"]
fn it_runs_in_a_newer_debian_whatever_its_names_are_looked_up_with() {
    needs_a_root_folder!();
    let unpacked = Unpacked::new();
    for hosts in HOSTS {
        let root = Root::foreign().with("etc/nsswitch.conf", &format!("passwd: files\nhosts: {hosts}\n"));
        let root = root.with("etc/hosts", "127.0.0.1 localhost\n127.8.1.1 acs.example\n");
        let place = root.path().join("usr/bin/az-communication");
        copy_program(&unpacked.program(), &place);
        let chrooted = || {
            let mut command = Command::new("chroot");
            command.arg(root.path()).arg("/usr/bin/az-communication").env_clear().env("HOME", "/").env("PATH", PATH);
            command
        };
        let mut command = chrooted();
        let output = command.args(EMULATOR).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success() && output.stdout.starts_with(b"eyJ"), "{hosts}: {}", said(&output));
        assert_eq!(doctor(&mut chrooted(), "acs.example"), "acs.example is 127.8.1.1", "{hosts}");
    }
}
