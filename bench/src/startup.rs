//! Compares the start with an earlier version: instructions (callgrind) and page faults, within the budget of
//! docs/performance.md.

use std::process::{Command, Stdio};

use acs_identity_protocol::AccessKey;

use crate::process::{self, Program};
use crate::stats::median;
use crate::{Amount, USER, own, server, write};

/// The allowed increase over the base: instructions in per cent, and the number of page faults.
struct Budget {
    instructions: f64,
    faults: f64,
}

const LOCAL: Budget = Budget { instructions: 2.0, faults: 2.0 };
const REQUEST: Budget = Budget { instructions: 5.0, faults: 10.0 };

/// The largest allowed memory of a request, in KiB.
const PEAK_KIB: f64 = 4096.0;

/// Compares with the program that `BENCH_BASE_AZ` names, prints a table, and ends with exit code 1 if the budget is
/// exceeded.
pub fn run(az: &str, amount: &Amount) {
    let Ok(base) = std::env::var("BENCH_BASE_AZ") else {
        eprintln!("bench: BENCH_BASE_AZ names no earlier program; call bench/run startup.");
        std::process::exit(2);
    };
    let server = server::Server::start();
    let ca = write("ca.pem", &server.ca);
    let key = AccessKey::development().to_base64();
    let connection = format!("endpoint=https://localhost:{}/;accesskey={key}", server.port);
    let issue = ["communication", "user-identity", "token", "issue", "--scope", "chat", "--user", USER];
    let request = |name, program: &str| {
        let words: Vec<&str> = std::iter::once(program).chain(issue).collect();
        let program = Program::new(name, &words).variable("AZURE_COMMUNICATION_CONNECTION_STRING", &connection);
        program.variable("REQUESTS_CA_BUNDLE", &ca)
    };
    let help = |program: &str| Program::new("-h", &[program, "communication", "user-identity", "token", "issue", "-h"]);
    let usage = |program: &str| {
        Program::new("usage error", &[program, "communication", "user-identity", "token", "issue", "--scop"]).code(2)
    };
    let cases = [
        (help(az), help(&base), LOCAL),
        (usage(az), usage(&base), LOCAL),
        (request("token issue", az), request("token issue", &base), REQUEST),
    ];
    println!("\n## Start-up against the base\n");
    println!("| command | instructions | base | more | faults | base | more | peak KiB |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut over = Vec::new();
    for (ours, base, budget) in &cases {
        let (now, before) = (instructions(ours), instructions(base));
        let percent = (now / before - 1.0) * 100.0;
        let (faults, peak) = faults_and_peak(ours);
        let (base_faults, _) = faults_and_peak(base);
        println!(
            "| {} | {now:.0} | {before:.0} | {percent:+.1} % | {faults:.0} | {base_faults:.0} | {:+.0} | {peak:.0} |",
            ours.name,
            faults - base_faults
        );
        if percent > budget.instructions || faults - base_faults > budget.faults || peak >= PEAK_KIB {
            over.push(ours.name);
        }
    }
    let empty = own("empty");
    let curl = format!("url = \"https://localhost:{}/\"\nsilent\ndata = \"{{}}\"\n", server.port);
    let curl = write("startup.conf", &curl);
    let programs = [
        Program::new("empty binary", &[&empty]),
        help(az),
        request("token issue, base", &base),
        request("token issue", az),
        Program::new("curl", &["curl", "--cacert", &ca, "--config", &curl]).every(4),
    ];
    process::compare("Times", &programs, "empty binary", amount.rounds);
    if !over.is_empty() {
        println!("\nOver the budget: {}.", over.join(", "));
        std::process::exit(1);
    }
    println!("\nAll within the budget.");
}

/// Returns the instructions of one run. Callgrind hides AVX-512 from both programs.
fn instructions(program: &Program) -> f64 {
    let record = write("callgrind.out", "");
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={record}")).arg("--log-file=/dev/null");
    program.set_environment(&mut command);
    let status = command.args(&program.words).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.unwrap_or_else(|error| {
        eprintln!("bench: valgrind cannot be run ({error}). Install it: apt-get install valgrind");
        std::process::exit(2);
    });
    assert_eq!(status.code(), Some(program.code), "{}: {:?}", program.name, program.words);
    let text = std::fs::read_to_string(&record).unwrap();
    let totals = text.lines().find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    totals.unwrap().trim().parse().unwrap()
}

/// Returns the median of the page faults of 21 runs, three of each of seven new copies, and the peak memory. The place
/// of a copy in the page cache changes its page faults by one or two.
fn faults_and_peak(program: &Program) -> (f64, f64) {
    let runs: Vec<(f64, f64)> = (0..7).flat_map(|_| process::runs(&program.copied_once(), 3)).collect();
    (median(&runs.iter().map(|run| run.0).collect::<Vec<_>>()), runs.iter().map(|run| run.1).fold(0.0, f64::max))
}
