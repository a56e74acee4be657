//! The ring: what it keeps, what it cuts, and what readers see.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::*;
use crate::clock::machine;

fn facts() -> Facts<'static> {
    Facts {
        at: OffsetDateTime::UNIX_EPOCH,
        method: "POST",
        path: "/identities",
        version: "2023-10-01",
        agent: "",
        caller: "",
        identity: "",
        operation: Some("createIdentity"),
        status: Some(201),
        microseconds: 7,
        peer: "127.0.0.1:1".parse().unwrap(),
        credential: Credential::PrimaryKey,
        fault: None,
        refusal: None,
    }
}

/// Returns a request with that status, by which tests tell requests apart.
fn numbered(status: u64) -> Entry {
    Entry::new(Facts { status: u16::try_from(status).ok(), ..facts() })
}

fn log_of(count: u64) -> RequestLog {
    let log = RequestLog::new();
    (1..=count).for_each(|number| log.add(numbered(number)));
    log
}

fn numbers(page: &Page) -> Vec<u64> {
    page.entries.iter().map(|(number, _)| *number).collect()
}

fn last(most: usize) -> Wanted {
    Wanted { after: None, most }
}

fn after(number: u64, most: usize) -> Wanted {
    Wanted { after: Some(number), most }
}

#[test]
fn the_last_requests_are_read_in_their_order() {
    let log = log_of(5);
    let page = log.read(last(2), |_| true);
    assert_eq!((numbers(&page), page.newest, page.dropped), (vec![4, 5], 5, 0));
    assert_eq!(page.entries[1].1, numbered(5));
    let odd = log.read(last(2), |entry| entry.status.unwrap() % 2 == 1);
    assert_eq!((numbers(&odd), odd.newest), (vec![3, 5], 5));
    assert_eq!(numbers(&RequestLog::new().read(last(2), |_| true)), [0; 0]);
}

#[test]
fn a_reader_goes_on_after_the_last_number_that_it_saw() {
    let log = log_of(5);
    let page = log.read(after(1, 2), |_| true);
    assert_eq!((numbers(&page), page.newest), (vec![2, 3], 3));
    let page = log.read(after(page.newest, 10), |_| true);
    assert_eq!((numbers(&page), page.newest), (vec![4, 5], 5));
    let none = log.read(after(2, 10), |_| false);
    assert_eq!((numbers(&none), none.newest), (vec![], 5));
    // The emulator was started again meanwhile.
    assert_eq!(numbers(&log.read(after(900, 10), |_| true)), [1, 2, 3, 4, 5]);
}

#[test]
fn the_oldest_requests_make_room_and_a_reader_learns_how_many_it_missed() {
    let most = CAPACITY as u64;
    let log = log_of(most + 5);
    assert_eq!(log.len(), most);
    let page = log.read(after(2, CAPACITY), |_| true);
    assert_eq!((page.entries.len(), page.entries[0].0, page.dropped), (CAPACITY, 6, 3));
    assert_eq!(page.newest, most + 5);
    assert_eq!(numbers(&log.read(last(1), |_| true)), [most + 5]);
}

#[test]
fn cleared_requests_are_gone_and_the_numbers_go_on() {
    let log = log_of(5);
    log.clear();
    assert_eq!((log.len(), numbers(&log.read(last(9), |_| true))), (0, vec![]));
    log.add(numbered(6));
    let page = log.read(after(0, 9), |_| true);
    assert_eq!((numbers(&page), page.dropped, log.len()), (vec![6], 0, 1));
}

#[test]
fn a_request_that_is_being_written_comes_with_the_next_read() {
    let log = log_of(2);
    // The second thread has a number, and has not written its request yet.
    log.next.fetch_add(1, Ordering::SeqCst);
    log.add(numbered(4));
    let page = log.read(after(0, 9), |_| true);
    assert_eq!((numbers(&page), page.newest), (vec![1, 2], 2));
    let page = log.read(last(9), |_| true);
    assert_eq!((numbers(&page), page.newest), (vec![1, 2], 2));
    *log.slot(3).lock() = Held { number: 3, entry: Some(numbered(3)) };
    assert_eq!(numbers(&log.read(after(2, 9), |_| true)), [3, 4]);
}

#[test]
fn texts_of_any_length_fit_into_the_memory_of_an_entry() {
    let long = "é".repeat(70_000);
    let tokens = "eyJ/".repeat(20_000);
    for text in [long.as_str(), &tokens] {
        let refusal = Refusal {
            code: text.to_owned().into(),
            reason: Some(text.to_owned()),
            string_to_sign: Some(text.to_owned()),
            mistake: None,
        };
        let entry = Entry::new(Facts {
            method: text,
            path: text,
            version: text,
            agent: text,
            caller: text,
            identity: text,
            refusal: Some(Box::new(refusal)),
            ..facts()
        });
        let refusal = entry.refusal.clone().unwrap();
        let own = [entry.method(), entry.path()].iter().map(|text| text.unwrap().len()).sum::<usize>();
        let optional = [entry.version(), entry.agent(), entry.caller(), entry.identity()];
        let optional: usize = optional.iter().map(|text| text.unwrap().len()).sum();
        let refused =
            refusal.code.len() + refusal.reason.unwrap().capacity() + refusal.string_to_sign.unwrap().capacity();
        assert!(own + optional + refused + std::mem::size_of::<Refusal>() <= entry::MOST_BYTES);
        let path = entry.path().unwrap();
        assert!(path.len() > 250 && !path.contains("eyJ"), "{path}");
    }
}

#[test]
fn tokens_are_removed_from_every_text() {
    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln";
    let path = format!("/{TOKEN}/x");
    let refusal =
        Refusal { code: "c".into(), reason: Some(TOKEN.into()), string_to_sign: Some(path.clone()), mistake: None };
    let facts = Facts { path: &path, agent: TOKEN, identity: TOKEN, refusal: Some(Box::new(refusal)), ..facts() };
    let shown = format!("{:?}", Entry::new(facts));
    assert!(!shown.contains("eyJ") && shown.contains("/(a token)/x"), "{shown}");
}

#[tokio::test]
async fn a_reader_waits_for_the_next_request() {
    let log = Arc::new(log_of(1));
    // It does not wait for one that is already there.
    log.one_after(0).await;
    let waiting = {
        let log = Arc::clone(&log);
        tokio::spawn(async move { log.one_after(1).await })
    };
    assert!(machine::timeout(Duration::from_millis(20), log.one_after(1)).await.is_none());
    log.add(numbered(2));
    machine::timeout(Duration::from_secs(20), waiting).await.unwrap().unwrap();
    assert_eq!(log.waiting.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_end_of_the_emulator_ends_the_waiting() {
    let log = Arc::new(RequestLog::new());
    let waiting = {
        let log = Arc::clone(&log);
        tokio::spawn(async move { log.one_after(0).await })
    };
    log.close();
    machine::timeout(Duration::from_secs(20), waiting).await.unwrap().unwrap();
}

#[test]
fn threads_that_write_at_once_lose_nothing() {
    let log = RequestLog::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..2000).for_each(|_| log.add(numbered(200))));
        }
    });
    let page = log.read(after(0, CAPACITY), |_| true);
    assert_eq!((page.entries.len(), page.newest, log.len()), (8000, 8000, 8000));
}
