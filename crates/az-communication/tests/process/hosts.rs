//! Where the emulator listens, and what it says about that.

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
    ERROR: --host has brackets, which belong into URLs only: '[::1]'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: stand for all.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "*"]), @r"
    ERROR: --host is not a host name or an address: '*'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: stand for all.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "localhost:10100"]), @r"
    ERROR: --host holds a port, which has an option of its own (--port): 'localhost:10100'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: stand for all.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "https://localhost/"]), @r"
    ERROR: --host is a URL, and must be a host alone: 'https://localhost/'.
    Hint: Give a name or an address of this machine: localhost, 127.0.0.1 or ::1. 0.0.0.0 and :: stand for all.
    exit 2
    ");
    insta::assert_snapshot!(refused(&["--host", "192.0.2.1", "--port", "0"]), @r"
    ERROR: Cannot listen on 192.0.2.1:0: Cannot assign requested address.
    Hint: This machine does not have the address. Give one that it has, or leave --host out to listen on 127.0.0.1 and ::1.
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
        // The client of this very program needs nothing but the connection string.
        assert!(create_user(&home, &emulator.connection_string()).status.success(), "{host}");
    }
}

#[test]
fn one_loopback_address_is_enough() {
    let home = Folder::new();
    let inside = |setup: &str, options: &str, check: &str| {
        let script = format!(
            "set -e; {setup}\n\"$0\" communication emulator start --in-memory --port 0 {options} > ready & pid=$!\n\
             i=0; until [ -s ready ] || [ $i = 400 ]; do sleep 0.05; i=$((i+1)); done\n\
             field() {{ sed -n \"s/.*\\\"$1\\\":\\\"\\([^\\\"]*\\)\\\".*/\\1/p\" ready; }}\n\
             curl -sS --cacert \"$(field caCertificate)\" \"$(field endpoint)/.well-known/openid-configuration\"; echo\n{check}\n\
             kill $pid; wait $pid; rm ready"
        );
        let mut command = other_program("unshare", &home);
        command.args(["--user", "--map-root-user", "--net", "sh", "-c", &script, AZ]);
        let output = command.env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin").output().unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (probe, why) = inside("ip link set lo up; ip -6 addr show dev lo | grep -q ::1", "", "");
    if !probe.contains("issuer") {
        eprintln!("skipped: no network namespaces here: {why}");
        return;
    }
    let (v6, why) = inside("ip link set lo up; ip addr del 127.0.0.1/8 dev lo", "", "");
    assert!(v6.contains(r#""issuer":"https://[::1]:"#), "{v6}{why}");
    let (v4, why) = inside("ip link set lo up; ip addr del ::1/128 dev lo", "", "");
    assert!(v4.contains(r#""issuer":"https://localhost:"#), "{v4}{why}");
    let (v4, why) = inside("ip link set lo up; ip addr del ::1/128 dev lo", "--host 0.0.0.0", "");
    assert!(v4.contains(r#""issuer":"https://localhost:"#), "{v4}{why}");
    // All addresses of a machine that has no 127.0.0.1, where localhost may stand for that one only.
    for host in ["0.0.0.0", "::", "::1"] {
        let options = format!("--host {host}");
        let (v6, why) = inside("ip link set lo up; ip addr del 127.0.0.1/8 dev lo", &options, "");
        assert!(v6.contains(r#""issuer":"https://[::1]:"#), "{host}: {v6}{why}");
    }
    let (v4, why) = inside("ip link set lo up", "--host 127.0.0.2", "");
    assert!(v4.contains(r#""issuer":"https://127.0.0.2:"#), "{v4}{why}");
    // Who takes localhost for ::1 reaches all addresses of IPv4, too.
    let other = "curl -sS --cacert \"$(field caCertificate)\" \"$(field endpoint | sed s/localhost/[::1]/)/health\"";
    let (both, why) = inside("ip link set lo up", "--host 0.0.0.0", other);
    assert!(both.contains(r#""status":"ok""#), "{both}{why}");
}

#[test]
fn a_port_that_needs_a_right_comes_with_a_hint_that_says_so() {
    let home = Folder::new();
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let script = "exec unshare --net setpriv --reuid 61000 --regid 61000 --clear-groups \"$0\" communication emulator start \
                  --in-memory --host 127.0.0.1 --port 443";
    let mut command = other_program("sh", &home);
    // A namespace has limits of its own: ports below 1024 need the right there.
    command.args(["-c", &format!("unshare --net true || exit 77; {script}"), AZ]).stdin(Stdio::null());
    let output = command.output().unwrap();
    if output.status.code() == Some(77) {
        eprintln!("skipped: no network namespaces here: {}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"
    ERROR: Cannot listen on 127.0.0.1:443: Permission denied.
    Hint: Ports below 1024 need a right that this user does not have. Choose another port: --port NUMBER, or --port 0 for any free one.
    ");
}
