//! Measures what an open page costs: tokens a second while a browser shows the emulator's page, and without it.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Amount;
use crate::emulator::{Emulator, pairs};
use crate::stats::median;

/// The control secret of the emulator, with which the page signs in.
const SECRET: &str = "the-secret-of-the-benchmark";

/// The views that follow the emulator all the time.
const VIEWS: [&str; 2] = ["start", "requests"];

/// A browser that shows the page. It is on the core of the load generator, with the lowest priority.
struct Browser(Child);

impl Browser {
    fn open(port: u16, view: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/page.mjs");
        let mut child = Command::new("taskset")
            .args(["-c", "1", "nice", "-n", "19", "node", script, &format!("http://localhost:{port}"), SECRET, view])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "open\n");
        Self(child)
    }
}

impl Drop for Browser {
    /// The script ends with its stdin.
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Compares the tokens per second, and the processor time of a token, with an open page and without it.
pub fn open(az: &str, amount: &Amount) {
    if std::env::var_os("AZ_TEST_PAGE_TESTS").is_none() {
        return println!(
            "\nThe page was not measured: AZ_TEST_PAGE_TESTS is not set (`scripts/install.sh` prints it)."
        );
    }
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    println!("\n## Tokens a second with the emulator's page open, compared with a closed one, on core 0\n");
    println!(
        "| view | tokens/s | closed | ratio (median of {rounds} pairs) | all ratios | its CPU a token, µs | closed | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for view in VIEWS {
        let emulator = Emulator::start(az, "0", &["--in-memory", "--control-secret", SECRET]);
        let user = emulator.create();
        let (cpu_open, cpu_closed) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let load = |cpu: &RefCell<Vec<f64>>| emulator.issue_for(&user, seconds, cpu);
        let (ours, theirs, ratio, all) = pairs(
            rounds,
            || load(&cpu_closed).per_second,
            || {
                let _browser = Browser::open(emulator.port, view);
                load(&cpu_open)
            },
        );
        let all: Vec<String> = all.iter().map(|ratio| format!("{ratio:.3}")).collect();
        let (cpu_open, cpu_closed) = (median(&cpu_open.borrow()), median(&cpu_closed.borrow()));
        println!(
            "| {view} | {ours:.0} | {theirs:.0} | **{ratio:.3}** | {} | {cpu_open:.1} | {cpu_closed:.1} | {:.3} |",
            all.join(", "),
            cpu_open / cpu_closed
        );
    }
}
