//! `compare`: checks whether two builds of the program handle the same command lines in the same way.
//!
//! Each line runs with both builds, in the same folders and against the same responses. Exit code, stdout, requests and
//! files must be equal byte for byte. Stderr is compared, too, but it is for users: a changed message is listed, and is
//! not a failure.

mod lines;
mod pair;
mod report;
mod table;
mod words;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::cases::run::World;
use crate::cases::{self, Case};
use crate::error::{At as _, Error};
use crate::random::Random;
use crate::words::Words;
use lines::Line;
use pair::{Outcome, Programs};

/// The default of `--seed`. It is fixed, so that the lines are the same on every machine.
const SEED: u64 = 20;
/// The number of lines that are generated in addition to the golden cases.
const GENERATED: usize = 3_000;
/// The number of lines that run at once. Most lines only wait for a program that has just been started, and some wait
/// for seconds before a request is sent again.
const AT_ONCE: usize = 8;

/// Compares two programs.
///
/// # Errors
///
/// When they differ in more than stderr, or one cannot be run.
pub fn run(root: &Path, words: &[String]) -> Result<(), Error> {
    let start = Instant::now();
    let mut words = Words::new(words);
    let seed = words.number("--seed", SEED)?;
    let count = words.number("--count", GENERATED)?;
    let jobs = words.number("--jobs", AT_ONCE)?;
    let only = words.value("--only")?;
    let files = words.rest()?;
    let [before, after] = files.as_slice() else {
        return Err(Error::new("compare needs two programs: cargo xtask compare BEFORE AFTER."));
    };
    let folder = root.join("target/compare");
    let programs = Programs::copy(Path::new(before), Path::new(after), &folder)?;
    let mut all = all_lines(root, &programs, &folder, seed, count)?;
    if let Some(only) = only {
        all.retain(|line| line.case.id.starts_with(&only));
    }
    eprintln!("{} command lines, of which {count} are generated with seed {seed}.", all.len());
    let outcomes = compare_all(&all, &programs, &folder, jobs)?;
    let counts = report::counts(&outcomes);
    let mut differences: Vec<_> = outcomes.into_iter().filter_map(|outcome| outcome.difference).collect();
    differences.sort_by(|one, other| one.id.cmp(&other.id));
    let path = folder.join("report.txt");
    fs::write(&path, report::full(&differences)).at(&path)?;
    print!("{counts}{}", report::summary(all.len(), &differences));
    println!("Everything is in {}. It took {:.0} s.", path.display(), start.elapsed().as_secs_f64());
    match differences.iter().filter(|difference| difference.is_failure()).count() {
        0 => Ok(()),
        failures => Err(Error::new(format!("the programs differ in {failures} of {} command lines.", all.len()))),
    }
}

/// Returns the golden cases, and the lines that are generated from the table of commands and from golden cases.
fn all_lines(root: &Path, programs: &Programs, folder: &Path, seed: u64, count: usize) -> Result<Vec<Line>, Error> {
    let mut golden = Vec::new();
    for path in cases::files(root)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for case in cases::read(&path)? {
            let case = Case::read(&case.into())?;
            golden.push(Case { id: format!("{name}/{}", case.id), ..case });
        }
    }
    let world = world(folder, 0);
    let commands = table::read(|path| {
        let mut argv = path.to_vec();
        argv.push("--help".into());
        let line = Line { case: Case { argv, ..Case::default() }, is_package: false, has_next: false };
        pair::run(&world, &programs.before, &line).map(|seen| seen.stdout).unwrap_or_default()
    });
    if commands.is_empty() {
        return Err(Error::new("The first program has no help pages with commands."));
    }
    let mut random = Random::new(seed);
    let mut lines: Vec<Line> =
        golden.iter().map(|case| Line { case: case.clone(), is_package: false, has_next: false }).collect();
    lines.extend(lines::of_table(&commands, &golden, count / 2, &mut random));
    lines.extend(lines::of_golden(&golden, count - count / 2, &mut random));
    // Slow lines start first, so that the others run meanwhile.
    lines.sort_by_key(|line| !lines::is_slow(&line.case.responses));
    Ok(lines)
}

fn compare_all(lines: &[Line], programs: &Programs, folder: &Path, jobs: usize) -> Result<Vec<Outcome>, Error> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = |number: usize| -> Result<(), Error> {
        let world = world(folder, number);
        while let Some(line) = lines.get(next.fetch_add(1, Ordering::SeqCst)) {
            let outcome = pair::compare(&world, programs, line)?;
            found.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.max(1)).map(|number| scope.spawn(move || worker(number))).collect();
        let lost = || Err(Error::new("a thread of the comparison panicked."));
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| lost()))
    })?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn world(folder: &Path, number: usize) -> World {
    World {
        folder: folder.join(format!("world-{number}")),
        path: "/usr/bin:/bin".into(),
        variables: Vec::new(),
        template: None,
        deadline: Duration::from_secs(60),
    }
}

/// Writes a script that prints its words: the other `az` further down PATH.
fn write_next(folder: &Path) -> Result<PathBuf, Error> {
    let path = folder.join("az");
    fs::create_dir_all(folder).at(folder)?;
    fs::write(&path, "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 5\n").at(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).at(&path)?;
    Ok(path)
}
