//! Compares our JMESPath, the `jmespath` crate and Python's `jmespath` on the same documents.

use std::process::Command;
use std::time::Instant;

use crate::stats::median;

const EXPRESSIONS: [&str; 4] = [
    "token",
    "rows[?n > `100`].name",
    "sort_by(rows, &name)[].{name: name, n: n}",
    "rows[].[name, n, join(',', tags)]",
];

const PYTHON: &str = r#"
import json, statistics, sys, time
import jmespath
for line in sys.stdin:
    document, expression, runs = json.loads(line)
    document = json.loads(document)
    times = []
    for _ in range(runs):
        jmespath.parser.Parser.purge()
        started = time.perf_counter()
        jmespath.search(expression, document)
        times.append((time.perf_counter() - started) * 1e6)
    print(statistics.median(times))
"#;

fn document(rows: usize) -> String {
    let rows: Vec<String> =
        (0..rows).map(|row| format!(r#"{{"name":"row{}","n":{row},"tags":["a","b"]}}"#, row * 7919 % 10007)).collect();
    format!(r#"{{"token":"abc","rows":[{}]}}"#, rows.join(","))
}

fn time(runs: usize, mut search: impl FnMut()) -> f64 {
    let times: Vec<f64> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            search();
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    median(&times)
}

pub fn run(python: Option<&str>, sizes: &[usize]) {
    println!("\n## JMESPath, compiled and evaluated, document already read (median µs)\n");
    println!("| rows | expression | ours | `jmespath` crate | ratio | Python | ratio |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for &size in sizes {
        let text = document(size);
        let value = pyjmespath::Value::from_json(&text).unwrap();
        let variable = jmespath::Variable::from_json(&text).unwrap();
        let variable = jmespath::Rcvar::new(variable);
        let runs = (20_000 / size).clamp(5, 2000);
        for expression in EXPRESSIONS {
            let ours = time(runs, || {
                std::hint::black_box(pyjmespath::Expression::compile(expression).unwrap().search(&value).unwrap());
            });
            let crates = time(runs, || {
                std::hint::black_box(jmespath::compile(expression).unwrap().search(&variable).unwrap());
            });
            let pythons = python.map(|python| in_python(python, &text, expression, runs));
            let pythons = pythons.map_or("- | -".into(), |time| format!("{time:.1} | {:.0}", time / ours));
            let shown = expression.replace('|', "\\|");
            println!("| {size} | `{shown}` | **{ours:.1}** | {crates:.1} | {:.1} | {pythons} |", crates / ours);
        }
    }
}

fn in_python(python: &str, document: &str, expression: &str, runs: usize) -> f64 {
    use std::io::Write as _;
    let mut child = Command::new(python)
        .args(["-c", PYTHON])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let line = serde_json::json!([document, expression, runs.min(200)]).to_string();
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
