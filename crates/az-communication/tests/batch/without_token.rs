//! Tests of a service that creates a user, but returns no token.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::ISSUE;
use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created, json_answer};
use crate::support::seen::run;

/// Starts a server that creates users. Its first response lacks this member.
fn leaving_out(member: &'static str) -> Odd {
    let seen = Arc::new(AtomicUsize::new(0));
    Odd::start(move |connection: &mut Connection| {
        while let Some(request) = connection.request()? {
            let number = seen.fetch_add(1, Ordering::SeqCst);
            let answer = if request.path.contains(":issueAccessToken") {
                json_answer("200 OK", r#"{"token":"a.b.c","expiresOn":"2099-01-01T00:00:00+00:00"}"#)
            } else if number == 0 {
                json_answer("201 Created", &format!(r#"{{"identity":{{"id":"8:acs:X"}}{member}}}"#))
            } else {
                created(number)
            };
            connection.send(answer)?;
        }
        Ok(())
    })
}

const ABSENT: &str = "";
const NULL: &str = r#","accessToken":null"#;

#[test]
fn a_user_who_was_created_without_a_token_is_named_and_in_the_ledger() {
    for member in [ABSENT, NULL, r#","accessToken":{"token":null}"#] {
        let home = Folder::new();
        let server = leaving_out(member);
        let mut command = server.az(&home);
        command.args(["communication", "user-identity", "token", "issue", "--scope", "chat"]);
        let seen = run(command.env("AZURE_COMMUNICATION_LEDGER", "ledger.jsonl"));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
        assert!(seen.stderr.contains("The user 8:acs:X exists now, without a token."), "{seen:?}");
        assert!(!seen.stderr.contains("id was lost"), "{seen:?}");
        let ledger = std::fs::read_to_string(home.path().join("ledger.jsonl")).unwrap();
        assert!(ledger.contains(r#""event":"created","user_id":"8:acs:X""#), "{ledger}");
    }
}

#[test]
fn a_batch_records_a_user_without_a_token_and_issues_it_later() {
    const EMPTY: &str = r#","accessToken":{"token":"","expiresOn":""}"#;
    for (member, wanted) in
        [(ABSENT, "--count 2"), (EMPTY, "--count 2"), (NULL, "--names-from names --api-version 2023-10-01")]
    {
        let home = Folder::new();
        home.write("names", "anna\nberta\n");
        let server = leaving_out(member);
        let batch = || {
            let mut command = server.az(&home);
            command.args(["communication", "user-identity"]).args(ISSUE.split(' ')).args(wanted.split(' '));
            command.env("AZURE_COMMUNICATION_LEDGER", "ledger.jsonl");
            run(command.args(["--concurrency", "1", "--out-file", "t.jsonl"]))
        };
        let first = batch();
        assert_eq!((first.code, &first.json()["failed"], &first.json()["issued"]), (Some(1), &1.into(), &1.into()));
        assert!(first.stderr.contains("ERROR: 8:acs:X was created without a token: "), "{first:?}");
        let again = batch();
        let (json, code) = (again.json(), again.code);
        assert_eq!((code, &json["issued"], &json["skipped"]), (Some(0), &1.into(), &1.into()), "{again:?}");
        let last = server.requests().pop().unwrap();
        assert!(last.path.contains("8%3Aacs%3AX/:issueAccessToken"), "{}", last.path);
        let text = std::fs::read_to_string(home.path().join("t.jsonl")).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let outcome =
            |name: &str| lines.iter().filter(|line| line["outcome"] == name && line["user_id"] == "8:acs:X").count();
        assert_eq!((outcome("created"), outcome("issued")), (1, 1), "{text}");
        assert_eq!(std::fs::read_to_string(home.path().join("ledger.jsonl")).unwrap().lines().count(), 2);
        // There is nothing left to do.
        assert_eq!((batch().code, server.requests().len()), (Some(0), 3));
    }
}
