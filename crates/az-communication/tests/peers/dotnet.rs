//! The kit for .NET: docs/kits/dotnet.md. A runtime and a compiler come from packages, because no SDK of .NET can be
//! installed here (tests/peers/dotnet).

use std::process::Command;

use super::SECRET;
use super::kit::Kit;
use crate::support::emulator::Emulator;

/// The kit with its compiled programs, and how they are run.
struct Compiled {
    kit: Kit,
    dotnet: String,
}

impl Compiled {
    fn new(programs: &[&str]) -> Self {
        let [python, packages] = ["AZ_TEST_DOTNET_PYTHON", "AZ_TEST_DOTNET_PACKAGES"]
            .map(|name| std::env::var(name).unwrap_or_else(|_| panic!("{name}: run scripts/test.sh")));
        let script = super::root().join("tests/peers/dotnet/compile.py");
        let copied = ["docs/kits/dotnet/AcsEmulator.cs", "tests/peers/dotnet/Operations.cs"];
        let kit = Kit::new("docs/kits/dotnet.md", &copied);
        // The folder of the script is not for files of Python.
        let mut compile = kit.command(&python);
        compile.arg("-B").arg(script).args([&packages, "AcsEmulator.cs"]).args(programs);
        let output = compile.env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let dotnet = said.lines().last().unwrap().to_owned();
        Self { kit, dotnet }
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = self.kit.command(program);
        command.args(words).env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
        command
    }
}

/// Runs a command that must succeed. Returns its stdout.
fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs a runtime of .NET: run scripts/test.sh"]
fn dotnet_does_what_the_page_shows() {
    let compiled = Compiled::new(&["TokensTest.cs", "OneRequest.cs"]);
    insta::assert_snapshot!(stdout(&mut compiled.command(&compiled.dotnet, &["TokensTest.dll"])), @r"
    active at once: True
    active after 25 hours: False
    with a fault: 429
    ");
    assert!(!compiled.kit.has_emulator(), "DisposeAsync has waited for the end of the emulator");
    // The client has no handler of the kit: it reads SSL_CERT_FILE.
    let words = ["emulator", "run", "--", &compiled.dotnet, "OneRequest.dll"];
    assert_eq!(stdout(&mut compiled.command("az-communication", &words)), "OK\n");
}

#[test]
#[ignore = "needs a runtime of .NET: run scripts/test.sh"]
fn dotnet_has_every_operation_of_the_page_and_leaves_no_emulator_when_it_is_killed() {
    let compiled = Compiled::new(&["Operations.cs+AcsFixture.cs"]);
    let running = Emulator::start(&compiled.kit.folder, &["--in-memory", "--control-secret", SECRET]);
    let words = ["Operations.dll", &running.port().to_string(), SECRET];
    let said = compiled.kit.kill_when_ready(&mut compiled.command(&compiled.dotnet, &words));
    insta::assert_snapshot!(said, @r"
    the clock shows what it was set to
    a fault is listed
    a deleted fault is gone
    no fault is left after clear
    the log leaves out the control API
    a reset sets the clock back
    another client does not trust it
    a fixture has an emulator
    ");
}
