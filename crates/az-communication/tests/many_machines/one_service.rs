//! What clients see of the replicas: one service.

use std::collections::HashSet;

use crate::support::balancer::ASKED;
use crate::support::emulator::Client;
use crate::support::postgres::{Bouncer, Server};
use crate::support::replicas::{Service, Start};

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn each_request_of_a_client_may_meet_another_replica() {
    let service = Service::shared(3);
    uses_everything(&service);
}

#[test]
#[ignore = "needs PostgreSQL, PgBouncer and HAProxy: run scripts/test.sh"]
fn so_they_do_through_pgbouncer_in_transaction_mode() {
    let server = Server::shared();
    let bouncer = Bouncer::of(&server);
    let database = server.database();
    let store = bouncer.url(&database);
    let service = Service::of(server, database, 3, |url| Start::new(&store, url));
    uses_everything(&service);
}

/// Each step asks three times, so that every replica takes part in it.
fn uses_everything(service: &Service) {
    let mut client = service.balancer.client();
    let mut asked = HashSet::new();
    for custom in ["one", "two", "three"] {
        let body = format!(r#"{{"customId":"{custom}","createTokenWithScopes":["chat"]}}"#);
        let mut create = || client.send("POST", "/identities?api-version=2025-03-02-preview", &body);
        let answers = [create(), create(), create()];
        assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
        asked.extend(answers.iter().map(|answer| answer.header(ASKED).unwrap().to_owned()));
        let [one, two, three] = answers.map(|answer| answer.body);
        assert_eq!(one["identity"]["id"], two["identity"]["id"]);
        assert_eq!(one["identity"]["id"], three["identity"]["id"]);
        let id = one["identity"]["id"].as_str().unwrap();
        let tokens = [&one, &two, &three].map(|body| body["accessToken"]["token"].as_str().unwrap());
        for token in tokens {
            assert!((0..3).all(|_| client.is_active(token)));
        }
        assert_eq!(client.send("POST", &format!("/identities/{id}/:revokeAccessTokens"), "").status, 204);
        for token in tokens {
            assert!((0..3).all(|_| !client.is_active(token)));
        }
        assert_eq!(client.issue(id).status, 200);
        assert_eq!(client.send("DELETE", &format!("/identities/{id}"), "").status, 204);
        assert!((0..3).all(|_| client.issue(id).status == 404));
    }
    assert_eq!(asked.len(), 3, "{asked:?}");
}

#[test]
#[ignore = "needs PostgreSQL and HAProxy: run scripts/test.sh"]
fn the_replicas_have_the_public_url_as_their_issuer_and_the_same_keys() {
    let service = Service::shared(3);
    let url = service.balancer.url();
    let documents = |path: &str| -> Vec<String> {
        let document = |client: &mut Client| {
            let answer = client.send("GET", path, "");
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            answer.body.to_string()
        };
        service.replicas.iter().map(|replica| document(&mut replica.client())).collect()
    };
    for path in [
        "/.well-known/openid-configuration?",
        "/.well-known/jwks.json?",
        "/common/v2.0/.well-known/openid-configuration?",
    ] {
        let found = documents(path);
        assert!(found.iter().all(|document| *document == found[0]), "{path}: {found:#?}");
        if path.ends_with("configuration?") {
            assert!(found[0].contains(&format!("\"issuer\":\"{url}")), "{path}: {}", found[0]);
        }
    }
    let id = service.replicas[0].client().create();
    let token = service.replicas[1].client().issue(&id).body["token"].as_str().unwrap().to_owned();
    assert!(service.replicas[2].client().is_active(&token));
}
