//! Measures the emulator under load, and compares it with the limits of the machine: `openssl speed` for signatures,
//! fdatasync for commits.

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Amount;
use crate::load::{self, Waits, signed};
use crate::page;
use crate::stats::median;

pub(crate) struct Emulator {
    child: Child,
    pub(crate) port: u16,
    pub(crate) ready_ms: f64,
}

impl Emulator {
    /// Starts an emulator on these cores.
    pub(crate) fn start(az: &str, cores: &str, options: &[&str]) -> Self {
        let started = Instant::now();
        let mut child = Command::new("taskset")
            .args(["-c", cores, az, "communication", "emulator", "start", "--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready_ms = started.elapsed().as_secs_f64() * 1e3;
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let port = ready["endpoint"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port, ready_ms }
    }

    pub(crate) fn create(&self) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
            let mut buffer = Vec::new();
            let request = signed(self.port, "POST", "/identities?api-version=2023-10-01", "");
            let (status, body) = load::ask(&mut stream, &request, &mut buffer).await;
            assert_eq!(status, 201);
            let answer: serde_json::Value = serde_json::from_slice(&buffer[body..]).unwrap();
            answer["identity"]["id"].as_str().unwrap().to_owned()
        })
    }

    pub(crate) fn issue(&self, user: &str) -> Vec<u8> {
        let target = format!("/identities/{user}/:issueAccessToken?api-version=2023-10-01");
        signed(self.port, "POST", &target, r#"{"scopes":["chat"]}"#)
    }

    /// Issues tokens for so many seconds, with the load generator on core 1. Adds the processor time of a token to
    /// `cpu`, in microseconds: it depends less on what else the machine does.
    pub(crate) fn issue_for(&self, user: &str, seconds: f64, cpu: &RefCell<Vec<f64>>) -> load::Load {
        let before = self.cpu_us();
        let load = load::run_with(Waits::Polling { core: 1 }, self.port, 32, seconds, &[self.issue(user)], 200);
        cpu.borrow_mut().push((self.cpu_us() - before) / (load.per_second * seconds));
        load
    }

    /// Returns the processor time of all its threads in microseconds. The kernel counts it in nanoseconds.
    pub(crate) fn cpu_us(&self) -> f64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let of = |task: std::io::Result<std::fs::DirEntry>| {
            let text = std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e3
        };
        tasks.map(of).sum()
    }

    fn memory_kib(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // After SIGKILL, the emulator could not remove its temporary folder.
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// Returns the number of signatures per second that OpenSSL makes on these cores.
fn openssl(cores: &str, processes: usize, seconds: f64) -> f64 {
    let seconds = seconds.ceil().to_string();
    let output = Command::new("taskset")
        .args(["-c", cores, "openssl", "speed", "-seconds", &seconds, "-multi", &processes.to_string(), "rsa2048"])
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.starts_with("rsa 2048")).unwrap_or_else(|| panic!("{text}"));
    let words: Vec<&str> = line.split_whitespace().collect();
    words[words.len() - 2].parse().unwrap()
}

/// Returns the number of overwrites of a block per second, each with an fdatasync.
fn device(folder: &Path, seconds: f64) -> f64 {
    let mut file = std::fs::File::create(folder.join("device")).unwrap();
    file.write_all(&[1; 4096]).unwrap();
    file.sync_all().unwrap();
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed().as_secs_f64() < seconds {
        std::os::unix::fs::FileExt::write_all_at(&file, &[count as u8; 4096], 0).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

pub(crate) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/data").join(name);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// A part of the benchmark, called with the program and the amount of work.
pub(crate) type Part = fn(&str, &Amount);

/// The parts. Each one can be run alone.
pub const PARTS: [(&str, Part); 8] = [
    ("signing", signing),
    ("request-log", request_log),
    ("page", page::open),
    ("latency", latency),
    ("unsigned", unsigned),
    ("durable", durable),
    ("start", start_up),
    ("growth", growth),
];

/// Measures a reference and a load in turns. Returns the medians of both and of their ratios, and all ratios.
pub(crate) fn pairs(
    rounds: usize,
    reference: impl Fn() -> f64,
    load: impl Fn() -> load::Load,
) -> (f64, f64, f64, Vec<f64>) {
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let reference = reference();
        let load = load();
        ours.push(load.per_second);
        theirs.push(reference);
        ratios.push(load.per_second / reference);
    }
    (median(&ours), median(&theirs), median(&ratios), ratios)
}

fn signing(az: &str, amount: &Amount) {
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    println!("\n## Tokens a second, 32 connections, load generator on the same machine\n");
    println!(
        "| cores of the emulator | the generator | takes cores | tokens/s | `openssl speed` there \
         | ratio (median of {rounds} pairs) | all ratios | its CPU a token, µs |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let generators = [
        ("0", 1, Waits::Polling { core: 1 }, "polls on core 1"),
        ("0", 1, Waits::Asleep, "sleeps, is woken up"),
        ("0,1", 2, Waits::Asleep, "sleeps, is woken up"),
    ];
    for (cores, processes, waits, name) in generators {
        let emulator = Emulator::start(az, cores, &["--in-memory"]);
        let requests = [emulator.issue(&emulator.create())];
        let (own_cores, cpu, tokens) = (Cell::new(0.0), Cell::new(0.0), Cell::new(0.0));
        let (ours, theirs, ratio, all) = pairs(
            rounds,
            || openssl(cores, processes, seconds),
            || {
                let before = emulator.cpu_us();
                let load = load::run_with(waits, emulator.port, 32, seconds, &requests, 200);
                own_cores.set(load.own_cores);
                cpu.set(cpu.get() + emulator.cpu_us() - before);
                tokens.set(tokens.get() + load.per_second * seconds);
                load
            },
        );
        let all: Vec<String> = all.iter().map(|ratio| format!("{ratio:.2}")).collect();
        let own_cores = own_cores.get();
        println!(
            "| {cores} | {name} | {own_cores:.2} | {ours:.0} | {theirs:.0} | **{ratio:.2}** | {} | {:.0} |",
            all.join(", "),
            cpu.get() / tokens.get()
        );
    }
}

/// Compares the tokens per second, and the processor time of a token, with the log of requests and without it.
fn request_log(az: &str, amount: &Amount) {
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    println!("\n## Tokens a second with the log of requests, compared with an emulator without it, on core 0\n");
    println!(
        "| tokens/s | without it | ratio (median of {rounds} pairs) | all ratios | its CPU a token, µs | without it | ratio |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let [with, without] = [&["--in-memory"][..], &["--in-memory", "--no-request-log"]].map(|options| {
        let emulator = Emulator::start(az, "0", options);
        let user = emulator.create();
        (emulator, user)
    });
    let (cpu_with, cpu_without) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let load = |(emulator, user): &(Emulator, String), cpu: &RefCell<Vec<f64>>| emulator.issue_for(user, seconds, cpu);
    let (ours, theirs, ratio, all) =
        pairs(rounds, || load(&without, &cpu_without).per_second, || load(&with, &cpu_with));
    let all: Vec<String> = all.iter().map(|ratio| format!("{ratio:.3}")).collect();
    let (cpu_with, cpu_without) = (median(&cpu_with.borrow()), median(&cpu_without.borrow()));
    println!(
        "| {ours:.0} | {theirs:.0} | **{ratio:.3}** | {} | {cpu_with:.1} | {cpu_without:.1} | {:.3} |",
        all.join(", "),
        cpu_with / cpu_without
    );
}

fn latency(az: &str, amount: &Amount) {
    println!("\n## Latency of `:issueAccessToken`, emulator on core 0\n");
    println!("| connections | tokens/s | p50 µs | p99 µs |");
    println!("| --- | --- | --- | --- |");
    let emulator = Emulator::start(az, "0", &["--in-memory"]);
    let requests = [emulator.issue(&emulator.create())];
    for connections in [1, 32, 256] {
        let load = load::run(emulator.port, connections, amount.seconds, &requests, 200);
        println!("| {connections} | {:.0} | {:.0} | {:.0} |", load.per_second, load.p50, load.p99);
    }
}

fn unsigned(az: &str, amount: &Amount) {
    let emulator = Emulator::start(az, "0", &["--in-memory"]);
    let health = format!("GET /health HTTP/1.1\r\nhost: localhost:{}\r\n\r\n", emulator.port).into_bytes();
    let loads: Vec<_> = (0..amount.pairs)
        .map(|_| load::run(emulator.port, 32, amount.seconds, std::slice::from_ref(&health), 200))
        .collect();
    let rates: Vec<f64> = loads.iter().map(|load| load.per_second).collect();
    println!("\n## Unsigned requests (`GET /health`), emulator on core 0, 32 connections\n");
    println!("**{:.0}** a second (p50 {:.0} µs, p99 {:.0} µs)", median(&rates), loads[0].p50, loads[0].p99);
}

fn durable(az: &str, amount: &Amount) {
    let (rounds, seconds) = (amount.pairs, amount.seconds);
    println!("\n## Durable creations a second\n");
    println!("| connections | creations/s | fdatasync/s | ratio (median of {rounds} pairs) |");
    println!("| --- | --- | --- | --- |");
    let data = folder("durable");
    let emulator = Emulator::start(az, "0,1", &["--data-dir", data.to_str().unwrap()]);
    let create = [signed(emulator.port, "POST", "/identities?api-version=2023-10-01", "")];
    for connections in [1, 32] {
        let (ours, theirs, ratio, _) =
            pairs(rounds, || device(&data, seconds), || load::run(emulator.port, connections, seconds, &create, 201));
        println!("| {connections} | {ours:.0} | {theirs:.0} | **{ratio:.2}** |");
    }
}

fn start_up(az: &str, amount: &Amount) {
    let data = folder("start");
    let start = || Emulator::start(az, "0,1", &["--data-dir", data.to_str().unwrap()]).ready_ms;
    let first = start();
    let times: Vec<f64> = (0..amount.pairs * 5).map(|_| start()).collect();
    println!("\n## Start to the ready line\n");
    println!("**{:.1}** ms with keys and certificates there; {first:.0} ms the first time", median(&times));
}

fn growth(az: &str, amount: &Amount) {
    let seconds = amount.seconds;
    println!("\n## By the number of identities stored\n");
    println!("| identities | create/s, 32 connections | issue/s | issue p50 µs, 1 connection | memory MiB |");
    println!("| --- | --- | --- | --- | --- |");
    let data = folder("growth");
    let emulator = Emulator::start(az, "0,1", &["--data-dir", data.to_str().unwrap()]);
    // The request is signed each time, because a signature is valid for five minutes only.
    let create = |span: f64| {
        let request = [signed(emulator.port, "POST", "/identities?api-version=2023-10-01", "")];
        load::run(emulator.port, 32, span, &request, 201).per_second
    };
    let user = emulator.create();
    let mut stored = 1.0;
    for &wanted in amount.identities {
        while stored < wanted as f64 {
            let span = ((wanted as f64 - stored) / 12_000.0).clamp(0.02, 60.0);
            stored += create(span) * span;
        }
        let created = create(seconds);
        stored += created * seconds;
        let issue = [emulator.issue(&user)];
        let issued = load::run(emulator.port, 32, seconds, &issue, 200);
        let single = load::run(emulator.port, 1, seconds, &issue, 200);
        println!(
            "| {wanted} | {:.0} | {:.0} | {:.0} | {:.0} |",
            created,
            issued.per_second,
            single.p50,
            emulator.memory_kib() as f64 / 1024.0
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}
