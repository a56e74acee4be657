//! Tests of gateways that have no response, or redirect elsewhere: what may have happened, and the advice.

use std::sync::atomic::{AtomicUsize, Ordering};

use insta::assert_snapshot;

use crate::run;
use crate::support::Folder;
use crate::support::odd::{Odd, created};

const CREATE: [&str; 4] = ["communication", "identity", "user", "create"];
const ISSUE: [&str; 7] = ["communication", "user-identity", "token", "issue", "--scope", "chat", "--user"];
const NO_ANSWER: &str = "HTTP/1.1 504 Gateway Timeout\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";

/// Starts a server whose first responses come from a gateway.
fn after_failures(count: usize, then: &'static str) -> Odd {
    let seen = AtomicUsize::new(0);
    Odd::start(move |connection| {
        while connection.request()?.is_some() {
            let is_late = seen.fetch_add(1, Ordering::SeqCst) >= count;
            connection.send(match then {
                _ if !is_late => NO_ANSWER.to_owned(),
                "" => created(1),
                then => then.to_owned(),
            })?;
        }
        Ok(())
    })
}

/// Returns stderr without the warnings before a request, and the exit code.
fn said(server: &Odd, words: &[&str]) -> String {
    let home = Folder::new();
    let (code, _, stderr) = run(server.az(&home).args(words));
    let is_ours = |line: &&str| !line.contains("deprecated") && !line.contains("is in preview");
    let lines: Vec<&str> = stderr.lines().filter(is_ours).collect();
    format!("{}\nexit {code}", lines.join("\n")).trim_start().replace(&server.port.to_string(), "PORT")
}

/// It is not known what the server did before this response.
#[test]
fn another_protocol_in_answer_to_a_creation_is_an_unknown_outcome() {
    let home = Folder::new();
    let server = Odd::answering("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    let (code, stdout, stderr) = run(server.az(&home).args(CREATE));
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(
        stderr.contains("The outcome is unknown: an identity may have been created, but its id was lost."),
        "{stderr}"
    );
}

#[test]
fn a_user_who_was_created_after_a_gateway_gave_up_may_have_a_twin() {
    let server = after_failures(1, "");
    assert_snapshot!(said(&server, &CREATE), @r"
    WARNING: The request was sent 2 times, because a gateway had no answer. Another identity may have been created, but its id was lost.
    exit 0
    ");
    let server = after_failures(2, "");
    assert_snapshot!(said(&server, &CREATE), @r"
    WARNING: The request was sent 3 times, because a gateway had no answer. Up to 2 other identities may have been created, but their ids were lost.
    exit 0
    ");
}

#[test]
fn each_attempt_that_a_gateway_gave_up_may_have_created_a_user() {
    let server = after_failures(9, "");
    assert_snapshot!(said(&server, &CREATE), @r"
    ERROR: Operation returned an invalid status 'Gateway Timeout'
    Hint: The outcome is unknown: the request was sent 4 times, and up to 4 identities may have been created, but their ids were lost. Another attempt creates another one.
    exit 1
    ");
    assert_eq!(server.requests().len(), 4);
    let server = after_failures(1, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    assert_snapshot!(said(&server, &CREATE), @r"
    ERROR: Operation returned an invalid status 'Bad Request'
    Hint: The outcome is unknown: the request was sent 2 times, and an identity may have been created, but its id was lost. Another attempt creates another one.
    exit 1
    ");
}

#[test]
fn a_command_that_creates_many_users_sends_no_creation_again() {
    for words in [
        "communication user-identity token issue-batch --scope chat --count 1 --out-file -",
        "communication identity user create --count 2",
    ] {
        let server = after_failures(1, "");
        let words: Vec<&str> = words.split(' ').collect();
        let shown = said(&server, &words);
        assert!(shown.contains("nknown") || shown.contains("not known"), "{shown}");
        assert_eq!(server.requests().len(), 1, "{shown}");
    }
}

#[test]
fn a_gateway_without_an_answer_about_a_user_leaves_the_outcome_unknown() {
    let server = Odd::answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    assert_snapshot!(said(&server, &[&ISSUE[..], &["8:acs:a"]].concat()), @r"
    ERROR: Operation returned an invalid status 'Bad Gateway'
    Hint: The outcome is unknown: the service may have carried the request out. --debug shows the exchange.
    exit 1
    ");
}

#[test]
fn an_answer_that_leads_from_https_to_http_is_named() {
    let to = |status: &str, location: &str| {
        let server = Odd::answering(format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"));
        said(&server, &CREATE)
    };
    assert_snapshot!(to("307 Temporary Redirect", "http://plain.example/identities"), @r"
    ERROR: The response redirects to 'http://plain.example/identities', which is not followed.
    Hint: It leads from https to http (http://plain.example), where others could read what is sent. Name a server that speaks https in the endpoint, or let the gateway in front of it redirect to https.
    exit 1
    ");
    assert_snapshot!(to("301 Moved Permanently", "http://plain.example/identities"), @r"
    ERROR: Operation returned an invalid status 'Moved Permanently'
    Hint: It leads from https to http (http://plain.example), where others could read what is sent. Name a server that speaks https in the endpoint, or let the gateway in front of it redirect to https.
    exit 1
    ");
    assert_snapshot!(to("301 Moved Permanently", "https://other.example/identities"), @r"
    ERROR: Operation returned an invalid status 'Moved Permanently'
    Hint: It leads to https://other.example. If the service is there, use that server in the endpoint.
    exit 1
    ");
    assert_snapshot!(to("301 Moved Permanently", "/elsewhere"), @r"
    ERROR: Operation returned an invalid status 'Moved Permanently'
    exit 1
    ");
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_local_address_needs_its_interface() {
    let server = Odd::answering("");
    let words = [&CREATE[..], &["--connection-string", "endpoint=https://[fe80::1]:1/;accesskey=a2V5"]].concat();
    assert_snapshot!(said(&server, &words), @r"
    ERROR: Cannot connect to [fe80::1]:1: Invalid argument.
    Hint: Such an address is valid within one network only, and the endpoint cannot name the network's interface. Give the address a name in the hosts file, with the interface (fe80::1%eth0 NAME), and use the name.
    exit 1
    ");
}
