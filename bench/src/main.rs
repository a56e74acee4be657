//! The benchmark. It prints ratios to named references. `bench/run` builds and calls it, and docs/performance.md has
//! results.

mod emulator;
mod load;
mod page;
mod process;
mod query;
mod server;
mod shared_store;
mod startup;
mod stats;

use std::fmt::Write as _;
use std::path::Path;

use acs_identity_protocol::AccessKey;
use process::Program;

const USER: &str = "8:acs:11111111-1111-1111-1111-111111111111_22222222-2222-2222-2222-222222222222";

/// The amount of work. A smoke run shows that everything works, and a full run gives figures.
pub struct Amount {
    rounds: usize,
    pairs: usize,
    seconds: f64,
    identities: &'static [usize],
    rows: &'static [usize],
}

const FULL: Amount = Amount {
    rounds: 400,
    pairs: 5,
    seconds: 3.0,
    identities: &[1_000, 100_000, 1_000_000],
    rows: &[10, 1_000, 100_000],
};
const SMOKE: Amount = Amount { rounds: 4, pairs: 1, seconds: 0.2, identities: &[1_000], rows: &[10, 1_000] };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == "usage") {
        return process::print_usage(&arguments[1..]);
    }
    if arguments.first().is_some_and(|word| word == "runs") {
        return process::print_runs(&arguments[1..]);
    }
    if arguments.first().is_some_and(|word| word == "serve") {
        return server::run_with(&arguments[1..]);
    }
    require_tools(&arguments);
    let amount = if arguments.iter().any(|word| word == "--smoke") { SMOKE } else { FULL };
    let chosen: Vec<&String> = arguments.iter().filter(|word| !word.starts_with("--")).collect();
    let parts = ["token", "local", "query", "emulator", "startup"];
    let own_parts = || emulator::PARTS.iter().chain(&shared_store::PARTS);
    let known = |word: &str| parts.contains(&word) || own_parts().any(|(name, _)| *name == word);
    if let Some(unknown) = arguments.iter().find(|word| *word != "--smoke" && !known(word)) {
        let own: Vec<&str> = own_parts().map(|(name, _)| *name).collect();
        eprintln!(
            "bench: '{unknown}' is not a part. Parts: {}; of the emulator: {}.",
            parts.join(", "),
            own.join(", ")
        );
        std::process::exit(2);
    }
    let wants = |part: &str| chosen.is_empty() || chosen.iter().any(|word| *word == part);
    let az = std::env::var("BENCH_AZ").expect("BENCH_AZ: call bench/run");
    let python = std::env::var("AZ_TEST_PYTHON").ok();
    // This part runs only if it is named, because it needs the base program.
    if chosen.iter().any(|word| *word == "startup") {
        startup::run(&az, &amount);
    }
    if wants("token") {
        token(&az, python.as_deref(), &amount);
    }
    if wants("local") {
        local(&az, &amount);
    }
    if wants("query") {
        query::run(python.as_deref(), amount.rows);
    }
    for (name, part) in emulator::PARTS {
        if wants("emulator") || wants(name) {
            part(&az, &amount);
        }
    }
    for (name, part) in shared_store::PARTS {
        if chosen.iter().any(|word| *word == name) {
            part(&az, &amount);
        }
    }
}

/// Ends with a message about what is missing, before anything is measured.
fn require_tools(arguments: &[String]) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has = |tool: &str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let mut tools = vec![("curl", "curl"), ("openssl", "openssl"), ("taskset", "util-linux")];
    if arguments.iter().any(|word| word == "startup") {
        tools.push(("valgrind", "valgrind"));
    }
    let mut missing: Vec<&str> = tools.into_iter().filter(|(tool, _)| !has(tool)).map(|(_, package)| package).collect();
    if arguments.iter().any(|word| word.starts_with("store-")) && shared_store::binaries().is_none() {
        missing.push("postgresql");
    }
    if !missing.is_empty() {
        eprintln!("bench: programs are missing. Install them: apt-get install {}", missing.join(" "));
        std::process::exit(2);
    }
}

fn own(name: &str) -> String {
    std::env::current_exe().unwrap().with_file_name(name).to_str().unwrap().to_owned()
}

/// Writes a file of this run. Returns its path.
fn write(name: &str, content: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/data");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn token(az: &str, python: Option<&str>, amount: &Amount) {
    let server = server::Server::start();
    let (port, key) = (server.port.to_string(), AccessKey::development().to_base64());
    let ca = write("ca.pem", &server.ca);
    let mut bundle = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    let certificates = bundle.matches("BEGIN CERTIFICATE").count() + 1;
    bundle.push_str(&server.ca);
    let bundle = write("bundle.pem", &bundle);
    let connection = format!("endpoint=https://localhost:{port}/;accesskey={key}");
    let path = format!("/identities/{}/:issueAccessToken?api-version=2023-10-01", USER.replace(':', "%3A"));
    let (empty, minimal) = (own("empty"), own("minimal"));

    let body = r#"{"scopes":["chat"]}"#;
    let (host, now) = (format!("localhost:{port}"), time::OffsetDateTime::now_utc());
    let signed = key.parse::<AccessKey>().unwrap().sign_request("POST", &path, &host, body.as_bytes(), now);
    let mut config = format!("url = \"https://localhost:{port}{path}\"\nsilent\nfail\n");
    let _ = writeln!(config, "header = \"content-type: application/json\"");
    for (name, value) in signed {
        let _ = writeln!(config, "header = \"{name}: {value}\"");
    }
    let _ = writeln!(config, "data = {body:?}");
    let config = write("curl.conf", &config);

    let issue = [az, "communication", "user-identity", "token", "issue", "--scope", "chat", "--user", USER];
    let az = |name, bundle: &str| {
        let program = Program::new(name, &issue);
        let program = program.variable("AZURE_COMMUNICATION_CONNECTION_STRING", &connection);
        program.variable("REQUESTS_CA_BUNDLE", bundle)
    };
    let bundle_name: &'static str = format!("az, bundle of {certificates}").leak();
    let mut programs = vec![
        Program::new("empty binary", &[&empty]),
        Program::new("minimal client", &[&minimal, &port, &ca, &key, &path]),
        az("az", &ca),
        az(bundle_name, &bundle),
        Program::new("curl", &["curl", "--cacert", &ca, "--config", &config]).every(4),
    ];
    let sdk = |program: Program| {
        program.variable("AZURE_COMMUNICATION_CONNECTION_STRING", &connection).variable("BENCH_USER", USER).every(20)
    };
    if let Some(python) = python {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/sdk.py");
        programs.push(sdk(Program::new("Python SDK", &[python, script])).variable("REQUESTS_CA_BUNDLE", &ca));
    }
    if let Ok(packages) = std::env::var("AZ_TEST_NODE_PACKAGES") {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/sdk.cjs");
        let program = sdk(Program::new("JavaScript SDK", &["node", script]));
        programs.push(program.variable("NODE_EXTRA_CA_CERTS", &ca).variable("AZ_TEST_NODE_PACKAGES", &packages));
    }
    if let Ok(reference) = std::env::var("BENCH_REFERENCE_AZ") {
        let mut words = issue.to_vec();
        words[0] = &reference;
        let mut program = sdk(Program::new("the reference az", &words)).variable("REQUESTS_CA_BUNDLE", &ca);
        for name in ["AZURE_EXTENSION_DIR", "AZURE_CONFIG_DIR"] {
            program.variables.extend(std::env::var(name).map(|value| (name, value)));
        }
        programs.push(program);
    }
    process::compare("`token issue`, the whole process", &programs, "minimal client", amount.rounds);
}

fn local(az: &str, amount: &Amount) {
    let empty = own("empty");
    let rows: Vec<String> =
        (0..10_000).map(|row| format!(r#"{{"name":"row{row}","n":{row},"text":"some text, {row}"}}"#)).collect();
    let query = write("rows.jmespath", &format!("`[{}]`", rows.join(",")));
    let query = format!("@{query}");
    let programs = [
        Program::new("empty binary", &[&empty]),
        Program::new(
            "az communication user-identity token issue -h",
            &[az, "communication", "user-identity", "token", "issue", "-h"],
        ),
        Program::new("usage error", &[az, "communication", "user-identity", "token", "issue", "--scop"]).code(2),
    ];
    process::compare("Without the network", &programs, "empty binary", amount.rounds);

    let server = server::Server::start();
    let ca = write("ca.pem", &server.ca);
    let key = AccessKey::development().to_base64();
    let connection = format!("endpoint=https://localhost:{}/;accesskey={key}", server.port);
    let program = |name, more: &[&str]| {
        let mut words = vec![az, "communication", "user-identity", "token", "issue", "--scope", "chat", "--user", USER];
        words.extend(more);
        let program = Program::new(name, &words).variable("REQUESTS_CA_BUNDLE", &ca);
        program.variable("AZURE_COMMUNICATION_CONNECTION_STRING", &connection).every(4)
    };
    let programs = [
        program("one token", &[]),
        program("--query, 10,000 rows, -o table", &["--query", &query, "-o", "table"]),
        program("--query, 10,000 rows, -o json", &["--query", &query, "-o", "json"]),
    ];
    process::compare("A result of 10,000 rows", &programs, "one token", amount.rounds);
}
