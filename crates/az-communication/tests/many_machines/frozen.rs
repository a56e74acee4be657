//! A replica that does not answer any more, and has not ended.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::programs::signal;
use crate::support::replicas::Service;

/// HAProxy asks twice a second, waits as long for the answer, and takes a replica for away after two failures.
const LIMIT: Duration = Duration::from_secs(5);

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn a_replica_that_is_frozen_delays_the_requests_that_it_has_for_seconds_only() {
    let service = Service::shared(2);
    service.balancer.wait_for(2);
    // Each client has used its connection, so that only a request is sent on it later.
    let mut clients = [(); 4].map(|()| service.balancer.client());
    clients.iter_mut().for_each(|client| drop(client.create()));
    let frozen = &service.replicas[0].emulator.child;
    signal(frozen, Signal::STOP);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let sent = clients.iter_mut().map(|client| {
            scope.spawn(move || {
                let began = Instant::now();
                (client.try_send("POST", "/identities", "").ok().map(|answer| answer.status), began.elapsed())
            })
        });
        sent.collect::<Vec<_>>().into_iter().map(|sent| sent.join().unwrap()).collect()
    });
    signal(frozen, Signal::CONT);
    assert!(answers.iter().all(|(_, took)| *took < LIMIT), "{answers:?}");
    // The replicas take turns, so that each had two. The outcome of those of the frozen one is unknown, and nobody has
    // repeated them.
    let done = answers.iter().filter(|(status, _)| *status == Some(201)).count();
    assert_eq!(done, 2, "{answers:?}");
    assert!(answers.iter().all(|(status, _)| matches!(status, None | Some(201 | 502))), "{answers:?}");
}
