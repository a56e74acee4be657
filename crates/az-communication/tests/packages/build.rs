//! Tests of a build by cargo outside of the repository.

use std::path::Path;
use std::process::Command;

use crate::support::Folder;
use crate::support::seen::run;

/// Returns the build script of the program, as another repository would run it.
fn build_script(home: &Folder) -> Command {
    let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs")).unwrap();
    // The part that compiles C code is left out, so that the check of the flags needs no C compiler.
    let from = script.find("    if env::var_os(\"CARGO_CFG_UNIX\")").unwrap();
    let to = script.find("    let is_gnu_linux").unwrap();
    let source = home.write("build.rs", format!("{}{}", &script[..from], &script[to..]));
    let program = home.path().join("build");
    let rustc = Command::new("rustc").args(["--edition=2024", "-o"]).arg(&program).arg(&source).status().unwrap();
    assert!(rustc.success());
    let mut command = Command::new(&program);
    command.env_clear().env("CARGO_MANIFEST_DIR", "/repository/crates/az-communication");
    command.env("CARGO_CFG_TARGET_OS", "linux").env("CARGO_CFG_TARGET_ENV", "gnu").env("PROFILE", "debug");
    command
}

#[test]
fn a_build_without_the_configuration_of_the_repository_says_what_the_program_lacks() {
    let home = Folder::new();
    let seen = run(&mut build_script(&home));
    let warning = seen.stdout.lines().find(|line| line.starts_with("cargo::warning=")).unwrap_or_default();
    insta::assert_snapshot!(warning, @"cargo::warning=.cargo/config.toml of the repository was not read, so az lacks: static linking (every start takes a quarter longer); AWS_LC_SYS_NO_JITTER_ENTROPY (the emulator starts 33 ms later); -DHAVE_FDATASYNC=1 in LIBSQLITE3_FLAGS (the emulator commits slower). Run cargo inside the repository: cd /repository/crates/az-communication && cargo install --locked --path .");
}

#[test]
fn a_build_with_the_configuration_of_the_repository_has_no_warning() {
    let home = Folder::new();
    let mut command = build_script(&home);
    command.env("CARGO_CFG_TARGET_FEATURE", "crt-static,sse2").env("AWS_LC_SYS_NO_JITTER_ENTROPY", "1");
    let seen = run(command.env("LIBSQLITE3_FLAGS", "-DHAVE_FDATASYNC=1"));
    assert!(!seen.stdout.contains("warning"), "{seen}");
}
