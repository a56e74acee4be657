//! Tests of names that are found without a name server (the hosts file, localhost, addresses), and of nsswitch.conf.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::c_library::HOSTS_LINES;
use super::names::{asking, found};
use crate::needs_a_root_folder;
use crate::support::dns::{NameServer, Says, addresses};
use crate::support::root::{Root, said};
use crate::support::{Folder, az};
use insta::assert_snapshot;

/// Returns the addresses of hosts with this hosts file. Checks that no name server is asked.
fn without_asking(hosts_file: &str, hosts: &[&str]) -> String {
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1"]))], Says::Silence);
    let root = asking(&[&server], "").with("etc/hosts", hosts_file);
    let found = found(&root, hosts);
    assert_eq!(server.asked(), Vec::<String>::new());
    found
}

#[test]
fn the_hosts_file_comes_before_the_name_server() {
    needs_a_root_folder!();
    let file = "# ours\n127.9.0.1 ACS.example acs # x\r\n::5 acs\n127.9.0.2 other";
    let hosts = ["acs.example", "Acs.Example", "acs.example.", "acs", "other"];
    assert_snapshot!(without_asking(file, &hosts), @"
    acs.example is 127.9.0.1
    Acs.Example is 127.9.0.1
    acs.example. is 127.9.0.1
    acs is 127.9.0.1, ::5
    other is 127.9.0.2
    ");
}

#[test]
fn localhost_is_this_machine() {
    needs_a_root_folder!();
    assert_snapshot!(without_asking("", &["localhost", "LOCALHOST", "localhost.", "a.localhost"]), @"
    localhost is 127.0.0.1, ::1
    LOCALHOST is 127.0.0.1, ::1
    localhost. is 127.0.0.1, ::1
    a.localhost is 127.0.0.1, ::1
    ");
}

#[test]
fn a_name_below_localhost_may_stand_in_the_hosts_file() {
    needs_a_root_folder!();
    assert_snapshot!(without_asking("127.9.0.1 api.localhost\n", &["api.localhost"]), @"api.localhost is 127.9.0.1");
}

#[test]
fn an_address_in_each_form_is_not_looked_up() {
    needs_a_root_folder!();
    let hosts = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.1", "[::1]"];
    assert_snapshot!(without_asking("", &hosts), @"
    127.0.0.1 is 127.0.0.1
    127.1 is 127.0.0.1
    0x7f.1 is 127.0.0.1
    2130706433 is 127.0.0.1
    0177.1 is 127.0.0.1
    [::1] is ::1
    ");
}

#[test]
fn a_name_below_invalid_does_not_exist() {
    needs_a_root_folder!();
    assert_snapshot!(without_asking("", &["nothing.invalid"]), @"The host 'nothing.invalid' cannot be found.");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn only_the_hosts_file_is_read_where_nsswitch_conf_says_so() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("acs.example", addresses(&["127.9.2.1"]))], Says::Code(3));
    let root =
        asking(&[&server], "").with("etc/nsswitch.conf", "hosts: files # dns\n").with("etc/hosts", "127.9.0.1 acs");
    assert_snapshot!(found(&root, &["acs", "acs.example"]), @"
    acs is 127.9.0.1
    The host 'acs.example' cannot be found.
    ");
    assert_eq!(server.asked(), Vec::<String>::new());
}

/// The modules are missing, or belong to a C library other than the program's own.
#[test]
fn modules_in_nsswitch_conf_are_not_loaded() {
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

/// A listener with a full queue does not respond to a new connection.
#[test]
fn the_second_address_of_localhost_is_used_where_the_first_one_is_silent() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no IPv6");
        return;
    }
    // The port must be free on both addresses, and other tests run at the same time.
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
    // There is one connection for the check and one for the request. Both are closed without a response.
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
