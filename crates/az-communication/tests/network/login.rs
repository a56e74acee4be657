//! Logins without a key: which credential is used, what ends the search for one, and what is said about it.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::support::replay::Server;
use crate::support::tls::{CERTIFICATE, KEY};
use crate::support::{Folder, az};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use insta::assert_snapshot;
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

const APPLICATION: &str = include_str!("../login/application.pem");
const EC_KEY: &str = include_str!("../login/ec.pem");
const SECRET: &str = "wrong~Secret+1";

/// Entra, the service, and a machine without any login.
struct World {
    home: Folder,
    entra: Server,
    service: Server,
}

fn granted(token: &str, expires_in: Value) -> Value {
    json!({"status": 200, "headers": {"Content-Type": "application/json"},
        "body": {"token_type": "Bearer", "expires_in": expires_in, "access_token": token}})
}

fn refused(description: &str) -> Value {
    json!({"status": 401, "headers": {"Content-Type": "application/json"},
        "body": {"error": "invalid_client", "error_description": description, "error_codes": [7000215]}})
}

impl World {
    fn new(entra: Vec<Value>) -> Self {
        let home = Folder::new();
        home.write("cert.pem", CERTIFICATE);
        let created = json!({"status": 201, "headers": {"Content-Type": "application/json"},
            "body": {"identity": {"id": "8:acs:a_b"}}});
        Self { home, entra: Server::start(entra), service: Server::start(vec![created]) }
    }

    fn user_create(&self) -> Command {
        self.command(&["communication", "user-identity", "user", "create", "--query", "rawId", "-o", "tsv"])
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = az(&self.home);
        command
            .env("REQUESTS_CA_BUNDLE", self.home.path().join("cert.pem"))
            .env("AZURE_COMMUNICATION_ENDPOINT", format!("https://localhost:{}", self.service.port))
            .env("AZURE_AUTHORITY_HOST", format!("https://localhost:{}", self.entra.port))
            .env("IDENTITY_ENDPOINT", "")
            .args(words);
        command
    }

    /// With an application in the environment.
    fn application(&self) -> Command {
        let mut command = self.user_create();
        command
            .env("AZURE_TENANT_ID", "contoso.example")
            .env("AZURE_CLIENT_ID", "app")
            .env("AZURE_CLIENT_SECRET", SECRET);
        command
    }

    /// Puts a real `az` on PATH, which notes that it was asked.
    fn azure_cli(&self, command: &mut Command, script: &str) {
        let asked = self.home.path().join("asked");
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n{script}\n", asked.display());
        let program = self.home.write("real/az", text);
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        command.env("PATH", format!("/usr/bin:/bin:{}", program.parent().unwrap().display()));
    }

    fn asked(&self) -> Option<String> {
        std::fs::read_to_string(self.home.path().join("asked")).ok()
    }
}

/// Stdout, stderr without the warning that the group is a preview, and the exit code.
fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let lines = stderr.lines().filter(|line| !line.contains("is in preview")).map(|line| format!("{line}\n"));
    format!("{stdout}{}exit {}\n", lines.collect::<String>(), output.status.code().unwrap_or(-1))
}

const GIVES_A_TOKEN: &str = r#"echo '{"accessToken": "other", "expires_on": 4102444800, "tokenType": "Bearer"}'"#;

#[test]
fn an_application_that_is_refused_ends_the_search() {
    let world = World::new(vec![refused("AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1")]);
    let mut command = world.application();
    world.azure_cli(&mut command, GIVES_A_TOKEN);
    assert_snapshot!(run(&mut command), @r"
    ERROR: No credential gave an Entra token.
      environment: AADSTS7000215: Invalid client secret provided (status 401, invalid_client)
    Hint: AZURE_CLIENT_SECRET is set, so that no other credential takes the place of this one. Correct what the environment says, or unset AZURE_CLIENT_SECRET.
    Hint: With an access key: --connection-string, or AZURE_COMMUNICATION_CONNECTION_STRING.
    exit 1
    ");
    assert_eq!((world.asked(), world.service.requests().len()), (None, 0));
}

#[test]
fn a_workload_that_is_refused_or_misconfigured_ends_the_search() {
    let world = World::new(vec![refused("AADSTS700024: The assertion federated-1 is not good.")]);
    let command = |file: &str| {
        let mut command = world.user_create();
        command
            .env("AZURE_TENANT_ID", "contoso.example")
            .env("AZURE_CLIENT_ID", "app")
            .env("AZURE_FEDERATED_TOKEN_FILE", file);
        world.azure_cli(&mut command, GIVES_A_TOKEN);
        command
    };
    let missing = run(&mut command("none"));
    assert!(missing.contains("AZURE_FEDERATED_TOKEN_FILE, none, cannot be read: No such file"), "{missing}");
    world.home.write("token", "\n");
    let empty = run(&mut command("token"));
    assert!(empty.contains("AZURE_FEDERATED_TOKEN_FILE, token, cannot be read: it is empty"), "{empty}");
    world.home.write("token", "federated-1\n");
    let seen = run(&mut command("token"));
    assert!(seen.contains("workload identity: AADSTS700024: The assertion ***** is not good (status 401, "), "{seen}");
    assert_eq!((world.asked(), world.service.requests().len()), (None, 0));
    let body = &world.entra.requests()[0].body;
    assert!(body.contains("client_assertion=federated-1&"), "{body}");
}

#[test]
fn a_managed_identity_that_is_announced_and_refused_ends_the_search() {
    let world = World::new(vec![json!({"status": 400, "headers": {"Content-Type": "application/json"},
        "body": {"statusCode": 400, "message": "No User Assigned Identity found (id-header)"}})]);
    let mut command = world.user_create();
    command
        .env("IDENTITY_ENDPOINT", format!("https://localhost:{}/msi/token", world.entra.port))
        .env("IDENTITY_HEADER", "id-header")
        .env("AZURE_CLIENT_ID", "mine");
    world.azure_cli(&mut command, GIVES_A_TOKEN);
    let seen = run(&mut command);
    assert!(seen.contains("managed identity: No User Assigned Identity found (*****) (status 400)"), "{seen}");
    assert!(seen.contains("Hint: IDENTITY_ENDPOINT is set, so that") && seen.ends_with("exit 1\n"), "{seen}");
    assert_eq!(world.asked(), None);
    let path = &world.entra.requests()[0].path;
    assert!(path.ends_with("resource=https%3A%2F%2Fcommunication.azure.com%2F&client_id=mine"), "{path}");
}

#[test]
fn an_error_object_of_a_managed_identity_is_read() {
    let world = World::new(vec![json!({"status": 400, "headers": {"Content-Type": "application/json"},
        "body": {"error": {"code": "invalid_request", "message": "Identity not found"}}})]);
    let mut command = world.user_create();
    command.env("IDENTITY_ENDPOINT", format!("https://localhost:{}/msi", world.entra.port)).env("IDENTITY_HEADER", "h");
    let seen = run(&mut command);
    assert!(seen.contains("managed identity: Identity not found (status 400, invalid_request)"), "{seen}");
}

#[test]
fn a_credential_that_is_not_configured_is_passed_over() {
    let world = World::new(vec![refused("nobody asks")]);
    let mut command = world.user_create();
    command.env("AZURE_CLIENT_SECRET", "").env("AZURE_CLIENT_ID", "app").env("AZURE_FEDERATED_TOKEN_FILE", "");
    world.azure_cli(&mut command, GIVES_A_TOKEN);
    assert_eq!(run(&mut command), "8:acs:a_b\nexit 0\n");
    assert_eq!(world.entra.requests(), []);
}

#[test]
fn a_token_endpoint_that_cannot_be_reached_ends_the_search() {
    let world = World::new(vec![]);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = world.application();
    world.azure_cli(command.env("AZURE_AUTHORITY_HOST", format!("localhost:{closed}")), GIVES_A_TOKEN);
    let seen = run(&mut command);
    assert!(
        seen.contains(&format!("\n  environment: Cannot connect to localhost:{closed}: Connection refused\n")),
        "{seen}"
    );
    assert_eq!(world.asked(), None);
}

#[test]
fn an_overloaded_token_endpoint_is_asked_three_times_more() {
    let overloaded = json!({"status": 503, "body": "x"});
    let world = World::new(vec![overloaded.clone(), granted("token", json!(3600))]);
    assert_eq!(run(&mut world.application()), "8:acs:a_b\nexit 0\n");
    assert_eq!(world.entra.requests().len(), 2);
    let world =
        World::new(vec![json!({"drop": true}), overloaded.clone(), overloaded.clone(), granted("token", json!(1))]);
    assert_eq!(run(&mut world.application()), "8:acs:a_b\nexit 0\n");
    let world = World::new(vec![overloaded]);
    let seen = run(&mut world.application());
    assert!(seen.contains("environment: the token endpoint answered with status 503 and no JSON object"), "{seen}");
    assert_eq!((world.entra.requests().len(), world.service.requests().len()), (4, 0));
}

#[test]
fn a_refusal_is_not_asked_for_again() {
    let world = World::new(vec![refused("no")]);
    run(&mut world.application());
    assert_eq!(world.entra.requests().len(), 1);
}

#[test]
fn a_token_that_cannot_stand_in_a_header_is_an_error() {
    for (token, name) in [
        ("a\r\nx-evil: 1", "U+000D, carriage return"),
        ("a b", "U+0020"),
        ("a\u{e9}", "U+00E9"),
        ("\u{feff}a", "U+FEFF, byte-order mark"),
    ] {
        let world = World::new(vec![granted(token, json!(3600))]);
        let seen = run(&mut world.application());
        let expected = format!("environment: the token holds a character that cannot be sent: {name}");
        assert!(seen.contains(&expected) && seen.ends_with("exit 1\n") && !seen.contains("evil"), "{seen}");
        assert_eq!(world.service.requests(), []);
    }
    let world = World::new(vec![json!({"status": 200, "body": {"access_token": "", "expires_in": 1}})]);
    let seen = run(&mut world.application());
    assert!(seen.contains("environment: the answer with status 200 holds no token"), "{seen}");
}

#[test]
fn lifetimes_of_any_size_are_taken() {
    for lifetime in [json!(i64::MAX), json!(u64::MAX), json!(-5), json!("3600"), json!(1e300), json!(null), json!("x")]
    {
        let world = World::new(vec![granted("token", lifetime.clone())]);
        assert_eq!(run(&mut world.application()), "8:acs:a_b\nexit 0\n", "{lifetime}");
    }
}

#[test]
fn secrets_that_the_token_endpoint_repeats_are_not_shown() {
    let echo = format!("wrong secret {SECRET} or wrong~Secret%2B1 of eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln");
    let world = World::new(vec![refused(&echo)]);
    let seen = run(world.application().arg("--verbose"));
    assert!(seen.contains("environment: wrong secret ***** or ***** of ***** (status 401"), "{seen}");
    assert!(!seen.contains("Secret+1") && !seen.contains("Secret%2B1") && !seen.contains("eyJ"), "{seen}");
}

#[test]
fn a_web_page_instead_of_a_token_is_named() {
    let page = "<!DOCTYPE html><html><head><title>Sign in to the hotel\u{1b}[2J</title>";
    let world = World::new(vec![json!({"status": 200, "headers": {"Content-Type": "text/html"}, "body": page})]);
    let seen = run(&mut world.application());
    let expected =
        r"environment: a web page answered with status 200, not the token endpoint: 'Sign in to the hotel\x1b[2J'";
    assert!(seen.contains(expected), "{seen}");
}

#[test]
fn an_azure_cli_that_left_a_process_behind_has_answered() {
    let world = World::new(vec![]);
    let mut command = world.user_create();
    // It holds stdout and stderr.
    world.azure_cli(&mut command, &format!("{GIVES_A_TOKEN}\nsleep 30 &"));
    let started = std::time::Instant::now();
    let seen = run(&mut command);
    assert!(seen.ends_with("exit 0\n"), "{seen}");
    assert!(started.elapsed() < std::time::Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
fn all_that_the_azure_cli_said_is_shown() {
    let world = World::new(vec![]);
    let with = |script: &str| {
        let mut command = world.user_create();
        world.azure_cli(&mut command, script);
        let seen = run(&mut command);
        let begin = seen.find("  az login: ").unwrap_or_else(|| panic!("{seen}"));
        seen[begin..seen.find("Hint: With an").unwrap()].to_owned()
    };
    assert_snapshot!(with("echo 'ERROR: AADSTS50076: MFA is needed.' >&2; echo 'Run: az login --tenant T' >&2; exit 1"), @r"
      az login: ERROR: AADSTS50076: MFA is needed.
        Run: az login --tenant T
    Hint: Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    ");
    assert_snapshot!(with("echo 'Traceback (most recent call last):\n  File \"x\", line 3, in y\nModuleNotFoundError: No module named azure' >&2; exit 1"), @r"
      az login: ModuleNotFoundError: No module named azure
    Hint: Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    ");
    for (script, expected) in [
        ("exit 7", "it ended with exit code 7 and said nothing"),
        ("kill -9 $$", "a signal ended it"),
        ("true", "it printed nothing, and no token"),
        ("echo 'A new release is out.'", "it printed something that is not a token: A new release is out."),
        ("echo 'Careful: {\"accessToken\": \"opaque\"}'", "it printed something that is not a token: Careful: {\""),
        ("echo eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln", "it printed something that is not a token: *****"),
        ("echo '{\"accessToken\": \"opaque\"}'", "its answer has no 'expires_on'. Azure CLI 2.54.0 or newer is needed"),
        ("exec /nonexistent", "not found"),
        ("echo 'ERROR: client_secret=opaque is wrong' >&2; exit 1", "az login: ERROR: client_secret=***** is wrong"),
    ] {
        let seen = with(script);
        assert!(seen.contains(expected) && !seen.contains("opaque"), "{script}: {seen}");
    }
}

#[test]
fn the_subscription_is_handed_on_to_the_azure_cli() {
    let world = World::new(vec![]);
    let mut command = world.user_create();
    world.azure_cli(&mut command, GIVES_A_TOKEN);
    let seen = run(command.args(["--subscription", "Pay-As-You-Go (dev) \"x\"", "--only-show-errors"]));
    assert_eq!(seen, "8:acs:a_b\nexit 0\n");
    assert_snapshot!(world.asked().unwrap(), @r#"
    account
    get-access-token
    --output
    json
    --scope
    https://communication.azure.com//.default
    --subscription
    Pay-As-You-Go (dev) "x"
    "#);
}

#[test]
fn an_application_signs_in_with_its_certificate() {
    let world = World::new(vec![granted("token", json!(3600))]);
    let file = world.home.write("application.pem", APPLICATION);
    let mut command = world.application();
    command.env_remove("AZURE_CLIENT_SECRET").env("AZURE_CLIENT_CERTIFICATE_PATH", &file);
    assert_eq!(run(command.env("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "true")), "8:acs:a_b\nexit 0\n");
    let body = world.entra.requests()[0].body.clone();
    let assertion = body.split('&').find_map(|pair| pair.strip_prefix("client_assertion=")).unwrap();
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let PrivateKeyDer::Pkcs8(key) = PrivateKeyDer::from_pem_slice(APPLICATION.as_bytes()).unwrap() else { panic!() };
    let key = ring::signature::RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public());
    public.verify(signed.as_bytes(), &signature).unwrap();
    let part = |index: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split('.').nth(index).unwrap()).unwrap()).unwrap()
    };
    let (header, claims) = (part(0), part(1));
    assert_eq!((&header["alg"], header["x5c"].as_array().unwrap().len()), (&json!("PS256"), 1));
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!("app"), &json!("app")));
    assert_eq!(claims["aud"], format!("https://localhost:{}/contoso.example/oauth2/v2.0/token", world.entra.port));
}

#[test]
fn a_certificate_that_cannot_be_used_is_named_and_ends_the_search() {
    let world = World::new(vec![granted("token", json!(3600))]);
    let key = APPLICATION.split("-----BEGIN CERTIFICATE").next().unwrap();
    let certificate = &APPLICATION[key.len()..];
    for (name, text, why) in [
        ("app.pfx", "0\u{82}", "it is not a PEM file. Convert PKCS#12 (.pfx, .p12): openssl pkcs12"),
        ("key.pem", key, "it holds no certificate beside the key"),
        ("cert.only.pem", certificate, "it holds no private key"),
        ("ec.pem", &format!("{EC_KEY}{certificate}"), "its key is not an RSA key of 2048 bits or more"),
        ("other.pem", &format!("{KEY}{certificate}"), "none of its certificates is that of its key"),
        ("enc.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "its key is encrypted, which is not supported"),
    ] {
        let file = world.home.write(name, text);
        let mut command = world.application();
        command.env_remove("AZURE_CLIENT_SECRET").env("AZURE_CLIENT_CERTIFICATE_PATH", &file);
        world.azure_cli(&mut command, GIVES_A_TOKEN);
        let seen = run(&mut command);
        assert!(seen.contains(&format!("{name}, cannot be used: {why}")) && seen.ends_with("exit 1\n"), "{seen}");
        assert!(seen.contains("Hint: AZURE_CLIENT_CERTIFICATE_PATH is set, so that"), "{seen}");
        assert_eq!(world.asked(), None);
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let world = World::new(vec![]);
    let mut command = world.user_create();
    command
        .env("AZURE_TENANT_ID", "t")
        .env("AZURE_CLIENT_ID", "app")
        .env("AZURE_USERNAME", "u")
        .env("AZURE_PASSWORD", "p");
    let seen = run(&mut command);
    assert!(seen.contains("environment: AZURE_USERNAME and AZURE_PASSWORD are not supported: "), "{seen}");
    for (host, tenant, expected) in [
        ("http://localhost", "t", "environment: AZURE_AUTHORITY_HOST is not an https URL: 'http://localhost'"),
        (
            "https://localhost",
            "a/../b",
            "environment: AZURE_TENANT_ID: 'a/../b' is not the id or the domain of a tenant",
        ),
    ] {
        let mut command = world.application();
        let seen = run(command.env("AZURE_AUTHORITY_HOST", host).env("AZURE_TENANT_ID", tenant));
        assert!(seen.contains(expected), "{seen}");
    }
}

#[test]
fn a_key_that_an_endpoint_leaves_unused_is_named() {
    let world = World::new(vec![refused("AADSTS7000215: Invalid client secret provided.")]);
    let mut command = world.application();
    command.args(["--endpoint", "https://localhost:1"]);
    command.args(["--connection-string", "endpoint=https://localhost:1/;accesskey=AAAA"]);
    let said = run(&mut command);
    let hint =
        "Hint: --endpoint asks for a login, so the key of --connection-string was not used. Leave --endpoint out.\n";
    assert!(said.contains(hint) && !said.contains("With an access key"), "{said}");
}
