//! Tests that names are looked up without a C library: none of its lookup functions is linked, and none of its modules
//! is loaded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::names::asking;
use crate::needs_a_root_folder;
use crate::support::AZ;
use crate::support::dns::{NameServer, Says, addresses};
use crate::support::root::{Root, said};
use az_communication::transport::names;

/// Lines of nsswitch.conf: the default of Fedora and Arch, the default of Debian with Avahi, and two short ones.
pub const HOSTS_LINES: [&str; 4] =
    ["files myhostname resolve [!UNAVAIL=return] dns", "files mdns4_minimal [NOTFOUND=return] dns", "dns", "files"];

/// Returns the names of the functions and variables in a program (ELF, 64 bits, the byte order of this machine).
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
    // `7reqwest` is part of the mangled names of the functions of reqwest.
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
fn many_threads_look_names_up_at_once() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1", "::9"]))], Says::Code(3));
    let root = asking(&[&server], "");
    let output = root.this_test("c_library::inside_200_names_are_looked_up_in_16_threads").output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("200 names were looked up"), "{}", said(&output));
}

/// Other tests run this one in root folders that contain no other file.
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

/// If a static program of one C library loads the modules of another one, it ends with SIGFPE or SIGSEGV.
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
        let output = root.this_test("c_library::inside_200_names_are_looked_up_in_16_threads").output().unwrap();
        assert!(output.status.success() && said(&output).contains("200 names"), "{line:?}: {}", said(&output));
    }
    // Only a module of the C library knows this name.
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let root = root.with("etc/nsswitch.conf", &format!("hosts: {}\n", HOSTS_LINES[0]));
    assert!(root.doctor(&name).starts_with(&format!("{name} is ")), "{}", root.doctor(&name));
    let root = root.with("etc/nsswitch.conf", "hosts: files dns\n");
    assert_eq!(root.doctor(&name), format!("The host '{name}' cannot be found."));
}
