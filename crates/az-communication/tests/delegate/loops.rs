//! Tests of programs called `az` that call each other in a loop.

use super::arrangements::*;
use super::*;
use insta::assert_snapshot;

/// Runs an arrangement, with these words before the call. Returns how it ended, how often this program ran, and the
/// output.
fn try_arrangement(arrangement: &Arrangement, wrap: &[&str]) -> (Option<End>, usize, Seen) {
    let programs = Programs::new();
    (arrangement.make)(&programs);
    let called = match arrangement.called {
        Some(folder) => programs.az(folder).into_os_string(),
        None => "az".into(),
    };
    let words: Vec<&OsStr> = wrap.iter().map(OsStr::new).chain([called.as_os_str()]).collect();
    let (program, before) = words.split_first().unwrap();
    let words: Vec<&OsStr> = before.iter().copied().chain(["vm", "list", "--debug"].map(OsStr::new)).collect();
    let seen = programs.run(program, arrangement.path, &words);
    // Each run prints that it hands over, or ends with its own error.
    let handed_over = seen.stderr.matches("DEBUG: Handing over to ").count();
    let (end, runs) = match seen.code {
        Some(5) if seen.stdout == "real: vm list --debug\n" => (Some(End::Answered), handed_over),
        Some(1) if seen.stderr.contains("/az calls this az again.\n") => (Some(End::Again), handed_over + 1),
        Some(2) if seen.stderr.contains("further down PATH") => (Some(End::NoOther), handed_over + 1),
        _ => (None, handed_over),
    };
    (end, runs, seen)
}

/// Runs arrangements at the same time. Checks that each has the expected end, after at most two runs of this program.
fn try_all(arrangements: &[Arrangement]) {
    std::thread::scope(|scope| {
        for arrangement in arrangements {
            scope.spawn(|| {
                let (end, runs, seen) = try_arrangement(arrangement, &[]);
                assert_eq!(end.as_ref(), Some(&arrangement.end), "{}: {seen}", arrangement.name);
                assert!(runs <= 2, "{}: {runs} runs", arrangement.name);
            });
        }
    });
}

#[test]
fn every_arrangement_runs_this_program_at_most_twice() {
    try_all(ARRANGEMENTS);
}

#[test]
#[cfg(target_os = "linux")]
fn a_wrapper_that_clears_the_environment_is_recognized() {
    try_all(CLEARED);
}

/// This needs root. The environment of another user's process cannot be read, but an open file can.
#[test]
#[cfg(target_os = "linux")]
fn a_wrapper_that_runs_it_as_another_user_is_recognized() {
    const NOBODY: &str = "/usr/bin/setpriv --reuid=65534 --clear-groups";
    let programs = Programs::new();
    let ours = programs.az("ours");
    let possible = ["-c", &format!("exec {NOBODY} {} version", ours.display())].map(str::to_owned);
    if !Command::new("/bin/sh").args(possible).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: another user cannot run the program here");
        return;
    }
    for exec in ["exec ", ""] {
        programs.script("w", format!("#!/bin/sh\n{exec}{NOBODY} env -i PATH=\"$PATH\" OURS \"$@\"\n"));
        let seen = programs.before("w", &["vm", "list"]);
        assert_eq!(seen.code, Some(1), "{seen}");
        assert_eq!(seen.stderr.matches("/az calls this az again.").count(), 1, "{seen}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn without_proc_every_arrangement_ends_too() {
    let without_proc = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount -l /proc || exit 77; exec \"$0\" \"$@\""];
    let possible = Command::new(without_proc[0]).args(&without_proc[1..]).arg("/bin/true").output();
    if !possible.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: /proc cannot be unmounted here");
        return;
    }
    std::thread::scope(|scope| {
        for arrangement in ARRANGEMENTS.iter().chain(CLEARED) {
            scope.spawn(move || {
                let (end, runs, seen) = try_arrangement(arrangement, &without_proc);
                assert!(runs <= 2, "{}: {runs} runs", arrangement.name);
                // Without /proc, a wrapper in a folder that is not on PATH is not recognized.
                let allowed = end.as_ref() == Some(&arrangement.end) || end == Some(End::Again);
                assert!(allowed, "{}: {end:?} {seen}", arrangement.name);
            });
        }
    });
}

#[test]
fn an_az_that_calls_this_program_again_is_named() {
    let programs = Programs::new();
    programs.script("w", EXEC);
    assert_snapshot!(programs.before("w", &["vm", "list"]), @"
    exit 1
    --- stderr
    ERROR: HOME/w/az calls this az again.
    Hint: It got the same arguments before. It is a wrapper, or it calls the first az on PATH. Make it call the Azure CLI by its path.
    ");
}

#[test]
fn a_page_of_ours_is_shown_once_where_a_wrapper_calls_this_program_again() {
    for script in [EXEC, BY_PATH] {
        let programs = Programs::new();
        programs.script("w", script);
        let page = programs.before("w", &["communication", "-h"]);
        assert_eq!((page.code, page.stderr.as_str()), (Some(0), ""), "{page}");
        assert_eq!(page.stdout.matches("Subgroups:").count(), 1, "{page}");
    }
}

#[test]
fn a_page_or_version_of_the_real_az_is_an_error_where_a_wrapper_calls_this_program_again() {
    for script in [EXEC, BY_PATH] {
        for word in ["-h", "--version"] {
            let programs = Programs::new();
            programs.script("w", script);
            let seen = programs.before("w", &[word]);
            assert_eq!(seen.code, Some(1), "{word}: {seen}");
            assert_eq!(seen.stderr.matches("/az calls this az again.").count(), 1, "{word}: {seen}");
        }
    }
}

#[test]
fn a_real_az_that_calls_az_gets_its_answer() {
    let inner = "az account show | sed 's/^/inner /'; az communication completion bash | head -1; az group list";
    let programs = Programs::with_real(&format!("#!/bin/sh\ncase $1 in vm) {inner};; *) echo \"real: $*\";; esac\n"));
    assert_snapshot!(programs.before_real("vm list"), @"
    exit 0
    --- stdout
    inner real: account show
    # bash completion for az communication. Other words are passed to the completion that was defined before.
    real: group list
    ");
}

#[test]
#[cfg(target_os = "linux")]
fn a_real_az_that_calls_az_without_an_environment_gets_its_answer() {
    let inner = "env -i PATH=\"$PATH\" az account show; env -i PATH=\"$PATH\" az group list";
    let programs = Programs::with_real(&format!("#!/bin/sh\ncase $1 in vm) {inner};; *) echo \"real: $*\";; esac\n"));
    let first = programs.before_real("vm list");
    assert_snapshot!(first, @"
    exit 0
    --- stdout
    real: account show
    real: group list
    ");
    assert_eq!(programs.before_real("vm list"), first);
}

#[test]
fn calls_with_other_words_each_time_end_after_ten() {
    let programs = Programs::new();
    programs.script("w", "#!/bin/sh\nexec az more \"$@\"\n");
    assert_snapshot!(programs.before("w", &["vm"]), @"
    exit 1
    --- stderr
    ERROR: HOME/w/az calls this az again, 10 calls deep, with different arguments each time.
    Hint: It is a wrapper, or it calls the first az on PATH. Make it call the Azure CLI by its path.
    ");
}

#[test]
fn nine_calls_with_other_words_get_their_answer() {
    let programs = Programs::new();
    programs.script("w", "#!/bin/sh\n[ $# -ge 10 ] && echo \"real: $#\" && exit\nexec az more \"$@\"\n");
    assert_snapshot!(programs.before("w", &["vm"]), @"
    exit 0
    --- stdout
    real: 10
    ");
}

#[test]
fn the_mark_in_the_environment_does_not_tell_the_words() {
    let programs = Programs::with_real("#!/bin/sh\nenv\n");
    let seen = programs.before_real("login -p hunter2");
    assert!(!seen.stdout.contains("hunter2"), "{seen}");
    let mark = seen.stdout.lines().find_map(|line| line.strip_prefix("AZ_COMMUNICATION_HANDED_OVER=")).unwrap();
    assert!(mark.len() == 16 && mark.bytes().all(|byte| byte.is_ascii_hexdigit()), "{mark}");
}

/// The mark is also in an open file. If the caller has a file with the same number, that file stays unchanged.
#[test]
#[cfg(target_os = "linux")]
fn a_file_under_the_number_of_the_mark_is_passed_on_unchanged() {
    let programs = Programs::with_real("#!/bin/bash\ncat <&187\n");
    for content in ["mine", "AZ_COMMUNICATION_HANDED"] {
        programs.home.write("file", content);
        let seen = programs.run("/bin/bash", &["ours", "real"], &["-c", "exec az vm list 187<file"]);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), content), "{seen}");
    }
}
