//! Tests of `--verbose` and `--debug`.

use super::*;
use crate::support::emulator::Emulator;
use crate::support::world::World;
use insta::assert_snapshot;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpListener;
use std::process::Stdio;

const ISSUE: &str = "communication user-identity token issue --scope chat";

/// Removes the values that differ from run to run.
fn steady(seen: Seen, emulator: &Emulator) -> Seen {
    let seen = seen.hiding(format!("localhost:{}", emulator.port()), "localhost:PORT").hiding_ids();
    let stderr = seen.stderr.lines().map(|line| steady_line(line) + "\n").collect();
    Seen { stderr, ..seen }
}

fn steady_line(line: &str) -> String {
    const CHANGING: [&str; 9] = [
        "'api-supported-versions'",
        "'content-length'",
        "'date'",
        "'ms-cv'",
        "'user-agent'",
        "'x-azure-ref'",
        "'x-ms-client-request-id'",
        "'x-ms-date'",
        "'x-processing-time'",
    ];
    if let Some(name) = CHANGING.iter().find(|name| line.contains(*name) && !line.ends_with("'REDACTED'")) {
        return format!("{}{name}: …", &line[..line.find('\'').unwrap()]);
    }
    if line.contains("Command ran in ") {
        return without_digits(line);
    }
    // The date of a string to sign.
    match line.find(" GMT;") {
        Some(end) => format!("{}DATE{}", &line[..end - 25], &line[end + 4..]),
        None => line.to_owned(),
    }
}

pub(super) fn without_digits(line: &str) -> String {
    line.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).collect()
}

#[test]
fn verbose_shows_each_request_and_response_as_the_reference_does() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let seen = run(emulator.az(&home).args(ISSUE.split(' ')).arg("--verbose"));
    assert_snapshot!(steady(seen, emulator), @r#"
    exit 0
    --- stdout
    {
      "expires_on": "TIME",
      "token": "TOKEN",
      "user_id": "USER"
    }
    --- stderr
    INFO: Request URL: 'https://localhost:PORT/identities?api-version=REDACTED'
    Request method: 'POST'
    Request headers:
        'content-length': …
        'accept': 'application/json'
        'authorization': 'REDACTED'
        'content-type': 'application/json'
        'user-agent': …
        'x-ms-client-request-id': …
        'x-ms-content-sha256': 'REDACTED'
        'x-ms-date': 'REDACTED'
        'x-ms-return-client-request-id': 'true'
    A body is sent with the request
    INFO: Response status: 201
    Response headers:
        'api-supported-versions': 'REDACTED'
        'content-length': …
        'content-type': 'application/json; charset=utf-8'
        'date': …
        'ms-cv': 'REDACTED'
        'request-context': 'REDACTED'
        'x-azure-ref': 'REDACTED'
        'x-cache': 'REDACTED'
        'x-ms-client-request-id': …
        'x-processing-time': 'REDACTED'
    INFO: Command ran in N.NNN seconds (init: N.NNN, invoke: N.NNN)
    "#);
}

#[test]
fn debug_shows_each_request_and_response_with_its_body() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let seen = run(emulator.az(&home).args(ISSUE.split(' ')).arg("--debug"));
    assert_snapshot!(steady(seen, emulator), @r#"
    exit 0
    --- stdout
    {
      "expires_on": "TIME",
      "token": "TOKEN",
      "user_id": "USER"
    }
    --- stderr
    DEBUG: Command arguments: ["communication", "user-identity", "token", "issue", "--scope", "{}", "--debug"]
    DEBUG: Request URL: 'https://localhost:PORT/identities?api-version=2023-10-01'
    DEBUG: Request method: 'POST'
    DEBUG: Request headers:
    DEBUG:     'content-length': …
    DEBUG:     'accept': 'application/json'
    DEBUG:     'authorization': '*****'
    DEBUG:     'content-type': 'application/json'
    DEBUG:     'user-agent': …
    DEBUG:     'x-ms-client-request-id': …
    DEBUG:     'x-ms-content-sha256': 'WTRvgEjjVd+bvyKw3WgXgDkU81aV8FWq+4/BE+he0+A='
    DEBUG:     'x-ms-date': …
    DEBUG:     'x-ms-return-client-request-id': 'true'
    DEBUG: Request body:
    DEBUG: {"createTokenWithScopes":["chat"]}
    DEBUG: String to sign: "POST\n/identities?api-version=2023-10-01\nDATE;localhost:PORT;WTRvgEjjVd+bvyKw3WgXgDkU81aV8FWq+4/BE+he0+A="
    DEBUG: Response status: 201
    DEBUG: Response headers:
    DEBUG:     'api-supported-versions': …
    DEBUG:     'content-length': …
    DEBUG:     'content-type': 'application/json; charset=utf-8'
    DEBUG:     'date': …
    DEBUG:     'ms-cv': …
    DEBUG:     'request-context': 'appId='
    DEBUG:     'x-azure-ref': …
    DEBUG:     'x-cache': 'CONFIG_NOCACHE'
    DEBUG:     'x-ms-client-request-id': …
    DEBUG:     'x-processing-time': …
    DEBUG: Response content:
    DEBUG: {"identity":{"id":"USER"},"accessToken":{"token":"*****","expiresOn":"TIME"}}
    INFO: Command ran in N.NNN seconds (init: N.NNN, invoke: N.NNN)
    "#);
}

#[test]
fn debug_says_that_a_request_has_no_body() {
    let service = Service::issuing();
    let seen = service.shows("user create --debug");
    assert!(seen.stderr.contains("DEBUG: Request body:\nDEBUG: This request has no body\n"), "{seen}");
}

const LAST: &str = "INFO: Command ran in N.NNN seconds (init: N.NNN, invoke: N.NNN)";

/// Command lines for each way to end, with their exit codes.
const ENDS: [(&str, i32); 12] = [
    ("communication user-identity user create", 0),
    ("communication user-identity token issue -h", 0),
    ("communication user-identity -h", 0),
    ("communication user-identity", 2),
    ("--version", 0),
    ("communication user-identity token issue", 2),
    ("communication user-identity nonsense", 2),
    ("communication user-identity user delete --user 8:acs:x", 1),
    ("communication user-identity user delete --user 8:acs:x --yes", 1),
    ("communication user-identity token issue --scope chat --user ", 1),
    ("communication user-identity token issue --scope chat --query length(user_id,token)", 1),
    ("communication emulator run -- true", 0),
];

#[test]
fn the_last_line_says_how_long_a_command_took_however_it_ended() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    for (line, code) in ENDS {
        for flag in ["--verbose", "--debug"] {
            let mut words: Vec<&str> = line.split(' ').collect();
            // After `--`, the flag would belong to the command of the run.
            let at = words.iter().position(|word| *word == "--").unwrap_or(words.len());
            words.insert(at, flag);
            let seen = run(emulator.az(&home).args(&words));
            assert_eq!(seen.code, Some(code), "{line}: {seen}");
            assert_eq!(without_digits(seen.stderr.lines().last().unwrap_or_default()), LAST, "{line}: {seen}");
            assert_eq!(seen.stderr.matches("Command ran").count(), 1, "{line}: {seen}");
        }
    }
}

#[test]
fn without_verbose_the_time_is_not_shown() {
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    for (line, _) in ENDS {
        let seen = run(emulator.az(&home).args(line.split(' ')));
        assert!(!seen.stderr.contains("Command ran"), "{line}: {seen}");
    }
}

#[test]
fn the_last_line_is_shown_after_an_interrupt_too() {
    let home = Folder::new();
    // The server accepts the connection and sends nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = az(&home);
    command.args(ISSUE.split(' ')).args(["--verbose", "--connection-string"]);
    command.arg(format!("endpoint=https://127.0.0.1:{port}/;accesskey=c2VjcmV0"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _silent = listener.accept().unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let seen = support::seen::seen(child.wait_with_output().unwrap());
    assert_eq!(seen.code, Some(130), "{seen}");
    assert_eq!(without_digits(seen.stderr.lines().last().unwrap_or_default()), LAST, "{seen}");
}

/// Returns the lines of a log without its headers, and for each header whether its value was shown.
fn kinds(stderr: &str, host: &str) -> (Vec<String>, BTreeMap<String, bool>) {
    let (mut lines, mut headers) = (Vec::new(), BTreeMap::new());
    for line in stderr.replace(host, "HOST").lines() {
        // `--debug` shows the name of the logger.
        let line = match line.split_once(": cli.azure.cli.core.sdk.policies: ") {
            Some((level, rest)) => format!("{level}: {rest}"),
            None => line.replace(": cli.__main__: ", ": "),
        };
        let rest = line.strip_prefix("DEBUG: ").unwrap_or(&line);
        if let Some((name, value)) = rest.strip_prefix("    '").and_then(|rest| rest.split_once("': '")) {
            headers.insert(name.to_ascii_lowercase(), value == "REDACTED'" || value == "*****'");
            if lines.last().is_none_or(|last: &String| last != "headers") {
                lines.push("headers".to_owned());
            }
        } else if line.contains("Command ran in ") {
            lines.push(without_digits(&line));
        } else if ["DEBUG: cli.", "DEBUG: urllib3", "DEBUG: String to sign", "DEBUG: Command arguments", "WARNING: "]
            .iter()
            .all(|other| !line.starts_with(other))
        {
            // The bodies of responses contain ids, and tokens that are hidden. Python's json writes a blank after each
            // colon.
            let is_answer = line.starts_with("DEBUG: {\"identity\"");
            lines.push(if is_answer { "DEBUG: body".to_owned() } else { line.replace("\": ", "\":") });
        }
    }
    (lines, headers)
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn the_lines_are_those_of_the_azure_cli() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let emulator = &World::shared().emulator;
    let host = format!("localhost:{}", emulator.port());
    let user = ["communication", "user-identity", "user"];
    let mut compared = 0;
    for flag in ["--verbose", "--debug"] {
        // Each of the two commands deletes its own user.
        let ids = [(), ()].map(|()| {
            run(emulator.az(&home).args(user).args(["create", "--query", "rawId", "-o", "tsv"]))
                .stdout
                .trim()
                .to_owned()
        });
        for (operation, words) in [
            ("create".to_owned(), [&user[..], &["create"]].concat()),
            ("issue".to_owned(), ISSUE.split(' ').collect()),
            (format!("delete {}", ids[0]), [&user[..], &["delete", "--yes", "--user", &ids[1]]].concat()),
        ] {
            let mut theirs = Command::new(&python);
            theirs.arg(format!("{}/tests/differential/verbose.py", env!("CARGO_MANIFEST_DIR")));
            theirs.args([flag, &emulator.connection_string()]).env("REQUESTS_CA_BUNDLE", emulator.ca_certificate());
            theirs.env("AZURE_CONFIG_DIR", home.path().join(".azure")).env("AZURE_CORE_COLLECT_TELEMETRY", "no");
            theirs.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
            let mut child = theirs.spawn().unwrap();
            writeln!(child.stdin.take().unwrap(), "{operation}").unwrap();
            let output = child.wait_with_output().unwrap();
            let theirs = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{theirs}");
            let Seen { code, stderr: ours, .. } = run(emulator.az(&home).args(&words).arg(flag));
            assert_eq!(code, Some(0), "{ours}");
            let by_id = |text: &str| {
                let start = text.find("/identities/").map(|at| at + "/identities/".len());
                start.map_or(text.to_owned(), |start| {
                    let length = text[start..].find('?').unwrap_or(0);
                    text.replace(&text[start..start + length], "ID")
                })
            };
            let (their_lines, their_headers) = kinds(&by_id(&theirs), &host);
            let (our_lines, our_headers) = kinds(&by_id(&ours), &host);
            assert_eq!(our_lines, their_lines, "{flag} {operation}\n{ours}\n{theirs}");
            for (name, hidden) in &our_headers {
                if let Some(theirs) = their_headers.get(name) {
                    assert_eq!(hidden, theirs, "{flag} {operation}: {name}");
                }
            }
            compared += 1;
        }
    }
    println!("verbose.py: {compared} cases, 0 differences");
}
