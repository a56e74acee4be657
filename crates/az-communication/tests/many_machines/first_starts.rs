//! Starts of several replicas on one database.

use crate::is_long;
use crate::support::balancer::Port;
use crate::support::postgres::Server;
use crate::support::replicas::Start;

#[test]
#[ignore = "needs PostgreSQL: run scripts/test.sh"]
fn two_first_starts_at_once_make_one_resource_and_one_authority() {
    let server = Server::shared();
    // The port is never served. It only keeps others from it.
    let url = Port::new().url();
    for round in 0..if is_long() { 10 } else { 2 } {
        let store = server.url(&server.database());
        let starting = [(); 2].map(|()| Start::new(&store, &url).begin());
        let replicas = starting.map(|starting| starting.ready());
        let of = |path: &str, member: &str| {
            replicas.each_ref().map(|replica| {
                let answer = replica.client().send("GET", path, "");
                assert_eq!(answer.status, 200, "round {round}, {path}: {answer:?}\n{}", replica.log());
                let value = answer.body.pointer(member).unwrap().to_string();
                assert!(value.len() > 10, "{value}");
                value
            })
        };
        for (path, member) in
            [("/health?", "/resourceId"), ("/emulator/ca.pem?", ""), ("/.well-known/jwks.json?", "/keys")]
        {
            let [one, two] = of(path, member);
            assert_eq!(one, two, "round {round}, {path}");
        }
        let id = replicas[0].client().create();
        assert_eq!(replicas[1].client().issue(&id).status, 200);
        replicas.into_iter().for_each(|mut replica| replica.stop());
    }
}

#[test]
#[ignore = "needs PostgreSQL: run scripts/test.sh"]
fn a_replica_with_another_public_url_than_the_last_one_warns() {
    let server = Server::shared();
    let store = server.url(&server.database());
    let [one, other] = ["https://one.example/", "https://two.example/"];
    let logs = [one, one, other].map(|url| Start::new(&store, url).begin().ready().log());
    let warning = "the last process that started with this database has the public URL https://one.example, and this one \
                   has the public URL https://two.example. Give all of them the same --public-url";
    assert_eq!(logs.map(|log| log.contains(warning)), [false, false, true]);
}
