//! The kit for Java: docs/kits/java.md.

use std::process::Command;

use super::SECRET;
use super::kit::Kit;
use crate::support::emulator::Emulator;

/// The kit, and classes that only the tests use.
const FILES: [&str; 4] = [
    "docs/kits/java/AcsEmulator.java",
    "docs/kits/java/AcsClient.java",
    "tests/peers/java/Operations.java",
    "tests/peers/java/Killed.java",
];

fn kit() -> Kit {
    Kit::new("docs/kits/java.md", &FILES)
}

/// Compiles a class and those that it uses.
fn compile(kit: &Kit, classes: &[&str]) {
    let output = kit.command("javac").args(["-Xlint:all", "-Werror"]).args(classes).output();
    let output = output.expect("needs a JDK: run scripts/test.sh");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A JVM for small programs: less time goes into compiling and collecting.
fn java(kit: &Kit) -> Command {
    let mut java = kit.command("java");
    java.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]);
    java
}

#[test]
#[ignore = "needs a JDK: run scripts/test.sh"]
fn java_does_what_the_page_shows() {
    kit().run_page("java_does_what_the_page_shows");
}

#[test]
#[ignore = "needs a JDK: run scripts/test.sh"]
fn java_has_every_operation_of_the_page() {
    let kit = kit();
    compile(&kit, &["Operations.java", "OneUser.java"]);
    let running = Emulator::start(&kit.folder, &["--in-memory", "--control-secret", SECRET]);
    let place = format!("localhost:{}", running.port());
    let output = java(&kit).args(["Operations", &place, SECRET]).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r"
    the clock shows what it was set to
    the clock shows the time of the machine again
    a fault hits a request
    a deleted fault is gone
    no fault is left after clear
    the log has the requests of the service
    the log leaves out the control API
    a reset deletes identities
    the trust store serves another JVM
    another client does not trust it
    the endpoint has the host and the port
    a running emulator issues tokens
    it goes on after close
    ");
    assert!(output.status.success(), "{log}");
    assert!(!kit.has_emulator(), "close() has waited for the end of the emulator: {log}");
}

#[test]
#[ignore = "needs a JDK: run scripts/test.sh"]
fn a_killed_jvm_leaves_no_emulator() {
    let kit = kit();
    compile(&kit, &["Killed.java"]);
    assert_eq!(kit.kill_when_ready(java(&kit).arg("Killed")), "");
}
