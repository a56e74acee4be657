//! `token inspect` and `token verify`: odd tokens, odd ways to give them, and why a token is not good.
#![cfg(unix)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use insta::assert_snapshot;
use serde_json::Value;
use support::replay::Server;
use support::tls::CERTIFICATE;
use support::world::{Seen, World, run, run_reading};
use support::{Folder, az};

fn token(claims: &str) -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
}

/// The state of a token with these claims, its seconds left, and the exit code.
fn state(claims: &str) -> String {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(["communication", "user-identity", "token", "inspect", "--token", &token(claims)]);
    let Seen { code, stdout, stderr } = run(&mut command);
    let code = code.unwrap();
    match serde_json::from_str::<Value>(&stdout) {
        Ok(seen) => format!("{} {} exit {code}", seen["state"].as_str().unwrap(), seen["seconds_left"]),
        Err(_) => format!("{stderr}exit {code}"),
    }
}

#[test]
fn a_token_is_active_only_where_its_times_say_so() {
    assert_snapshot!(state(r#"{"exp": -9223372036854775808}"#), @"without valid times null exit 1");
    assert_snapshot!(state(r#"{"exp": 9223372036854775807}"#), @"without valid times null exit 1");
    assert_snapshot!(state(r#"{"exp": "4102444800"}"#), @"without valid times null exit 1");
    assert_snapshot!(state(r#"{"exp": 1e300}"#), @"without valid times null exit 1");
    assert_snapshot!(state(r#"{}"#), @"without expiry null exit 1");
    assert_snapshot!(state(r#"{"exp": 1e400}"#), @r"
    ERROR: This token cannot be read: it holds a number that is out of range.
    exit 1
    ");
    for (claims, expected) in [
        (r#"{"exp": 4102444800, "nbf": 4102440000}"#, "not yet valid "),
        (r#"{"exp": 4102444800, "iat": 4102444801}"#, "never in force "),
        (r#"{"exp": 1000.5}"#, "expired -"),
        (r#"{"exp": 4102444800.5, "nbf": 1, "iat": 1}"#, "active "),
    ] {
        let seen = state(claims);
        let good = expected == "active ";
        assert!(
            seen.starts_with(expected) && seen.ends_with(if good { "exit 0" } else { "exit 1" }),
            "{claims}: {seen}"
        );
    }
}

fn issued(world: &World) -> Value {
    world.ok("token issue --scope chat")
}

/// The reason why a token is not good, `revoked`, and the exit code.
fn reason(world: &World, token: &str, more: &[&str]) -> String {
    let seen = run(world.command_of(["token", "verify", "--token", token]).args(more));
    let (code, seen) = (seen.code.unwrap(), seen.json());
    assert_eq!(seen["verified"], code == 0, "{seen}");
    format!("{} revoked {} exit {code}", seen["reason"].as_str().unwrap_or("-"), seen["revoked"])
}

#[test]
fn a_token_is_taken_as_people_have_it_at_hand() {
    let world = World::new();
    let issued = issued(&world);
    let token = issued["token"].as_str().unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{issued}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for text in [
        format!("\"{token}\"\n").into_bytes(),
        format!("'{token}'").into_bytes(),
        format!("Bearer {token}\r\n").into_bytes(),
        format!("\u{feff}{token}").into_bytes(),
        serde_json::to_vec_pretty(&issued).unwrap(),
        utf16,
    ] {
        for verb in ["inspect", "verify"] {
            let seen = run_reading(&mut world.command_of(["token", verb]), &text);
            assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{verb} {:?}", String::from_utf8_lossy(&text));
        }
    }
    for given in [format!("\"{token}\""), format!("Bearer {token}"), issued.to_string()] {
        assert_eq!(reason(&world, &given, &[]), "- revoked false exit 0", "{given}");
    }
}

#[test]
fn a_token_that_is_sent_as_it_is_gets_a_hint() {
    let world = World::new();
    let hints = |given: &str| {
        let words = ["token", "get-for-teams-user", "--client", "a", "--aad-user", "b", "--aad-token", given];
        let Seen { code, stderr, .. } = run(&mut world.command_of(words));
        assert_eq!(code, Some(1));
        let hints: Vec<String> =
            stderr.lines().filter_map(|line| line.strip_prefix("Hint: --aad-token holds")).map(str::to_owned).collect();
        assert!(!stderr.contains("eyJ"), "{stderr}");
        format!("{}{}", hints.join("|"), if stderr.contains("--query token -o tsv") { " tsv" } else { "" })
    };
    let token = token(r#"{"exp": 1}"#);
    assert_eq!(hints(&format!("Bearer {token}")), " 'Bearer' before the token. Leave it out.");
    assert_eq!(hints(&format!("\"{token}\"")), " the quotes around it: they are part of the value. Leave them out.");
    assert_eq!(hints(&format!("{{\"token\": \"{token}\"}}")), " tsv");
    assert!(hints(&format!("\u{feff}{token}")).contains("U+FEFF, byte-order mark"));
}

#[test]
fn each_cause_why_a_token_is_not_good_is_said() {
    let world = World::new();
    let revoked = issued(&world);
    world.ok(&format!("token revoke --user {} --yes", revoked["user_id"].as_str().unwrap()));
    let deleted = issued(&world);
    world.ok(&format!("user delete --user {} --yes", deleted["user_id"].as_str().unwrap()));
    let text = |issued: &Value| issued["token"].as_str().unwrap().to_owned();
    assert_snapshot!(reason(&world, &text(&revoked), &[]), @"The tokens of the identity were revoked after this one was issued. revoked true exit 1");
    assert_snapshot!(reason(&world, &text(&deleted), &[]), @"The identity of the token was deleted. revoked true exit 1");
    let stranger = World::new();
    let other = reason(&stranger, &text(&deleted), &[]);
    assert!(
        other.starts_with("The token belongs to another resource, ") && other.ends_with(" revoked false exit 1"),
        "{other}"
    );
    let good = text(&issued(&world));
    assert_snapshot!(reason(&world, &good, &[]), @"- revoked false exit 0");
    assert_snapshot!(reason(&world, &good, &["--scope", "chat"]), @"- revoked false exit 0");
    assert_snapshot!(reason(&world, &good, &["--scope", "voip", "chat", "chat.join"]), @"The token lacks the scope voip, chat.join. revoked false exit 1");
    let (before, after) = good.split_at(good.len() - 100);
    let changed = format!("{before}{}{}", if after.starts_with('A') { "B" } else { "A" }, &after[1..]);
    assert_snapshot!(reason(&world, &changed, &[]), @"The signature does not fit: the token was changed or cut off. revoked false exit 1");
    let answer = world.emulator.client().send("POST", "/emulator/regenerate-key?", r#"{"keyType": "Primary"}"#);
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut command = world.command_of(["token", "verify", "--token", &good]);
    let connection = answer.body["primaryConnectionString"].as_str().unwrap();
    let Seen { code, stdout, stderr } = run(command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection));
    let seen: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
    assert_snapshot!(seen["reason"].as_str().unwrap(), @"The access key that the token was made with was regenerated, which revokes it.");
    assert_eq!((code, &seen["revoked"], &seen["verified"]), (Some(1), &true.into(), &false.into()));
}

#[test]
fn without_an_emulator_the_key_set_and_the_times_decide() {
    let world = World::new();
    let jwks = world.emulator.client().raw("GET", "/.well-known/jwks.json", &[], "").unwrap().body;
    let file = world.home.write("keys.json", jwks.to_string());
    let jwks = ["--jwks", file.to_str().unwrap()];
    assert_snapshot!(reason(&world, &token(r#"{"exp": 1}"#), &jwks), @"The token does not name the key that signed it. revoked null exit 1");
    let stranger = issued(&World::new());
    let seen = reason(&world, stranger["token"].as_str().unwrap(), &jwks);
    assert!(seen.starts_with("The key set lacks the key that signed the token, "), "{seen}");
    let mut command = world.emulator.az(&world.home);
    command.args(["communication", "emulator", "entra-token", "--oid", "11111111-1111-1111-1111-111111111111"]);
    let Seen { stdout: expired, .. } = run(command.args(["--appid", "app", "--expires-in=-5m"]));
    let keys = world.emulator.client().raw("GET", "/common/discovery/v2.0/keys", &[], "").unwrap().body;
    let file = world.home.write("entra.json", keys.to_string());
    let seen = reason(&world, expired.trim(), &["--jwks", file.to_str().unwrap()]);
    assert_eq!(seen, "The token expired 5 minutes ago (claim 'exp'). revoked null exit 1");
}

#[test]
fn the_emulator_is_known_by_what_it_serves() {
    let world = World::new();
    let token = issued(&world)["token"].as_str().unwrap().to_owned();
    // By another name than localhost.
    let connection = world.emulator.connection_string().replace("localhost", "127.0.0.1");
    assert_eq!(reason(&world, &token, &["--connection-string", &connection]), "- revoked false exit 0");
    // Something else on localhost.
    let page = serde_json::json!({"status": 200, "body": "<html></html>"});
    let server = Server::start(vec![page]);
    let certificate = world.home.write("cert.pem", CERTIFICATE);
    let mut command = world.command_of(["token", "verify", "--token", &token]);
    command.env("REQUESTS_CA_BUNDLE", certificate);
    command.args(["--connection-string", &format!("endpoint=https://localhost:{};accesskey=AAAA", server.port)]);
    let Seen { code, stderr, .. } = run(&mut command);
    let expected = format!("ERROR: localhost:{} does not publish keys to verify tokens with.\n", server.port);
    assert!(code == Some(1) && stderr.starts_with(&expected), "{stderr}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_table_of_what_is_in_a_token_fits_the_terminal() {
    let home = Folder::new();
    let id = "acs:a7c9ab06-ae91-49b3-b3ab-6a4ab7fa8ddf_0000002e-6b4c-9f4a-0000-000000000001";
    let claims = format!(r#"{{"exp": 1000, "iat": 900, "skypeid": "{id}", "acsScope": "chat"}}"#);
    let mut command = az(&home);
    command.args(["communication", "user-identity", "token", "inspect", "-o", "table", "--token", &token(&claims)]);
    command.env("COLUMNS", "80");
    let Seen { stdout, .. } = run(&mut command);
    let left = stdout.split_whitespace().find(|word| word.parse::<i64>().is_ok()).unwrap();
    assert_snapshot!(stdout.replace(left, "-1800000000"), @r"
    State    Expires_on                 Seconds_left    User_id
    -------  -------------------------  --------------  ----------------------------
    expired  1970-01-01T00:16:40+00:00  -1800000000     8:acs:a7c9ab06-ae91-49b3-b3a
                                                        b-6a4ab7fa8ddf_0000002e-6b4c
                                                        -9f4a-0000-000000000001
    ");
}

#[test]
fn a_table_of_why_a_token_is_not_good_fits_the_terminal() {
    let home = Folder::new();
    let mut command = az(&home);
    home.write("keys", r#"{"keys": []}"#);
    command.args(["communication", "user-identity", "token", "verify", "--jwks", "keys", "-o", "table"]);
    command.args(["--token", &token(r#"{"exp": 1000}"#)]).env("COLUMNS", "70");
    let Seen { stdout, stderr, .. } = run(&mut command);
    assert_snapshot!(format!("{stdout}{stderr}"), @r"
    Verified    Signature          Expired    Revoked    Reason
    ----------  -----------------  ---------  ---------  ----------------
    False       of an unknown key  True                  The token does
                                                         not name the key
                                                         that signed it.
    ");
}

#[test]
fn a_time_outside_of_the_years_1_to_9999_is_not_shown_as_a_date() {
    assert_snapshot!(state(r#"{"exp": -62135596801}"#), @"without valid times null exit 1");
    assert_snapshot!(state(r#"{"exp": 253402300800}"#), @"without valid times null exit 1");
    assert!(state(r#"{"exp": -62135596800}"#).starts_with("expired -"));
}
