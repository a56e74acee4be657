//! Runs whole processes in shuffled rounds. Measures the wall time of each run, and processor time, memory and page
//! faults of some.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};

use crate::stats::{Random, median, quantile, sorted};

/// After this number of rounds, the programs are copied again. The place of a file in the page cache decides which page
/// faults its program takes, which is up to 10 % of its time.
const COPIES: usize = 5;

/// A process to run.
#[derive(Clone)]
pub struct Program {
    pub name: &'static str,
    pub words: Vec<String>,
    pub variables: Vec<(&'static str, String)>,
    /// The share of the rounds that it takes part in. Slow processes take part in fewer.
    pub every: usize,
    /// The expected exit code.
    pub code: i32,
}

impl Program {
    pub fn new(name: &'static str, words: &[&str]) -> Self {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Self { name, words, variables: Vec::new(), every: 1, code: 0 }
    }

    pub fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub fn every(mut self, every: usize) -> Self {
        self.every = every;
        self
    }

    pub fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// Returns the same process with another copy of the program, if it is one of ours.
    fn copied(&self, copy: usize) -> Self {
        let installed = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        let path = Path::new(&self.words[0]);
        let mut program = self.clone();
        if path.parent() == Some(&installed) {
            let folder = installed.join("copies").join(copy.to_string());
            std::fs::create_dir_all(&folder).unwrap();
            let to = folder.join(path.file_name().unwrap());
            if !to.exists() {
                std::fs::copy(path, &to).unwrap();
            }
            program.words[0] = to.to_str().unwrap().to_owned();
        }
        program
    }

    /// Makes a new copy, so that the compared programs are in the page cache in the same way.
    pub fn copied_once(&self) -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(100_000);
        let copy = self.copied(COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        copy.run();
        copy
    }

    /// Sets the environment to PATH and the program's own variables.
    pub fn set_environment(&self, command: &mut Command) {
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", std::env::temp_dir()).envs(self.variables.iter().map(|(name, value)| (name, value)));
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        self.set_environment(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn run(&self) -> f64 {
        let mut command = self.command();
        let started = Instant::now();
        let status = command.status().unwrap();
        let elapsed = started.elapsed().as_secs_f64() * 1e6;
        assert_eq!(status.code(), Some(self.code), "{}: {:?}", self.name, self.words);
        elapsed
    }
}

/// Runs all processes in shuffled rounds, and prints a table of ratios to the named one.
pub fn compare(title: &str, programs: &[Program], reference: &str, rounds: usize) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
    let mut copies = Vec::new();
    for round in 0..rounds {
        if round % rounds.div_ceil(COPIES) == 0 {
            copies = programs.iter().map(|program| program.copied(round)).collect();
            for program in &copies {
                program.run();
            }
        }
        let mut order: Vec<usize> = (0..programs.len()).filter(|at| round % programs[*at].every == 0).collect();
        random.shuffle(&mut order);
        for at in order {
            times[at].push(copies[at].run());
        }
    }
    let base = programs.iter().position(|program| program.name == reference).unwrap();
    let base_median = median(&times[base]);
    println!("\n## {title}\n");
    println!("| program | p10 µs | median µs | p90 µs | ratio | CPU ms | peak KiB | faults | runs |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (program, times) in copies.iter().zip(&times) {
        let sorted = sorted(times.clone());
        let middle = quantile(&sorted, 0.5);
        let usage = usage(program);
        println!(
            "| {} | {:.0} | **{middle:.0}** | {:.0} | {:.2} | {} | {} | {} | {} |",
            program.name,
            quantile(&sorted, 0.1),
            quantile(&sorted, 0.9),
            middle / base_median,
            usage[0],
            usage[1],
            usage[2],
            times.len()
        );
    }
}

/// Counts page faults and peak memory in KiB of each run, in a separate process.
pub fn runs(program: &Program, count: usize) -> Vec<(f64, f64)> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    program.set_environment(&mut command);
    let output = command.arg("runs").arg(count.to_string()).args(&program.words).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let pair = |line: &str| {
        let (faults, peak) = line.split_once(' ').unwrap();
        (faults.parse().unwrap(), peak.parse().unwrap())
    };
    text.lines().map(pair).collect()
}

/// Runs the part of `runs` that belongs to the separate process.
pub fn print_runs(words: &[String]) {
    let mut before = 0;
    for _ in 0..words[0].parse::<usize>().unwrap() {
        let mut command = Command::new(&words[1]);
        let _ = command.args(&words[2..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
        println!("{} {}", usage.minor_page_faults() - before, usage.max_rss());
        before = usage.minor_page_faults();
    }
}

/// Counts processor time, memory and page faults of one program, in a separate process that has no other children.
fn usage(program: &Program) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("usage").args(&program.words);
    for (name, value) in &program.variables {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
}

/// Runs the part of `usage` that belongs to the separate process.
pub fn print_usage(words: &[String]) {
    const RUNS: u32 = 5;
    for _ in 0..RUNS {
        let mut command = Command::new(&words[0]);
        let _ = command.args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = (seconds(usage.user_time()) + seconds(usage.system_time())) * 1e3 / f64::from(RUNS);
    println!("{cpu:.2} {} {}", usage.max_rss(), usage.minor_page_faults() / i64::from(RUNS));
}
