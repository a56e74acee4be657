//! Tests of proxies that cannot be used, and of hosts that are reached without a proxy.

use super::*;
use crate::support::seen::each;
use insta::assert_snapshot;

/// Runs `user create` with these variables. Checks that no secret of a test's proxy is shown.
pub fn through(variables: &[(&str, &str)]) -> Seen {
    let home = Folder::new();
    let seen = run(create(&home, "localhost", 7).envs(variables.iter().copied()));
    assert!(!seen.stderr.contains("geheim"), "{seen}");
    seen
}

fn unusable(value: &str) -> Seen {
    through(&[("https_proxy", value)])
}

#[test]
fn a_value_that_is_not_the_url_of_a_proxy_is_an_error() {
    let values = ["http://127.0.0.1:99999", "localhost:3128", "http://", " http://127.0.0.1:1", "http://[::x]"];
    assert_snapshot!(each(values, unusable), @"
    > http://127.0.0.1:99999
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: its port 99999 is larger than 65535.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    > localhost:3128
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: it does not start with http:// or https://.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    > http://
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: it has no host.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    >  http://127.0.0.1:1
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: it has a blank or a control character before, in or after its host.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    > http://[::x]
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: its host is not valid.
    Hint: Its form is https_proxy=http://HOST:PORT or http://USER:PASSWORD@HOST:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_password_that_is_not_percent_encoded_is_an_error() {
    assert_snapshot!(unusable("http://u:ge/heim@127.0.0.1:1"), @r"
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: a character of its user name or password ends the host and must be percent-encoded.
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
    assert_snapshot!(unusable("http://u:%ff@127.0.0.1:1"), @r"
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: its user name or password is not valid percent-encoded UTF-8, or has characters outside Latin-1, which cannot be sent.
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_kind_of_proxy_that_is_not_supported_is_an_error() {
    assert_snapshot!(each(["socks5://127.0.0.1:1080", "ftp://127.0.0.1"], unusable), @"
    > socks5://127.0.0.1:1080
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: SOCKS proxies are not supported.
    Hint: Name an HTTP proxy: https_proxy=http://HOST:PORT, or https:// for one that speaks TLS.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.

    > ftp://127.0.0.1
    exit 1
    --- stderr
    ERROR: The proxy in https_proxy cannot be used: its scheme 'ftp' is not http or https.
    Hint: Name an HTTP proxy: https_proxy=http://HOST:PORT, or https:// for one that speaks TLS.
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_proxy_that_cannot_be_reached_is_named_with_its_variable() {
    let port = support::unused_port();
    assert_snapshot!(through(&[("all_proxy", &format!("127.0.0.1:{port}"))]).hiding(port, "PORT"), @"
    exit 1
    --- stderr
    ERROR: Cannot connect to the proxy 127.0.0.1:PORT: Connection refused.
    Hint: The proxy is named by all_proxy. NO_PROXY lists hosts that are reached without it.
    ");
}

/// Checks whether a host is reached without the proxy. No server listens on either port.
fn is_direct(host: &str, list: &str) -> bool {
    let home = Folder::new();
    let mut command = create(&home, host, 9);
    command.env("HTTPS_PROXY", format!("http://127.0.0.1:{}", support::unused_port())).env("NO_PROXY", list);
    !run(&mut command).stderr.contains("proxy 127")
}

#[test]
fn hosts_of_the_list_are_reached_without_the_proxy() {
    for (host, list) in
        [("127.0.0.1", "127.0.0.0/8"), ("[::1]", "::1"), ("localhost", "localhost"), ("localhost", ".localhost")]
    {
        assert!(is_direct(host, list), "{host} {list}");
    }
}

#[test]
fn hosts_that_are_not_in_the_list_are_reached_through_the_proxy() {
    for (host, list) in [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost"), ("127.0.0.1", "128.0.0.0/8")] {
        assert!(!is_direct(host, list), "{host} {list}");
    }
}

#[test]
fn an_empty_variable_in_lower_case_turns_the_proxy_off() {
    let proxy = format!("http://127.0.0.1:{}", support::unused_port());
    let seen = through(&[("HTTPS_PROXY", &proxy), ("https_proxy", "")]);
    assert!(!seen.stderr.contains("proxy 127"), "{seen}");
}
