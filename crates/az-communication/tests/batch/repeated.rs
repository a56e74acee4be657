//! Tests of responses that leave open whether the request was carried out: creations are not repeated, and other
//! requests are repeated with a message.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created, json_answer};
use crate::support::seen::{Seen, run};
use crate::{ISSUE, recorded};

/// Starts a server that responds with this head to the first, third, … request, although it has created a user. It
/// responds normally to the requests in between.
fn failing_first(head: &str) -> Odd {
    let answer = format!("HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n");
    let requests = Arc::new(AtomicUsize::new(0));
    Odd::start(move |connection: &mut Connection| {
        while let Some(request) = connection.request()? {
            let number = requests.fetch_add(1, Ordering::SeqCst);
            if number.is_multiple_of(2) {
                connection.send(&answer)?;
            } else if request.path.contains(":issueAccessToken") {
                connection.send(json_answer("200 OK", r#"{"token":"t","expiresOn":"2099-01-01T00:00:00+00:00"}"#))?;
            } else {
                connection.send(created(number))?;
            }
        }
        Ok(())
    })
}

fn issue(server: &Odd, home: &Folder, whom: &str) -> Seen {
    let mut command = server.az(home);
    command.args(["communication", "user-identity"]).args(ISSUE.split(' ')).args(whom.split(' '));
    run(command.args(["--concurrency", "1", "--out-file", "t.jsonl"]))
}

const OPEN: [&str; 7] = [
    "500 Internal Server Error",
    "503 Service Unavailable\r\nRetry-After: 0",
    "504 Gateway Timeout",
    "502 Bad Gateway\r\nRetry-After: 0",
    "408 Request Timeout\r\nRetry-After: 0",
    "500 Internal Server Error\r\nretry-after-ms: 0",
    "599 Odd",
];

#[test]
fn a_creation_that_may_have_been_carried_out_is_unknown_and_not_sent_again() {
    for head in OPEN {
        let (home, server) = (Folder::new(), failing_first(head));
        let seen = issue(&server, &home, "--count 4");
        assert_eq!(seen.code, Some(1), "{head}: {seen:?}");
        assert_eq!(server.requests().len(), 4, "{head}: {seen:?}");
        let (users, unknown) = recorded(&std::fs::read(home.path().join("t.jsonl")).unwrap());
        assert_eq!((users.len(), unknown), (2, 2), "{head}: {seen:?}");
        assert!(seen.stderr.contains("It is not known whether 2 users were created: "), "{head}: {seen:?}");
    }
}

/// A 429 shows that nothing was done.
#[test]
fn a_creation_that_was_refused_is_sent_again() {
    let (home, server) = (Folder::new(), failing_first("429 Too Many Requests\r\nRetry-After: 0"));
    let seen = issue(&server, &home, "--count 3");
    assert_eq!((seen.code, seen.stderr.as_str(), server.requests().len()), (Some(0), "", 6), "{seen:?}");
    assert_eq!(recorded(&std::fs::read(home.path().join("t.jsonl")).unwrap()).0.len(), 3);
}

#[test]
fn many_creations_end_with_one_that_may_have_been_carried_out() {
    for head in OPEN {
        let (home, server) = (Folder::new(), failing_first(head));
        let mut command = server.az(&home);
        let seen = run(command.args(["communication", "user-identity", "user", "create", "--count", "4"]));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), "[]\n"), "{head}: {seen:?}");
        assert_eq!(server.requests().len(), 1, "{head}: {seen:?}");
        let said = seen.stderr.matches("The outcome is unknown: ").count();
        assert_eq!(said, 1, "{head}: {seen:?}");
    }
}

#[test]
fn requests_for_tokens_that_are_sent_again_are_counted_and_said() {
    let (home, server) = (Folder::new(), failing_first("503 Service Unavailable\r\nRetry-After: 0"));
    home.write("users", "8:acs:a\n8:acs:b\n");
    let seen = issue(&server, &home, "--users-from users");
    assert_eq!((seen.code, server.requests().len()), (Some(0), 4), "{seen:?}");
    assert_eq!(
        seen.stderr,
        "WARNING: 2 requests were sent again after an answer that did not rule out success. Such a user may have one more \
         token than the record.\n"
    );
}

/// A custom id finds the user who was already created. Without custom ids, another user would be created.
#[test]
fn names_that_were_sent_as_custom_ids_are_not_created_without_them() {
    let (home, server) = (Folder::new(), failing_first("404 Not Found"));
    home.write("names", "anna\nberta\n");
    let header = format!(
        r#"{{"format":"az-communication-batch","version":2,"operation":"token issue-batch","scopes":["chat"],"expires_in_minutes":null,"host":"localhost:{}","key":"KEY"}}"#,
        server.port
    );
    let text = format!("{header}\n{{\"intent\":\"issue\",\"name\":\"berta\"}}\n");
    home.write("t.jsonl", &text);
    let seen = issue(&server, &home, "--names-from names --api-version 2023-10-01");
    assert_eq!((seen.code, seen.stdout.as_str(), server.requests().len()), (Some(1), "", 0), "{seen:?}");
    assert_eq!(
        seen.stderr,
        "ERROR: t.jsonl cannot be used: 1 of its names was sent as a custom id, and the outcome is not recorded. This \
         api-version has no custom ids, so the users could be created twice.\nHint: Give the --api-version of that run, or \
         omit it. Then these names are sent again, which is harmless.\n"
    );
    assert_eq!(std::fs::read_to_string(home.path().join("t.jsonl")).unwrap(), text);
}

/// A name stands for one user, independent of the api-version of the next run.
#[test]
fn a_named_user_without_a_token_gets_it_and_no_other_user_is_created() {
    let (home, server) = (Folder::new(), failing_first("429 Too Many Requests\r\nRetry-After: 0"));
    home.write("names", "anna\n");
    let header = format!(
        r#"{{"format":"az-communication-batch","version":2,"operation":"token issue-batch","scopes":["chat"],"expires_in_minutes":null,"host":"localhost:{}","key":"KEY"}}"#,
        server.port
    );
    home.write(
        "t.jsonl",
        format!("{header}\n{{\"user_id\":\"8:acs:a\",\"n\":0,\"name\":\"anna\",\"outcome\":\"created\"}}\n"),
    );
    let seen = issue(&server, &home, "--names-from names");
    assert_eq!(seen.code, Some(0), "{seen:?}");
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert!(paths.iter().all(|path| path.contains("8%3Aacs%3Aa") && path.contains(":issueAccessToken")), "{paths:?}");
}

/// Runs count on from the largest number, which must not overflow. A record of this program has no such number.
#[test]
fn the_largest_number_of_a_creation_is_refused() {
    let (home, server) = (Folder::new(), failing_first("404 Not Found"));
    for n in [u64::MAX, u64::MAX - 1, 1 << 60] {
        let header = format!(
            r#"{{"format":"az-communication-batch","version":2,"operation":"token issue-batch","scopes":["chat"],"expires_in_minutes":null,"host":"localhost:{}","key":"KEY"}}"#,
            server.port
        );
        home.write("t.jsonl", format!("{header}\n{{\"n\":{n},\"outcome\":\"unsent\"}}\n"));
        let seen = issue(&server, &home, "--count 2");
        assert_eq!((seen.code, server.requests().len()), (Some(1), 0), "{n}: {seen:?}");
        assert!(seen.stderr.contains("line 2 is not a line of a batch record"), "{n}: {seen:?}");
    }
}

/// The refresh time is later than the largest date, so all tokens expire before it.
#[test]
fn the_longest_refresh_renews_all() {
    for refresh in ["99999999999d", "9223372036854775807s", "999999h"] {
        let (home, server) = (Folder::new(), failing_first("429 Too Many Requests\r\nRetry-After: 0"));
        home.write("users", "8:acs:a\n8:acs:b\n");
        assert_eq!(issue(&server, &home, "--users-from users").code, Some(0));
        let seen = issue(&server, &home, &format!("--users-from users --refresh {refresh}"));
        assert_eq!((seen.code, &seen.json()["renewed"]), (Some(0), &2.into()), "{refresh}: {seen:?}");
    }
}

/// One gateway may lead to several services.
#[test]
fn a_record_belongs_to_the_whole_endpoint() {
    let (home, server) = (Folder::new(), Odd::answering("HTTP/1.1 204 No Content\r\n\r\n"));
    home.write("users", "8:acs:a\n");
    let delete = |path: &str| {
        let mut command = server.az(&home);
        let endpoint = format!("endpoint=https://localhost:{}{path};accesskey=MDEyMzQ1Njc4OWFiY2RlZg==", server.port);
        command.args(["communication", "user-identity", "user", "delete-batch", "--users-from", "users", "--yes"]);
        run(command.args(["--out-file", "d.jsonl"]).env("AZURE_COMMUNICATION_CONNECTION_STRING", endpoint))
    };
    assert_eq!(delete("/acs/prod").json()["deleted"], 1);
    assert_eq!(delete("/acs/prod/").json()["skipped"], 1);
    for other in ["/acs/test", "/", "/ACS/prod"] {
        let seen = delete(other);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{other}: {seen:?}");
        let expected = format!("it belongs to the service localhost:{}/acs/prod.\n", server.port);
        assert!(seen.stderr.contains(&expected), "{other}: {seen:?}");
    }
    assert_eq!(server.requests().len(), 1);
}
