//! The reference's remaining words, and what the command line refuses before anything is sent.
#![cfg(unix)]

mod support;

use std::process::{Command, Stdio};

use acs_identity_protocol::signature::{AccessKey, string_to_sign};
use insta::assert_snapshot;
use serde_json::{Value, json};
use support::replay::Server;
use support::tls::CERTIFICATE;
use support::{Folder, az};

const ACCESS_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const ISSUE: &str = "token issue --scope chat --user 8:acs:x --only-show-errors";

/// A server with one answer, and command lines against it.
struct World {
    home: Folder,
    server: Server,
}

impl World {
    fn new(answer: Value) -> Self {
        let home = Folder::new();
        home.write("cert.pem", CERTIFICATE);
        Self { home, server: Server::start(vec![answer]) }
    }

    /// A service that issues tokens.
    fn issuing() -> Self {
        let expires = "2026-11-24T02:26:58.1234567+00:00";
        Self::new(json!({"status": 200, "body": {
            "token": "t", "expiresOn": expires,
            "identity": {"id": "8:acs:a_b"}, "accessToken": {"token": "t", "expiresOn": expires},
        }}))
    }

    fn connection_string(&self, path: &str) -> String {
        format!("endpoint=https://localhost:{}{path};accesskey={ACCESS_KEY}", self.server.port)
    }

    fn az(&self) -> Command {
        let mut command = az(&self.home);
        command
            .env("REQUESTS_CA_BUNDLE", self.home.path().join("cert.pem"))
            .env("AZURE_COMMUNICATION_CONNECTION_STRING", self.connection_string("/"))
            .stdin(Stdio::null());
        command
    }

    /// What a command line below `communication user-identity` shows.
    fn shows(&self, words: &str) -> String {
        shown(self.az().args(["communication", "user-identity"]).args(words.split(' ')))
    }
}

/// Both streams, the word of the group's preview left out, and the exit code.
fn shown(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    let lines = text.lines().filter(|line| !line.contains("is in preview")).map(|line| format!("{line}\n"));
    format!("{}exit {}\n", lines.collect::<String>(), output.status.code().unwrap_or(-1))
}

/// The lines up to the first empty one.
fn first_paragraph(text: &str) -> &str {
    text.split("\n\n").next().unwrap_or_default()
}

#[test]
fn an_argument_from_a_file_has_the_line_ends_of_text_mode() {
    let world = World::issuing();
    world.home.write("user", "8:acs:a\r\nb\rc\r\n\r\n");
    let shown = world.shows(&format!("{ISSUE} --query user_id --user @user"));
    assert_snapshot!(shown, @r#"
    "8:acs:a\nb\nc"
    exit 0
    "#);
}

#[test]
fn the_path_of_a_gateway_is_kept_and_signed() {
    let world = World::issuing();
    let mut command = world.az();
    command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
    let output = command.args(["--connection-string", &world.connection_string("/acs/prod/")]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let request = world.server.requests().remove(0);
    assert_eq!(request.path, "/acs/prod/identities/8%3Aacs%3Ax/:issueAccessToken?api-version=2023-10-01");
    let values = ["x-ms-date", "host", "x-ms-content-sha256"].map(|name| request.header(name));
    let signature = request.header("authorization").rsplit_once("Signature=").unwrap().1;
    let key: AccessKey = ACCESS_KEY.parse().unwrap();
    assert!(key.verify(&string_to_sign("POST", &request.path, &values), signature));
}

#[test]
fn a_request_with_a_key_asks_for_its_id_back() {
    let world = World::issuing();
    world.shows(ISSUE);
    assert_eq!(world.server.requests()[0].header("x-ms-return-client-request-id"), "true");
}

#[test]
fn the_phrase_of_a_status_is_that_of_the_wire() {
    let phrases = [(203, "Custom Reason"), (304, "Not Modified"), (400, "Nur so"), (418, "two  blanks"), (502, "")];
    for (status, reason) in phrases {
        let world = World::new(json!({"status": status, "reason": reason, "body": ""}));
        let expected = format!("ERROR: Operation returned an invalid status '{reason}'\nexit 1\n");
        assert_eq!(world.shows(ISSUE), expected, "{status}");
    }
}

#[test]
fn help_names_the_output_format_of_the_configuration() {
    let world = World::issuing();
    let help = |command: &mut Command| {
        let shown = shown(command.args("communication identity user create -h".split(' ')));
        shown.lines().find(|line| line.contains("Default: ")).unwrap_or_default().trim().to_owned()
    };
    assert_snapshot!(help(&mut world.az()), @"yamlc.  Default: json.");
    assert_snapshot!(help(world.az().env("AZURE_CORE_OUTPUT", "tsv")), @"yamlc.  Default: tsv.");
    world.home.write(".azure/config", "[core]\noutput = table\n");
    assert_snapshot!(help(&mut world.az()), @"yamlc.  Default: table.");
}

#[test]
fn numbers_of_a_query_are_exact() {
    let world = World::issuing();
    let queries = [
        "ceil(`1e23`)",
        "floor(`-1e39`)",
        "to_number(`\"170141183460469231731687303715884105728\"`)",
        "sum(`[170141183460469231731687303715884105727,1]`)",
        "abs(`-170141183460469231731687303715884105728`)",
    ];
    let query = format!("{ISSUE} --query [{}]", queries.join(","));
    assert_snapshot!(world.shows(&query), @r"
    [
      99999999999999991611392,
      -999999999999999939709166371603178586112,
      170141183460469231731687303715884105728,
      170141183460469231731687303715884105728,
      170141183460469231731687303715884105728
    ]
    exit 0
    ");
}

#[test]
fn unprintable_characters_are_written_as_python_writes_them() {
    let world = World::issuing();
    let query = r#"to_string(`["\u007f"]`)"#;
    assert_snapshot!(world.shows(&format!("{ISSUE} -o tsv --query {query}")), @r#"
    ["\u007f"]
    exit 0
    "#);
    let query = r#"abs(`["\u0600","\ue000","\uffff","\udb40\udc01","\u00e9"]`)"#;
    let shown = world.shows(&format!("{ISSUE} --query {query}"));
    assert_snapshot!(shown.lines().next().unwrap(), @r#"ERROR: Invalid jmespath query supplied for `--query`: In function abs(), invalid type for value: ['\u0600', '\ue000', '\uffff', '\U000e0001', 'é'], expected one of: ['number'], received: "array""#);
}

#[test]
fn a_key_of_yaml_is_long_from_123_characters_on() {
    let world = World::issuing();
    for (length, mark) in [(122, ""), (123, "? ")] {
        let name = "k".repeat(length);
        let expected = if mark.is_empty() { format!("{name}: 1\n") } else { format!("{mark}{name}\n: 1\n") };
        let shown = world.shows(&format!("{ISSUE} -o yaml --query `{{\"{name}\":1}}`"));
        assert_eq!(shown, format!("{expected}exit 0\n"));
    }
}

#[test]
fn a_subscription_that_no_login_knows_is_warned_of() {
    let world = World::issuing();
    let issue = |subscription: &str| {
        world.shows(&format!("token issue --scope chat --user 8:acs:x --query user_id --subscription {subscription}"))
    };
    assert_snapshot!(issue("x"), @r#"
    "8:acs:x"
    WARNING: Subscription 'x' not recognized.
    exit 0
    "#);
    let profile = json!({"subscriptions": [{"id": "1a", "name": "Production", "environmentName": "AzureCloud"}]});
    world.home.write(".azure/azureProfile.json", format!("\u{feff}{profile}"));
    assert_snapshot!(issue("PRODUCTION"), @r#"
    "8:acs:x"
    exit 0
    "#);
}

#[test]
fn what_an_abbreviation_may_stand_for_is_named_in_the_order_of_the_reference() {
    let world = World::issuing();
    assert_snapshot!(first_paragraph(&world.shows("token get-for-teams-user --c c")), @
        "ERROR: ambiguous option: --c could match --connection-string, --client");
}

#[test]
fn an_option_of_ours_is_not_abbreviated() {
    let world = World::issuing();
    let shown = world.shows("token issue --scope chat --exp 1h");
    assert_snapshot!(first_paragraph(&shown), @"ERROR: unrecognized arguments: --exp 1h");
    assert!(shown.contains("Hint: Write '--expires-in' out, if that is what you mean.\n"), "{shown}");
    assert_eq!(world.server.requests(), []);
}

#[test]
fn an_option_before_the_command_is_refused() {
    let world = World::issuing();
    let shows = |words: &str| {
        let shown = shown(world.az().args(words.split(' ')));
        assert!(shown.ends_with("exit 2\n"), "{shown}");
        let hints = shown.lines().filter(|line| line.starts_with("Hint: "));
        [first_paragraph(&shown)].into_iter().chain(hints).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(shows("-o tsv communication user-identity user create"), @r"
    ERROR: 'user-identity' is misspelled or not recognized by the system.
    Hint: Options stand behind the words of a command, not before or between them.
    ");
    let shown = shows("communication --query rawId user-identity user create");
    assert_eq!(shown.lines().next(), Some("ERROR: 'rawId' is misspelled or not recognized by the system."));
    // Here, the word itself is wrong.
    assert_snapshot!(shows("communication user-identity user crate --user x"), @r"
    ERROR: 'crate' is misspelled or not recognized by the system.
    Did you mean 'create' ?
    ");
    assert_snapshot!(shows("communication user-identity --verbose user create"), @
        "ERROR: unrecognized arguments: --verbose");
    assert_snapshot!(shows("communication user-identity --verbose user delete --user x"), @r"
    ERROR: 'delete' is misspelled or not recognized by the system.
    Hint: Options stand behind the words of a command, not before or between them.
    ");
    assert_eq!(world.server.requests(), []);
}

#[test]
fn a_config_file_may_have_the_line_ends_of_old_macs() {
    let world = World::issuing();
    world.home.write(".azure/config", "[core]\routput = tsv\r");
    assert_snapshot!(world.shows(&format!("{ISSUE} --query user_id")), @r"
    8:acs:x
    exit 0
    ");
}

#[test]
fn a_config_file_that_cannot_be_read_is_warned_of() {
    let world = World::issuing();
    std::fs::create_dir_all(world.home.path().join(".azure/config")).unwrap();
    let issue = "token issue --scope chat --user 8:acs:x --query user_id";
    let home = world.home.path().to_str().unwrap();
    assert_snapshot!(world.shows(issue).replace(home, "HOME"), @r#"
    "8:acs:x"
    WARNING: The config file HOME/.azure/config cannot be read, and is left out: Is a directory.
    exit 0
    "#);
}

#[test]
fn a_global_option_of_the_configuration_that_cannot_be_read_ends_every_command() {
    let world = World::issuing();
    for (option, value) in [("no_color", "maybe"), ("only_show_errors", ""), ("output", "%(x)s"), ("output", "%")] {
        world.home.write(".azure/config", format!("[core]\n{option} = {value}\n"));
        for words in [ISSUE, "token issue", "user create -h", "token isue"] {
            let shown = world.shows(words);
            assert!(shown.starts_with(&format!("ERROR: The config option core.{option} ")), "{words}: {shown}");
            assert!(shown.ends_with("exit 1\n"), "{words}: {shown}");
        }
    }
    world.home.write(".azure/config", "[core]\nerror_recommendation = %\n");
    let shown = world.shows("token isue");
    assert!(shown.starts_with("ERROR: The config option core.error_recommendation cannot be read"), "{shown}");
    assert_eq!(world.server.requests(), []);
}

#[test]
fn an_output_format_of_the_configuration_is_looked_at_behind_the_question() {
    let world = World::issuing();
    world.home.write(".azure/config", "[core]\noutput = xml\n");
    assert_snapshot!(world.shows("user delete --user 8:acs:x"), @r"
    WARNING: Unable to prompt for confirmation as no tty available. Use --yes.
    ERROR: Operation cancelled.
    exit 1
    ");
    let shown = world.shows(ISSUE);
    assert!(shown.starts_with("ERROR: 'xml' is not an output format."), "{shown}");
    assert_eq!(world.server.requests(), []);
}

#[test]
fn an_output_format_is_not_looked_at_where_nothing_is_shown() {
    let world = World::issuing();
    world.home.write(".azure/config", "[core]\noutput = xml\n");
    let shown = world.shows("user delete --user 8:acs:x --yes");
    assert!(!shown.contains("xml"), "{shown}");
    assert_eq!(world.server.requests().len(), 1);
}

#[test]
fn an_error_about_the_config_file_is_a_sentence() {
    let world = World::issuing();
    world.home.write(".azure/config", b"[core]\nx = \xff\n");
    assert_snapshot!(world.shows(ISSUE).replace(world.home.path().to_str().unwrap(), "HOME"), @r"
    ERROR: The config file HOME/.azure/config cannot be read: it is not UTF-8.
    Hint: Correct the file, or point AZURE_CONFIG_DIR at another directory.
    exit 1
    ");
    world.home.write(".azure/config", "[core]\noutput = %(x)s\n");
    assert_snapshot!(world.shows(ISSUE), @r"
    ERROR: The config option core.output cannot be read: it refers to the option 'x', which does not exist.
    exit 1
    ");
}

#[test]
fn an_empty_value_is_refused_before_anything_is_sent() {
    let world = World::issuing();
    // The reference ends with 1.
    let lines = [
        ("token issue --scope chat --user ", 1),
        ("token issue --scope chat --user=", 1),
        ("issue-access-token --scope chat --userid ", 1),
        ("token revoke -y --user ", 1),
        ("user delete -y --user ", 1),
        ("user show --user ", 2),
        ("token issue --scope chat --expires-in ", 2),
        ("user create --custom-id ", 2),
        ("user create --count ", 2),
        ("user create --api-version ", 2),
        ("user create --endpoint ", 2),
        ("token issue-batch --scope chat --out-file f --count ", 2),
    ];
    for (line, code) in lines {
        let option = line.rsplit("--").next().unwrap().trim_end_matches([' ', '=']);
        let shown = world.shows(line);
        let errors: Vec<&str> = shown.lines().filter(|line| !line.starts_with("WARNING: ")).collect();
        assert_eq!(errors, [format!("ERROR: --{option} is empty."), format!("exit {code}")], "{line}");
    }
    assert_eq!(world.server.requests(), []);
}

#[test]
fn an_empty_value_that_the_reference_sends_is_sent() {
    let world = World::issuing();
    world.shows("token issue --scope  --user 8:acs:x");
    assert_eq!(world.server.requests()[0].body, r#"{"scopes":[""]}"#);
}

#[test]
fn a_value_of_our_own_options_that_cannot_be_read_is_a_usage_error() {
    let world = World::issuing();
    for line in [
        "token issue --scope chat --expires-in abc",
        "token issue-batch --scope chat --out-file f --count 1 --expires-in abc",
        "token issue-batch --scope chat --out-file f --count 1 --refresh abc",
        "user create --endpoint foo://x",
        "user create --endpoint https://localhost --auth-mode key",
        "user create --custom-id x --api-version 2023-10-01",
    ] {
        let shown = world.shows(line);
        assert!(shown.ends_with("exit 2\n") && shown.contains("ERROR: "), "{line}: {shown}");
    }
    assert_eq!(world.server.requests(), []);
    for line in [
        "entra-token --oid a --appid b --expires-in abc",
        "run --revocation-delay abc -- true",
        "run --access-key ! -- true",
        "run --host localhost:1 -- true",
        "run --host= -- true",
    ] {
        let mut command = support::az(&world.home);
        let output = command.args(["communication", "emulator"]).args(line.split(' ')).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}: {output:?}");
    }
}

#[test]
fn a_bad_number_is_a_usage_error() {
    let world = World::issuing();
    for wrong in ["0", "-1", "1.5", "1e2", "100001", "many"] {
        let expected = format!("ERROR: --count must be a number from 1 to 100000, but it is '{wrong}'.\nexit 2\n");
        assert_eq!(world.shows(&format!("user create --count {wrong}")), expected);
    }
    assert_eq!(world.server.requests(), []);
}
