//! The command line from outside, beyond the golden cases: handing over, hints, terminals, signals, secrets, completion.
#![cfg(unix)]

mod support;

use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use support::emulator::Emulator;
use support::replay::Server;
use support::terminal::{Collector, open};
use support::tls::CERTIFICATE;
use support::{AZ, Folder, az};

const ISSUE: [&str; 5] = ["communication", "user-identity", "token", "issue", "--scope"];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), text(&stdout), text(&stderr))
}

/// An executable script called `az`.
fn fake_az(folder: &Folder, directory: &str, script: &str) -> std::path::PathBuf {
    let path = folder.program(&format!("{directory}/az"), format!("#!/bin/sh\n{script}\n"));
    path.parent().unwrap().to_owned()
}

// ---- Handing over to the real az ----

#[test]
fn what_is_not_ours_goes_to_the_next_az() {
    let home = Folder::new();
    let other =
        fake_az(&home, "other", r#"printf '<%s>' "$@"; echo; echo "$FOO" >&2; read line; echo "$line"; exit 5"#);
    let own = Path::new(AZ).parent().unwrap();
    let path = std::env::join_paths([own, &other, Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    let calls: [(&[&str], bool); 8] = [
        (&["vm", "list", "-o", "table"], true),
        (&["login"], true),
        (&["communication", "chat", "thread", "list", "--x=@y"], true),
        (&["communication", "identity", "assign"], true),
        (&["-h"], true),
        (&[], true),
        (&["communication", "user-identity", "-h"], false),
        (&["communication", "identity", "token", "issue"], false),
    ];
    for (words, passed_on) in calls {
        let mut command = az(&home);
        command.env("PATH", &path).env("FOO", "kept").args(words).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let id = child.id();
        // A command of ours ends without reading.
        let _ = child.stdin.take().unwrap().write_all(b"typed\n");
        let output = child.wait_with_output().unwrap();
        let shown: String = words.iter().map(|word| format!("<{word}>")).collect();
        let shown = if words.is_empty() { "<>".to_owned() } else { shown };
        if passed_on {
            assert_eq!(text(&output.stdout), format!("{shown}\ntyped\n"), "{words:?} ({id})");
            assert_eq!((text(&output.stderr).as_str(), output.status.code()), ("kept\n", Some(5)), "{words:?}");
        } else {
            assert_ne!(output.status.code(), Some(5), "{words:?}");
        }
    }
}

#[test]
fn versions_say_the_real_one_then_ours() {
    let home = Folder::new();
    let other = fake_az(&home, "other", "echo real");
    let version = format!("az-communication {}", env!("CARGO_PKG_VERSION"));
    let with = |words: &[&str]| run(az(&home).env("PATH", &other).args(words));
    assert_eq!(with(&["--version"]), (Some(0), format!("real\n{version}\n"), String::new()));
    assert_eq!(with(&["version"]), (Some(0), "real\n".into(), String::new()));
    assert_eq!(run(az(&home).arg("--version")), (Some(0), format!("{version}\n"), String::new()));
    let expected = format!("{{\n  \"az-communication\": \"{}\"\n}}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(az(&home).arg("version")), (Some(0), expected, String::new()));
}

#[test]
fn it_never_calls_itself() {
    let home = Folder::new();
    std::fs::create_dir(home.path().join("link")).unwrap();
    std::os::unix::fs::symlink(AZ, home.path().join("link/az")).unwrap();
    let own = Path::new(AZ).parent().unwrap();
    let path = std::env::join_paths([home.path().join("link").as_path(), own, Path::new("/usr/bin")]).unwrap();
    let (code, stdout, stderr) = run(az(&home).env("PATH", path).args(["vm", "list"]));
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(
        stderr,
        "ERROR: 'vm' is misspelled or not recognized by the system.\n\
         If the command is from an extension, please make sure the corresponding extension is installed. To learn more \
         about extensions, please visit 'https://learn.microsoft.com/cli/azure/azure-cli-extensions-overview'\n\
         \n\
         https://aka.ms/cli_ref\n\
         Read more about the command in reference docs\n\
         \n\
         Hint: This az knows `az communication` completion, doctor, emulator, identity, manual, shim and user-identity. For all other \
         commands it calls the Azure CLI, which was not found further down PATH.\n"
    );
}

// ---- Errors that say what to do ----

#[test]
fn hints() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let issue = |connection_string: &str| {
        let (code, stdout, stderr) =
            run(emulator.az(&home).args(ISSUE).arg("chat").args(["--connection-string", connection_string]));
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
        stderr.lines().filter(|line| !line.starts_with("WARNING: ")).map(|line| format!("{line}\n")).collect::<String>()
    };
    let port = emulator.port();
    assert_eq!(
        issue(&format!("endpoint=https://localhost:{port}/;accesskey=d3Jvbmcga2V5")),
        "ERROR: (Denied) Denied by the resource provider.\n\
         Code: Denied\n\
         Message: Denied by the resource provider.\n\
         Hint: The emulator does not know this access key. Use the `connectionString` of its ready line, which is in the file \
         of --ready-file where the line has null, or after a regeneration what POST /emulator/list-keys shows. The emulator's \
         log says why it refused.\n"
    );
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(
        issue(&format!("endpoint=https://localhost:{closed}/;accesskey=d3Jvbmcga2V5")),
        format!(
            "ERROR: Cannot connect to localhost:{closed}: Connection refused.\n\
             Hint: Is the service, or the emulator, running, and does a firewall or proxy stand in between?\n"
        )
    );
    assert_eq!(
        issue("endpoint=https://no-such-host.invalid/;accesskey=d3Jvbmcga2V5"),
        "ERROR: The host 'no-such-host.invalid' cannot be found.\n\
         Hint: Check the 'endpoint' part of the connection string, and that this machine can resolve names.\n"
    );
    assert!(
        issue("endpoint=https://x/").starts_with("ERROR: The connection string has no 'accesskey' part. Expected: ")
    );
    let text = issue("@/no/such/file");
    assert!(text.contains("'/no/such/file'") && text.contains("No such file or directory"), "{text}");
}

#[test]
fn an_untrusted_certificate() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let (code, _, stderr) =
        run(emulator.az(&home).env_remove("REQUESTS_CA_BUNDLE").args(ISSUE).args(["chat", "--only-show-errors"]));
    assert_eq!(code, Some(1));
    assert_eq!(
        stderr,
        "ERROR: The certificate of localhost cannot be trusted: it was issued by an unknown authority.\n\
         Hint: To trust the authority, set REQUESTS_CA_BUNDLE to a file with its certificate (PEM).\n\
         Hint: Another emulator may answer there, one in memory or with another data folder: set REQUESTS_CA_BUNDLE to the `caBundle` of its ready line.\n"
    );
    let (_, _, stderr) = run(emulator
        .az(&home)
        .env("REQUESTS_CA_BUNDLE", "/no/bundle")
        .args(ISSUE)
        .args(["chat", "--only-show-errors"]));
    assert!(stderr.contains("/no/bundle, named by REQUESTS_CA_BUNDLE, cannot be read"), "{stderr}");
    // As in the reference, whose requests reads the former only.
    for (variable, code) in [("CURL_CA_BUNDLE", 0), ("SSL_CERT_FILE", 1)] {
        let mut command = emulator.az(&home);
        command.env_remove("REQUESTS_CA_BUNDLE").env(variable, emulator.ca_certificate());
        assert_eq!(run(command.args(ISSUE).arg("chat")).0, Some(code), "{variable}");
    }
}

#[test]
fn a_wrong_clock_is_noticed() {
    let home = Folder::new();
    let denied = serde_json::json!([{
        "status": 401,
        "headers": {"Content-Type": "application/json", "Date": "Mon, 01 Jan 2024 00:00:00 GMT"},
        "body": {"error": {"code": "Denied", "message": "Denied by the resource provider."}},
    }]);
    let server = Server::start(denied.as_array().unwrap().clone());
    let certificate = home.write("cert.pem", CERTIFICATE);
    let connection = format!("endpoint=https://localhost:{}/;accesskey=d3Jvbmcga2V5", server.port);
    let mut command = az(&home);
    command.env("REQUESTS_CA_BUNDLE", certificate).args(ISSUE).args(["chat", "--connection-string", &connection]);
    let (_, _, stderr) = run(&mut command);
    let hint = stderr.lines().last().unwrap();
    assert!(
        hint.starts_with("Hint: This machine's clock is ") && hint.contains(" minutes ahead of the service's"),
        "{stderr}"
    );
}

#[test]
fn a_teams_token_is_explained() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let (app, user) = ("22222222-2222-2222-2222-222222222222", "11111111-1111-1111-1111-111111111111");
    let token = |options: &[&str]| {
        let mut command = emulator.az(&home);
        command.args(["communication", "emulator", "entra-token", "--oid", user, "--appid", app]).args(options);
        text(&command.output().unwrap().stdout).trim().to_owned()
    };
    let exchange = |token: &str, client: &str| {
        let mut command = emulator.az(&home);
        command.args(["communication", "user-identity", "token", "get-for-teams-user", "--aad-user", user]);
        let (code, _, stderr) = run(command.args(["--client", client, "--aad-token", token]));
        // Each of them once: the warnings before the exchange, else the hint after it.
        let said = stderr.lines().filter(|line| !line.contains("is in preview"));
        let said = said.filter_map(|line| line.strip_prefix("WARNING: ").or_else(|| line.strip_prefix("Hint: ")));
        (code, said.map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(exchange(&token(&[]), app), (Some(0), vec![]));
    let (code, hints) = exchange(&token(&["--expires-in=-10m", "--audience", "https://graph.microsoft.com"]), user);
    assert_eq!(code, Some(1));
    assert_eq!(hints[0], "The token expired 10 minutes ago (claim 'exp').");
    assert!(
        hints[1].starts_with("The token is for 'https://graph.microsoft.com' (claim 'aud'), not for "),
        "{hints:?}"
    );
    assert_eq!(hints.len(), 3);
    assert_eq!(hints[2], format!("--client is '{user}', the token's 'appid' is '{app}'."));
    let (_, hints) = exchange("nonsense", app);
    assert_eq!(
        hints,
        ["--aad-token is not an access token of Entra: a JWT has three parts separated by dots, this has 1."]
    );
}

// ---- Secrets ----

#[test]
fn debug_shows_the_exchange_and_no_secret() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let (code, stdout, stderr) = run(emulator.az(&home).args(ISSUE).args(["chat", "--debug"]));
    assert_eq!(code, Some(0));
    let token = serde_json::from_str::<serde_json::Value>(&stdout).unwrap()["token"].as_str().unwrap().to_owned();
    let key = emulator.connection_string().split_once("accesskey=").unwrap().1.to_owned();
    for secret in [token.as_str(), token.rsplit('.').next().unwrap(), &key, "Signature="] {
        assert!(!stderr.contains(secret), "{secret} is in\n{stderr}");
    }
    for shown in [
        format!("DEBUG: Request URL: 'https://localhost:{}/identities?api-version=2023-10-01'", emulator.port()),
        "DEBUG: Request method: 'POST'".into(),
        "String to sign: \"POST\\n/identities?api-version=2023-10-01\\n".into(),
        "'authorization': '*****'".into(),
        "DEBUG: Response status: 201".into(),
        "INFO: Command ran in ".into(),
    ] {
        assert!(stderr.contains(&shown), "{shown} is not in\n{stderr}");
    }
    let (_, _, stderr) = run(emulator.az(&home).args(ISSUE).args(["chat", "--verbose"]));
    assert!(stderr.contains("INFO: Command ran in ") && !stderr.contains("DEBUG"), "{stderr}");
}

// ---- Terminals and signals ----

/// Runs on three terminals.
fn on_terminals(command: &mut Command) -> (Option<i32>, String, String) {
    let ((_in, stdin), (out, stdout), (err, stderr)) = (open(), open(), open());
    command.stdin(stdin).stdout(stdout).stderr(stderr);
    let mut child = command.spawn().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (out, err) = (Collector::new(out), Collector::new(err));
    let status = child.wait().unwrap();
    (status.code(), out.finish(), err.finish())
}

#[test]
fn a_new_users_first_mistakes_on_a_terminal() {
    let home = Folder::new();
    let (code, stdout, stderr) = on_terminals(az(&home).args(ISSUE).arg("chat"));
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_eq!(
        stderr,
        "\u{1b}[93mCommand group 'communication user-identity token' is in preview and under development. Reference and \
         support levels: https://aka.ms/CLI_refstatus\u{1b}[0m\n\
         \u{1b}[91mPlease specify --connection-string, or set AZURE_COMMUNICATION_CONNECTION_STRING.\u{1b}[0m\n\
         Hint: The Azure portal shows it under Settings > Keys of the Communication Services resource.\n\
         Hint: Without a key: --endpoint URL, with an application, workload or managed identity of the environment.\n\
         Hint: To work offline: az communication emulator run -- COMMAND\n"
    );
    let (code, _, stderr) = on_terminals(az(&home).args(["communication", "identity", "tokn"]));
    assert_eq!(code, Some(2));
    assert!(stderr.starts_with(
        "\u{1b}[91m'tokn' is misspelled or not recognized by the system.\u{1b}[0m\nDid you mean 'token' ?\n"
    ));
    for (name, value) in [("NO_COLOR", "1"), ("AZURE_CORE_NO_COLOR", "true")] {
        let (_, _, stderr) = on_terminals(az(&home).env(name, value).args(ISSUE).arg("chat"));
        assert!(stderr.contains("ERROR: Please specify") && !stderr.contains('\u{1b}'), "{name}: {stderr}");
    }
}

#[test]
fn help_of_a_group_on_a_terminal() {
    let home = Folder::new();
    let (code, stdout, stderr) = on_terminals(az(&home).args(["communication", "emulator", "-h"]));
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_eq!(
        stdout,
        "\nGroup\n    az communication emulator : Run the Communication Services Identity service on this machine,\n    \
         offline.\n\n\
         Commands:\n    \
         entra-token   : Print an Entra access token for a Teams user, signed by the running emulator.\n    \
         new-authority : Replace the certificate authority of a data folder.\n    \
         run           : Run a command with a private emulator that lives as long as it does.\n    \
         start         : Run the Communication Services Identity service on this machine until it is\n                    \
         stopped.\n    \
         status        : Say whether the emulator is ready.\n\n"
    );
}

#[test]
fn table_and_jsonc_on_a_terminal() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let create = |format: &str| {
        let mut command = emulator.az(&home);
        command.args(["communication", "user-identity", "user", "create", "--only-show-errors", "-o", format]);
        on_terminals(&mut command).1
    };
    let table = create("table");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!((lines[0], lines[1], lines.len()), ("RawId", "-".repeat(79).as_str(), 3));
    let jsonc = create("jsonc");
    assert!(
        jsonc.starts_with(
            "{\n  \u{1b}[94m\"properties\"\u{1b}[39;49;00m: {\n    \u{1b}[94m\"id\"\u{1b}[39;49;00m: \u{1b}[33m\"8:acs:"
        ),
        "{jsonc:?}"
    );
}

#[test]
fn ctrl_c_ends_with_130() {
    let home = Folder::new();
    let (_terminal, stdin) = open();
    let mut command = az(&home);
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "endpoint=https://localhost:1/;accesskey=d3Jvbmcga2V5");
    command.args(["communication", "user-identity", "token", "revoke", "--user", "8:acs:a_b"]);
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut prompt = [0; 9];
    child.stdout.as_mut().unwrap().read_exact(&mut prompt).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(["communication", "identity", "token", "issue", "-h"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    std::thread::sleep(Duration::from_millis(20));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!text(&output.stderr).contains("ERROR"), "{}", text(&output.stderr));
}

#[test]
fn arguments_that_are_not_utf_8() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(ISSUE).arg(std::ffi::OsStr::from_bytes(b"ch\xffat"));
    let (code, stdout, stderr) = run(&mut command);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(stderr, "ERROR: Argument 6 is not valid UTF-8: 'ch\u{fffd}at'.\n");
}

#[test]
fn verbosity_flags_exclude_each_other() {
    let home = Folder::new();
    let (code, _, stderr) = run(az(&home).args(ISSUE).args(["chat", "--only-show-errors", "--debug"]));
    assert_eq!(code, Some(1));
    assert_eq!(stderr, "ERROR: --only-show-errors can't be used together with --debug or --verbose\n");
}

// ---- Completion ----

#[test]
fn bash_completes_from_the_table() {
    let home = Folder::new();
    let (code, script, _) = run(az(&home).args(["communication", "completion", "bash"]));
    assert_eq!(code, Some(0));
    home.write("completion.bash", script);
    let complete = |words: &str| {
        let shell = format!(
            "source completion.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _az_communication; \
             printf '%s ' \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash").args(["-c", &shell]).current_dir(home.path()).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    };
    assert_eq!(complete("az ''"), "communication --help -h");
    assert_eq!(
        complete("az communication user-identity token ''"),
        "issue revoke get-for-teams-user issue-batch revoke-batch inspect verify --help -h"
    );
    assert_eq!(complete("az communication user-identity token g"), "get-for-teams-user");
    assert_eq!(complete("az communication user-identity token issue --s"), "--subscription --scope");
    assert_eq!(
        complete("az communication user-identity token issue --scope chat ''"),
        "chat voip chat.join chat.join.limited voip.join"
    );
    assert_eq!(complete("az communication identity token issue -o t"), "table tsv");
    assert_eq!(complete("az communication completion ''").split(' ').next(), Some("bash"));
    assert_eq!(complete("az communication emulator start --data-dir comp"), "completion.bash");
}

#[test]
fn other_shells_get_scripts_with_everything_in_them() {
    let home = Folder::new();
    for shell in ["zsh", "fish", "powershell"] {
        let (code, script, _) = run(az(&home).args(["communication", "completion", shell]));
        assert_eq!(code, Some(0));
        for word in ["get-for-teams-user", "chat.join.limited", "yamlc", "entra-token", "connection-string"] {
            assert!(script.contains(word), "{word} is missing for {shell}");
        }
    }
    let (code, _, stderr) = run(az(&home).args(["communication", "completion", "tcsh"]));
    assert_eq!(code, Some(2));
    assert_eq!(
        stderr,
        "ERROR: 'tcsh' is not a shell that can be completed. Allowed values: bash, fish, powershell, zsh.\n"
    );
}
