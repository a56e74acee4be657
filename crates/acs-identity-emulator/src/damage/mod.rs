//! Tests with many kinds of damage. A damaged folder is served correctly, refused by name at the start, or answered
//! with an error that names the damage. No response has wrong data, lost data is not replaced by new data, and nothing
//! panics or hangs.

mod before;
mod world;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::config::Config;
use crate::core::Refusal;
use crate::store::StoreError;
use world::{Files, Folder, Questions, Said, ask, filled};

/// The outcome for a damaged folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Right,
    Refused,
    Answered,
    /// A defect of the emulator.
    Fault(String),
}

/// How long a folder may take, with all its responses.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens a folder in a thread of its own, because it may hang or panic, and compares its responses. A refusal must name
/// one of these files.
fn judge(folder: &Folder, config: Config, questions: &Questions, right: &Said, named: &[&str]) -> Outcome {
    let (send, receive) = mpsc::channel();
    let questions = questions.clone();
    let thread = std::thread::spawn(move || {
        let _ = send.send(ask(&config, &questions));
    });
    let said = match receive.recv_timeout(PATIENCE) {
        Ok(said) => said,
        Err(mpsc::RecvTimeoutError::Timeout) => return Outcome::Fault("it hangs".into()),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let _ = thread.join();
            return Outcome::Fault("it panicked".into());
        }
    };
    match said {
        Err(error) => {
            let text = error.to_string();
            let names = named.iter().any(|name| text.contains(&folder.0.join(name).display().to_string()));
            if names { Outcome::Refused } else { Outcome::Fault(format!("no file is named: {text}")) }
        }
        Ok(said) => compare(&said, right),
    }
}

fn compare(said: &Said, right: &Said) -> Outcome {
    let mut outcome = Outcome::Right;
    assert_eq!(said.len(), right.len());
    for ((what, answer), (_, expected)) in said.iter().zip(right) {
        match answer {
            answer if answer == expected => {}
            Err(refusal) if names_damage(refusal) => outcome = Outcome::Answered,
            _ => return Outcome::Fault(format!("{what}: {answer:?} instead of {expected:?}")),
        }
    }
    outcome
}

fn names_damage(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Store(StoreError::Failed(_)) => false,
        Refusal::Store(error) => error.to_string().contains("damaged"),
        _ => false,
    }
}

/// Counts the outcomes. Fails and lists them all if there is a fault.
#[derive(Default)]
struct Count {
    outcomes: BTreeMap<&'static str, usize>,
    faults: Vec<String>,
}

impl Count {
    fn add(&mut self, what: &str, outcome: Outcome) {
        let name = match outcome {
            Outcome::Right => "right",
            Outcome::Refused => "refused",
            Outcome::Answered => "answered with an error",
            Outcome::Fault(why) => {
                self.faults.push(format!("{what}: {why}"));
                "at fault"
            }
        };
        *self.outcomes.entry(name).or_default() += 1;
    }

    fn end(self) -> BTreeMap<&'static str, usize> {
        println!("{:?}", self.outcomes);
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        self.outcomes
    }
}

/// The generator xorshift64*, which gives the same damage in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

const DATABASE: &str = "identities.db";
const LOG: &str = "identities.db-wal";
const PAGE: usize = 4096;

/// Returns the place of a bit to flip. The places alternate: the header of a page, its pointers to cells, and anywhere
/// in it.
fn place(number: usize, length: usize, random: &mut Random) -> usize {
    let pages = length.div_ceil(PAGE);
    let page = number % pages;
    let within = match (number / pages) % 4 {
        0 if page == 0 => random.below(112),
        0 => random.below(12),
        1 => 12 + random.below(100),
        _ => random.below(PAGE),
    };
    (page * PAGE + within).min(length - 1)
}

fn content<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(file, _)| file == name).unwrap().1
}

fn right(files: &Files, questions: &Questions) -> Said {
    let folder = Folder::of(files);
    ask(&Config::in_folder(&folder.0), questions).unwrap()
}

/// Flips bits in the database and in its log, and truncates them.
fn damage_databases(flips: usize, cuts: usize) -> BTreeMap<&'static str, usize> {
    let ([clean, killed], questions) = filled();
    let right = right(&clean, &questions);
    assert_eq!(compare(&self::right(&killed, &questions), &right), Outcome::Right, "a kill loses nothing");
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut count = Count::default();
    let mut attempt = |files: &Files, name: &str, change: &mut dyn FnMut(&mut Vec<u8>) -> String| {
        let mut files = files.clone();
        let what = change(content(&mut files, name));
        let folder = Folder::of(&files);
        let config = Config::in_folder(&folder.0);
        count.add(&format!("{name}, {what}"), judge(&folder, config, &questions, &right, &[DATABASE]));
    };
    for number in 0..flips {
        // Two of three cases use a closed database. The others use the files that a kill left.
        let (files, name) = match number % 6 {
            0..4 => (&clean, DATABASE),
            4 => (&killed, DATABASE),
            _ => (&killed, LOG),
        };
        attempt(files, name, &mut |bytes| {
            let (at, bit) = (place(number, bytes.len(), &mut random), random.below(8));
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        });
    }
    for number in 0..cuts {
        let (files, name) = if number % 3 == 2 { (&killed, LOG) } else { (&clean, DATABASE) };
        attempt(files, name, &mut |bytes| {
            let length = match number {
                0..6 => [0, 1, 16, 100, 512, 511][number],
                6..9 => bytes.len() - [1, 24, PAGE][number - 6],
                _ => random.below(bytes.len()),
            };
            bytes.truncate(length);
            format!("cut off at {length}")
        });
    }
    count.end()
}

#[test]
fn a_damaged_database_is_served_right_or_refused_by_name() {
    let outcomes = damage_databases(60, 9);
    assert!(outcomes["right"] > 0 && outcomes["refused"] > 20, "{outcomes:?}");
}

#[test]
#[ignore = "takes a minute: run scripts/test.sh"]
fn a_database_with_any_of_400_bits_flipped_is_served_right_or_refused_by_name() {
    let times = if std::env::var_os("AZ_LONG").is_some() { 10 } else { 1 };
    let outcomes = damage_databases(400 * times, 30 * times);
    assert!(outcomes["right"] > 0 && outcomes["refused"] > 200, "{outcomes:?}");
}

/// The ways in which a file is damaged.
const WAYS: [&str; 7] = ["empty", "cut off", "random", "one bit", "a folder", "a pipe", "removed"];

/// Damages a file of a folder in this way.
fn damage(path: &Path, way: &str, random: &mut Random) {
    let bytes = fs::read(path).unwrap();
    match way {
        "empty" => fs::write(path, "").unwrap(),
        "cut off" => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        "random" => {
            let length = bytes.len().max(100);
            fs::write(path, (0..length).map(|_| random.below(256) as u8).collect::<Vec<u8>>()).unwrap();
        }
        "one bit" => {
            let mut flipped = bytes;
            let at = random.below(flipped.len().max(1));
            if let Some(byte) = flipped.get_mut(at) {
                *byte ^= 4;
            }
            fs::write(path, flipped).unwrap();
        }
        way => {
            fs::remove_file(path).unwrap();
            match way {
                "a folder" => fs::create_dir(path).unwrap(),
                "a pipe" => {
                    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
                    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_damaged_file_of_the_folder_is_served_right_or_refused_by_name() {
    let ([clean, killed], questions) = filled();
    let right = right(&clean, &questions);
    let mut random = Random(0x0123_4567_89ab_cdef);
    let mut count = Count::default();
    for (state, files) in [("closed", &clean), ("killed", &killed)] {
        // Files that SQLite would open beside the database are damaged as well.
        let mut files = files.clone();
        files.extend(["identities.db-shm", "identities.db-journal"].map(|name| (name.to_owned(), Vec::new())));
        for (name, _) in &files {
            for way in WAYS {
                let folder = Folder::of(&files);
                damage(&folder.0.join(name), way, &mut random);
                let outcome = judge(&folder, Config::in_folder(&folder.0), &questions, &right, &[DATABASE, name]);
                println!("{state}: {name} {way}: {outcome:?}");
                count.add(&format!("{state}: {name} {way}"), outcome);
            }
        }
    }
    let outcomes = count.end();
    assert!(outcomes["right"] > 0 && outcomes["refused"] > 5, "{outcomes:?}");
}
