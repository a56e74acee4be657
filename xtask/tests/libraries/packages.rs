//! What a package contains, and that it tests itself.

use std::path::Path;
use std::process::Command;

use crate::{LIBRARIES, cargo, root};

/// Names of crates that are not published together with a library.
const NOT_PUBLISHED: [&str; 2] = ["acs_identity_emulator", "az_communication"];

/// Returns the files of a package.
fn files(name: &str) -> Vec<String> {
    let output = cargo(root()).args(["package", "--list", "--allow-dirty", "--offline", "-p", name]).output();
    let output = output.expect("cargo package");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names").lines().map(str::to_owned).collect()
}

#[test]
fn e4_no_file_of_a_package_needs_what_is_not_published() {
    for name in LIBRARIES {
        let folder = root().join("crates").join(name);
        let files = files(name);
        assert!(files.iter().any(|file| file == "README.md"), "{files:?}");
        for file in files.iter().filter(|file| file.ends_with(".rs") || file.ends_with(".md")) {
            let text = std::fs::read_to_string(folder.join(file)).expect("the file");
            for other in NOT_PUBLISHED {
                assert!(!text.contains(&format!("{other}::")), "{name}/{file} uses {other}");
            }
            // A path of `include!` that leaves the package works here, and not in the package.
            for line in text.lines().filter(|line| line.contains("include") && line.contains("!(")) {
                let up = line.matches("../").count();
                assert!(up <= file.matches('/').count(), "{name}/{file}: {line}");
            }
        }
    }
}

#[test]
#[ignore = "compiles all dependencies of the SDK again: 2 minutes of processor time. Run it before the crates are published"]
fn e4_the_tests_of_a_package_pass_outside_of_the_repository() {
    let folder = root().join("target/package-tests");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder");
    let mut package = cargo(root());
    package.args(["package", "--allow-dirty", "--offline", "--no-verify", "--target-dir"]).arg(&folder);
    for name in LIBRARIES {
        package.args(["-p", name]);
    }
    run(&mut package);
    // Outside of the repository, its .cargo/config.toml does not apply.
    let home = std::env::temp_dir().join(format!("package-tests-{}", std::process::id()));
    std::fs::create_dir_all(&home).expect("the folder");
    let version = version();
    let unpacked = |name: &str| home.join(format!("{name}-{version}"));
    for name in LIBRARIES {
        let file = folder.join("package").join(format!("{name}-{version}.crate"));
        run(Command::new("tar").arg("-xzf").arg(file).arg("-C").arg(&home));
    }
    let patch = format!("patch.crates-io.{}.path='{}'", LIBRARIES[0], unpacked(LIBRARIES[0]).display());
    for name in LIBRARIES {
        let mut test = cargo(&unpacked(name));
        test.args(["test", "--offline", "--target-dir"]).arg(home.join("target"));
        if name != LIBRARIES[0] {
            test.args(["--config", &patch]);
        }
        run(&mut test);
    }
    remove(&home);
}

/// Returns the version of the workspace.
fn version() -> String {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let version = text.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    version.expect("the version of the workspace").to_owned()
}

fn run(command: &mut Command) {
    let status = command.status().expect("the command starts");
    assert!(status.success(), "{command:?} failed");
}

fn remove(folder: &Path) {
    std::fs::remove_dir_all(folder).expect("the folder can be removed");
}
