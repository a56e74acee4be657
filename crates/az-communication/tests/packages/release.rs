//! Tests of `cargo xtask release` itself.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::dist::{Unpacked, dist, repository};
use super::support::Folder;

/// Returns the command in the repository, with the caches of the user who runs the tests.
fn release() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(repository()).args(["xtask", "release", "--allow-dirty"]);
    let home = std::env::var_os("HOME").unwrap();
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let default = Path::new(&home).join(folder);
        command.env(name, std::env::var_os(name).unwrap_or(default.into_os_string()));
    }
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the names of the artefacts whose files are in the folder of the tests.
fn made() -> Vec<&'static str> {
    let names: Vec<String> =
        fs::read_dir(dist()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    let all = [
        ("tarball", ".tar.gz"),
        ("sbom", ".cdx.json"),
        ("deb", ".deb"),
        ("image", ".oci.tar"),
        ("wheel", ".whl"),
        ("npm", ".tgz"),
    ];
    all.iter().filter(|(_, end)| has(end)).map(|(name, _)| *name).collect()
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn packing_gives_the_same_bytes_under_another_home_umask_time_zone_and_language() {
    let unpacked = Unpacked::new();
    let folder = Folder::new();
    let again = folder.path().join("again");
    let script = "umask 0077; exec \"$@\"";
    let inner = release();
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(inner.get_program()).args(inner.get_args());
    command.arg("--only").arg(made().join(",")).arg("--program").arg(unpacked.program()).arg("--dist").arg(&again);
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(repository());
    command.env("HOME", folder.path()).env("TZ", "Asia/Kathmandu").env("LC_ALL", "tr_TR.UTF-8").env("USER", "other");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let compared = Command::new("diff").arg("-rq").arg(dist()).arg(&again).output().unwrap();
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stdout));
}

/// The folder of the other builder, removed on drop. Another user can reach it.
struct Elsewhere(std::path::PathBuf);

impl Elsewhere {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("az-communication-builder-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the reason why this machine cannot be another builder, or why there is no release to compare with.
fn lacking() -> Option<&'static str> {
    if std::env::var_os("AZ_LONG").is_none() {
        return Some("AZ_LONG=1 makes a release to compare with");
    }
    if !rustix::process::geteuid().is_root() {
        return Some("only root may become another user on another host");
    }
    let mut git = Command::new("git");
    let status = git.current_dir(repository()).args(["status", "--porcelain"]).output().unwrap();
    (!status.stdout.is_empty()).then_some("the tree has changes that are not committed")
}

#[test]
#[ignore = "builds the program again, with one job: ten minutes"]
fn another_builder_gets_the_same_bytes_of_every_artefact_on_another_machine_and_day() {
    if let Some(reason) = lacking() {
        eprintln!(
            "skipped: another_builder_gets_the_same_bytes_of_every_artefact_on_another_machine_and_day: {reason}"
        );
        return;
    }
    let folder = Elsewhere::new();
    let script = repository().join("crates/az-communication/tests/packages/another_builder.sh");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--uts"]).arg(script).arg(repository()).arg(&folder.0);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let compared = Command::new("diff").arg("-rq").arg(dist()).arg(folder.0.join("made")).output().unwrap();
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stdout));
    println!("{}", fs::read_to_string(dist().join("SHA256SUMS")).unwrap());
}

#[test]
#[ignore = "runs cargo, as scripts/test.sh does"]
fn a_program_that_is_not_static_is_refused() {
    let folder = Folder::new();
    let output = release().arg("--program").arg("/bin/ls").arg("--dist").arg(folder.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("/bin/ls: it needs a dynamic linker."), "{}", stderr(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
#[ignore = "runs cargo, as scripts/test.sh does"]
fn an_unknown_artefact_is_refused_with_those_that_there_are() {
    let output = release().args(["--only", "tarball,floppy"]).output().unwrap();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("ERROR: 'floppy' is not an artefact. There are tarball, "), "{}", stderr(&output));
}
