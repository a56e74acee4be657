//! What the options about doors do, and what a client without credentials can do from outside.

use std::net::TcpStream;

use super::*;

/// Sends bytes to the plain side; all that comes back until the connection is closed.
fn exchange(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // The rest of a long body may not be wanted any more.
    let _ = stream.write_all(bytes);
    let mut text = Vec::new();
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut part) {
        text.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_request_with_a_length_and_chunks_is_refused_and_the_connection_closed() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    for headers in
        ["Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"]
    {
        let first = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let both = format!("{first}POST /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n0\r\n\r\n{first}");
        let answers = exchange(emulator.port(), both.as_bytes());
        let lines: Vec<&str> = answers.lines().filter(|line| line.starts_with("HTTP/1.1 ")).collect();
        assert_eq!(lines.last(), Some(&"HTTP/1.1 400 Bad Request"), "{answers}");
        assert!(lines.len() <= 2, "nothing behind it is answered: {answers}");
    }
}

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn bodies_and_device_codes_of_somebody_without_credentials_stay_small() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    let mut long =
        b"POST /identities?api-version=2023-10-01 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048575\r\n\r\n"
            .to_vec();
    long.resize(long.len() + 1_048_575, b' ');
    let scope = "s".repeat(1_048_000);
    let form = format!("client_id=c&scope={scope}");
    let head = "POST /common/oauth2/v2.0/devicecode HTTP/1.1\r\nHost: localhost\r\n";
    let code = format!("{head}Content-Length: {}\r\n\r\n{form}", form.len());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    exchange(port, &long);
                    exchange(port, code.as_bytes());
                }
            });
        }
    });
    let mut client = emulator.client();
    let form = format!("client_id=c&scope={}", "s".repeat(2000));
    for _ in 0..2000 {
        let answer = client.raw("POST", "/common/oauth2/v2.0/devicecode", &[], &form).unwrap();
        assert_eq!(answer.status, 200);
    }
    let resident = resident_kib(emulator.child.id());
    assert!(resident < 64 * 1024, "{resident} KiB");
    client.create();
}

#[test]
fn the_options_about_doors_have_variables() {
    let home = Folder::new();
    let options = [
        "--control-secret",
        "s3cret",
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
        let keys = client.raw("POST", "/emulator/list-keys", &header("x-emulator-control", "s3cret"), "").unwrap();
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
    // The command of a run is on this machine, where the proxy need not be.
    let mut run = az(&home);
    run.args(["communication", "emulator", "run", "--public-url", "https://acs.example", "--"]);
    let output = run.args(["printenv", "AZURE_COMMUNICATION_ENDPOINT"]).output().unwrap();
    let endpoint = String::from_utf8(output.stdout).unwrap();
    assert!(endpoint.starts_with("https://localhost:"), "{endpoint}");
}

#[test]
fn a_wrong_option_about_doors_is_named() {
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
    Hint: Tokens of the emulator's own issuer never open the access keys. Name the issuer of these applications: --entra-issuer URL
    ");
}

/// An issuer of all tenants; its address. It ends with the process.
fn issuer_of_all_tenants() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let body = format!(r#"{{"issuer":"{address}/{{tenantid}}/v2.0","jwks_uri":"{address}/keys","keys":[]}}"#);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = std::io::Write::write_all(&mut stream, format!("{head}{body}").as_bytes());
        }
    });
    address
}

#[test]
fn an_admin_of_an_issuer_of_all_tenants_is_named_with_its_tenant() {
    let home = Folder::new();
    let issuer = issuer_of_all_tenants();
    let refused = |admin: &str| {
        let options = ["--in-memory", "--entra-issuer", &issuer, "--entra-admin", admin];
        refusal_with(2, az(&home).args(START).args(options))
    };
    insta::assert_snapshot!(refused("app"), @r"
    ERROR: --entra-admin must be TENANT/CLIENT, but it is 'app'.
    Hint: An issuer of --entra-issuer issues the tokens of all tenants, and everybody can make an application in a tenant of their own. Name the tenant of yours, or the issuer of that tenant.
    ");
    assert!(refused("/app").starts_with("ERROR: --entra-admin must be TENANT/CLIENT"));
    drop(Emulator::start(&home, &["--in-memory", "--entra-issuer", &issuer, "--entra-admin", "tenant/app"]));
}

#[test]
#[ignore = "waits for 10 s"]
fn an_issuer_that_does_not_answer_is_given_up() {
    let home = Folder::new();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://user:secret@{}", silent.local_addr().unwrap());
    let said = refusal(az(&home).args(START).args(["--in-memory", "--entra-issuer", &url]));
    let said = said.replace(&silent.local_addr().unwrap().port().to_string(), "PORT");
    insta::assert_snapshot!(said, @r"
    ERROR: http://127.0.0.1:PORT cannot be read: it has not answered within 10 s.
    Hint: Entra's: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration
    Hint: --entra-issuer names an issuer, whose metadata and keys are read once, at the start.
    ");
}

#[test]
fn an_issuer_that_cannot_be_reached_is_named_with_its_option() {
    let home = Folder::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = refusal(az(&home).args(START).args(["--in-memory", "--entra-issuer", &format!("http://{closed}/")]));
    insta::assert_snapshot!(said.replace(&closed.port().to_string(), "PORT"), @r"
    ERROR: http://127.0.0.1:PORT/ cannot be read: Cannot connect to 127.0.0.1:PORT: Connection refused.
    Hint: --entra-issuer names an issuer, whose metadata and keys are read once, at the start.
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
    insta::assert_snapshot!(stderr.lines().next().unwrap(), @r"WARNING: --access-key has a length of 1, and can be guessed; the keys of the service have 64 bytes. `openssl rand -base64 64 | tr -d '\n'` makes one.");
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
    insta::assert_snapshot!(said(&["--host", "0.0.0.0"]), @r"WARNING: Other machines can reach this emulator, and its access key is the well-known one, with which everybody can use it and read its keys. Give a new data folder a key of its own: --access-key KEY. To make one: openssl rand -base64 64 | tr -d '\n'. In a folder that was used, regenerate both keys: POST /emulator/regenerate-key");
    for safe in [&["--host", "0.0.0.0", "--access-key", "c2VjcmV0"][..], &[], &["--host", "127.0.0.2"]] {
        assert!(!said(safe).contains("Other machines"), "{safe:?}");
    }
}

#[test]
fn an_emulator_whose_folder_is_gone_lives_and_is_not_ready() {
    let home = Folder::new();
    let folder = home.path().join("data");
    let emulator = Emulator::start(&home, &["--data-dir", folder.to_str().unwrap()]);
    let mut client = emulator.client();
    let mut status = |path: &str| client.raw("GET", path, &[], "").unwrap();
    assert_eq!((status("/health/live").status, status("/health/ready").status), (200, 200));
    std::fs::remove_dir_all(&folder).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while status("/health/ready").status == 200 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    for path in ["/health/ready", "/health"] {
        let answer = status(path);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("10")), "{path}");
    }
    assert_eq!(status("/health/live").status, 200);
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

#[test]
fn a_control_secret_that_no_header_can_have_is_refused() {
    let home = Folder::new();
    for never in [" ", " x", "x ", "\tx", "x\u{1}y", "x\ny", "x\ty", "geheim-é", "x\u{7f}"] {
        let said = refusal_with(2, az(&home).args(START).args(["--in-memory", "--control-secret", never]));
        assert!(said.starts_with("ERROR: --control-secret cannot be sent in a header.\nHint: "), "{never:?}: {said}");
    }
}

#[test]
fn a_control_secret_is_taken_from_a_file() {
    const VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET";
    const FILE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE";
    let home = Folder::new();
    home.write("secret", "s3cret of mine\r\n");
    let start = |change: &dyn Fn(&mut Command)| {
        let mut command = az(&home);
        command.args(START).arg("--in-memory");
        change(&mut command);
        command
    };
    let mut option = start(&|command| {
        command.args(["--control-secret", "@secret"]);
    });
    let mut variable = start(&|command| {
        command.env(FILE, "secret");
    });
    for command in [&mut option, &mut variable] {
        let emulator = Emulator::from_command(command);
        let mut client = emulator.client();
        let header = [("x-emulator-control".to_owned(), "s3cret of mine".to_owned())];
        assert_eq!(client.raw("POST", "/emulator/list-keys", &header, "").unwrap().status, 200);
    }
    home.write("letters", "é");
    let said = [
        refusal(&mut start(&|command| {
            command.env(FILE, "none");
        })),
        refusal_with(
            2,
            &mut start(&|command| {
                command.env(FILE, "letters");
            }),
        ),
        refusal_with(
            2,
            &mut start(&|command| {
                command.env(FILE, "secret").env(VARIABLE, "x");
            }),
        ),
        refusal_with(
            2,
            &mut start(&|command| {
                command.args(["--control-secret", "@none"]);
            }),
        ),
    ];
    insta::assert_snapshot!(said.concat(), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE names 'none', which cannot be read: No such file or directory.
    ERROR: The secret in the file that AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE names cannot be sent in a header.
    Hint: A secret has letters, digits and signs of ASCII, without @ in front or blanks around it. Make one: openssl rand -hex 32
    ERROR: AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET and AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE are both set.
    Hint: Set one of them.
    ERROR: --control-secret cannot be sent in a header.
    Hint: The value of --control-secret begins with @, and the file 'none' cannot be read: No such file or directory.
    Hint: A secret has letters, digits and signs of ASCII, without @ in front or blanks around it. Make one: openssl rand -hex 32
    ");
}
