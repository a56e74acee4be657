//! Tests of the addresses on which the emulator listens, and of the messages about them.

use super::*;

#[test]
fn the_hint_about_a_host_fits_what_is_wrong_with_it() {
    let home = Folder::new();
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    let refused = |options: &[&str]| {
        let mut command = az(&home);
        let output =
            command.args(["communication", "emulator", "start", "--in-memory"]).args(options).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap().replace(&port, "PORT");
        format!("{stderr}exit {}", output.status.code().unwrap())
    };
    insta::assert_snapshot!(refused(&["--host", "[::1]"]), @r"
    ERROR: --host has brackets, which are only for URLs: '[::1]'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "*"]), @r"
    ERROR: --host is not a host name or an address: '*'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "localhost:10100"]), @r"
    ERROR: --host contains a port, which has its own option (--port): 'localhost:10100'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "https://localhost/"]), @r"
    ERROR: --host is a URL, but must be only a host: 'https://localhost/'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "255.255.255.255"]), @r"
    ERROR: --host must be an address of this machine, not a multicast address: '255.255.255.255'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "224.0.0.1"]), @r"
    ERROR: --host must be an address of this machine, not a multicast address: '224.0.0.1'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: mean all addresses.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "192.0.2.1", "--port", "0"]), @r"
    ERROR: Cannot listen on 192.0.2.1:0: Cannot assign requested address.
    Hint: This machine does not have the address. Give one of its addresses, or leave out --host to listen on 127.0.0.1 and ::1.
    exit 1
    ");
    insta::assert_snapshot!(refused(&["--host", "no-such-host.invalid"]), @r"
    ERROR: The host 'no-such-host.invalid' cannot be found.
    Hint: --host must be a name or an address of this machine. Without it, the emulator listens on 127.0.0.1 and ::1.
    exit 1
    ");
    insta::assert_snapshot!(refused(&["--port", &port]), @r"
    ERROR: Cannot listen on 127.0.0.1:PORT: Address already in use.
    Hint: Is an emulator running already? Choose another port: --port NUMBER, or --port 0 for any free one.
    exit 1
    ");
    insta::assert_snapshot!(refused(&["--host", ""]), @r"
    ERROR: --host is empty.
    exit 2
    ");
}

#[test]
fn the_endpoint_answers_whatever_host_is_listened_on() {
    let home = Folder::new();
    for (host, endpoint) in [
        ("0.0.0.0", "https://localhost:"),
        ("0", "https://localhost:"),
        ("0x7f.1", "https://127.0.0.1:"),
        ("::", "https://localhost:"),
        ("localhost", "https://localhost:"),
        ("127.0.0.1", "https://127.0.0.1:"),
        ("127.0.0.2", "https://127.0.0.2:"),
        ("127.3", "https://127.0.0.3:"),
        ("::1", "https://[::1]:"),
    ] {
        let emulator = Emulator::start(&home, &["--host", host]);
        assert!(emulator.ready["endpoint"].as_str().unwrap().starts_with(endpoint), "{host}: {}", emulator.ready);
        assert!(emulator.connection_string().starts_with(&format!("endpoint={endpoint}")));
        answers_as_it_says(&emulator);
        if endpoint.contains("localhost") {
            for loopback in ["127.0.0.1", "[::1]"] {
                let url = format!("https://{loopback}:{}/health", emulator.port());
                assert_eq!(get(&emulator.ca_certificate(), &url)["status"], "ok", "{host}");
            }
        }
        // The client in this program needs only the connection string.
        assert!(create_user(&home, &emulator.connection_string()).status.success(), "{host}");
    }
}

/// Runs a script in its own network namespace. Returns stdout and stderr.
fn in_a_namespace(home: &Folder, script: &str) -> (String, String) {
    let mut command = other_program("unshare", home);
    command.args(["--user", "--map-root-user", "--net", "sh", "-c", script, AZ]);
    let output = command.env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin").stdin(Stdio::null()).output().unwrap();
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Checks whether there are network namespaces with both loopback addresses here. Otherwise prints the name of the
/// test.
fn has_namespaces(home: &Folder, test: &str) -> bool {
    let (probe, why) = in_a_namespace(home, "ip link set lo up; ip -6 addr show dev lo | grep ::1");
    let has = probe.contains("::1");
    if !has {
        eprintln!("skipped: {test}: no network namespaces with IPv6 here: {why}");
    }
    has
}

const BOTH: &str = "ip link set lo up";
const V6_ONLY: &str = "ip link set lo up; ip addr del 127.0.0.1/8 dev lo";
const V4_ONLY: &str = "ip link set lo up; ip addr del ::1/128 dev lo";

#[test]
fn the_ready_line_names_an_endpoint_that_answers_whatever_addresses_a_machine_has() {
    let home = Folder::new();
    if !has_namespaces(&home, "the_ready_line_names_an_endpoint_that_answers_whatever_addresses_a_machine_has") {
        return;
    }
    // On a machine without 127.0.0.1, the endpoint has [::1], because many hosts files map localhost only to 127.0.0.1.
    for (machine, options, endpoint) in [
        (V6_ONLY, "", "https://[::1]:"),
        (V6_ONLY, "--host 0.0.0.0", "https://[::1]:"),
        (V6_ONLY, "--host ::", "https://[::1]:"),
        (V6_ONLY, "--host ::1", "https://[::1]:"),
        (V4_ONLY, "", "https://localhost:"),
        (V4_ONLY, "--host 0.0.0.0", "https://localhost:"),
        (V4_ONLY, "--host 127.0.0.2", "https://127.0.0.2:"),
        (BOTH, "--host 127.0.0.2", "https://127.0.0.2:"),
        (BOTH, "--host ::1", "https://[::1]:"),
    ] {
        let script = format!(
            "set -e; {machine}\n\
             \"$0\" communication emulator start --in-memory --port 0 --ready-file ready {options} > line & pid=$!\n\
             i=0; until [ -e ready ] || [ $i = 400 ]; do sleep 0.05; i=$((i+1)); done\n\
             field() {{ sed -n \"s/.*\\\"$1\\\":\\\"\\([^\\\"]*\\)\\\".*/\\1/p\" ready; }}\n\
             curl -sS --cacert \"$(field caCertificate)\" \"$(field endpoint)/.well-known/openid-configuration\"; echo\n\
             REQUESTS_CA_BUNDLE=$(field caBundle) AZURE_COMMUNICATION_CONNECTION_STRING=$(field connectionString) \\\n\
             \"$0\" communication user-identity user create --only-show-errors --query rawId -o tsv\n\
             kill $pid; wait $pid"
        );
        let (said, why) = in_a_namespace(&home, &script);
        let expected = format!(r#""issuer":"{endpoint}"#);
        assert!(said.contains(&expected) && said.contains("\n8:acs:"), "{machine}, {options}: {said}{why}");
    }
    // A run uses the same addresses as a start.
    let create = "az communication user-identity user create --only-show-errors --query rawId -o tsv";
    let (said, why) = in_a_namespace(&home, &format!("{V6_ONLY}; \"$0\" communication emulator run -- {create}"));
    assert!(said.starts_with("8:acs:"), "{said}{why}");
}

#[test]
fn a_port_that_needs_a_right_comes_with_a_hint_that_says_so() {
    let home = Folder::new();
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    // A namespace has its own limits: there, ports below 1024 need a privilege.
    let script = "exec unshare --net setpriv --reuid 61000 --regid 61000 --clear-groups \"$0\" communication emulator start \
                  --in-memory --host 127.0.0.1 --port 443";
    let mut command = other_program("sh", &home);
    command.args(["-c", &format!("unshare --net true || exit 77; {script}"), AZ]).stdin(Stdio::null());
    let output = command.output().unwrap();
    if output.status.code() == Some(77) {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        eprintln!("skipped: a_port_that_needs_a_right_comes_with_a_hint_that_says_so: no namespaces here: {why}");
        return;
    }
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"
    ERROR: Cannot listen on 127.0.0.1:443: Permission denied.
    Hint: Ports below 1024 need a right that this user does not have. Choose another port: --port NUMBER, or --port 0 for any free one.
    ");
}
