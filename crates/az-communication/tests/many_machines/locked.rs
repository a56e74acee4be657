//! A row that another session has locked.

use std::time::{Duration, Instant};

use crate::store_gone::LIMIT;
use crate::support::replicas::Service;

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn a_row_that_another_session_has_locked_does_not_delay_others() {
    let service = Service::shared(1);
    let replica = &service.replicas[0];
    let mut client = replica.client();
    let (locked, other) = (client.create(), client.create());
    let mut session = service.server.session(&service.database);
    session.run("BEGIN");
    // The store has the second GUID of the raw id.
    let (_, user) = locked.rsplit_once('_').unwrap();
    let rows = session.run(&format!("SELECT user_id FROM identities WHERE user_id = '{user}' FOR UPDATE"));
    assert_eq!(rows, [user]);
    let revoke = |id: &str| {
        let mut client = replica.client();
        let began = Instant::now();
        let answer = client.send("POST", &format!("/identities/{id}/:revokeAccessTokens"), "");
        (answer.status, began.elapsed())
    };
    std::thread::scope(|scope| {
        // Several, because each one waits with others that go on.
        let waiting: Vec<_> = (0..4).map(|_| scope.spawn(|| revoke(&locked))).collect();
        let began = Instant::now();
        while began.elapsed() < LIMIT {
            for (what, took) in [("revoke", revoke(&other)), ("create", timed(|| client.create()))] {
                assert!(took.1 < Duration::from_secs(1), "{what} took {:?}", took.1);
                assert!(matches!(took.0, 204 | 201), "{what}: {}", took.0);
            }
        }
        for waited in waiting {
            let (status, took) = waited.join().unwrap();
            assert_eq!(status, 503);
            assert!(took < LIMIT, "{took:?}");
        }
    });
    session.run("COMMIT");
    assert_eq!(revoke(&locked).0, 204);
}

fn timed(create: impl FnOnce() -> String) -> (u16, Duration) {
    let began = Instant::now();
    create();
    (201, began.elapsed())
}
