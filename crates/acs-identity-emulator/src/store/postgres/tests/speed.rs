//! A quick measurement. It is not a test: it prints what it finds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::{Database, at_once};
use crate::clock::machine;
use crate::store::{Caller, NewIdentity, Store, block_on};

fn rate<F: Future<Output = ()> + Send + 'static>(
    tasks: usize,
    once: impl Fn(Arc<Store>, usize, usize) -> F + Clone + Send + 'static,
    store: &Arc<Store>,
) -> f64 {
    let done = Arc::new(AtomicBool::new(false));
    let timer = Arc::clone(&done);
    let start = machine::instant();
    let timer = std::thread::spawn(move || {
        machine::sleep_here(Duration::from_secs(3));
        timer.store(true, Ordering::Relaxed);
    });
    let counts = at_once(tasks, |task| {
        let (store, done, once) = (Arc::clone(store), Arc::clone(&done), once.clone());
        async move {
            let mut count = 0_usize;
            while !done.load(Ordering::Relaxed) {
                once(Arc::clone(&store), task, count).await;
                count += 1;
            }
            count
        }
    });
    timer.join().unwrap();
    counts.iter().sum::<usize>() as f64 / machine::since(start).as_secs_f64()
}

#[test]
#[ignore = "it measures, and needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn how_fast_it_is() {
    let database = Database::new();
    let store = Arc::new(database.open());
    for number in 0..1000 {
        block_on(store.create(Caller::Entra, NewIdentity::of(&format!("i{number}")))).unwrap();
    }
    for round in 0..2 {
        for tasks in [1, 32, 256] {
            let created = rate(
                tasks,
                move |store, task, count| async move {
                    let new = NewIdentity::of(&format!("{round}-{tasks}-{task}-{count}-8d0e7a52b1c94f6d"));
                    store.create(Caller::Entra, new).await.unwrap();
                },
                &store,
            );
            let issued = rate(
                tasks,
                |store, task, count| async move {
                    let user = format!("i{}", (task * 31 + count) % 1000);
                    store.issue(Caller::Entra, user, 5).await.unwrap().unwrap();
                },
                &store,
            );
            let seen = rate(
                tasks,
                |store, task, count| async move {
                    let user = format!("i{}", (task * 31 + count) % 1000);
                    store.snapshot(None, Some(&user)).await.unwrap();
                },
                &store,
            );
            let revoked = rate(
                tasks,
                |store, task, count| async move {
                    let user = format!("i{}", (task * 31 + count) % 1000);
                    store.revoke(Caller::Entra, user, None, None).await.unwrap();
                },
                &store,
            );
            println!(
                "{tasks} tasks: {created:.0} creations, {issued:.0} issues, {seen:.0} snapshots, {revoked:.0} revocations a second"
            );
        }
    }
}
