//! Tests that every combination of shim, real `az` and order on PATH ends within seconds.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::*;

/// The kinds of shim.
const KINDS: [&str; 4] = ["link", "copy", "script", "script that says that it is az"];

/// The kinds of real `az`.
const REALS: [&str; 5] = ["none", "answers", "calls az", "calls az by our path", "calls az without an environment"];

/// The place of our folder on PATH.
const PLACES: [&str; 2] = ["first", "last"];

/// The program that is called, and its command line.
const CALLS: [&str; 3] = ["az", "the shim by its path", "az-communication with a login"];

/// Makes a shim and a real `az` of these kinds. `copy` is a copy of this program.
fn make(home: &Folder, copy: &Path, kind: &str, real: &str) {
    let program = installed(home, "opt/az-communication");
    std::fs::create_dir(home.path().join("shim")).unwrap();
    let shim = home.path().join("shim/az");
    match kind {
        "link" => std::os::unix::fs::symlink(&program, &shim).unwrap(),
        "copy" => std::fs::hard_link(copy, &shim).unwrap(),
        "script" => {
            installed(home, "opt/az");
            let by_path = home.path().join("opt/az");
            home.program("shim/az", format!("#!/bin/sh\nexec {} \"$@\"\n", by_path.display()));
        }
        _ => {
            home.program("shim/az", format!("#!/bin/sh\nexec {} --as-az \"$@\"\n", program.display()));
        }
    }
    let nested = match real {
        "none" => return,
        "answers" => {
            home.program("real/az", "#!/bin/sh\necho \"real: $*\"\n");
            return;
        }
        "calls az" => "az account show",
        "calls az by our path" => "\"$HOME/shim/az\" account show",
        _ => "env -i PATH=\"$PATH\" HOME=\"$HOME\" az account show",
    };
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\n vm) {nested} | sed 's/^/nested /'; az communication completion bash | head -1;;\n \
         *) echo \"real: $*\";;\nesac\n"
    );
    home.program("real/az", script);
}

/// Returns how often our program was executed with each command line, according to strace.
fn executions(home: &Folder, trace: &Path) -> Vec<(String, usize)> {
    let ours: Vec<PathBuf> = ["opt/az-communication", "opt/az", "shim/az"].map(|name| home.path().join(name)).to_vec();
    let is_program = |path: &str| {
        let path = Path::new(path);
        let is_script = std::fs::read(path).is_ok_and(|text| text.starts_with(b"#!"));
        ours.iter().any(|own| own == path) && !is_script
    };
    let mut counted: Vec<(String, usize)> = Vec::new();
    for line in std::fs::read_to_string(trace).unwrap().lines().filter(|line| line.ends_with("= 0")) {
        let Some((_, call)) = line.split_once("execve(\"") else { continue };
        let Some((path, rest)) = call.split_once("\", [") else { continue };
        let Some((words, _)) = rest.split_once(']') else { continue };
        if !is_program(path) {
            continue;
        }
        // Removes the name of the program and the option that a script adds.
        let words = words.split_once(", ").map_or("", |(_, words)| words).replace("\"--as-az\", ", "");
        match counted.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => counted.push((words, 1)),
        }
    }
    counted
}

/// Tries an arrangement. Returns how long it took.
fn try_one(copy: &Path, [kind, real, place, call]: [&str; 4]) -> Duration {
    let what = format!("{kind}, real az: {real}, our folder: {place}, called: {call}");
    let home = Folder::new();
    make(&home, copy, kind, real);
    let folders = if place == "first" { ["shim", "real"] } else { ["real", "shim"] };
    let trace = home.path().join("trace");
    let mut command = with_path("/usr/bin/strace", &home, &folders);
    command.args(["-f", "-qq", "-s", "300", "-e", "trace=execve", "-e", "signal=none", "-o"]).arg(&trace);
    match call {
        "az" => command.args(["env", "az", "vm", "list"]),
        "the shim by its path" => command.arg(home.path().join("shim/az")).args(["vm", "list"]),
        _ => command
            .arg(home.path().join("opt/az-communication"))
            .args("user create --endpoint https://localhost:1 --auth-mode login".split(' ')),
    };
    let started = Instant::now();
    let seen = run(&mut command);
    let took = started.elapsed();
    let counted = executions(&home, &trace);
    assert!(counted.iter().all(|(_, count)| *count <= 2), "{what}: {counted:?} {seen}");
    assert!(!counted.is_empty() || (call == "az" && place == "last"), "{what}: {seen}");
    match (call, real) {
        ("az-communication with a login", _) => assert_eq!(seen.code, Some(1), "{what}: {seen}"),
        (_, "none") => assert!(matches!(seen.code, Some(1 | 2)) && seen.stdout.is_empty(), "{what}: {seen}"),
        (_, "answers") => assert_eq!(seen.stdout, "real: vm list\n", "{what}: {seen}"),
        _ => {
            let mut lines = seen.stdout.lines();
            assert_eq!(lines.next(), Some("nested real: account show"), "{what}: {seen}");
            let answered = lines.next().is_some_and(|line| line.starts_with("# bash completion for az communication"));
            // If the real az comes first, it does not know the command.
            assert!(answered || place == "last", "{what}: {seen}");
        }
    }
    took
}

#[test]
fn every_arrangement_of_a_shim_ends_and_runs_this_program_at_most_twice() {
    if Command::new("/usr/bin/strace").arg("-V").output().is_err() {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let folder = Folder::new();
    let copy = folder.path().join("az");
    assert!(Command::new("cp").arg(AZ).arg(&copy).status().unwrap().success());
    let mut all = Vec::new();
    for kind in KINDS {
        for real in REALS {
            for place in PLACES {
                all.extend(CALLS.map(|call| [kind, real, place, call]));
            }
        }
    }
    assert!(all.len() >= 20);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
                    // Other tests use the machine, too. One try of three must be quick.
                    let soon = (0..3).any(|_| try_one(&copy, *one) < Duration::from_secs(2));
                    assert!(soon, "{one:?}");
                }
            });
        }
    });
}
