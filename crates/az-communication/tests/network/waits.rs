//! Tests of the time that the program waits before it sends a request again.

use std::time::{Duration, Instant};

use crate::support::Folder;
use crate::support::odd::Odd;
use crate::{ISSUE, run};

#[test]
fn a_wait_that_is_too_long_is_given_up() {
    for value in ["inf", "1e400", "Infinity", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let home = Folder::new();
        let server = Odd::answering(format!(
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
        ));
        let started = Instant::now();
        let (code, _, stderr) = run(server.az(&home).args(&ISSUE[..6]).arg("--verbose"));
        assert_eq!((code, server.requests().len()), (1, 1), "{value}: {stderr}");
        assert!(stderr.contains("INFO: The service answered 429 and asks to wait"), "{value}: {stderr}");
        assert!(stderr.contains("Hint: The service asks to wait"), "{value}: {stderr}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
