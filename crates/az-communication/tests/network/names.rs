//! Tests of the lookup of names without the C library, with name servers of the tests. Most tests need their own root
//! folder, so that they can write the files in /etc.

use std::net::IpAddr;

use crate::needs_a_root_folder;
use crate::support::dns::{NameServer, Says, addresses};
use crate::support::root::Root;
use crate::support::seen::run;
use insta::assert_snapshot;

pub fn ips(list: &[&str]) -> Vec<IpAddr> {
    list.iter().map(|address| address.parse().unwrap()).collect()
}

/// Makes a root folder whose program asks these servers.
pub fn asking(servers: &[&NameServer], more: &str) -> Root {
    let mut text = String::new();
    for server in servers {
        text.push_str(&format!("nameserver {}\n", server.address));
    }
    Root::new().with("etc/resolv.conf", &(text + more))
}

/// Returns the doctor's findings about each of these hosts, one line each.
pub fn found(root: &Root, hosts: &[&str]) -> String {
    hosts.iter().map(|host| root.doctor(host) + "\n").collect()
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn all_addresses_of_both_families_are_found() {
    needs_a_root_folder!();
    let names = [
        ("both.example", addresses(&["127.0.0.9", "::9"])),
        ("v4.example", addresses(&["127.9.2.1", "127.9.2.2"])),
        ("v6.example", addresses(&["2001:db8::1"])),
    ];
    let server = NameServer::start(&names, Says::Code(3));
    let root = asking(&[&server], "");
    assert_snapshot!(found(&root, &["both.example", "v4.example", "v6.example"]), @"
    both.example is ::9, 127.0.0.9
    v4.example is 127.9.2.1, 127.9.2.2
    v6.example is 2001:db8::1
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn an_alias_is_followed() {
    needs_a_root_folder!();
    let server =
        NameServer::start(&[("alias.example", Says::Alias("other.example", ips(&["127.9.2.3"])))], Says::Code(3));
    assert_eq!(asking(&[&server], "").doctor("alias.example"), "alias.example is 127.9.2.3");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_response_that_was_cut_off_is_asked_for_over_tcp() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("large.example", Says::ByTcp(ips(&["127.9.2.4"])))], Says::Code(3));
    assert_eq!(asking(&[&server], "").doctor("large.example"), "large.example is 127.9.2.4");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_name_may_have_capital_letters_a_dot_at_its_end_and_letters_of_other_scripts() {
    needs_a_root_folder!();
    let names = [("v4.example", addresses(&["127.9.2.1"])), ("xn--bcher-kva.example", addresses(&["127.9.2.5"]))];
    let server = NameServer::start(&names, Says::Code(3));
    let root = asking(&[&server], "");
    assert_snapshot!(found(&root, &["V4.EXAMPLE", "v4.example.", "Bücher.example"]), @"
    V4.EXAMPLE is 127.9.2.1
    v4.example. is 127.9.2.1
    Bücher.example is 127.9.2.5
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_name_that_does_not_exist_or_has_no_address_cannot_be_found() {
    needs_a_root_folder!();
    let server = NameServer::start(&[("empty.example", addresses(&[]))], Says::Code(3));
    let root = asking(&[&server], "");
    assert_snapshot!(found(&root, &["gone.example", "empty.example"]), @"
    The host 'gone.example' cannot be found.
    The host 'empty.example' cannot be found.
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_name_server_that_fails_refuses_or_is_silent_is_named() {
    needs_a_root_folder!();
    let names = [("broken.example", Says::Code(2)), ("refused.example", Says::Code(5))];
    let server = NameServer::start(&names, Says::Silence);
    let root = asking(&[&server], "options timeout:1 attempts:1\n");
    let found = found(&root, &["broken.example", "refused.example", "silent.example"]);
    assert_snapshot!(found.replace(&server.address.to_string(), "SERVER"), @"
    The host 'broken.example' cannot be looked up: no answer from the name service (SERVER: SERVFAIL).
    The host 'refused.example' cannot be looked up: no answer from the name service (SERVER: REFUSED).
    The host 'silent.example' cannot be looked up: no answer from the name service (SERVER: timed out after 1 s).
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_command_ends_with_a_hint_where_the_name_server_fails() {
    needs_a_root_folder!();
    let server = NameServer::start(&[], Says::Code(2));
    let root = asking(&[&server], "");
    let mut command = root.az();
    command.args(crate::CREATE).args(["--connection-string", "endpoint=https://acs.example;accesskey=c2VjcmV0"]);
    assert_snapshot!(run(&mut command).hiding(server.address, "SERVER"), @"
    exit 1
    --- stderr
    ERROR: The host 'acs.example' cannot be looked up: no answer from the name service (SERVER: SERVFAIL).
    Hint: Check the name servers in /etc/resolv.conf, and that the network is up.
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn without_resolv_conf_this_machine_is_asked() {
    needs_a_root_folder!();
    if std::net::UdpSocket::bind("127.0.0.1:53").is_err() {
        eprintln!("skipped: a name server listens on this machine");
        return;
    }
    let without_server = ["", "search x\n"].map(|text| Root::new().with("etc/resolv.conf", text));
    for root in without_server.iter().chain([&Root::new()]) {
        assert_eq!(
            root.doctor("acs.example"),
            "The host 'acs.example' cannot be looked up: no answer from the name service (127.0.0.1: cannot be reached)."
        );
    }
}

#[test]
fn the_next_server_is_asked_where_one_fails_refuses_or_is_silent() {
    needs_a_root_folder!();
    let good = NameServer::start(&[("acs.example", addresses(&["127.9.2.7"]))], Says::Code(3));
    for first in [Says::Code(2), Says::Code(5), Says::Silence] {
        let bad = NameServer::start(&[], first.clone());
        let root = asking(&[&bad, &good], "");
        assert_eq!(root.doctor("acs.example"), "acs.example is 127.9.2.7", "{first:?}");
        assert_eq!(root.doctor("gone.example"), "The host 'gone.example' cannot be found.", "{first:?}");
    }
}

/// Servers may differ: often only the first one knows a private network.
#[test]
fn the_first_server_that_responds_decides() {
    needs_a_root_folder!();
    let private = NameServer::start(&[("acs.example", addresses(&["127.1.2.3"]))], Says::Code(3));
    let public = NameServer::start(&[("only.example", addresses(&["127.9.2.9"]))], Says::Code(3));
    let root = asking(&[&private, &public], "");
    assert_snapshot!(found(&root, &["acs.example", "only.example"]), @"
    acs.example is 127.1.2.3
    The host 'only.example' cannot be found.
    ");
    assert_eq!(public.asked(), Vec::<String>::new());
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn addresses_of_one_family_are_enough_where_the_other_one_fails_or_is_silent() {
    needs_a_root_folder!();
    let names = [
        ("silent.example", Says::V4Then(ips(&["127.9.2.1"]), Box::new(Says::Silence))),
        ("broken.example", Says::V4Then(ips(&["127.9.2.1"]), Box::new(Says::Code(2)))),
    ];
    let server = NameServer::start(&names, Says::Code(3));
    let root = asking(&[&server], "");
    assert_snapshot!(found(&root, &["silent.example", "broken.example"]), @"
    silent.example is 127.9.2.1
    broken.example is 127.9.2.1
    ");
}

#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_family_without_addresses_is_not_enough_where_the_other_one_fails() {
    needs_a_root_folder!();
    let says = Says::V4Then(Vec::new(), Box::new(Says::Code(2)));
    let server = NameServer::start(&[("neither.example", says)], Says::Code(3));
    let found = asking(&[&server], "").doctor("neither.example");
    assert!(found.contains("no answer from the name service"), "{found}");
}

#[test]
fn short_names_are_searched_for_in_the_domains_of_resolv_conf() {
    needs_a_root_folder!();
    let names = [
        ("acs.corp.example", addresses(&["127.9.2.1"])),
        ("acs.b.corp.example", addresses(&["127.9.2.2"])),
        // A full name must be looked up for both address families before the next name is tried.
        ("deep.acs", addresses(&["127.9.2.3"])),
        ("deep.acs.corp.example", addresses(&["2001:db8::bad"])),
    ];
    let server = NameServer::start(&names, Says::Code(3));
    let root = asking(&[&server], "search a.example corp.example\n");
    assert_snapshot!(found(&root, &["acs", "acs.b", "deep.acs", "acs."]), @"
    acs is 127.9.2.1
    acs.b is 127.9.2.2
    deep.acs is 127.9.2.3
    The host 'acs.' cannot be found.
    ");
}
