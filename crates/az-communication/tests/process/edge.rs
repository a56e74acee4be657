//! Tests of options about who can reach the emulator: addresses of clients, origins of web pages, access keys.

use super::*;

#[test]
fn options_about_access_have_variables() {
    let home = Folder::new();
    let options = [
        "--control-secret",
        "a s3cret of mine",
        "--allow-origin",
        "https://app.example/",
        "--public-url",
        "https://acs.example/",
    ];
    let emulator = Emulator::start(&home, &[&["--in-memory"], &options[..]].concat());
    let mut command = az(&home);
    command.args(START).arg("--in-memory");
    for (name, value) in [
        ("CONTROL_SECRET", options[1]),
        ("ALLOW_ORIGIN", "http://other.example,https://app.example https://b.example"),
        ("PUBLIC_URL", options[5]),
    ] {
        command.env(format!("AZURE_COMMUNICATION_EMULATOR_{name}"), value);
    }
    for emulator in [emulator, Emulator::from_command(&mut command)] {
        let mut client = emulator.client();
        let header = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let keys =
            client.raw("POST", "/emulator/list-keys", &header("x-emulator-control", "a s3cret of mine"), "").unwrap();
        let connection = keys.body["primaryConnectionString"].as_str().unwrap();
        assert!(connection.starts_with("endpoint=https://acs.example/;"), "{connection}");
        let shared = client.raw("GET", "/health", &header("origin", "https://app.example"), "").unwrap();
        assert_eq!(shared.header("access-control-allow-origin"), Some("https://app.example"));
    }
}

#[test]
fn the_ready_line_names_the_public_url_to_clients_and_the_control_endpoint_on_this_machine() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--in-memory", "--public-url", "https://acs.example/"]);
    let port = emulator.port().to_string();
    let line = |member: &str| emulator.ready[member].as_str().unwrap().replace(&port, "PORT");
    insta::assert_snapshot!(line("endpoint"), @"https://acs.example");
    assert!(line("connectionString").starts_with("endpoint=https://acs.example/;accesskey="));
    insta::assert_snapshot!(line("controlEndpoint"), @"https://localhost:PORT/emulator/");
    assert_eq!(emulator.client().raw("GET", "/emulator/", &[], "").unwrap().status, 200);
    // The command of a run is on this machine, where the proxy may not exist.
    let mut run = az(&home);
    run.args(["communication", "emulator", "run", "--public-url", "https://acs.example", "--"]);
    let output = run.args(["printenv", "AZURE_COMMUNICATION_ENDPOINT"]).output().unwrap();
    let endpoint = String::from_utf8(output.stdout).unwrap();
    assert!(endpoint.starts_with("https://localhost:"), "{endpoint}");
}

#[test]
fn a_wrong_option_about_access_is_named() {
    let home = Folder::new();
    let refused = |options: &[&str]| refusal_with(2, az(&home).args(START).arg("--in-memory").args(options));
    insta::assert_snapshot!(refused(&["--allow-origin", "https://app.example", "app.example"]), @r"
    ERROR: --allow-origin is not the origin of a web page: 'app.example'.
    Hint: An origin is a scheme, one host and perhaps a port: https://app.example, http://10.0.0.5:3000.
    ");
    insta::assert_snapshot!(refused(&["--allow-origin", "https://app.example/page"]), @r"
    ERROR: --allow-origin is not the origin of a web page: 'https://app.example/page'.
    Hint: An origin is a scheme, one host and perhaps a port: https://app.example, http://10.0.0.5:3000.
    ");
    insta::assert_snapshot!(refused(&["--allow-origin", "*"]), @r"
    ERROR: --allow-origin is not the origin of a web page: '*'.
    Hint: An origin is a scheme, one host and perhaps a port: https://app.example, http://10.0.0.5:3000.
    ");
    insta::assert_snapshot!(refused(&["--public-url", "acs.example"]), @r"
    ERROR: --public-url is not a URL of clients: 'acs.example'.
    Hint: Example: https://acs.example
    ");
    for never in ["https://*.example", "https://app..example", "https://app.example:0", "https://a%2Ab"] {
        let said = refused(&["--allow-origin", never]);
        assert!(
            said.starts_with(&format!("ERROR: --allow-origin is not the origin of a web page: '{never}'.\n")),
            "{said}"
        );
    }
    insta::assert_snapshot!(refused(&["--public-url", "https://a;accesskey=evil/"]), @r"
    ERROR: --public-url is not a URL of clients: 'https://a;accesskey=evil/'.
    Hint: Example: https://acs.example
    ");
    insta::assert_snapshot!(refused(&["--control-secret", ""]), @"ERROR: --control-secret is empty.");
    insta::assert_snapshot!(refused(&["--entra-admin", "x"]), @r"
    ERROR: --entra-admin is given without --entra-issuer.
    Hint: Tokens of the emulator's own issuer never give access to the access keys. Name the issuer of these applications: --entra-issuer URL
    ");
}

#[test]
fn an_access_key_that_can_be_guessed_is_warned_about() {
    let home = Folder::new();
    let mut emulator = Emulator::start(&home, &["--in-memory", "--access-key", "AA=="]);
    kill("TERM", emulator.child.id());
    assert!(emulator.child.wait().unwrap().success());
    let mut stderr = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    insta::assert_snapshot!(stderr.lines().next().unwrap(), @r"WARNING: --access-key has a length of 1, so it can be guessed; the keys of the service have 64 bytes. Use `openssl rand -base64 64 | tr -d '\n'` to make one.");
}

#[test]
fn an_open_emulator_with_the_well_known_key_is_warned_about() {
    let home = Folder::new();
    let said = |options: &[&str]| {
        let mut emulator = Emulator::start(&home, &[&["--in-memory"], options].concat());
        kill("TERM", emulator.child.id());
        assert!(emulator.child.wait().unwrap().success());
        let mut stderr = String::new();
        emulator.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        stderr
    };
    insta::assert_snapshot!(said(&["--host", "0.0.0.0"]), @r"WARNING: Other machines can reach this emulator, and its access key is the well-known key, so anyone can use it and read its keys. For new data, set a key: --access-key KEY. To make one: openssl rand -base64 64 | tr -d '\n'. For existing data, regenerate both keys: az communication emulator key regenerate");
    assert!(said(&["--public-url", "https://acs.example"]).contains("Other machines"));
    assert!(!said(&["--public-url", "https://localhost:8443"]).contains("Other machines"));
    for safe in [&["--host", "0.0.0.0", "--access-key", "c2VjcmV0"][..], &[], &["--host", "127.0.0.2"]] {
        assert!(!said(safe).contains("Other machines"), "{safe:?}");
    }
}

#[test]
fn an_allowed_origin_is_taken_as_browsers_write_it() {
    let home = Folder::new();
    let given =
        ["https://app.example:443", "http://APP.example:80/", "https://bücher.example", "https://[2001:db8::0:1]:8443"];
    let emulator = Emulator::start(&home, &[&["--in-memory", "--allow-origin"], &given[..]].concat());
    let mut client = emulator.client();
    for origin in
        ["https://app.example", "http://app.example", "https://xn--bcher-kva.example", "https://[2001:db8::1]:8443"]
    {
        let header = vec![("origin".to_owned(), origin.to_owned())];
        let shared = client.raw("GET", "/health", &header, "").unwrap();
        assert_eq!(shared.header("access-control-allow-origin"), Some(origin));
    }
}
