//! The commands that steer an emulator, through HAProxy and PgBouncer: each request meets another replica.

use std::process::Command;

use serde_json::Value;

use crate::behind::Behind;
use crate::support::az;
use crate::support::seen::run;

/// Clients of the balancer, which have its URL and an access key only.
struct Commands {
    behind: Behind,
    connection: String,
}

impl Commands {
    fn new() -> Self {
        let behind = Behind::start();
        let connection = behind.connection();
        Self { behind, connection }
    }

    fn command(&self, words: &str) -> Command {
        let mut command = az(&self.behind.home);
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", &self.connection);
        command.env("REQUESTS_CA_BUNDLE", self.behind.home.path().join("authority.pem"));
        command.current_dir(self.behind.home.path()).arg("communication").args(words.split_whitespace());
        command
    }

    /// Runs a command that must succeed, and returns its document.
    fn ok(&self, words: &str) -> Value {
        let seen = run(&mut self.command(words));
        assert_eq!(seen.code, Some(0), "{words}: {seen:?}");
        if seen.stdout.is_empty() { Value::Null } else { seen.json() }
    }

    /// Returns what each replica says, when each one says the same.
    fn all(&self, words: &str) -> Value {
        let said = [(); 3].map(|()| self.ok(words));
        assert!(said.iter().all(|document| *document == said[0]), "{words}: {said:#?}");
        let [said, ..] = said;
        said
    }

    fn refused(&self, words: &str) -> String {
        let seen = run(&mut self.command(words));
        assert_eq!(seen.code, Some(1), "{words}: {seen:?}");
        seen.stderr
    }
}

#[test]
#[ignore = "needs PostgreSQL, PgBouncer and HAProxy: run scripts/test.sh"]
fn the_commands_that_steer_an_emulator_steer_all_replicas() {
    let commands = Commands::new();
    // What a user sees of the service.
    let status = commands.all("emulator status --query {ready:ready,identities:identities,endpoint:endpoint}");
    let url = commands.behind.service.balancer.url();
    assert_eq!(status, serde_json::json!({"ready": true, "identities": 0, "endpoint": url}));
    let dashboard = commands.ok("emulator status --query dashboard");
    assert_eq!(dashboard, format!("{url}/emulator/"));

    // The clock.
    commands.ok("emulator clock freeze");
    commands.ok("emulator clock set 2040-01-31T09:00:00Z");
    commands.ok("emulator clock advance 1h");
    let shown = commands.all("emulator clock show --query [now,frozen]");
    assert_eq!(shown, serde_json::json!(["2040-01-31T10:00:00.0000000+00:00", true]));
    commands.ok("emulator clock resume");
    assert_eq!(commands.all("emulator clock show --query frozen"), false);
    commands.ok("emulator clock reset");

    // Identities and tokens.
    let ids: Vec<Value> = ["ann", "bob", "cy"]
        .map(|name| commands.ok(&format!("user-identity user create --custom-id {name} --query rawId")))
        .into();
    let listed = commands.all("emulator identity list --query [].customId");
    assert_eq!(listed, serde_json::json!(["ann", "bob", "cy"]));
    assert_eq!(commands.all("emulator identity show --id ann --query id"), ids[0]);
    let token = commands.ok("emulator entra-token --oid 11111111-1111-1111-1111-111111111111 \
        --appid 22222222-2222-2222-2222-222222222222 -o json");
    assert!(token.as_str().unwrap().starts_with("eyJ"));

    // Faults.
    let add = "emulator fault add --operation createIdentity --status 409 --code Faulty --times 2 --query id";
    let fault = commands.ok(add);
    for _ in 0..2 {
        assert!(commands.refused("user-identity user create").contains("Faulty"));
    }
    commands.ok("user-identity user create");
    assert_eq!(commands.all("emulator fault list --query [].hits"), serde_json::json!([2]));
    commands.ok(&format!("emulator fault delete {}", fault.as_str().unwrap()));
    assert_eq!(commands.all("emulator fault list"), serde_json::json!([]));
    commands.ok("emulator fault add --operation createIdentity --status 409");
    commands.ok("emulator fault clear");
    assert_eq!(commands.all("emulator fault list"), serde_json::json!([]));

    // Requests: each process has its own.
    commands.ok("emulator request list");
    commands.ok("emulator request clear");

    // The whole state.
    let exported = commands.ok("emulator export state.jsonl");
    assert_eq!(exported["identities"], 4, "{exported}");
    commands.ok("emulator reset --yes");
    assert_eq!(commands.all("emulator identity list"), serde_json::json!([]));
    let imported = commands.ok("emulator import state.jsonl");
    assert_eq!(imported["identities"], 4, "{imported}");
    assert_eq!(commands.all("emulator status --query identities"), 4);

    // The access keys.
    let keys = commands.all("emulator key list");
    let variables = commands.all("emulator env --shell json");
    assert_eq!(variables["AZURE_COMMUNICATION_ENDPOINT"], url, "{variables}");
    assert_eq!(variables["IDENTITY_ENDPOINT"], format!("{url}/msi/token"), "{variables}");
    // The certificate is that of the balancer.
    assert_eq!(variables.get("REQUESTS_CA_BUNDLE"), None, "{variables}");
    let regenerated = commands.ok("emulator key regenerate --key-type Secondary");
    assert_ne!(regenerated["secondaryKey"], keys["secondaryKey"]);
    assert_eq!(commands.all("emulator key list --query secondaryKey"), regenerated["secondaryKey"]);
}
