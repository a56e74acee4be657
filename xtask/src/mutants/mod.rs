//! `mutants`: measures how many defects the tests catch. The defects are drawn with a fixed seed from all that
//! cargo-mutants finds in the workspace. The drawn list is stored, so that the same defects can be tried after code was
//! moved.

mod defect;
mod list;
mod suites;
mod table;
mod tool;
mod tree;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::error::{At as _, Error};
use crate::random::Random;
use crate::words::Words;
use defect::Defect;
use suites::{Suites, Verdict};
use table::Row;
use tree::Tree;

/// The default of `--seed`.
const SEED: u64 = 20;
/// The default of `--count`.
const COUNT: usize = 100;

/// Tries defects, and writes their list and a table of the verdicts.
///
/// # Errors
///
/// When a tool fails, or the tests fail without any defect.
pub fn run(root: &Path, words: &[String]) -> Result<(), Error> {
    let start = Instant::now();
    let mut words = Words::new(words);
    let seed = words.number("--seed", SEED)?;
    let count = words.number("--count", COUNT)?;
    let list = words.value("--list")?.map(PathBuf::from);
    let commit = words.value("--commit")?.unwrap_or_else(|| "HEAD".into());
    let is_dry = words.flag("--dry-run");
    words.end()?;
    let folder = root.join("target/mutants");
    let tree = Tree::check_out(root, &folder, &commit)?;
    let all = tool::defects(root, &tree)?;
    let drawn = match &list {
        Some(path) => list::read(path, &all)?,
        None => draw(&all, seed),
    };
    // A given list is tried as it is. A drawn defect that does not compile is replaced by the next one.
    let wanted = if list.is_some() { drawn.len() } else { count };
    let results = folder.join(&tree.commit);
    fs::create_dir_all(&results).at(&results)?;
    if is_dry {
        let first = &drawn[..wanted.min(drawn.len())];
        let lines: String = first.iter().map(|entry| format!("{}\n", entry.kept.to_json())).collect();
        let path = results.join("drawn.jsonl");
        fs::write(&path, lines).at(&path)?;
        print!("{}", places(first));
        return Ok(());
    }
    eprintln!("{} defects are known in {}. The tests are built and run without any first.", all.len(), tree.commit);
    let suites = Suites::prepare(&tree)?;
    let mut rows: Vec<Row> = Vec::new();
    for entry in drawn {
        let tried = rows.iter().filter(|row| row.verdict != Verdict::DoesNotCompile).count();
        if (list.is_none() && tried == wanted) || rows.len() == drawn_limit(list.is_some(), wanted) {
            break;
        }
        let started = Instant::now();
        let verdict = match &entry.found {
            Some(defect) => suites.verdict(&tree, defect)?,
            None => Verdict::Gone,
        };
        let row = Row { defect: entry.kept, verdict, seconds: started.elapsed().as_secs_f64() };
        eprintln!("{:3} {}", tried + 1, row.line());
        rows.push(row);
        // The results are written after each defect, so that an interrupted run has results.
        write(&results, &rows, seed, start.elapsed().as_secs_f64())?;
    }
    print!("{}", table::summary(&rows));
    println!("{} has the table, and the list for --list.", results.display());
    Ok(())
}

/// Returns how many defects are drawn. More than half of them compile. A given list may have any length.
fn drawn_limit(is_list: bool, wanted: usize) -> usize {
    if is_list { usize::MAX } else { wanted * 4 + 20 }
}

/// A defect to try, and its present place.
#[derive(Debug)]
pub struct Entry {
    /// The defect as it was drawn.
    pub kept: Defect,
    /// The defect in this tree. `None` if its function is gone.
    pub found: Option<Defect>,
}

/// Returns all defects in an order that depends only on the seed. The order in which cargo-mutants lists them depends
/// on the names of files and has no effect.
fn draw(all: &[Defect], seed: u64) -> Vec<Entry> {
    let mut sorted: Vec<&Defect> = all.iter().collect();
    sorted.sort_by_key(|defect| (&defect.package, &defect.change, &defect.file, defect.nth));
    Random::new(seed).shuffle(&mut sorted);
    sorted.into_iter().map(|defect| Entry { kept: defect.clone(), found: Some(defect.clone()) }).collect()
}

/// Formats the present place of each defect.
fn places(entries: &[Entry]) -> String {
    let place = |entry: &Entry| match &entry.found {
        Some(found) => format!("{}: {}\n", found.file, found.change),
        None => format!("gone, was in {}: {}\n", entry.kept.file, entry.kept.change),
    };
    let gone = entries.iter().filter(|entry| entry.found.is_none()).count();
    let lines: String = entries.iter().map(place).collect();
    format!("{lines}{} of {} defects are there.\n", entries.len() - gone, entries.len())
}

fn write(folder: &Path, rows: &[Row], seed: u64, seconds: f64) -> Result<(), Error> {
    let tried = rows.iter().filter(|row| row.verdict != Verdict::DoesNotCompile);
    let list: String = tried.map(|row| format!("{}\n", row.defect.to_json())).collect();
    let text = format!("{}Seed {seed}, {:.0} minutes.\n\n{}", table::summary(rows), seconds / 60.0, table::table(rows));
    for (name, text) in [("list.jsonl", list), ("table.md", text)] {
        let path = folder.join(name);
        fs::write(&path, text).at(&path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::defect::Defect;
    use super::{Entry, draw, places};

    #[test]
    fn it_is_said_where_the_defects_are() {
        let (kept, found) = (Defect::test("a.rs", "x in f", 0), Some(Defect::test("b.rs", "x in f", 0)));
        let entries = [Entry { kept: kept.clone(), found }, Entry { kept, found: None }];
        assert_eq!(places(&entries), "b.rs: x in f\ngone, was in a.rs: x in f\n1 of 2 defects are there.\n");
    }

    #[test]
    fn a_seed_draws_the_same_defects_in_whatever_order_they_are_listed() {
        let defects: Vec<Defect> = (0..50).map(|number| Defect::test("a.rs", &format!("change {number}"), 0)).collect();
        let changes =
            |all: &[Defect], seed| draw(all, seed).into_iter().map(|entry| entry.kept.change).collect::<Vec<_>>();
        let reversed: Vec<Defect> = defects.iter().rev().cloned().collect();
        assert_eq!(changes(&defects, 1), changes(&reversed, 1));
        assert_ne!(changes(&defects, 1), changes(&defects, 2));
    }
}
