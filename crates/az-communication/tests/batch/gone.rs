//! Tests of users who do not exist. Only the service can report this.

use crate::ISSUE;
use crate::support::Folder;
use crate::support::odd::{Odd, json_answer, user};
use crate::support::seen::run;

const PAGE: &str =
    "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 21\r\n\r\n<html>No page</html>\n";
const EMPTY: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

fn error(code: &str) -> String {
    json_answer("404 Not Found", &format!(r#"{{"error":{{"code":"{code}","message":"no"}}}}"#))
}

/// Another server or a gateway sent the 404.
#[test]
fn a_404_that_is_not_the_services_own_ends_a_batch_and_is_not_recorded() {
    let answers = [PAGE.to_owned(), EMPTY.to_owned(), error("ResourceNotFound"), error("EndpointNotFound")];
    for answer in answers {
        let home = Folder::new();
        home.write("users", [1, 2, 3].map(user).join("\n"));
        let server = Odd::answering(answer);
        for words in ["user delete-batch --yes", "token revoke-batch --yes", ISSUE] {
            let mut command = server.az(&home);
            command.args(["communication", "user-identity"]).args(words.split(' '));
            command.args(["--users-from", "users", "--concurrency", "1", "--out-file", "r.jsonl"]);
            let before = server.requests().len();
            let seen = run(&mut command);
            assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{words}: {seen:?}");
            assert_eq!(server.requests().len() - before, 1, "{words}");
            let record = std::fs::read_to_string(home.path().join("r.jsonl")).unwrap();
            assert!(!record.contains("gone") && !record.contains("failed"), "{words}: {record}");
            std::fs::remove_file(home.path().join("r.jsonl")).unwrap();
        }
    }
}

#[test]
fn an_identity_that_the_service_does_not_find_is_gone() {
    let home = Folder::new();
    home.write("users", [1, 2].map(user).join("\n"));
    let server = Odd::answering(error("IdentityNotFound"));
    let mut command = server.az(&home);
    command.args(["communication", "user-identity", "user", "delete-batch", "--users-from", "users", "--yes"]);
    let seen = run(&mut command);
    assert_eq!((seen.code, &seen.json()["gone"]), (Some(0), &2.into()), "{seen:?}");
}
