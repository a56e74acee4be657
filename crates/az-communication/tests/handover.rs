//! Handing over to the real `az`: which program, which words, no loops, and true words where it cannot be run.
#![cfg(unix)]

mod support;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use support::{AZ, Folder, az};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a run showed.
#[derive(Debug)]
struct Seen {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(command: &mut Command) -> Seen {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Seen { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

/// Programs called `az`, each in a folder of its own.
struct Programs {
    home: Folder,
}

impl Programs {
    /// With this program in the folder `ours`.
    fn new() -> Self {
        let programs = Self { home: Folder::new() };
        programs.hard_link("ours");
        programs
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.home.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn az(&self, folder: &str) -> PathBuf {
        self.folder(folder).join("az")
    }

    /// A program with these bytes. `OURS` is the path of this program.
    fn script(&self, folder: &str, script: impl AsRef<[u8]>) {
        let script = script.as_ref();
        let name = format!("{folder}/az");
        match std::str::from_utf8(script) {
            Ok(text) => self.home.program(&name, text.replace("OURS", self.az("ours").to_str().unwrap())),
            Err(_) => self.home.program(&name, script),
        };
    }

    /// The real `az`, which shows its words.
    fn real(&self, folder: &str) {
        self.script(folder, "#!/bin/sh\necho \"real: $*\"\nexit 5\n");
    }

    fn hard_link(&self, folder: &str) {
        std::fs::hard_link(AZ, self.az(folder)).unwrap();
    }

    fn copy(&self, folder: &str) {
        assert!(Command::new("cp").arg(AZ).arg(self.az(folder)).status().unwrap().success());
    }

    /// As another version would be: other bytes, the same program.
    fn other_version(&self, folder: &str) {
        self.copy(folder);
        let append = ["-c", "echo another version >> \"$0\""];
        assert!(Command::new("/bin/sh").args(append).arg(self.az(folder)).status().unwrap().success());
    }

    fn symlink(&self, folder: &str, target: &str) {
        symlink(self.az(target), self.az(folder)).unwrap();
    }

    /// A PATH of these folders, with what scripts need behind them. A name with a slash in front is taken as it is.
    fn path(&self, folders: &[&str]) -> OsString {
        let folders = folders.iter().map(|folder| match folder.strip_prefix('=') {
            Some(literal) => PathBuf::from(literal),
            None => self.folder(folder),
        });
        std::env::join_paths(folders.chain(["/usr/bin", "/bin"].map(PathBuf::from))).unwrap()
    }

    /// Runs a program with these words, for 30 seconds at most.
    fn run<W: AsRef<OsStr>>(&self, program: impl AsRef<OsStr>, path: &[&str], words: &[W]) -> Seen {
        run(&mut self.command(program.as_ref(), path, words))
    }

    fn command<W: AsRef<OsStr>>(&self, program: &OsStr, path: &[&str], words: &[W]) -> Command {
        let mut command = Command::new("/usr/bin/timeout");
        command.arg("30").arg(program).args(words);
        command.env_clear().envs(az(&self.home).get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("PATH", self.path(path)).current_dir(self.home.path());
        command
    }

    /// `az` of the folder `ours`, which stands first on PATH, and this one behind it.
    fn before<W: AsRef<OsStr>>(&self, other: &str, words: &[W]) -> Seen {
        self.run(self.az("ours"), &["ours", other], words)
    }

    /// With the folder's path taken out.
    fn shown(&self, text: &str) -> String {
        text.replace(self.home.path().to_str().unwrap(), "[HOME]")
    }
}

// ---- Loops ----

/// What an arrangement ends with.
#[derive(Debug, PartialEq)]
enum End {
    /// The real `az` answered.
    Answered,
    /// `… calls this az again`, exit code 1.
    Again,
    /// There is no other `az`, exit code 2.
    Nobody,
}

struct Arrangement {
    name: &'static str,
    make: fn(&Programs),
    path: &'static [&'static str],
    /// The folder whose `az` is called; `None` for the first one on PATH.
    called: Option<&'static str>,
    end: End,
}

const EXEC: &str = "#!/bin/sh\nexec az \"$@\"\n";
const BY_PATH: &str = "#!/bin/sh\nexec OURS \"$@\"\n";
/// As the shims of version managers do: the next `az` on a PATH without their own folder.
const STRIPS_ITSELF: &str =
    "#!/bin/sh\nown=$(dirname \"$0\")\nPATH=$(printf %s \"$PATH\" | sed \"s#$own:##\")\nexport PATH\nexec az \"$@\"\n";

const ARRANGEMENTS: &[Arrangement] = &[
    Arrangement {
        name: "a wrapper behind it that calls az",
        make: |p| p.script("w", EXEC),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that calls it by its path",
        make: |p| p.script("w", BY_PATH),
        path: &["w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that calls it by its path, with the real one behind",
        make: |p| {
            p.script("w", BY_PATH);
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a wrapper that finds it beside itself and waits, with the real one behind",
        make: |p| {
            p.script("w", "#!/bin/sh\n\"${0%/*}/../ours/az\" \"$@\"\n");
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a wrapper that calls it by another file name",
        make: |p| {
            std::fs::rename(p.az("ours"), p.folder("ours").join("az-program")).unwrap();
            p.script("w", "#!/bin/sh\nexec \"$(dirname \"$0\")/../ours/az-program\" --as-az \"$@\"\n");
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "two wrappers that call it by its path",
        make: |p| {
            p.script("w", BY_PATH);
            p.script("x", BY_PATH);
        },
        path: &["w", "x"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper around a wrapper",
        make: |p| {
            p.script("w", BY_PATH);
            let inner = p.az("w");
            p.script("x", format!("#!/bin/sh\nexec {} \"$@\"\n", inner.display()));
        },
        path: &["x", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that waits for az",
        make: |p| p.script("w", "#!/bin/sh\naz \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that waits for it by its path",
        make: |p| p.script("w", "#!/bin/sh\nOURS \"$@\"\n"),
        path: &["w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper without #!",
        make: |p| p.script("w", "exec az \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper through env",
        make: |p| p.script("w", "#!/usr/bin/env sh\nexec /usr/bin/env az \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a copy in a folder that stands twice",
        make: |p| p.copy("copy"),
        path: &["ours", "copy", "ours", "copy"],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "another version",
        make: |p| p.other_version("other"),
        path: &["ours", "other", "ours"],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "another version, called by its path, with the real one in front",
        make: |p| {
            p.other_version("other");
            p.real("real");
        },
        path: &["real", "ours", "other"],
        called: Some("other"),
        end: End::Answered,
    },
    Arrangement {
        name: "a copy, and the real one behind",
        make: |p| {
            p.copy("copy");
            p.real("real");
        },
        path: &["ours", "copy", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a hard link",
        make: |p| p.hard_link("link"),
        path: &["ours", "link"],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "symbolic links in both directions",
        make: |p| {
            p.symlink("first", "ours");
            p.symlink("second", "first");
        },
        path: &["second", "ours", "first"],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "a folder that is a symbolic link",
        make: |p| symlink(p.folder("ours"), p.home.path().join("folder")).unwrap(),
        path: &["folder", "ours"],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "./az behind an empty element of PATH",
        make: |p| p.symlink(".", "ours"),
        path: &["=", "ours", "="],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "relative elements of PATH",
        make: |p| p.real("real"),
        path: &["=ours", "=./ours", "=.", "=real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a wrapper in the current folder",
        make: |p| p.script(".", EXEC),
        path: &["ours", "=."],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a shim that takes itself off PATH, and the real one behind",
        make: |p| {
            p.script("shim", STRIPS_ITSELF);
            p.real("real");
        },
        path: &["ours", "shim", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a shim that takes itself off PATH, and nobody behind",
        make: |p| p.script("shim", STRIPS_ITSELF),
        path: &["ours", "shim"],
        called: None,
        end: End::Nobody,
    },
    Arrangement {
        name: "the real one in front",
        make: |p| p.real("real"),
        path: &["real", "ours"],
        called: Some("ours"),
        end: End::Answered,
    },
    Arrangement {
        name: "not on PATH itself",
        make: |p| p.real("real"),
        path: &["real"],
        called: Some("ours"),
        end: End::Answered,
    },
];

/// Wrappers that clear the environment, and so the mark. An open file still has it.
#[cfg(target_os = "linux")]
const CLEARED: &[Arrangement] = &[
    Arrangement {
        name: "a wrapper that clears the environment and waits for it by its path",
        make: |p| p.script("w", "#!/bin/sh\nenv -i PATH=\"$PATH\" OURS \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment, two shells away",
        make: |p| {
            p.script("w", "#!/bin/sh\nenv -i PATH=\"$PATH\" sh -c 'sh -c \"az $*; exit \\$?\"; exit $?' az \"$@\"\n");
        },
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that takes the mark alone out of the environment",
        make: |p| p.script("w", "#!/bin/sh\nunset AZ_COMMUNICATION_HANDED_OVER\naz \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment and replaces itself",
        make: |p| p.script("w", "#!/bin/sh\nexec env -i PATH=\"$PATH\" OURS \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment and asks in a shell of its own",
        make: |p| p.script("w", "#!/bin/sh\nx=$(env -i PATH=\"$PATH\" az \"$@\"; exit $?)\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment, with the real one behind",
        make: |p| {
            p.script("w", "#!/bin/sh\nenv -i PATH=\"$PATH\" OURS \"$@\"\n");
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
];

#[test]
#[cfg(target_os = "linux")]
fn nor_does_a_wrapper_that_clears_the_environment() {
    for arrangement in CLEARED {
        let (end, runs, seen) = try_arrangement(arrangement, &[]);
        assert_eq!(end.as_ref(), Some(&arrangement.end), "{}: {seen:?}", arrangement.name);
        assert!(runs <= 2, "{}: {runs} runs", arrangement.name);
    }
}

/// As root only: the environments of another user's processes cannot be read, an open file can.
#[test]
#[cfg(target_os = "linux")]
fn nor_does_a_wrapper_that_runs_it_as_another_user() {
    const NOBODY: &str = "/usr/bin/setpriv --reuid=65534 --clear-groups";
    let programs = Programs::new();
    let ours = programs.az("ours");
    let possible = ["-c", &format!("exec {NOBODY} {} version", ours.display())].map(str::to_owned);
    if !Command::new("/bin/sh").args(possible).output().is_ok_and(|output| output.status.success()) {
        println!("nor_does_a_wrapper_that_runs_it_as_another_user: skipped, because another user cannot run it here");
        return;
    }
    for exec in ["exec ", ""] {
        programs.script("w", format!("#!/bin/sh\n{exec}{NOBODY} env -i PATH=\"$PATH\" OURS \"$@\"\n"));
        let seen = programs.before("w", &["vm", "list"]);
        assert_eq!(seen.code, Some(1), "{seen:?}");
        assert_eq!(seen.stderr.matches("/az calls this az again.").count(), 1, "{seen:?}");
    }
}

/// Runs an arrangement through these words in front; how it ended, and how often this program ran.
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
    // Each run says that it hands over, or ends with an error of its own.
    let handed_over = seen.stderr.matches("DEBUG: Handing over to ").count();
    let (end, runs) = match seen.code {
        Some(5) if seen.stdout == "real: vm list --debug\n" => (Some(End::Answered), handed_over),
        Some(1) if seen.stderr.contains("/az calls this az again.\n") => (Some(End::Again), handed_over + 1),
        Some(2) if seen.stderr.contains("further down PATH") => (Some(End::Nobody), handed_over + 1),
        _ => (None, handed_over),
    };
    (end, runs, seen)
}

#[test]
fn no_arrangement_runs_this_program_more_than_twice() {
    std::thread::scope(|scope| {
        for arrangement in ARRANGEMENTS {
            scope.spawn(|| {
                let (end, runs, seen) = try_arrangement(arrangement, &[]);
                assert_eq!(end.as_ref(), Some(&arrangement.end), "{}: {seen:?}", arrangement.name);
                assert!(runs <= 2, "{}: {runs} runs", arrangement.name);
            });
        }
    });
}

#[test]
fn nor_without_proc() {
    let without_proc = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", "umount -l /proc || exit 77; exec \"$0\" \"$@\""];
    let possible = Command::new(without_proc[0]).args(&without_proc[1..]).arg("/bin/true").output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("nor_without_proc: skipped, because /proc cannot be unmounted here");
        return;
    }
    std::thread::scope(|scope| {
        for arrangement in ARRANGEMENTS.iter().chain(CLEARED) {
            scope.spawn(move || {
                let (end, runs, seen) = try_arrangement(arrangement, &without_proc);
                assert!(runs <= 2, "{}: {runs} runs", arrangement.name);
                // A wrapper is not known by a path that this program does not know.
                let allowed = end.as_ref() == Some(&arrangement.end) || end == Some(End::Again);
                assert!(allowed, "{}: {end:?} {seen:?}", arrangement.name);
            });
        }
    });
}

#[test]
fn pages_and_versions_end_behind_wrappers_too() {
    for script in [EXEC, BY_PATH] {
        let programs = Programs::new();
        programs.script("w", script);
        let page = programs.before("w", &["communication", "-h"]);
        assert_eq!((page.code, page.stderr.as_str()), (Some(0), ""));
        assert_eq!(page.stdout.matches("Subgroups:").count(), 1, "{}", page.stdout);
        let root = programs.before("w", &["-h"]);
        assert_eq!((root.code, root.stdout.as_str()), (Some(1), ""));
        assert!(root.stderr.contains("/az calls this az again."), "{}", root.stderr);
        let version = programs.before("w", &["--version"]);
        assert_eq!(version.code, Some(1));
        assert_eq!(version.stderr.matches("/az calls this az again.").count(), 1, "{}", version.stderr);
    }
}

#[test]
fn a_real_az_that_calls_az_gets_its_answer() {
    let programs = Programs::new();
    let inner = "az account show | sed 's/^/inner /'; az communication completion bash | head -1; az group list";
    programs.script("real", format!("#!/bin/sh\ncase $1 in vm) {inner};; *) echo \"real: $*\";; esac\n"));
    let seen = programs.before("real", &["vm", "list"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = seen.stdout.lines().collect();
    assert_eq!((lines[0], lines[2]), ("inner real: account show", "real: group list"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_real_az_that_calls_az_without_an_environment_gets_its_answer() {
    let programs = Programs::new();
    let inner = "env -i PATH=\"$PATH\" az account show; env -i PATH=\"$PATH\" az group list";
    programs.script("real", format!("#!/bin/sh\ncase $1 in vm) {inner};; *) echo \"real: $*\";; esac\n"));
    for _ in 0..2 {
        let seen = programs.before("real", &["vm", "list"]);
        assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
        assert_eq!(seen.stdout, "real: account show\nreal: group list\n");
    }
}

/// A file of the caller's own under that number stays as it is, and is passed on.
#[test]
#[cfg(target_os = "linux")]
fn a_file_under_the_number_of_the_mark_goes_on_as_it_came() {
    let programs = Programs::new();
    programs.script("real", "#!/bin/bash\ncat <&187\n");
    for content in ["mine", "AZ_COMMUNICATION_HANDED"] {
        programs.home.write("file", content);
        let mut command =
            programs.command(OsStr::new("/bin/bash"), &["ours", "real"], &["-c", "exec az vm list 187<file"]);
        let seen = run(&mut command);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), content), "{seen:?}");
    }
}

#[test]
fn calls_with_other_words_each_time_end_ten_deep() {
    let programs = Programs::new();
    programs.script("w", "#!/bin/sh\nexec az more \"$@\"\n");
    let seen = programs.before("w", &["vm"]);
    assert_eq!(seen.code, Some(1));
    assert!(seen.stderr.contains("/az calls this az again, 10 calls deep, with other words each time.\n"), "{seen:?}");
    // Ten times, it gets its answer.
    programs.script("w", "#!/bin/sh\n[ $# -ge 10 ] && echo \"real: $#\" && exit\nexec az more \"$@\"\n");
    let seen = programs.before("w", &["vm"]);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), "real: 10\n"));
}

#[test]
fn the_mark_does_not_tell_the_words() {
    let programs = Programs::new();
    programs.script("real", "#!/bin/sh\nenv\n");
    let seen = programs.before("real", &["login", "-p", "hunter2"]);
    assert!(!seen.stdout.contains("hunter2"), "{}", seen.stdout);
    let mark = seen.stdout.lines().find_map(|line| line.strip_prefix("AZ_COMMUNICATION_HANDED_OVER=")).unwrap();
    assert!(mark.len() == 16 && mark.bytes().all(|byte| byte.is_ascii_hexdigit()), "{mark}");
}

// ---- Words and streams ----

#[test]
fn words_go_on_byte_for_byte() {
    let programs = Programs::new();
    programs.script("real", "#!/bin/sh\nfor word; do printf '<%s>' \"$word\"; done\ncat\n");
    let odd: [&[u8]; 4] = [b"\xff", b"", b"a b\n", b"@-"];
    for start in
        [&["communication", "list"][..], &["vm", "list"], &["--debug", "vm"], &["communication", "sms", "send"]]
    {
        let words: Vec<&OsStr> =
            start.iter().map(OsStr::new).chain(odd.iter().map(|word| OsStr::from_bytes(word))).collect();
        let mut command = programs.command(programs.az("ours").as_os_str(), &["ours", "real"], &words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"typed").unwrap();
        let output = child.wait_with_output().unwrap();
        let expected: Vec<u8> =
            words.iter().flat_map(|word| [b"<", word.as_bytes(), b">"].concat()).chain(*b"typed").collect();
        assert_eq!(output.stdout, expected, "{start:?}");
    }
}

#[test]
fn only_our_own_commands_complain_about_bytes() {
    let programs = Programs::new();
    programs.real("real");
    let issue = ["communication", "user-identity", "token", "issue", "--scope"].map(OsStr::new);
    let words: Vec<&OsStr> = issue.into_iter().chain([OsStr::from_bytes(b"\xff")]).collect();
    let seen = programs.before("real", &words);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(2), "ERROR: Argument 6 is not valid UTF-8: '\u{fffd}'.\n"));
}

#[test]
fn a_configuration_that_cannot_be_read_does_not_hold_up_the_commands_of_others() {
    let programs = Programs::new();
    programs.real("real");
    programs.home.write(".azure/config", "not a section\n");
    for words in [&["vm", "list"][..], &["communication", "list"], &["--debug", "vm"], &["version"]] {
        assert_eq!(programs.before("real", words).code, Some(5), "{words:?}");
    }
}

#[test]
fn closed_streams_and_ignored_signals_go_on_as_they_came() {
    let programs = Programs::new();
    // The shell itself opens files from 3 on.
    programs.script(
        "real",
        "#!/bin/sh\nfor fd in 0 1 2; do [ -e /proc/$$/fd/$fd ] || echo closed $fd >> \"$HOME/seen\"; done\n\
         grep SigIgn /proc/$$/status >> \"$HOME/seen\"\n",
    );
    for words in ["vm list", "--version"] {
        for (signals, set) in [("INT HUP", 0b11), ("INT HUP XFSZ", 0b11 | 1 << 24)] {
            let shell = format!("trap '' {signals}; exec {} {words} >&- 2>&- <&-", programs.az("ours").display());
            programs.run("/bin/sh", &["ours", "real"], &["-c", &shell]);
            let seen = std::fs::read_to_string(programs.home.path().join("seen")).unwrap();
            std::fs::remove_file(programs.home.path().join("seen")).unwrap();
            // SIGHUP is 1, SIGINT is 2, and SIGXFSZ is 25.
            let (closed, ignored) = seen.rsplit_once("SigIgn:").unwrap();
            assert_eq!(closed, "closed 0\nclosed 1\nclosed 2\n", "{words}");
            let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap() & (0b11 | 1 << 24);
            assert_eq!(ignored, set, "{words}: {signals}");
        }
    }
}

#[test]
fn an_ignored_interrupt_stays_ignored_in_our_own_commands() {
    let home = Folder::new();
    // Nobody answers there, so the command waits.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' INT; exec \"$0\" \"$@\"", AZ]);
    shell.args(["communication", "user-identity", "user", "create"]);
    for (name, value) in az(&home).get_envs() {
        shell.env(name, value.unwrap());
    }
    let endpoint =
        format!("endpoint=https://127.0.0.1:{}/;accesskey=d3Jvbmcga2V5", listener.local_addr().unwrap().port());
    shell.env("AZURE_COMMUNICATION_CONNECTION_STRING", endpoint).stderr(Stdio::null()).stdout(Stdio::null());
    let mut child = shell.spawn().unwrap();
    let (connection, _) = listener.accept().unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(child.try_wait().unwrap().is_none(), "SIGINT ended it");
    drop(connection);
    child.kill().unwrap();
    child.wait().unwrap();
}

// ---- A program that cannot be run ----

#[test]
fn a_missing_interpreter_is_named_once() {
    let programs = Programs::new();
    programs.script("broken", "#!/nonexistent/python\n");
    let seen = programs.before("broken", &["vm", "list"]);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(126), ""));
    assert_snapshot!(programs.shown(&seen.stderr), @r"
    ERROR: [HOME]/broken/az cannot be run: its interpreter /nonexistent/python does not exist.
    Hint: That is the Azure CLI that PATH names. Install it again, or correct PATH.
    ");
    for words in [&["communication", "chat", "list"][..], &["-h"], &["login"], &["version"]] {
        let seen = programs.before("broken", words);
        assert_eq!((seen.code, seen.stderr.matches("ERROR").count()), (Some(126), 1), "{words:?} {seen:?}");
    }
}

#[test]
fn each_reason_has_its_words() {
    let reason = |make: &dyn Fn(&Programs)| {
        let programs = Programs::new();
        make(&programs);
        let seen = programs.before("broken", &["vm", "list"]);
        let line = programs.shown(seen.stderr.lines().next().unwrap_or_default());
        let line = line.strip_prefix("ERROR: [HOME]/broken/az cannot be run: ").unwrap_or(&line).to_owned();
        assert_eq!((seen.code, seen.stderr.matches("ERROR").count()), (Some(126), 1), "{seen:?}");
        line
    };
    let script = |text: &'static [u8]| move |programs: &Programs| programs.script("broken", text);
    assert_eq!(reason(&script(b"#! /no/sh -e\n")), "its interpreter /no/sh does not exist.");
    assert_eq!(reason(&script(b"#!/bin/sh\r\necho\r\n")), "its interpreter /bin/sh does not exist.");
    assert_eq!(reason(&script(b"#!/etc/passwd\n")), "its interpreter /etc/passwd is not executable.");
    assert_eq!(reason(&script(b"#!/etc\n")), "its interpreter /etc is not executable.");
    // A program for another machine.
    let foreign = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xff\xff\x01\0\0\0";
    assert_eq!(reason(&script(foreign)), "it is not a program for this machine.");
    assert_eq!(reason(&script(b"\0\0\0\xff")), "it is not a program for this machine.");
    assert_eq!(
        reason(&|programs| {
            std::fs::write(programs.az("broken"), "#!/bin/sh\n").unwrap();
        }),
        "it is not executable for this user."
    );
    assert_eq!(
        reason(&|programs| symlink("/no/az", programs.az("broken")).unwrap()),
        "it is a link to /no/az, which does not exist."
    );
    assert_eq!(reason(&|programs| symlink("az", programs.az("broken")).unwrap()), "Too many levels of symbolic links.");
    // An interpreter that is itself a script without one.
    assert_eq!(
        reason(&|programs| {
            programs.script("inner", "#!/no/inner\n");
            programs.script("broken", format!("#!{}\n", programs.az("inner").display()));
        }),
        "its interpreter /no/inner does not exist."
    );
}

#[test]
fn a_program_that_is_being_written_is_busy() {
    let programs = Programs::new();
    programs.real("busy");
    let file = std::fs::OpenOptions::new().append(true).open(programs.az("busy")).unwrap();
    let seen = programs.before("busy", &["vm", "list"]);
    drop(file);
    // Newer kernels run it all the same.
    if seen.code != Some(5) {
        assert_eq!(seen.code, Some(126));
        assert_snapshot!(programs.shown(&seen.stderr), @r"
        ERROR: [HOME]/busy/az cannot be run: another process writes to it.
        Hint: An update may be under way. Try again later.
        ");
    }
}

#[test]
fn what_a_shell_would_run_is_run() {
    let programs = Programs::new();
    programs.script("plain", "echo \"plain: $*\"; exit 7\n");
    let seen = programs.before("plain", &["vm", "list"]);
    assert_eq!((seen.code, seen.stdout.as_str()), (Some(7), "plain: vm list\n"));
    // What cannot be run is passed over where another one can.
    programs.real("real");
    std::fs::write(programs.az("closed"), "").unwrap();
    symlink("/no/az", programs.az("dangling")).unwrap();
    std::fs::create_dir(programs.az("folder")).unwrap();
    for first in ["closed", "dangling", "folder", "missing"] {
        let seen = programs.run(programs.az("ours"), &["ours", first, "real"], &["vm"]);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(5), "real: vm\n"), "{first}");
    }
    let seen = programs.before("folder", &["vm"]);
    assert!(seen.code == Some(2) && seen.stderr.contains("not found further down PATH"), "{seen:?}");
}

#[test]
fn without_path_the_folders_of_execvp_are_searched() {
    let home = Folder::new();
    let seen = run(az(&home).env_remove("PATH").args(["vm", "list"]));
    let expected = if Path::new("/usr/bin/az").exists() || Path::new("/bin/az").exists() { None } else { Some(2) };
    assert!(expected.is_none() || seen.code == expected, "{seen:?}");
}

// ---- Pages and misspellings of ours ----

/// A real `az` that has the extension, and knows these groups.
const KNOWS: &str = "#!/bin/sh\ncase \"$*\" in *' -h'*|*' --help'*) printf '\\nGroup\\n    az %s: theirs\\n\\n' \"$1\"; echo warned >&2;; \
    *) echo \"real: $*\"; exit 5;; esac\n";

/// A real `az` without the extension.
const LACKS: &str =
    "#!/bin/sh\necho \"ERROR: 'communication' is misspelled or not recognized by the system.\" >&2\nexit 2\n";

#[test]
fn a_shared_group_has_the_real_page_and_then_ours() {
    let programs = Programs::new();
    programs.script("real", KNOWS);
    let seen = programs.before("real", &["communication", "-h"]);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), "warned\n"));
    assert_snapshot!(seen.stdout, @r"

    Group
        az communication: theirs


    Commands of az-communication 0.1.0 itself:

    Subgroups:
        emulator                : Run the Communication Services Identity service on this machine,
                                  offline.
        identity                : Commands to manage user identities and their tokens for a
                                  Communication Service resource.
        shim                    : Put an az before the real one, which calls this program.
        user-identity [Preview] : Commands to manage user identities and their tokens for a
                                  Communication Service resource.

    Commands:
        completion : Print a script that completes `az communication` in a shell.
        doctor     : Check what a call needs, in order: connection string, DNS, TCP, TLS and trust,
                     clock, signature.
        manual     : Write man pages of all commands into a folder.
    ");
    let seen = programs.before("real", &["communication", "identity", "--help"]);
    assert!(seen.code == Some(0) && seen.stdout.starts_with("\nGroup\n    az communication: theirs\n"), "{seen:?}");
    let (_, ours) = seen.stdout.split_once("Commands of az-communication").unwrap();
    assert!(ours.contains("token [Deprecated]") && ours.contains("user  [Deprecated]"), "{ours}");
}

#[test]
fn a_real_az_without_the_extension_changes_none_of_our_pages() {
    let programs = Programs::new();
    programs.script("real", LACKS);
    for words in [
        &["communication", "-h"][..],
        &["communication", "identity", "-h"],
        &["communication", "user-identity", "-h"],
        &["communication", "emulator", "-h"],
        &["communication", "identity", "token", "issue", "-h"],
        &["communication", "identity", "token", "isue"],
        &["communication", "identity", "tokn", "issue"],
        &["communication", "identiy", "token", "issue"],
        &["communication", "user-identity", "usr"],
        &["communication", "user-identity", "token", "zzzz"],
        &["communication", "emulatr", "start"],
        &["communication", "dctor"],
        &["communication", "emulator", "strt"],
        &["communication"],
    ] {
        let alone = run(az(&programs.home).args(words));
        let seen = programs.before("real", words);
        assert_eq!((seen.code, &seen.stdout, &seen.stderr), (alone.code, &alone.stdout, &alone.stderr), "{words:?}");
    }
    let seen = programs.before("real", &["communication", "identity", "token", "isue"]);
    assert!(
        seen.stderr
            .starts_with("ERROR: 'isue' is misspelled or not recognized by the system.\nDid you mean 'issue' ?\n")
    );
}

#[test]
fn what_the_whole_extension_has_goes_to_the_real_az() {
    let programs = Programs::new();
    programs.script("real", KNOWS);
    let communication = "chat create delete email link-notification-hub list list-key phonenumber phone-numbers \
        regenerate-key rooms show sms update wait smtp-username advanced-messaging messages call-automation jobrouter";
    for word in communication.split_whitespace() {
        assert_eq!(programs.before("real", &["communication", word, "x"]).code, Some(5), "{word}");
    }
    for word in ["assign", "remove", "show"] {
        assert_eq!(programs.before("real", &["communication", "identity", word]).code, Some(5), "{word}");
    }
    for words in [&["--debug", "communication", "list"][..], &["COMMUNICATION", "List"]] {
        assert_eq!(programs.before("real", words).code, Some(5), "{words:?}");
    }
}

#[test]
fn a_broken_az_does_not_hide_our_pages() {
    let programs = Programs::new();
    programs.script("broken", "#!/nonexistent/python\n");
    let seen = programs.before("broken", &["communication", "-h"]);
    assert_eq!(seen.code, Some(0));
    assert!(seen.stdout.contains("emulator"), "{}", seen.stdout);
    assert_snapshot!(programs.shown(&seen.stderr), @"WARNING: [HOME]/broken/az cannot be run: its interpreter /nonexistent/python does not exist.");
}

#[test]
fn the_hint_lists_what_the_table_has() {
    let home = Folder::new();
    let seen = run(az(&home).args(["communication", "zzzz"]));
    assert_eq!(seen.code, Some(2));
    assert_snapshot!(seen.stderr, @r"
    ERROR: 'zzzz' is misspelled or not recognized by the system.

    https://aka.ms/cli_ref
    Read more about the command in reference docs

    Hint: This az knows `az communication` completion, doctor, emulator, identity, manual, shim and user-identity. For all other commands it calls the Azure CLI, which was not found further down PATH.
    ");
}

// ---- Versions ----

#[test]
fn versions_are_the_real_ones_first_and_unchanged() {
    let programs = Programs::new();
    programs.script(
        "real",
        "#!/bin/sh\ncase $1 in version) echo '{\"azure-cli\": \"2.91\"}';; *) echo 'azure-cli 2.91';; esac\nexit 3\n",
    );
    let ours = format!("az-communication {}\n", env!("CARGO_PKG_VERSION"));
    for word in ["--version", "-v"] {
        let seen = programs.before("real", &[word]);
        assert_eq!((seen.code, seen.stdout, seen.stderr), (Some(3), format!("azure-cli 2.91\n{ours}"), String::new()));
    }
    let seen = programs.before("real", &["version", "-o", "tsv"]);
    assert_eq!((seen.code, seen.stdout.as_str(), seen.stderr.as_str()), (Some(3), "{\"azure-cli\": \"2.91\"}\n", ""));
}

#[test]
fn version_without_another_az_has_the_options_of_a_command() {
    let home = Folder::new();
    let version = env!("CARGO_PKG_VERSION");
    let of = |words: &[&str]| run(az(&home).arg("version").args(words));
    assert_eq!(of(&["-o", "tsv"]).stdout, format!("{version}\n"));
    assert_eq!(of(&["--query", "\"az-communication\""]).stdout, format!("\"{version}\"\n"));
    assert_eq!(of(&["--bogus"]).code, Some(2));
    assert!(of(&["-h"]).stdout.contains("az version : Show the version of this program."));
}

// ---- The command of `emulator run` ----

#[test]
fn what_follows_the_commands_first_word_is_its_own() {
    let home = Folder::new();
    let of = |words: &[&str]| {
        let words = ["communication", "emulator", "run"].iter().chain(words);
        run(az(&home).args(words))
    };
    for words in [
        &["echo", "--debug", "--only-show-errors"][..],
        &["--", "echo", "--debug", "--only-show-errors"],
        &["--only-show-errors", "echo", "--debug", "--only-show-errors"],
        &["--revocation-del", "1s", "echo", "--debug", "--only-show-errors"],
        &["--revocation-delay=1s", "echo", "--debug", "--only-show-errors"],
    ] {
        let seen = of(words);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), "--debug --only-show-errors\n"), "{words:?} {seen:?}");
    }
    let odd = ["-h", "--", "@x", "--o", "--query", "a[", "--output", "-o"];
    for start in [&["echo"][..], &["--", "echo"]] {
        let seen = of(&[start, &odd].concat());
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(0), "-h -- @x --o --query a[ --output -o\n"), "{seen:?}");
    }
}

// ---- The home folder ----

#[test]
fn without_home_the_passwd_file_names_the_folder_of_the_configuration() {
    let home = Folder::new();
    home.write(
        "passwd",
        "#x:x:0:0::/wrong:\nroot:x:0:0::HOME/his:/bin/sh\n".replace("HOME", home.path().to_str().unwrap()),
    );
    home.write("his/.azure/config", "[core]\noutput = nonsense\n");
    let shell = "mount --bind passwd /etc/passwd || exit 77; unset HOME AZURE_CONFIG_DIR; exec \"$0\" \"$@\"";
    let mut command = Command::new("/usr/bin/unshare");
    command.args([
        "-m",
        "/bin/sh",
        "-c",
        shell,
        AZ,
        "communication",
        "user-identity",
        "token",
        "inspect",
        "--token",
        "x",
    ]);
    command.env_clear().envs(az(&home).get_envs().filter_map(|(name, value)| Some((name, value?))));
    let seen = run(command.current_dir(home.path()));
    if seen.code == Some(77) || seen.stderr.contains("unshare") {
        println!("without_home_the_passwd_file_names_the_folder_of_the_configuration: skipped, because it needs root");
        return;
    }
    assert!(seen.stderr.contains("'nonsense' is not an output format"), "{seen:?}");
}

// ---- The build ----

#[test]
fn a_build_without_the_repositorys_configuration_says_what_it_lacks() {
    let home = Folder::new();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    // build.rs alone, without what it compiles: `cc` is not needed to see what it says of the flags.
    let script = std::fs::read_to_string(manifest.join("build.rs")).unwrap();
    let from = script.find("    if env::var_os(\"CARGO_CFG_UNIX\")").unwrap();
    let to = script.find("    let is_gnu_linux").unwrap();
    let source = home.write("build.rs", format!("{}{}", &script[..from], &script[to..]));
    let program = home.path().join("build");
    let rustc = Command::new("rustc").args(["--edition=2024", "-o"]).arg(&program).arg(&source).status().unwrap();
    assert!(rustc.success());
    let build = || {
        let mut command = Command::new(&program);
        command.env_clear().env("CARGO_MANIFEST_DIR", "/repository/crates/az-communication");
        command.env("CARGO_CFG_TARGET_OS", "linux").env("CARGO_CFG_TARGET_ENV", "gnu").env("PROFILE", "debug");
        command
    };
    let seen = run(&mut build());
    let warning = seen.stdout.lines().find(|line| line.starts_with("cargo::warning=")).unwrap_or_default();
    assert_snapshot!(warning, @"cargo::warning=.cargo/config.toml of the repository was not read, so that az lacks: static linking (every start takes a quarter longer); AWS_LC_SYS_NO_JITTER_ENTROPY (the emulator starts 33 ms later); -DHAVE_FDATASYNC=1 in LIBSQLITE3_FLAGS (the emulator commits slower). Call cargo inside the repository: cd /repository/crates/az-communication && cargo install --locked --path .");
    let seen = run(build()
        .env("CARGO_CFG_TARGET_FEATURE", "crt-static,sse2")
        .env("AWS_LC_SYS_NO_JITTER_ENTROPY", "1")
        .env("LIBSQLITE3_FLAGS", "-DHAVE_FDATASYNC=1"));
    assert!(!seen.stdout.contains("warning"), "{}", seen.stdout);
}
