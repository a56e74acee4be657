//! Names without the C library, against name servers of our own. Most of it needs a root folder of its own, so that the
//! files in /etc are the test's.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::needs_a_root_folder;
use crate::support::dns::{NameServer, Says, addresses};
use crate::support::root::{Root, said};
use crate::support::{AZ, Folder, az};
use az_communication::transport::names;
use insta::assert_snapshot;

fn ips(list: &[&str]) -> Vec<IpAddr> {
    list.iter().map(|address| address.parse().unwrap()).collect()
}

/// A root folder that asks these servers.
fn asking(servers: &[&NameServer], more: &str) -> Root {
    let mut text = String::new();
    for server in servers {
        text.push_str(&format!("nameserver {}\n", server.address));
    }
    Root::new().with("etc/resolv.conf", &(text + more))
}

/// The names of the functions and variables that are linked into a program (ELF, 64 bits, the byte order of this machine).
fn symbols(program: &[u8]) -> Vec<&str> {
    let number = |at: usize, size: usize| {
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&program[at..at + size]);
        usize::try_from(u64::from_le_bytes(bytes)).unwrap()
    };
    let (sections, size, count) = (number(0x28, 8), number(0x3a, 2), number(0x3c, 2));
    let section = |index: usize| sections + index * size;
    let mut names = Vec::new();
    for table in (0..count).map(section).filter(|at| number(at + 4, 4) == 2) {
        let texts = number(section(number(table + 0x28, 4)) + 0x18, 8);
        let (from, length) = (number(table + 0x18, 8), number(table + 0x20, 8));
        for symbol in (from..from + length).step_by(24) {
            let text = &program[texts + number(symbol, 4)..];
            names.extend(text.split(|byte| *byte == 0).next().and_then(|name| std::str::from_utf8(name).ok()));
        }
    }
    names
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn the_program_has_no_call_into_the_modules_of_a_c_library() {
    if cfg!(target_endian = "big") {
        return;
    }
    let program = std::fs::read(AZ).unwrap();
    let symbols = symbols(&program);
    assert!(symbols.contains(&"main"), "{} symbols", symbols.len());
    // The mangled names of its functions.
    if symbols.iter().any(|name| name.contains("7reqwest")) {
        eprintln!("skipped: built with the features of the whole workspace; scripts/test.sh builds it alone, too");
        return;
    }
    for call in [
        "getaddrinfo",
        "gethostbyname",
        "gethostbyname_r",
        "gethostbyname2_r",
        "getpwuid",
        "getpwuid_r",
        "getpwnam",
        "getpwnam_r",
        "getgrgid_r",
        "getgrnam_r",
        "getservbyname_r",
        "getnameinfo",
    ] {
        assert!(!symbols.contains(&call), "{call}");
    }
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_name_is_asked_of_the_name_server() {
    needs_a_root_folder!();
    let server = NameServer::start(
        &[
            ("acs.example", addresses(&["127.0.0.9", "::9"])),
            ("v4.example", addresses(&["127.9.2.1", "127.9.2.2"])),
            ("v6.example", addresses(&["2001:db8::1"])),
            ("alias.example", Says::Alias("other.example", ips(&["127.9.2.3"]))),
            ("large.example", Says::ByTcp(ips(&["127.9.2.4"]))),
            ("xn--bcher-kva.example", addresses(&["127.9.2.5"])),
        ],
        Says::Code(3),
    );
    let root = asking(&[&server], "");
    let found = |host| root.doctor(host);
    assert_eq!(found("acs.example"), "acs.example is ::9, 127.0.0.9");
    assert_eq!(found("v4.example"), "v4.example is 127.9.2.1, 127.9.2.2");
    assert_eq!(found("v6.example"), "v6.example is 2001:db8::1");
    assert_eq!(found("alias.example"), "alias.example is 127.9.2.3");
    assert_eq!(found("large.example"), "large.example is 127.9.2.4");
    assert!(found("Bücher.example").ends_with(" is 127.9.2.5"), "{}", found("Bücher.example"));
    assert!(found("V4.EXAMPLE").ends_with(" is 127.9.2.1, 127.9.2.2"));
    assert!(found("v4.example.").ends_with(" is 127.9.2.1, 127.9.2.2"));
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn no_such_name_and_no_answer_are_two_errors() {
    needs_a_root_folder!();
    let server = NameServer::start(
        &[
            ("gone.example", Says::Code(3)),
            ("empty.example", addresses(&[])),
            ("broken.example", Says::Code(2)),
            ("refused.example", Says::Code(5)),
        ],
        Says::Silence,
    );
    let root = asking(&[&server], "options timeout:1 attempts:1\n");
    let said = |host| root.doctor(host).replace(&server.address.to_string(), "SERVER");
    assert_eq!(said("gone.example"), "The host 'gone.example' cannot be found.");
    assert_eq!(said("empty.example"), "The host 'empty.example' cannot be found.");
    assert_snapshot!(said("broken.example"), @"The host 'broken.example' cannot be looked up: no answer from the name service (SERVER: SERVFAIL).");
    assert_snapshot!(said("refused.example"), @"The host 'refused.example' cannot be looked up: no answer from the name service (SERVER: REFUSED).");
    assert_snapshot!(said("silent.example"), @"The host 'silent.example' cannot be looked up: no answer from the name service (SERVER: silent for 1 s).");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_command_ends_with_1_and_a_hint_where_the_name_service_is_silent() {
    needs_a_root_folder!();
    let server = NameServer::start(&[], Says::Code(2));
    let root = asking(&[&server], "");
    let connection = "endpoint=https://acs.example;accesskey=c2VjcmV0";
    let arguments = ["communication", "user-identity", "token", "issue", "--scope", "chat", "--only-show-errors"];
    let output = root.az().args(arguments).args(["--connection-string", connection]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot!(said(&output).replace(&server.address.to_string(), "SERVER"), @r"
    ERROR: The host 'acs.example' cannot be looked up: no answer from the name service (SERVER: SERVFAIL).
    Hint: Check the name servers in /etc/resolv.conf, and that the network is up.
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn without_resolv_conf_this_machine_is_asked() {
    needs_a_root_folder!();
    if std::net::UdpSocket::bind("127.0.0.1:53").is_err() {
        eprintln!("skipped: something listens on port 53");
        return;
    }
    let empty = ["", "search x\n"].map(|text| Root::new().with("etc/resolv.conf", text));
    for root in empty.iter().chain([&Root::new()]) {
        assert_eq!(
            root.doctor("acs.example"),
            "The host 'acs.example' cannot be looked up: no answer from the name service (127.0.0.1: cannot be reached)."
        );
    }
}

#[test]
fn the_next_server_is_asked_when_one_fails_or_is_silent() {
    needs_a_root_folder!();
    let good = NameServer::start(&[("acs.example", addresses(&["127.9.2.7"]))], Says::Code(3));
    for first in [Says::Code(2), Says::Code(5), Says::Silence] {
        let bad = NameServer::start(&[], first.clone());
        let root = asking(&[&bad, &good], "");
        assert_eq!(root.doctor("acs.example"), "acs.example is 127.9.2.7", "{first:?}");
        assert_eq!(root.doctor("gone.example"), "The host 'gone.example' cannot be found.", "{first:?}");
    }
}

/// Two servers that disagree are usual: the first one knows a private network.
#[test]
fn the_first_server_that_answers_decides() {
    needs_a_root_folder!();
    let private = NameServer::start(&[("acs.example", addresses(&["127.1.2.3"]))], Says::Code(3));
    let public = NameServer::start(&[("only.example", addresses(&["127.9.2.9"]))], Says::Code(3));
    let root = asking(&[&private, &public], "");
    assert_eq!(root.doctor("acs.example"), "acs.example is 127.1.2.3");
    assert_eq!(root.doctor("only.example"), "The host 'only.example' cannot be found.");
    assert_eq!(public.asked(), Vec::<String>::new());
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn one_family_is_enough_when_the_other_gets_no_answer() {
    needs_a_root_folder!();
    let v4 = || ips(&["127.9.2.1"]);
    let server = NameServer::start(
        &[
            ("silent.example", Says::V4Then(v4(), Box::new(Says::Silence))),
            ("broken.example", Says::V4Then(v4(), Box::new(Says::Code(2)))),
            ("neither.example", Says::V4Then(Vec::new(), Box::new(Says::Code(2)))),
        ],
        Says::Code(3),
    );
    let root = asking(&[&server], "");
    assert_eq!(root.doctor("silent.example"), "silent.example is 127.9.2.1");
    assert_eq!(root.doctor("broken.example"), "broken.example is 127.9.2.1");
    let said = root.doctor("neither.example");
    assert!(said.contains("no answer from the name service"), "{said}");
}

#[test]
fn short_names_are_searched_for() {
    needs_a_root_folder!();
    let server = NameServer::start(
        &[
            ("acs.corp.example", addresses(&["127.9.2.1"])),
            ("acs.b.corp.example", addresses(&["127.9.2.2"])),
            // The search goes on with both families together.
            ("deep.acs", addresses(&["127.9.2.3"])),
            ("deep.acs.corp.example", addresses(&["2001:db8::bad"])),
        ],
        Says::Code(3),
    );
    let root = asking(&[&server], "search a.example corp.example\n");
    assert_eq!(root.doctor("acs"), "acs is 127.9.2.1");
    assert_eq!(root.doctor("acs.b"), "acs.b is 127.9.2.2");
    assert_eq!(root.doctor("deep.acs"), "deep.acs is 127.9.2.3");
    assert_eq!(root.doctor("acs."), "The host 'acs.' cannot be found.");
}

#[test]
fn the_hosts_file_comes_first_and_asks_nobody() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1"]))], Says::Code(3));
    let root =
        asking(&[&server], "").with("etc/hosts", "# ours\n127.9.0.1 ACS.example acs # x\r\n::5 acs\n127.9.0.2 other");
    for host in ["acs.example", "Acs.Example", "acs.example."] {
        assert!(root.doctor(host).ends_with(" is 127.9.0.1"), "{}", root.doctor(host));
    }
    assert_eq!(root.doctor("acs"), "acs is 127.9.0.1, ::5");
    assert_eq!(root.doctor("other"), "other is 127.9.0.2");
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
fn localhost_and_addresses_ask_nobody() {
    needs_a_root_folder!();
    let server = NameServer::start(&[], Says::Silence);
    let root = asking(&[&server], "").with("etc/hosts", "127.9.0.1 api.localhost\n");
    for host in ["localhost", "LOCALHOST", "localhost.", "a.localhost"] {
        assert!(root.doctor(host).ends_with(" is 127.0.0.1, ::1"), "{}", root.doctor(host));
    }
    assert_eq!(root.doctor("api.localhost"), "api.localhost is 127.9.0.1");
    for host in ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.1"] {
        assert!(root.doctor(host).ends_with(" is 127.0.0.1"), "{}", root.doctor(host));
    }
    assert_eq!(root.doctor("[::1]"), "[::1] is ::1");
    assert_eq!(root.doctor("nothing.invalid"), "The host 'nothing.invalid' cannot be found.");
    assert_eq!(server.asked(), Vec::<String>::new());
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn only_the_hosts_file_is_read_where_nsswitch_conf_says_so() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1"]))], Says::Code(3));
    let root =
        asking(&[&server], "").with("etc/nsswitch.conf", "hosts: files # dns\n").with("etc/hosts", "127.9.0.1 acs");
    assert_eq!(root.doctor("acs"), "acs is 127.9.0.1");
    assert_eq!(root.doctor("acs.example"), "The host 'acs.example' cannot be found.");
    assert_eq!(server.asked(), Vec::<String>::new());
}

/// The modules belong to a C library that may not be ours, or may not be there at all.
#[test]
fn modules_in_nsswitch_conf_do_no_harm() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1"]))], Says::Code(3));
    for line in HOSTS_LINES {
        let root = asking(&[&server], "").with("etc/nsswitch.conf", &format!("passwd: files ldap\nhosts: {line}\n"));
        let root = root.with("lib/x86_64-linux-gnu/libnss_myhostname.so.2", "not a library");
        assert_eq!(root.doctor("gone.example"), "The host 'gone.example' cannot be found.", "{line}");
        if line != "files" {
            assert_eq!(root.doctor("acs.example"), "acs.example is 127.9.2.1", "{line}");
        }
    }
}

/// Fedora's and Arch's default, Debian's with Avahi, and two short ones.
const HOSTS_LINES: [&str; 4] =
    ["files myhostname resolve [!UNAVAIL=return] dns", "files mdns4_minimal [NOTFOUND=return] dns", "dns", "files"];

/// Without a root folder: what is found on the way to a listener with a full queue is a black hole.
#[test]
fn the_second_address_of_localhost_serves_while_the_first_is_silent() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    // A port that is free on both addresses: other tests run at the same time.
    let (v6, hole, address) = (0..100)
        .find_map(|_| {
            let v6 = TcpListener::bind("[::1]:0").unwrap();
            let address = SocketAddr::from(([127, 0, 0, 1], v6.local_addr().unwrap().port()));
            let family = rustix::net::AddressFamily::INET;
            let hole = rustix::net::socket(family, rustix::net::SocketType::STREAM, None).unwrap();
            rustix::net::bind(&hole, &address).ok().map(|()| (v6, hole, address))
        })
        .unwrap();
    let port = address.port();
    rustix::net::listen(&hole, 0).unwrap();
    let mut full = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        full.push(stream);
    }
    let home = Folder::new();
    let connection = format!("endpoint=https://localhost:{port}/;accesskey=c2VjcmV0");
    let started = Instant::now();
    let mut command = az(&home);
    command.args(["communication", "doctor", "--connection-string", &connection, "-o", "tsv"]);
    let output = command.args(["--query", "[?check=='tcp'].found"]).stdout(std::process::Stdio::piped());
    let mut child = output.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // One connection for the check, one for the request, which gets no answer but an end.
    drop(v6.accept().unwrap());
    drop(v6.accept().unwrap());
    let _ = child.wait().unwrap();
    let said = said(&child.wait_with_output().unwrap());
    assert!(said.contains(&format!("connected to [::1]:{port}")), "{said}");
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn the_hosts_file_gives_localhost_further_addresses() {
    needs_a_root_folder!();
    let listener = TcpListener::bind("127.77.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let root = Root::new().with("etc/hosts", "127.0.0.1 localhost\n127.77.0.1 localhost\n");
    let connection = format!("endpoint=https://localhost:{port}/;accesskey=c2VjcmV0");
    let mut command = root.az();
    command.args(["communication", "doctor", "--connection-string", &connection, "-o", "tsv"]);
    let output = command.args(["--query", "[?check=='tcp'].found"]).output().unwrap();
    assert!(said(&output).contains(&format!("connected to 127.77.0.1:{port}")), "{}", said(&output));
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn many_threads_look_names_up() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1", "::9"]))], Says::Code(3));
    let root = asking(&[&server], "");
    let output = root.this_test("names::inside_200_names_are_looked_up_in_16_threads").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("200 names were looked up"), "{}", said(&output));
}

/// What other tests run in root folders of their own, where the library is all that there is.
#[test]
#[ignore = "others run it in a root folder of their own"]
fn inside_200_names_are_looked_up_in_16_threads() {
    if !crate::support::root::inside() {
        return;
    }
    let deadline = Instant::now() + Duration::from_secs(120);
    let looked_up = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                loop {
                    let at = looked_up.fetch_add(1, Ordering::SeqCst);
                    if at >= 200 {
                        break;
                    }
                    match names::addresses(
                        if at.is_multiple_of(2) { "acs.example" } else { "gone.example" },
                        443,
                        deadline,
                    ) {
                        Ok(found) => assert_eq!(found, ["[::9]:443", "127.9.2.1:443"].map(|at| at.parse().unwrap())),
                        Err(error) => assert_eq!(error.to_string(), "The host 'gone.example' cannot be found."),
                    }
                }
            });
        }
    });
    println!("200 names were looked up");
}

/// Static programs of one C library that load the modules of another die of SIGFPE or SIGSEGV.
#[test]
#[ignore = "needs root and the C library of another release: run scripts/test.sh"]
fn names_are_looked_up_beside_another_c_library() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1", "::9"]))], Says::Code(3));
    let resolv_conf = format!("nameserver {}\n", server.address);
    let mut root = Root::foreign().with("etc/resolv.conf", &resolv_conf).with("etc/hosts", "127.0.0.1 localhost\n");
    for line in HOSTS_LINES.map(Some).into_iter().chain([None]) {
        root = match line {
            Some(line) => root.with("etc/nsswitch.conf", &format!("passwd: files systemd\nhosts: {line}\n")),
            None => root.without("etc/nsswitch.conf").without("etc/hosts"),
        };
        let mut command = root.az();
        command.args(["communication", "user-identity", "token", "issue", "--scope", "chat", "--only-show-errors"]);
        command.env_remove("HOME");
        command.args(["--connection-string", "endpoint=https://contoso.communication.azure.com;accesskey=c2VjcmV0"]);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{line:?}: {output:?}");
        assert_eq!(
            said(&output),
            "ERROR: The host 'contoso.communication.azure.com' cannot be found.\nHint: Check the 'endpoint' part of the \
             connection string, and that this machine can resolve names.",
            "{line:?}"
        );
        if line == Some("files") {
            continue;
        }
        let output = root.this_test("names::inside_200_names_are_looked_up_in_16_threads").output().unwrap();
        assert!(output.status.success() && said(&output).contains("200 names"), "{line:?}: {}", said(&output));
    }
    // What only a module knows.
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let root = root.with("etc/nsswitch.conf", &format!("hosts: {}\n", HOSTS_LINES[0]));
    assert!(root.doctor(&name).starts_with(&format!("{name} is ")), "{}", root.doctor(&name));
    let root = root.with("etc/nsswitch.conf", "hosts: files dns\n");
    assert_eq!(root.doctor(&name), format!("The host '{name}' cannot be found."));
}
