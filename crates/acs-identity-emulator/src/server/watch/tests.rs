//! Tests of the parts of a watch together.

use super::*;
use crate::server::limits::{self, LARGE_HEAD};

fn at(stage: Stage) -> (Arc<Shared>, Watch) {
    let shared = Arc::new(Shared::new());
    let watch = Watch::new(Arc::clone(&shared));
    watch.enter(stage);
    (shared, watch)
}

#[test]
fn the_bytes_of_a_handshake_count_until_it_is_done() {
    let (_, watch) = at(Stage::Handshake);
    watch.has_read(16 * 1024);
    assert_eq!(watch.large_head(), 8 * 1024);
    watch.enter(Stage::Head);
    assert_eq!(watch.large_head(), 0);
}

#[test]
fn the_bytes_of_a_large_request_of_a_stranger_are_counted_until_its_client_has_gone() {
    let (shared, watch) = at(Stage::Head);
    watch.has_read(8000);
    watch.enter(Stage::Request);
    watch.has_read(10_000);
    assert_eq!(watch.large_head(), 18_000 - LARGE_HEAD);
    assert!(!watch.is_large(), "its operation runs");
    watch.waits_to_read();
    assert!(watch.is_large());
    watch.refuses_the_rest();
    watch.enter(Stage::Head);
    watch.enter(Stage::Closing);
    assert!(watch.is_large());
    drop(watch);
    assert!(shared.is_without_heads());
}

#[test]
fn the_bytes_of_a_request_that_has_authenticated_are_not_counted() {
    let (shared, watch) = at(Stage::Head);
    watch.has_read(20_000);
    watch.enter(Stage::Request);
    let address: std::net::SocketAddr = "127.0.0.1:1".parse().unwrap();
    let connection = Arc::new(Connection::new(address, address.ip(), false));
    connection.authenticate();
    watch.name(connection);
    watch.has_read(100_000);
    assert!(shared.is_without_heads());
}

#[test]
fn a_burst_of_large_heads_is_cut_where_it_holds_twice_what_there_may_be() {
    let (shared, first) = at(Stage::Head);
    first.has_read(usize::try_from(LARGE_HEAD + 2 * limits::LARGE_HEADS).unwrap());
    assert!(!first.is_cut());
    let one_more = Watch::new(Arc::clone(&shared));
    one_more.enter(Stage::Head);
    one_more.has_read(8192);
    assert!(!one_more.is_cut(), "it is not large");
    one_more.has_read(1);
    assert!(one_more.is_cut() && !first.is_cut());
}

#[test]
fn the_bytes_of_large_heads_are_counted_until_the_head_is_complete() {
    let (_, watch) = at(Stage::Head);
    watch.has_read(8000);
    assert_eq!(watch.large_head(), 0);
    watch.has_read(1000);
    watch.has_read(1000);
    assert_eq!(watch.large_head(), 10_000 - LARGE_HEAD);
    watch.enter(Stage::Request);
    watch.has_read(100_000);
    watch.enter(Stage::Head);
    assert_eq!(watch.large_head(), 0);
    assert!(watch.shared.is_without_heads());
}
