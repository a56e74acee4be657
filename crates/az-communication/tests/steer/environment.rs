//! `emulator env`: the variables, and the syntax of each shell.

use insta::assert_snapshot;
use serde_json::Value;

use super::support::emulator::Emulator;
use super::support::other_program;
use super::*;

/// The variables as JSON, without proxies of this machine.
fn variables(world: &World, words: &str) -> Value {
    let seen = run(&mut of(world, words));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{seen}");
    seen.json()
}

#[test]
fn the_variables_are_those_of_a_run() {
    let home = Folder::new();
    let world = World { emulator: Emulator::start(&home, &[]).into(), home };
    let seen = shows(&world, &mut of(&world, "env --shell json"));
    let secrets = variables(&world, "env --shell json");
    let secret = |name: &str| secrets[name].as_str().unwrap().to_owned();
    let seen = seen.hiding(secret("AZURE_CLIENT_SECRET"), "SECRET").hiding(secret("IDENTITY_HEADER"), "HEADER");
    let seen = seen.hiding(format!("localhost-{}", world.emulator.port()), "localhost-PORT");
    assert_snapshot!(seen, @r#"
    exit 0
    --- stdout
    {
      "AZURE_AUTHORITY_HOST": "https://localhost:PORT",
      "AZURE_CLIENT_ID": "00000000-0000-0000-0000-000000000002",
      "AZURE_CLIENT_SECRET": "SECRET",
      "AZURE_COMMUNICATION_CONNECTION_STRING": "endpoint=https://localhost:PORT/;accesskey=V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==",
      "AZURE_COMMUNICATION_ENDPOINT": "https://localhost:PORT",
      "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://localhost:PORT",
      "AZURE_TENANT_ID": "adfs",
      "CURL_CA_BUNDLE": "HOME/.azure/communication-emulator/bundle.pem",
      "IDENTITY_ENDPOINT": "http://localhost:PORT/msi/token",
      "IDENTITY_HEADER": "HEADER",
      "JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=HOME/.azure/communication-emulator-env/localhost-PORT/java.jks -Djavax.net.ssl.trustStoreType=JKS -Djavax.net.ssl.trustStorePassword=changeit",
      "NODE_EXTRA_CA_CERTS": "HOME/.azure/communication-emulator/ca.pem",
      "NO_PROXY": "localhost,127.0.0.1,::1",
      "PATH": "HOME/.azure/communication-emulator-env/_program:/usr/bin:/bin",
      "REQUESTS_CA_BUNDLE": "HOME/.azure/communication-emulator/bundle.pem",
      "SSL_CERT_FILE": "HOME/.azure/communication-emulator/bundle.pem",
      "no_proxy": "localhost,127.0.0.1,::1"
    }
    "#);
    // A client without an access key gets a token with them.
    let mut create = az(&world.home);
    create.args(["communication", "user-identity", "user", "create", "--auth-mode", "login"]);
    for name in [
        "AZURE_COMMUNICATION_ENDPOINT",
        "AZURE_AUTHORITY_HOST",
        "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET",
        "REQUESTS_CA_BUNDLE",
    ] {
        create.env(name, secret(name));
    }
    assert_eq!(run(&mut create).code, Some(0));
}

#[test]
fn credentials_of_the_user_are_kept_on_request() {
    let world = World::shared();
    let names: Vec<String> =
        variables(world, "env --shell json --keep-credentials").as_object().unwrap().keys().cloned().collect();
    assert!(!names.iter().any(|name| name.starts_with("IDENTITY_") || name == "AZURE_CLIENT_ID"), "{names:?}");
    assert!(names.contains(&"AZURE_COMMUNICATION_CONNECTION_STRING".to_owned()));
}

#[test]
fn the_certificate_of_an_emulator_without_a_folder_is_written_to_files() {
    let world = World::alone();
    let set = variables(&world, "env --shell json");
    let file = |name: &str| std::fs::read_to_string(set[name].as_str().unwrap()).unwrap();
    let authority = std::fs::read_to_string(world.emulator.ca_certificate()).unwrap();
    assert_eq!(file("NODE_EXTRA_CA_CERTS"), authority);
    assert!(file("REQUESTS_CA_BUNDLE").contains(authority.trim()));
    assert!(set["NODE_EXTRA_CA_CERTS"].as_str().unwrap().starts_with(world.home.path().to_str().unwrap()));
}

#[test]
fn the_half_written_files_of_another_process_are_left_alone() {
    let world = World::alone();
    let certificate = variables(&world, "env --shell json")["NODE_EXTRA_CA_CERTS"].as_str().unwrap().to_owned();
    let folder = std::path::Path::new(&certificate).parent().unwrap();
    let theirs = ["ca.new", "bundle.new", "java.new"].map(|name| folder.join(name));
    for file in &theirs {
        std::fs::write(file, "theirs").unwrap();
    }
    variables(&world, "env --shell json");
    assert_eq!(theirs.map(|file| std::fs::read_to_string(file).unwrap_or_default()), ["theirs"; 3]);
}

#[test]
fn a_ready_file_names_the_certificates_and_the_endpoint() {
    let home = Folder::new();
    let options = ["--in-memory", "--ready-file", "ready.json", "--public-url", "https://acs.example"];
    let started = Emulator::start(&home, &options);
    let seen = run(&mut emulator(&home, "env --shell json --ready-file ready.json --port 0")).json();
    assert_eq!(seen["NODE_EXTRA_CA_CERTS"], started.ready["caCertificate"]);
    assert_eq!(seen["REQUESTS_CA_BUNDLE"], started.ready["caBundle"]);
    assert_eq!(seen["AZURE_COMMUNICATION_ENDPOINT"], "https://acs.example");
}

#[test]
fn java_gets_a_trust_store_after_its_own_options() {
    let world = World::shared();
    let options = |set: &str| {
        let seen = run(of(world, "env --shell json").env("JAVA_TOOL_OPTIONS", set));
        seen.json()["JAVA_TOOL_OPTIONS"].as_str().map(str::to_owned)
    };
    let first = options("-Xmx1g").unwrap();
    let store = first.strip_prefix("-Xmx1g -Djavax.net.ssl.trustStore=").unwrap().split(' ').next().unwrap();
    assert_eq!(std::fs::read(store).unwrap()[..4], [0xfe, 0xed, 0xfe, 0xed]);
    // In a shell that already has the variables, they are the same.
    assert_eq!(options(&first), Some(first));
    // Another trust store cannot be extended.
    assert_eq!(options("-Djavax.net.ssl.trustStore=/corp.jks"), None);
}

#[test]
fn a_folder_that_cannot_be_written_leaves_out_the_options_for_java() {
    let home = Folder::new();
    let started = Emulator::start(&home, &["--in-memory", "--ready-file", "ready.json"]);
    let configuration = home.path().join(".azure");
    std::fs::create_dir_all(&configuration).unwrap();
    std::fs::write(configuration.join("communication-emulator-env"), "").unwrap();
    let seen = run(&mut emulator(&home, "env --shell json --ready-file ready.json --port 0"));
    assert_eq!(seen.json().get("JAVA_TOOL_OPTIONS"), None);
    let seen = seen.hiding_home(&home).hiding(format!("localhost-{}", started.port()), "localhost-PORT");
    assert_snapshot!(seen.stderr, @"WARNING: JAVA_TOOL_OPTIONS is left out: HOME/.azure/communication-emulator-env/localhost-PORT cannot be written: Not a directory.");
}

#[test]
fn a_shell_finds_the_program_by_its_name() {
    let world = World::shared();
    let lines = run(&mut of(world, "env --shell bash")).stdout;
    let port = world.emulator.port();
    // PATH finds the program now, so it is not extended again.
    let script = format!(
        "{lines}command -v az && az communication emulator env --shell bash --port {port} | grep -c '^export PATH='"
    );
    let output = other_program("bash", &world.home).args(["-c", &script]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace(world.home.path().to_str().unwrap(), "HOME");
    assert_snapshot!(text, @"
    HOME/.azure/communication-emulator-env/_program/az
    0
    ");
    let file = run(&mut of(world, "env --shell dotenv")).stdout;
    assert!(!file.lines().any(|line| line.starts_with("PATH=")), "{file}");
}

#[test]
fn bash_sets_the_variables() {
    let world = World::shared();
    let lines = run(&mut of(world, "env --shell bash")).stdout;
    let script = format!("{lines}printf %s \"$AZURE_COMMUNICATION_CONNECTION_STRING\"");
    let output = other_program("bash", &world.home).args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), world.emulator.connection_string());
    // Without --shell, the syntax is that of SHELL.
    let mut by_shell = of(world, "env");
    assert_eq!(run(by_shell.env("SHELL", "/bin/zsh")).stdout, lines);
}

#[test]
fn fish_sets_the_variables() {
    let world = World::shared();
    let lines = run(of(world, "env").env("SHELL", "/usr/bin/fish")).stdout;
    let script = format!("{lines}command -s az >/dev/null; and printf %s \"$AZURE_COMMUNICATION_CONNECTION_STRING\"");
    let Ok(output) = other_program("fish", &world.home).args(["-c", &script]).output() else {
        eprintln!("skipped: there is no fish");
        return;
    };
    assert_eq!(String::from_utf8(output.stdout).unwrap(), world.emulator.connection_string());
}

#[test]
fn one_variable_is_printed_by_a_query() {
    let world = World::shared();
    let seen = run(&mut of(world, "env --query AZURE_COMMUNICATION_CONNECTION_STRING -o tsv"));
    assert_eq!(seen.stdout.trim_end(), world.emulator.connection_string());
}

#[test]
fn an_unknown_shell_is_refused() {
    let home = Folder::new();
    let seen = run(&mut emulator(&home, "env --shell cmd"));
    assert_snapshot!(seen.stderr.lines().next().unwrap(), @"ERROR: az communication emulator env: 'cmd' is not a valid value for '--shell'. Allowed values: bash, zsh, sh, fish, powershell, json, dotenv.");
}

#[test]
fn commands_in_a_run_find_its_emulator_and_not_the_one_of_the_variables() {
    let home = Folder::new();
    let mut command = emulator(&home, "run --");
    command.args([env!("CARGO_BIN_EXE_az"), "communication", "emulator", "clock", "show", "--query", "frozen"]);
    command.env("AZURE_COMMUNICATION_EMULATOR_PORT", "1").env("AZURE_COMMUNICATION_EMULATOR_DATA_DIR", "elsewhere");
    command.env("AZURE_COMMUNICATION_EMULATOR_ENDPOINT", "http://localhost:1");
    assert_snapshot!(run(&mut command), @"
    exit 0
    --- stdout
    false
    ");
}
