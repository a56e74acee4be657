//! Tests of responses that belong to another request: each token belongs to its user, and the created users are known.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::run;
use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created, echoing, json_answer, user};

/// Starts a server that sends each response again when the next request arrives on the same connection, and then the
/// right one.
fn repeating(answer: impl Fn(usize, &str) -> String + Send + Sync + 'static, echoes: bool) -> Odd {
    let seen = AtomicUsize::new(0);
    Odd::start(move |connection: &mut Connection| {
        let mut last: Option<String> = None;
        while let Some(request) = connection.request()? {
            let number = seen.fetch_add(1, Ordering::SeqCst);
            if let Some(last) = last {
                // The copy may differ in some bytes.
                connection.send(last.replace("Server: a", "Server: b"))?;
                std::thread::sleep(Duration::from_millis(50));
            }
            let answer = answer(number, &request.path);
            let answer = answer.replacen("\r\n", "\r\nServer: a\r\n", 1);
            let answer = if echoes { echoing(&answer, &request) } else { answer };
            connection.send(&answer)?;
            last = Some(answer);
        }
        Ok(())
    })
}

fn words(text: &str) -> Vec<&str> {
    ["communication", "user-identity"].into_iter().chain(text.split(' ')).collect()
}

/// Returns the users in the record: their ids and tokens.
fn issued(home: &Folder) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(home.path().join("t.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let member = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    lines
        .filter(|line| line["token"].is_string())
        .map(|line| (member(&line, "user_id"), member(&line, "token")))
        .collect()
}

fn token_for(number: usize) -> String {
    let id = user(number).replacen("8:", "", 1);
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(format!(r#"{{"skypeid":"{id}"}}"#)))
}

fn issuing(token: &str) -> String {
    json_answer("200 OK", &format!(r#"{{"token":"{token}","expiresOn":"2099-01-01T00:00:00+00:00"}}"#))
}

#[test]
fn a_connection_whose_answers_do_not_echo_takes_one_request() {
    let home = Folder::new();
    let server = repeating(|number, _| created(number), false);
    let (code, _, stderr) = run(server
        .az(&home)
        .args(words("token issue-batch --scope chat --count 6 --concurrency 1 --out-file t.jsonl")));
    assert_eq!(code, 0, "{stderr}");
    // Users are recorded in the order in which they are ready.
    let mut users: Vec<String> = issued(&home).into_iter().map(|(user, _)| user).collect();
    users.sort();
    users.dedup();
    assert_eq!(users, (0..6).map(user).collect::<Vec<_>>());
}

#[test]
fn an_answer_with_the_id_of_another_request_is_an_unknown_outcome() {
    let home = Folder::new();
    let server = repeating(|number, _| created(number), true);
    let (code, stdout, stderr) = run(server
        .az(&home)
        .args(words("token issue-batch --scope chat --count 3 --concurrency 1 --out-file t.jsonl")));
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stderr.contains("It is not known whether a user was created: "), "{stderr}");
    assert!(stderr.contains("it belongs to another request"), "{stderr}");
    let users: Vec<String> = issued(&home).into_iter().map(|(user, _)| user).collect();
    assert_eq!(users, [user(0), user(2)]);
}

#[test]
fn a_user_who_was_created_before_is_an_unknown_outcome() {
    let home = Folder::new();
    let server = Odd::answering(created(7));
    let batch = "token issue-batch --scope chat --count 2 --concurrency 1 --out-file t.jsonl";
    for (command, already) in [(batch, 1), ("user create --count 2", 1)] {
        let (code, stdout, stderr) = run(server.az(&home).args(words(command)));
        assert_eq!(code, 1, "{stdout}{stderr}");
        assert!(stderr.contains("was created before, by another request"), "{stderr}");
        assert_eq!(issued(&home).len(), already);
    }
}

#[test]
fn a_token_that_says_that_it_is_for_another_user_is_refused() {
    let home = Folder::new();
    home.write("users", [1, 2].map(user).join("\n"));
    let server = Odd::start(|connection: &mut Connection| {
        while let Some(request) = connection.request()? {
            let created = created(3);
            let (_, body) = created.split_once("\r\n\r\n").unwrap();
            connection.send(match request.path.contains(":issueAccessToken") {
                true => issuing(&token_for(1)),
                false => json_answer("201 Created", &body.replace("token-of-3", &token_for(1))),
            })?;
        }
        Ok(())
    });
    let list = "token issue-batch --scope chat --users-from users --concurrency 1 --out-file t.jsonl";
    let new = "token issue --scope chat";
    for command in [list, new] {
        let (code, stdout, stderr) = run(server.az(&home).args(words(command)));
        assert_eq!(code, 1, "{stdout}{stderr}");
        assert!(stderr.contains("its token is not for 8:acs:"), "{stderr}");
    }
    // The request for the second user may be the first one, and ends the run.
    assert!(issued(&home).iter().all(|issued| *issued == (user(1), token_for(1))));
}

#[test]
fn a_copied_204_is_not_the_answer_to_the_next_user() {
    let home = Folder::new();
    home.write("users", [1, 2, 3].map(user).join("\n"));
    for echoes in [false, true] {
        let server = repeating(
            |_, path| match path.contains("_00000002-") {
                true => json_answer("404 Not Found", r#"{"error":{"code":"IdentityNotFound","message":"no"}}"#),
                false => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            },
            echoes,
        );
        let (code, stdout, stderr) =
            run(server.az(&home).args(words("token revoke-batch --users-from users --yes --concurrency 1")));
        assert_eq!(code, 0, "{stdout}{stderr}");
        let counts: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((&counts["revoked"], &counts["gone"]), (&2.into(), &1.into()), "{stderr}");
    }
}
