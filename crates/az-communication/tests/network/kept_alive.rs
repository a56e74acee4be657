//! Tests of connections for several requests: duplicate and unexpected responses, and servers that close connections.

use std::path::Path;

use serde_json::Value;

use crate::run;
use crate::support::Folder;
use crate::support::odd::{Odd, created, echoing, json_answer, user};

/// Returns the lines of a batch's record that contain a token.
fn tokens_in(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line.get("token").is_some()).collect()
}

/// Creates three users with tokens one after the other. Returns the exit code and stderr.
fn create_three(server: &Odd, home: &Folder, out: &Path) -> (i32, String) {
    let mut command = server.az(home);
    command.args(["communication", "user-identity", "token", "issue-batch", "--scope", "chat"]);
    let (code, _, stderr) = run(command.args(["--count", "3", "--concurrency", "1", "--out-file"]).arg(out));
    (code, stderr)
}

/// Issues tokens with a server that sends these bytes after each response. Checks that each user gets its own token.
fn batch_behind(first: impl Fn(&str) -> Vec<Vec<u8>> + Send + Sync + 'static) {
    let home = Folder::new();
    let users: Vec<String> = (1..=4).map(user).collect();
    let list = home.write("users.txt", users.join("\n"));
    let token_of = |path: &str| {
        let number = path.split('_').nth(1).and_then(|rest| rest.get(..8)).unwrap_or_default();
        json_answer("200 OK", &format!(r#"{{"token":"token-of-{number}","expiresOn":"2026-11-24T02:26:58+00:00"}}"#))
    };
    let server = Odd::start(move |connection| {
        while let Some(request) = connection.request()? {
            connection.send(token_of(&request.path))?;
            for bytes in first(&token_of(&request.path)) {
                connection.send(bytes)?;
            }
        }
        Ok(())
    });
    let out = home.path().join("tokens.jsonl");
    let (code, stdout, stderr) = run(server
        .az(&home)
        .args(["communication", "user-identity", "token", "issue-batch", "--scope", "chat", "--concurrency", "1"])
        .arg("--users-from")
        .arg(&list)
        .arg("--out-file")
        .arg(&out));
    assert_eq!(code, 0, "{stdout}{stderr}");
    let lines = tokens_in(&out);
    assert_eq!(lines.len(), 4);
    for line in lines {
        let user = line["user_id"].as_str().unwrap();
        let number = user.split('_').nth(1).unwrap().get(..8).unwrap();
        assert_eq!(line["token"].as_str().unwrap(), format!("token-of-{number}"), "{user}");
    }
}

#[test]
fn no_user_gets_the_token_of_another_one() {
    // The response is sent again, in one TLS record and in several.
    batch_behind(|answer| vec![answer.as_bytes().to_vec()]);
    batch_behind(|answer| answer.as_bytes().chunks(7).map(<[u8]>::to_vec).collect());
    batch_behind(|_| vec![b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec()]);
    batch_behind(|_| vec![b"\r\n".to_vec()]);
    batch_behind(|_| vec![b"HTTP/1.1 102 Processing\r\n\r\n".to_vec()]);
}

#[test]
fn a_204_may_have_a_body() {
    let home = Folder::new();
    let list = home.write("users.txt", (1..=4).map(user).collect::<Vec<_>>().join("\n"));
    let server = Odd::start(|connection| {
        while let Some(request) = connection.request()? {
            connection.send(match request.path.contains("00000003") {
                true => json_answer("403 Forbidden", r#"{"error":{"code":"Denied","message":"no"}}"#),
                false => "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
            })?;
        }
        Ok(())
    });
    let (_, stdout, stderr) = run(server
        .az(&home)
        .args([
            "communication",
            "user-identity",
            "token",
            "revoke-batch",
            "--yes",
            "--concurrency",
            "1",
            "--users-from",
        ])
        .arg(list));
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths.len(), 3, "{paths:?} {stdout} {stderr}");
    assert!(stderr.contains("(Denied) no"), "{stderr}");
}

#[test]
fn an_idle_connection_that_the_server_closed_is_replaced() {
    // The server resets the connection, closes it, or sends a 408 first.
    for way in 0..3 {
        let home = Folder::new();
        let server = Odd::start(move |connection| {
            let number = connection.number + 1;
            let Some(request) = connection.request()? else { return Ok(()) };
            connection.send(echoing(&created(number), &request))?;
            match way {
                0 => connection.reset(),
                1 => connection.cut(),
                _ => connection.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
            }
        });
        let out = home.path().join("tokens.jsonl");
        let (code, stderr) = create_three(&server, &home, &out);
        // A reset may arrive after the next request was sent. Then the outcome is unknown, and the request is not
        // repeated.
        if code == 0 {
            assert_eq!(tokens_in(&out).len(), 3);
            assert_eq!(server.requests().len(), 3);
        } else {
            assert!(stderr.contains("It is not known whether"), "{way}: {stderr}");
        }
    }
}

#[test]
fn a_creation_is_not_repeated_when_its_answer_is_cut_off() {
    let home = Folder::new();
    let server = Odd::start(|connection| {
        for number in 1.. {
            let Some(request) = connection.request()? else { break };
            let answer = echoing(&created(10 * connection.number + number), &request);
            match number {
                2 if connection.number == 0 => {
                    connection.send(&answer[..answer.len() - 10])?;
                    return connection.cut();
                }
                _ => connection.send(answer)?,
            }
        }
        Ok(())
    });
    let out = home.path().join("tokens.jsonl");
    let (code, stderr) = create_three(&server, &home, &out);
    assert_ne!(code, 0, "{stderr}");
    assert!(stderr.contains("not known") && stderr.contains("was cut off"), "{stderr}");
    // Three users were requested. No other user is created in place of the lost one.
    let requests = server.requests().len();
    assert!(requests <= 3 && tokens_in(&out).len() == requests - 1, "{requests} {stderr}");
}
