//! `mutants`: how many defects the tests notice. Defects are drawn over the whole workspace from those that cargo-mutants knows,
//! with a fixed seed. They are drawn once and kept, so that the same ones can be tried after code was moved.

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

/// What `--seed` is by default.
const SEED: u64 = 20;
/// What `--count` is by default.
const COUNT: usize = 100;

/// Tries defects, and writes the list of them and a table of what came of them.
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
    // A list is tried as it is. Of drawn ones, those that do not compile are replaced by the next ones.
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
        // After each, so that a run that is interrupted has something.
        write(&results, &rows, seed, start.elapsed().as_secs_f64())?;
    }
    print!("{}", table::summary(&rows));
    println!("{} has the table, and the list for --list.", results.display());
    Ok(())
}

/// More than half of the drawn ones compile. A list may be of any length.
fn drawn_limit(is_list: bool, wanted: usize) -> usize {
    if is_list { usize::MAX } else { wanted * 4 + 20 }
}

/// A defect that is to be tried, and where it is now.
#[derive(Debug)]
pub struct Entry {
    /// As it was drawn.
    pub kept: Defect,
    /// As it is in this tree; none where its function is gone.
    pub found: Option<Defect>,
}

/// All of them, in an order that the seed decides. The order in which cargo-mutants lists them, which depends on the names of
/// files, has no part in it.
fn draw(all: &[Defect], seed: u64) -> Vec<Entry> {
    let mut sorted: Vec<&Defect> = all.iter().collect();
    sorted.sort_by_key(|defect| (&defect.package, &defect.change, &defect.file, defect.nth));
    Random::new(seed).shuffle(&mut sorted);
    sorted.into_iter().map(|defect| Entry { kept: defect.clone(), found: Some(defect.clone()) }).collect()
}

/// Where each defect is now.
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
