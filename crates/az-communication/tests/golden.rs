//! Tests with the golden cases: the behaviour of the reference `az` for hundreds of command lines, in two captures.
//! `golden/README.md` describes their format.
//!
//! `AZ_GOLDEN=issue,teams` runs some groups only, `AZ_GOLDEN_CASE=issue-0001` one case.
#![cfg(unix)]

mod support;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::replay::{Request, Server};
use support::terminal::{Collector, open};
use support::tls::CERTIFICATE;
use support::{Folder, az, say};

const CAPTURES: [(&str, &str); 2] =
    [("cases.json", include_str!("golden/cases.json")), ("cases-2.json", include_str!("golden/cases-2.json"))];
const ACCESS_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// The output of a run.
struct Seen {
    exit_code: Option<i32>,
    stdout: String,
    stderr: String,
    requests: Vec<Request>,
}

#[test]
fn golden_cases() {
    let groups = std::env::var("AZ_GOLDEN").ok();
    let only = std::env::var("AZ_GOLDEN_CASE").ok();
    let mut cases: Vec<(&str, Value)> = Vec::new();
    for (capture, text) in CAPTURES {
        let all: Vec<Value> = serde_json::from_str(text).unwrap();
        cases.extend(all.into_iter().map(|case| (capture, case)));
    }
    cases
        .retain(|(_, case)| groups.as_deref().is_none_or(|groups| groups.split(',').any(|name| case["group"] == name)));
    cases.retain(|(_, case)| only.as_deref().is_none_or(|only| case["id"] == only));
    assert!(!cases.is_empty(), "no case was selected");
    // Retries take seconds. Cases with retries start first, so that the other cases run meanwhile.
    cases.sort_by_key(|(_, case)| Reverse(case["expect"]["requests"].as_array().map_or(0, Vec::len)));
    let failures = failures(&cases);
    for (capture, _) in CAPTURES {
        print_counts(capture, &cases, &failures);
    }
    let shown: Vec<String> =
        failures.iter().map(|((capture, id), what)| format!("== {capture}, {id}: {what}")).collect();
    assert!(shown.is_empty(), "{} golden cases fail\n{}", shown.len(), shown.join("\n"));
}

/// Returns the failed cases by capture and id, each with a description of the failure.
fn failures<'a>(cases: &'a [(&str, Value)]) -> BTreeMap<(&'a str, &'a str), String> {
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        // There are more threads than cores, because some cases only wait.
        for _ in 0..32 {
            scope.spawn(|| {
                while let Some((capture, case)) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(what) = check(case) {
                        failures.lock().unwrap().insert((*capture, case["id"].as_str().unwrap()), what);
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap()
}

fn print_counts(capture: &str, cases: &[(&str, Value)], failures: &BTreeMap<(&str, &str), String>) {
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut all = (0, 0);
    for (_, case) in cases.iter().filter(|(of, _)| *of == capture) {
        let passed = usize::from(!failures.contains_key(&(capture, case["id"].as_str().unwrap())));
        for counts in [groups.entry(case["group"].as_str().unwrap()).or_default(), &mut all] {
            *counts = (counts.0 + passed, counts.1 + 1);
        }
    }
    say(capture);
    for (group, (passed, all)) in groups.into_iter().chain([("all", all)]) {
        say(&format!("  {group:18} {passed:4} of {all:4}"));
    }
}

fn check(case: &Value) -> Result<(), String> {
    let seen = run(case);
    let expect = &case["expect"];
    let text = |name: &str| expect[name].as_str().unwrap_or_default();
    let fill = |name: &str| text(name).to_owned();
    if seen.exit_code != expect["exit_code"].as_i64().map(|code| code as i32) {
        return Err(format!(
            "exit code {:?}, expected {}\nstdout: {}\nstderr: {}",
            seen.exit_code, expect["exit_code"], seen.stdout, seen.stderr
        ));
    }
    match case["match"].as_str().unwrap() {
        "exact" => {
            same("stdout", &seen.stdout, &fill("stdout"))?;
            same("stderr", &seen.stderr, &fill("stderr"))?;
            same_requests(&seen.requests, &expect["requests"])
        }
        "error" => {
            same("stdout", &seen.stdout, &fill("stdout"))?;
            same("stderr", first_paragraph(&seen.stderr), first_paragraph(&fill("stderr")))?;
            same_requests(&seen.requests, &expect["requests"])
        }
        "help" => {
            let mut lines = seen.stdout.lines();
            match fill("stdout").lines().find(|expected| !lines.any(|line| line == *expected)) {
                Some(missing) => Err(format!("the line {missing:?} is missing in\n{}", seen.stdout)),
                None => Ok(()),
            }
        }
        "plain" => {
            same("stdout", &plain(&seen.stdout), &plain(&fill("stdout")))?;
            same("stderr", &plain(&seen.stderr), &plain(&fill("stderr")))?;
            for (name, seen) in [("stdout", &seen.stdout), ("stderr", &seen.stderr)] {
                if seen.contains('\u{1b}') != text(name).contains('\u{1b}') {
                    return Err(format!(
                        "{name} should{} be coloured",
                        if seen.contains('\u{1b}') { " not" } else { "" }
                    ));
                }
            }
            Ok(())
        }
        "better" => {
            same("stdout", &seen.stdout, "")?;
            let stderr =
                seen.stderr.lines().filter(|line| !line.starts_with("WARNING: ")).collect::<Vec<_>>().join("\n");
            let lower = stderr.to_lowercase();
            let words = expect["contains"].as_array().cloned().unwrap_or_default();
            let missing = words.iter().filter_map(Value::as_str).find(|word| !lower.contains(&word.to_lowercase()));
            if !stderr.starts_with("ERROR: ") || lower.contains("traceback") || missing.is_some() {
                return Err(format!("stderr lacks {missing:?} or is no clear error: {stderr}"));
            }
            Ok(())
        }
        other => Err(format!("unknown match {other}")),
    }
}

fn same(what: &str, seen: &str, expected: &str) -> Result<(), String> {
    if seen == expected { Ok(()) } else { Err(format!("{what}\n  seen     {seen:?}\n  expected {expected:?}")) }
}

fn same_requests(seen: &[Request], expected: &Value) -> Result<(), String> {
    let body = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::from(text));
    let expected: Vec<_> = expected.as_array().cloned().unwrap_or_default();
    let equal = seen.len() == expected.len()
        && seen.iter().zip(&expected).all(|(seen, expected)| {
            seen.method == expected["method"]
                && seen.path == expected["path"]
                && body(&seen.body) == body(expected["body"].as_str().unwrap_or_default())
        });
    if equal { Ok(()) } else { Err(format!("requests {seen:?}, expected {expected:?}")) }
}

fn first_paragraph(text: &str) -> &str {
    text.split_once("\n\n").map_or(text.trim_end_matches('\n'), |(first, _)| first)
}

fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        rest = behind.find(|c: char| c.is_ascii_alphabetic()).map_or("", |at| &behind[at + 1..]);
    }
    out + rest
}

fn run(case: &Value) -> Seen {
    let (home, working) = (Folder::new(), Folder::new());
    let answers = case["responses"].as_array().cloned().unwrap_or_default();
    let server = Server::start(answers);
    let fill = |text: &str| {
        text.replace("{{endpoint}}", &format!("https://localhost:{}", server.port))
            .replace("{{hostport}}", &format!("localhost:{}", server.port))
            .replace("{{cwd}}", working.path().to_str().unwrap())
    };
    let config = case["config"].as_str().unwrap_or("[core]\ncollect_telemetry = no\n");
    home.write(".azure/config", fill(config));
    let certificate = home.write("tls/cert.pem", CERTIFICATE);
    for (name, text) in case["files"].as_object().into_iter().flatten() {
        working.write(name, fill(text.as_str().unwrap()));
    }
    let mut command = az(&home);
    command
        .current_dir(working.path())
        .env("REQUESTS_CA_BUNDLE", certificate)
        .env(
            "AZURE_COMMUNICATION_CONNECTION_STRING",
            fill(&format!("endpoint={{{{endpoint}}}}/;accesskey={ACCESS_KEY}")),
        )
        .args(case["argv"].as_array().unwrap().iter().map(|word| fill(word.as_str().unwrap())));
    for (name, value) in case["env"].as_object().into_iter().flatten() {
        match value.as_str() {
            Some(value) => command.env(name, fill(value)),
            None => command.env_remove(name),
        };
    }
    let stdin = fill(case["stdin"].as_str().unwrap_or_default());
    let tty = case["tty"].as_str();
    let mut typing = None;
    if tty.is_some() {
        let (ours, theirs) = open();
        command.stdin(theirs);
        typing = Some(ours);
    } else {
        command.stdin(if stdin.is_empty() { Stdio::null() } else { Stdio::piped() });
    }
    let (mut out, mut err) = (None, None);
    if tty == Some("all") {
        let (ours, theirs) = open();
        command.stdout(theirs);
        out = Some(ours);
        let (ours, theirs) = open();
        command.stderr(theirs);
        err = Some(ours);
    } else {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    let mut child = command.spawn().unwrap();
    // The copies of the terminals' other ends must be closed here, because the streams would not end otherwise.
    drop(command);
    let stdout = match out {
        Some(terminal) => Collector::new(terminal),
        None => Collector::of_pipe(child.stdout.take().unwrap()),
    };
    let stderr = match err {
        Some(terminal) => Collector::new(terminal),
        None => Collector::of_pipe(child.stderr.take().unwrap()),
    };
    if let Some(mut pipe) = child.stdin.take() {
        let _ = pipe.write_all(stdin.as_bytes());
    }
    if let Some(terminal) = typing.as_mut().filter(|_| !stdin.is_empty()) {
        for (index, line) in stdin.split_inclusive('\n').enumerate() {
            // A command that does not ask ends without a question.
            let until = Instant::now() + Duration::from_secs(10);
            while stdout.so_far().matches("(y/n)").count() <= index
                && child.try_wait().unwrap().is_none()
                && Instant::now() < until
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            terminal.write_all(line.as_bytes()).unwrap();
        }
    }
    let status = child.wait().unwrap();
    drop(typing);
    Seen { exit_code: status.code(), stdout: stdout.finish(), stderr: stderr.finish(), requests: server.requests() }
}
