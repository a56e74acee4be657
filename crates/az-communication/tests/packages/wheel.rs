//! Tests of the Python wheel.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use super::dist::{artefact, dist, stdout};
use super::support::{Folder, other_program};

/// The command gets a token from an emulator. Both programs are the installed one.
const TOKEN: [&str; 11] =
    ["emulator", "run", "--", "az-communication", "token", "issue", "--scope", "chat", "--query", "token", "-otsv"];

/// Returns a program of the Python that has the installers, without the developer's settings and without a registry.
fn tool(name: &str, home: &Folder) -> Command {
    let python = std::env::var_os("AZ_TEST_INSTALLERS_PYTHON").expect("AZ_TEST_INSTALLERS_PYTHON: run scripts/test.sh");
    let mut command = other_program(Path::new(&python).with_file_name(name).to_str().unwrap(), home);
    offline(&mut command);
    command
}

fn offline(command: &mut Command) {
    for (name, value) in [
        ("PIP_NO_INDEX", "1"),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("UV_OFFLINE", "1"),
        ("UV_PYTHON_DOWNLOADS", "never"),
        ("NO_COLOR", "1"),
    ] {
        command.env(name, value);
    }
}

/// Returns all files and folders below a folder.
fn listing(folder: &Path) -> String {
    stdout(Command::new("sh").args(["-c", "cd \"$0\" && find . | sort"]).arg(folder))
}

/// Makes a Python environment with the wheel in it.
fn installed(home: &Folder) -> PathBuf {
    let environment = home.path().join("environment");
    stdout(tool("python", home).args(["-m", "venv", "--without-pip"]).arg(&environment));
    let mut pip = tool("pip", home);
    stdout(pip.arg("--python").arg(environment.join("bin/python")).args(["install", "-q"]).arg(artefact(".whl")));
    environment
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn a_fresh_environment_gets_the_command_and_nothing_is_left_of_it_after_an_uninstall() {
    let home = Folder::new();
    let environment = home.path().join("an environment, fräsch");
    stdout(other_program("python3", &home).args(["-m", "venv"]).arg(&environment));
    let before = listing(&environment);
    let pip = || {
        let mut command = other_program(environment.join("bin/pip").to_str().unwrap(), &home);
        offline(&mut command);
        command
    };
    stdout(pip().args(["install", "-q", "--find-links"]).arg(dist()).arg("az-communication"));
    let token = stdout(other_program(environment.join("bin/az-communication").to_str().unwrap(), &home).args(TOKEN));
    assert!(token.starts_with("eyJ"), "{token}");
    assert_ne!(listing(&environment), before);
    stdout(pip().args(["uninstall", "-qy", "az-communication"]));
    assert_eq!(listing(&environment), before);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn another_user_runs_it_where_nothing_of_the_environment_can_be_written() {
    if !rustix::process::geteuid().is_root() {
        eprintln!(
            "skipped: another_user_runs_it_where_nothing_of_the_environment_can_be_written: only root is two users"
        );
        return;
    }
    let (home, theirs) = (Folder::new(), Folder::new());
    let environment = installed(&home);
    stdout(Command::new("chmod").args(["-R", "a-w,a+rX"]).arg(&environment));
    stdout(Command::new("chown").arg("65534:65534").arg(theirs.path()));
    let mut command = other_program("setpriv", &theirs);
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]);
    let token = stdout(command.arg(environment.join("bin/az-communication")).args(TOKEN).stdin(Stdio::null()));
    assert!(token.starts_with("eyJ"), "{token}");
    stdout(Command::new("chmod").args(["-R", "u+w"]).arg(&environment));
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn pip_takes_it_for_linux_with_either_c_library_and_for_nothing_else() {
    let home = Folder::new();
    let is_taken = |platform: &str| {
        let mut pip = tool("pip", &home);
        pip.args(["download", "-q", "--only-binary", ":all:", "--platform", platform, "--find-links"]).arg(dist());
        let output = pip.args(["-d", platform, "az-communication"]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || said.contains("No matching distribution found"), "{platform}: {said}");
        output.status.success()
    };
    for platform in ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"] {
        assert!(is_taken(platform), "{platform}");
    }
    for platform in ["manylinux_2_17_aarch64", "macosx_11_0_arm64", "win_amd64"] {
        assert!(!is_taken(platform), "{platform}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn uvx_and_pipx_run_it_from_the_file() {
    let home = Folder::new();
    let wheel = artefact(".whl");
    for (tool_name, words) in [("uvx", &["--from"][..]), ("pipx", &["run", "--spec"])] {
        let token = stdout(tool(tool_name, &home).args(words).arg(&wheel).arg("az-communication").args(TOKEN));
        assert!(token.starts_with("eyJ"), "{tool_name}: {token}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn twine_and_check_wheel_contents_have_nothing_to_say() {
    let home = Folder::new();
    let said = stdout(tool("twine", &home).args(["check", "--strict"]).arg(artefact(".whl")));
    assert!(said.contains("PASSED"), "{said}");
    stdout(tool("check-wheel-contents", &home).arg(artefact(".whl")));
}

/// Prints each file of a wheel, and fails if RECORD or the tags are wrong.
const READ: &str = r#"
import base64, csv, hashlib, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
name, version, python, abi, platforms = sys.argv[1].rsplit("/", 1)[1].removesuffix(".whl").split("-")
info = f"{name}-{version}.dist-info"
def record(path):
    if path == f"{info}/RECORD":
        return [path, "", ""]
    data = wheel.read(path)
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return [path, f"sha256={digest}", str(len(data))]
lines = list(csv.reader(wheel.read(f"{info}/RECORD").decode().splitlines()))
assert lines == [record(path) for path in wheel.namelist()], lines
assert len({entry.date_time for entry in wheel.infolist()}) == 1
for entry in wheel.infolist():
    print(oct(entry.external_attr >> 16), entry.filename.replace(version, "VERSION"))
text = wheel.read(f"{info}/WHEEL").decode()
tags = [line.removeprefix("Tag: ") for line in text.splitlines() if line.startswith("Tag: ")]
assert tags == [f"{python}-{abi}-{platform}" for platform in platforms.split(".")], tags
print(text, end="")
"#;

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_record_is_right_and_the_program_may_be_run() {
    let read = stdout(Command::new("python3").args(["-c", READ]).arg(artefact(".whl")));
    assert_snapshot!(read, @r"
    0o100644 az_communication/__init__.py
    0o100644 az_communication/py.typed
    0o100644 az_communication/pytest_plugin.py
    0o100644 az_communication/testing/__init__.py
    0o100644 az_communication/testing/clock.py
    0o100644 az_communication/testing/control.py
    0o100644 az_communication/testing/emulator.py
    0o100644 az_communication/testing/errors.py
    0o100644 az_communication/testing/faults.py
    0o100644 az_communication/testing/identities.py
    0o100644 az_communication/testing/options.py
    0o100644 az_communication/testing/process.py
    0o100644 az_communication/testing/program.py
    0o100644 az_communication/testing/ready.py
    0o100644 az_communication/testing/times.py
    0o100755 az_communication-VERSION.data/scripts/az-communication
    0o100644 az_communication-VERSION.dist-info/licenses/LICENSE
    0o100644 az_communication-VERSION.dist-info/licenses/THIRD-PARTY-LICENCES
    0o100644 az_communication-VERSION.dist-info/sboms/az-communication.cdx.json
    0o100644 az_communication-VERSION.dist-info/METADATA
    0o100644 az_communication-VERSION.dist-info/WHEEL
    0o100644 az_communication-VERSION.dist-info/entry_points.txt
    0o100644 az_communication-VERSION.dist-info/RECORD
    Wheel-Version: 1.0
    Generator: xtask
    Root-Is-Purelib: false
    Tag: py3-none-manylinux_2_17_x86_64
    Tag: py3-none-manylinux2014_x86_64
    Tag: py3-none-musllinux_1_1_x86_64
    ");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_wheel_is_under_8_mb() {
    assert!(fs::metadata(artefact(".whl")).unwrap().len() < 8_000_000);
}
