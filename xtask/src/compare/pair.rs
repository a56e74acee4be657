//! Runs a command line with both programs, and compares the results.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::lines::Line;
use super::report::masked;
use crate::cases::run::{Request, Seen, World};
use crate::error::{At as _, Error};

/// The two programs, and the `az` that follows them on PATH.
#[derive(Debug)]
pub struct Programs {
    /// The program with the right behaviour.
    pub before: PathBuf,
    /// The program that must have the same behaviour.
    pub after: PathBuf,
    next: PathBuf,
}

impl Programs {
    /// Copies the programs, so that a build meanwhile does not change them.
    ///
    /// # Errors
    ///
    /// When one of them cannot be copied.
    pub fn copy(before: &Path, after: &Path, folder: &Path) -> Result<Self, Error> {
        let copy = |from: &Path, name: &str| {
            let to = folder.join(name).join("az");
            fs::create_dir_all(folder.join(name)).at(folder)?;
            fs::copy(from, &to).at(from)?;
            Ok::<_, Error>(to)
        };
        let next = super::write_next(&folder.join("next"))?;
        Ok(Self { before: copy(before, "before")?, after: copy(after, "after")?, next })
    }
}

/// The parts of a result. Each is compared as text.
const PARTS: [&str; 5] = ["exit code", "stdout", "requests", "files", "stderr"];
/// How often a line runs before its difference counts.
const ROUNDS: usize = 4;
const EXIT_CODE: usize = 0;
const REQUESTS: usize = 2;
/// The part that may differ.
const STDERR: usize = 4;
type Parts = [String; 5];

/// A command line that the programs handle in different ways.
#[derive(Debug)]
pub struct Difference {
    /// The name of the case.
    pub id: String,
    /// The words of the command line.
    pub argv: Vec<String>,
    /// The parts that differ: their names, and both texts.
    pub parts: Vec<(&'static str, String, String)>,
}

impl Difference {
    /// Returns whether a part other than stderr differs.
    pub fn is_failure(&self) -> bool {
        self.parts.iter().any(|(name, _, _)| *name != PARTS[STDERR])
    }
}

/// The outcome of a command line.
#[derive(Debug)]
pub struct Outcome {
    /// The exit code of the first program.
    pub exit_code: String,
    /// Whether it sent a request to the service.
    pub is_sent: bool,
    /// The difference, if there is one.
    pub difference: Option<Difference>,
}

/// Runs a line with both programs.
///
/// # Errors
///
/// When a program cannot be run.
pub fn compare(world: &World, programs: &Programs, line: &Line) -> Result<Outcome, Error> {
    let mut rounds: Vec<(Parts, Parts)> = Vec::new();
    let mut differing: Vec<usize> = (0..PARTS.len()).collect();
    for _ in 0..ROUNDS {
        let parts = |program| parts_of(world, program, line, &programs.next);
        rounds.push((parts(&programs.before)?, parts(&programs.after)?));
        differing.retain(|part| !is_same(&rounds, *part));
        if differing.is_empty() {
            break;
        }
        if rounds.len() > 2 && differing.iter().all(|part| is_repeated(&rounds, *part)) {
            break;
        }
    }
    let (before, after) = &rounds[0];
    let part = |part: usize| (PARTS[part], before[part].clone(), after[part].clone());
    let parts: Vec<_> = differing.into_iter().map(part).collect();
    let difference = Difference { id: line.case.id.clone(), argv: line.case.argv.clone(), parts };
    Ok(Outcome {
        exit_code: before[EXIT_CODE].clone(),
        is_sent: !before[REQUESTS].is_empty(),
        difference: Some(difference).filter(|difference| !difference.parts.is_empty()),
    })
}

/// Returns whether both programs gave the same result in some rounds. If the first program itself gives different
/// results, times and ids are ignored.
fn is_same(rounds: &[(Parts, Parts)], part: usize) -> bool {
    let mut befores = rounds.iter().map(|(before, _)| &before[part]);
    if befores.clone().any(|before| rounds.iter().any(|(_, after)| &after[part] == before)) {
        return true;
    }
    let is_repeated = befores.all(|before| before == &rounds[0].0[part]);
    let is_masked_same = |(before, after): &(Parts, Parts)| masked(&before[part]) == masked(&after[part]);
    !is_repeated && rounds.iter().any(is_masked_same)
}
/// Returns whether each program gave the same result in every round.
fn is_repeated(rounds: &[(Parts, Parts)], part: usize) -> bool {
    let (before, after) = &rounds[0];
    rounds.iter().all(|round| round.0[part] == before[part] && round.1[part] == after[part])
}

/// Runs one program on a line, without another `az`.
///
/// # Errors
///
/// When it cannot be run.
pub fn run(world: &World, program: &Path, line: &Line) -> Result<Seen, Error> {
    world.prepare()?;
    let name = if line.is_package { "az-communication" } else { "az" };
    let folder = world.folder.join("bin");
    fs::create_dir_all(&folder).at(&folder)?;
    let installed = folder.join(name);
    fs::hard_link(program, &installed).at(program)?;
    world.run(&installed, &line.case)
}

fn parts_of(world: &World, program: &Path, line: &Line, next: &Path) -> Result<Parts, Error> {
    let seen = if line.has_next {
        let folder = next.parent().unwrap_or(next).display();
        let path = format!("{{{{home}}}}/.local/bin:{folder}:{}", world.path);
        let world = World { path, folder: world.folder.clone(), variables: Vec::new(), template: None, ..*world };
        run(&world, program, line)?
    } else {
        run(world, program, line)?
    };
    let port = seen.port.to_string();
    let plain = |text: &str| text.replace(&port, "{{port}}");
    let mut files = String::new();
    list(&world.home(), &world.home(), &mut files)?;
    list(&world.working(), &world.working(), &mut files)?;
    let requests: String = seen.requests.iter().map(request).collect();
    let stderr = without_times(&plain(&seen.stderr));
    Ok([seen.exit_code.to_string(), plain(&seen.stdout), plain(&requests), plain(&files), stderr])
}

/// Removes the times from the last line of `--verbose`, because they depend on the machine and the build.
fn without_times(stderr: &str) -> String {
    let line = |line: &str| if line.contains(": Command ran in ") { masked(line) } else { line.to_owned() };
    stderr.split_inclusive('\n').map(line).collect()
}

/// Headers that contain the time, an id of the request, or a signature over these.
const VOLATILE: [&str; 5] =
    ["date", "x-ms-date", "x-ms-client-request-id", "repeatability-request-id", "repeatability-first-sent"];

fn request(request: &Request) -> String {
    let mut text = format!("{} {}\n", request.method, request.path);
    // The SDK keeps headers in a hash table, so their order differs from run to run.
    let mut headers: Vec<&(String, String)> = request.headers.iter().collect();
    headers.sort();
    for (name, value) in headers {
        let value = match name.to_ascii_lowercase().as_str() {
            known if VOLATILE.contains(&known) => "#",
            _ => value.split_once("&Signature=").map_or(value.as_str(), |(signed, _)| signed),
        };
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = writeln!(text, "\n{}", request.body);
    text
}

/// Appends the files of a folder with their contents.
fn list(root: &Path, folder: &Path, text: &mut String) -> Result<(), Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).at(folder)? {
        paths.push(entry.at(folder)?.path());
    }
    paths.sort();
    for path in paths {
        let metadata = fs::symlink_metadata(&path).at(&path)?;
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        let _ = writeln!(text, "{name} {:o}", metadata.permissions().mode());
        if metadata.is_symlink() {
            let _ = writeln!(text, "-> {}", fs::read_link(&path).at(&path)?.display());
        } else if metadata.is_dir() {
            list(root, &path, text)?;
        } else if metadata.is_file() {
            let _ = writeln!(text, "{}", String::from_utf8_lossy(&fs::read(&path).at(&path)?));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::{Path, PathBuf};

    use super::{Programs, compare};
    use crate::cases::Case;
    use crate::compare::lines::Line;
    use crate::compare::world;

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Compares two texts. Returns the difference, and whether it is a failure.
    fn difference(name: &str, before: &str, after: &str) -> Option<(String, bool)> {
        let folder = crate::root().join(format!("target/xtask-tests/{}-pair-{name}", std::process::id()));
        let (before, after) = (script(&folder, "one", before), script(&folder, "two", after));
        let programs = Programs::copy(&before, &after, &folder).unwrap();
        let line = Line { case: Case::default(), is_package: false, has_next: true };
        let found = compare(&world(&folder, 0), &programs, &line).unwrap().difference;
        std::fs::remove_dir_all(&folder).unwrap();
        found.map(|found| {
            let names: Vec<&str> = found.parts.iter().map(|(name, _, _)| *name).collect();
            (names.join(", "), found.is_failure())
        })
    }

    #[test]
    fn programs_that_do_the_same_do_not_differ() {
        assert_eq!(difference("same", "echo a; echo b >&2; exit 3", "echo b >&2; echo a; exit 3"), None);
    }

    #[test]
    fn exit_code_stdout_and_files_are_failures() {
        let after = "echo b; echo c > file; exit 1";
        assert_eq!(difference("failures", "echo a", after), Some(("exit code, stdout, files".into(), true)));
    }

    #[test]
    fn another_message_is_not_a_failure() {
        assert_eq!(difference("message", "echo a >&2", "echo b >&2"), Some(("stderr".into(), false)));
    }

    #[test]
    fn what_differs_from_run_to_run_does_not_count() {
        assert_eq!(difference("time", "date +%N", "date +%N"), None);
        assert_eq!(difference("time-2", "date +%N", "date +%N; echo more"), Some(("stdout".into(), true)));
    }

    #[test]
    fn how_long_a_command_took_does_not_count() {
        let line = |time| format!("echo 'INFO: Command ran in {time} seconds (init: 0.000)' >&2");
        assert_eq!(difference("took", &line("0.001"), &line("0.002")), None);
    }

    #[test]
    fn both_find_the_other_program_further_down_the_path() {
        assert_eq!(difference("next", "PATH=${PATH#*:} az one", "PATH=${PATH#*:} az one"), None);
        let other = Some(("stdout".into(), true));
        assert_eq!(difference("next-2", "PATH=${PATH#*:} az one", "PATH=${PATH#*:} az two"), other);
    }
}
