//! What the reference lacks, against the emulator: each feature from outside, each error path by its words.
#![cfg(unix)]

mod support;

use std::collections::HashSet;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::emulator::Emulator;
use support::world::{Seen, World, run};
use support::{Folder, az};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const OBJECT: &str = "22222222-2222-2222-2222-222222222222";
const APP: &str = "33333333-3333-3333-3333-333333333333";

/// A new user and a token of it.
fn issued(world: &World) -> (String, String) {
    let issued = world.ok("token issue --scope chat");
    (issued["user_id"].as_str().unwrap().to_owned(), issued["token"].as_str().unwrap().to_owned())
}

fn entra_token(world: &World, options: &str) -> String {
    let mut command = world.emulator.az(&world.home);
    command.args(["communication", "emulator", "entra-token", "--oid", OBJECT, "--appid", APP]);
    let seen = run(command.args(options.split_whitespace()));
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    seen.stdout.trim().to_owned()
}

#[test]
fn lifetimes() {
    let world = World::new();
    for (given, minutes) in [("90m", 90), ("1h", 60), ("24h", 1440), ("PT90M", 90), ("100", 100)] {
        for group in ["user-identity", "identity"] {
            let mut command = world.emulator.az(&world.home);
            command.args([
                "communication",
                group,
                "token",
                "issue",
                "--scope",
                "chat",
                "--query",
                "token",
                "-o",
                "tsv",
            ]);
            let Seen { code, stdout: token, .. } = run(command.args(["--expires-in", given]));
            assert_eq!(code, Some(0), "{given}");
            let inspected = world.ok(&format!("token inspect --token {token}"));
            let lifetime = inspected["claims"]["exp"].as_i64().unwrap() - inspected["claims"]["iat"].as_i64().unwrap();
            assert_eq!(lifetime, minutes * 60, "{given}");
        }
    }
    assert_eq!(
        world.fails("token issue --scope chat --expires-in 59", 1),
        "ERROR: (ValidationError) ExpiresInMinutes value 59 is invalid. Value must be within the [60, 1440] interval.\n\
         Code: ValidationError\n\
         Message: ExpiresInMinutes value 59 is invalid. Value must be within the [60, 1440] interval.\n\
         Target: ExpiresInMinutes\n\
         Hint: A token lives 60 to 1440 minutes: --expires-in 1h to 24h.\n"
    );
    assert_eq!(
        world.fails("token issue --scope chat --expires-in soon", 2),
        "ERROR: --expires-in is not a duration in whole minutes: 'soon'.\n\
         Hint: Write 90m, 1h, 1h30m, 1d, PT90M or 90; from 60 minutes to 24 hours.\n"
    );
}

#[test]
fn unknown_scopes_are_passed_on_with_a_warning() {
    let world = World::new();
    let refused = |scope: &str| {
        format!(
            "ERROR: (ValidationError) Invalid scopes - Scope '{scope}' is not supported.\nCode: ValidationError\n\
             Message: Invalid scopes - Scope '{scope}' is not supported.\nTarget: scopes\n"
        )
    };
    let warning = "WARNING: 'caht' is not a known scope. Did you mean 'chat'?\n";
    assert_eq!(world.fails("token issue --scope caht", 1), format!("{warning}{}", refused("caht")));
    let warning =
        "WARNING: 'x' is not a known scope. Known ones: chat, voip, chat.join, chat.join.limited, voip.join.\n";
    assert_eq!(world.fails("token issue --scope x", 1), format!("{warning}{}", refused("x")));
    assert!(world.ok("token issue --scope chat voip chat.join chat.join.limited voip.join")["token"].is_string());
}

#[test]
fn inspection_needs_no_network() {
    let world = World::new();
    let (user, token) = issued(&world);
    let mut command = az(&world.home);
    command.args(["communication", "user-identity", "token", "inspect"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{token}\n").as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &seen["user_id"], &seen["state"]), (Some(0), &user.into(), &"active".into()));
    assert_eq!(seen["scopes"], serde_json::json!(["chat"]));
    assert!((86_390..=86_400).contains(&seen["seconds_left"].as_i64().unwrap()));
    // Every format has it.
    for format in ["table", "tsv", "yaml", "yamlc", "jsonc"] {
        let Seen { code, stdout, .. } = run(&mut world.command(&format!("token inspect --token {token} -o {format}")));
        assert_eq!((code, stdout.contains("active")), (Some(0), true), "{format}");
    }
    // A token that has expired is shown all the same.
    let expired = entra_token(&world, "--expires-in=-5m");
    let Seen { code, stdout, .. } = run(&mut world.command(&format!("token inspect --token {expired}")));
    let seen: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &seen["state"], &seen["user_id"]), (Some(1), &"expired".into(), &OBJECT.into()));
    assert!(seen["seconds_left"].as_i64().unwrap() < 0);
    assert_eq!(
        world.fails("token inspect --token a.b", 1),
        "ERROR: This is not a token: a JWT has three parts separated by dots, this has 2.\n\
         Hint: A token is three parts of letters and digits, separated by dots, and begins with eyJ.\n"
    );
    assert_eq!(
        world.fails("token inspect", 1),
        "ERROR: There is no token on stdin.\nHint: Give --token, or write it to stdin.\n"
    );
}

#[test]
fn verification_checks_signature_and_revocation() {
    let world = World::new();
    let (user, token) = issued(&world);
    let verify = |words: &str| {
        let Seen { code, stdout, stderr } = run(&mut world.command(&format!("token verify {words}")));
        (code, serde_json::from_str::<Value>(&stdout).unwrap_or_else(|_| panic!("{stderr}")))
    };
    let (code, seen) = verify(&format!("--token {token}"));
    assert_eq!((code, &seen["verified"], &seen["revoked"]), (Some(0), &true.into(), &false.into()));
    let (before, after) = token.split_at(token.len() - 100);
    let changed = format!("{before}{}{}", if after.starts_with('A') { "B" } else { "A" }, &after[1..]);
    let (code, seen) = verify(&format!("--token {changed}"));
    assert_eq!((code, &seen["verified"], &seen["signature"]), (Some(1), &false.into(), &"invalid".into()));
    // Another emulator's keys do not know it, these keys from a file do.
    let jwks = world.emulator.client().raw("GET", "/.well-known/jwks.json", &[], "").unwrap().body;
    let file = world.home.write("keys.json", jwks.to_string());
    let (code, seen) = verify(&format!("--token {token} --jwks {}", file.display()));
    assert_eq!((code, &seen["verified"], &seen["revoked"]), (Some(0), &true.into(), &Value::Null));
    let stranger = Emulator::in_memory(&world.home);
    let url = format!("http://localhost:{}/.well-known/jwks.json", stranger.port());
    let (code, seen) = verify(&format!("--token {token} --jwks {url}"));
    assert_eq!((code, &seen["signature"]), (Some(1), &"of an unknown key".into()));
    world.ok(&format!("token revoke --user {user} --yes"));
    let (code, seen) = verify(&format!("--token {token}"));
    assert_eq!((code, &seen["verified"], &seen["revoked"]), (Some(1), &false.into(), &true.into()));
    let elsewhere = "--connection-string endpoint=https://c.communication.azure.com;accesskey=AAAA";
    assert_eq!(
        world.fails(&format!("token verify --token {token} {elsewhere}"), 1),
        "ERROR: c.communication.azure.com does not publish keys to verify tokens with.\n\
         Hint: Only the emulator does. Give a key set with --jwks, or use `token inspect`.\n"
    );
    assert_eq!(
        world.fails(&format!("token verify --token {token} --jwks missing.json"), 1),
        "ERROR: The key set missing.json cannot be read: No such file or directory.\n"
    );
}

/// With a login: `emulator run` gives what Azure's credentials look for.
#[test]
fn keyless() {
    let home = Folder::new();
    let inside = |script: &str| {
        let mut command = az(&home);
        command.args(["communication", "emulator", "run", "--", "bash", "-c", script]);
        run(&mut command)
    };
    let issue = "az communication user-identity token issue --scope chat --query expires_on --verbose";
    let authenticated = |script: &str, by: &str| {
        let Seen { code, stdout, stderr } = inside(script);
        assert_eq!(code, Some(0), "{stderr}");
        assert!(stdout.contains("+00:00") && stderr.contains(&format!("Authenticated by {by}.")), "{stderr}");
    };
    authenticated(&format!("{issue} --auth-mode login"), "environment");
    authenticated(&format!("AZURE_COMMUNICATION_AUTH_MODE=login {issue}"), "environment");
    authenticated(&format!("{issue} --endpoint $AZURE_COMMUNICATION_ENDPOINT"), "environment");
    authenticated(&format!("unset AZURE_COMMUNICATION_CONNECTION_STRING; {issue}"), "environment");
    authenticated(&format!("unset AZURE_CLIENT_SECRET; {issue} --auth-mode login"), "managed identity");
    // A workload's federated token is one that an issuer signed whom the emulator trusts: itself.
    let federated = |token: &str| {
        format!(
            r#"unset AZURE_CLIENT_SECRET IDENTITY_ENDPOINT
            curl -sS "$AZURE_POD_IDENTITY_AUTHORITY_HOST/metadata/identity/oauth2/token?resource=api://AzureADTokenExchange" \
                -H "Metadata: true" | sed 's/.*"access_token":"\([^"]*\)".*/\1/' > federated
            {token}
            export AZURE_FEDERATED_TOKEN_FILE=$PWD/federated
            {issue} --auth-mode login"#
        )
    };
    authenticated(&federated(""), "workload identity");
    let Seen { code, stderr, .. } = inside(&federated("echo a.b.c > federated"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("workload identity: ") && stderr.contains("AADSTS700024"), "{stderr}");
    // `az login` is the real az's affair, further down PATH; this one gives the token that the emulator signs.
    let real_az = r#"
        mkdir -p real
        response=$(curl -sS "$IDENTITY_ENDPOINT?resource=https://communication.azure.com/" -H "X-IDENTITY-HEADER: $IDENTITY_HEADER")
        token=$(printf %s "$response" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
        {
            echo '#!/bin/sh'
            echo "echo \"\$@\" >> $PWD/real/asked"
            echo "echo '{\"accessToken\": \"$token\", \"expires_on\": 4102444800, \"tokenType\": \"Bearer\"}'"
        } > real/az
        chmod +x real/az
        export PATH=$PATH:$PWD/real
        unset AZURE_CLIENT_SECRET IDENTITY_ENDPOINT
    "#;
    authenticated(&format!("{real_az}{issue} --auth-mode login"), "az login");
    let asked = std::fs::read_to_string(home.path().join("real/asked")).unwrap();
    assert!(asked.starts_with("account get-access-token"), "{asked}");
    // Without any of them, each one and its reason is said once.
    let nothing =
        "unset AZURE_CLIENT_SECRET IDENTITY_ENDPOINT; az communication user-identity user create --auth-mode login";
    let Seen { code, stdout, stderr } = inside(nothing);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    for line in [
        "ERROR: No credential gave an Entra token.\n",
        "\n  environment: AZURE_CLIENT_SECRET is not set\n",
        "\n  workload identity: AZURE_FEDERATED_TOKEN_FILE is not set\n",
        "\n  managed identity: ",
        "\n  az login: the Azure CLI was not found further down PATH\n",
        "Hint: Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or install the Azure CLI",
    ] {
        assert_eq!(stderr.matches(line).count(), 1, "{line:?} in {stderr}");
    }
    // A token that is not for this service: the role is what people lack then.
    let Seen { code, stderr, .. } = inside(&format!(
        "{} {issue} --auth-mode login",
        real_az.replace("communication.azure.com/", "vault.azure.net")
    ));
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("(Denied)") && stderr.contains("needs a role") && !stderr.contains("access key is not"),
        "{stderr}"
    );
    // Many at once share one login.
    let batch =
        "az communication user-identity token issue-batch --scope chat --count 40 --out-file t --auth-mode login";
    let Seen { code, stdout, stderr } = inside(batch);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(serde_json::from_str::<Value>(&stdout).unwrap()["issued"], 40);
    // What is refused before anything is sent.
    for (words, message) in [
        ("--endpoint http://localhost:1", "ERROR: The endpoint is not an https URL: 'http://localhost:1'.\n"),
        (
            "--endpoint https://a?b",
            "ERROR: The endpoint is not a URL: 'https://a?*****'. It holds a query (from the ? on).\n",
        ),
        (
            "--endpoint https://a --auth-mode key",
            "ERROR: With --auth-mode key, the endpoint is that of the connection string.\n",
        ),
    ] {
        let mut command = az(&home);
        command.args(["communication", "user-identity", "user", "create"]).args(words.split(' '));
        let Seen { code, stderr, .. } = run(&mut command);
        assert!(code == Some(2) && stderr.starts_with(message), "{stderr}");
    }
}

#[test]
fn a_table_of_a_user_has_the_id() {
    let world = World::new();
    let user = world.users(1).remove(0);
    let shown = run(&mut world.command(&format!("user show --user {user} -o table"))).stdout;
    assert!(shown.starts_with("Id ") && shown.contains(&user), "{shown}");
}

#[test]
fn identities() {
    let world = World::new();
    let created = world.ok("user create --custom-id alice");
    assert_eq!(created["properties"]["customId"], "alice");
    let id = created["rawId"].as_str().unwrap();
    assert_eq!(world.ok("user create --custom-id alice")["rawId"], id);
    let shown = world.ok(&format!("user show --user {id}"));
    assert_eq!((&shown["id"], &shown["customId"]), (&id.into(), &"alice".into()));
    assert!(shown.get("lastTokenIssuedAt").is_none());
    world.ok(&format!("token issue --scope chat --user {id}"));
    assert!(world.ok(&format!("user show --user {id}"))["lastTokenIssuedAt"].is_string());
    let ids: HashSet<String> =
        world.ok("user create --count 5").as_array().unwrap().iter().map(|user| user["rawId"].to_string()).collect();
    assert_eq!(ids.len(), 5);
    assert_eq!(
        world.fails(&format!("user show --user {id} --api-version 2023-10-01"), 2),
        "ERROR: The api-version 2023-10-01 has no identities to show.\nHint: These have: 2025-03-02-preview.\n"
    );
    assert_eq!(
        world.fails("user create --count 0", 2),
        "ERROR: --count must be a number from 1 to 100000, but it is '0'.\n"
    );
    assert_eq!(
        world.fails("user create --count 2 --custom-id a", 2),
        "ERROR: --custom-id names one identity; it does not go with --count.\n"
    );
    let Seen { code, stderr, .. } = run(&mut world.command("user create --api-version 2001-01-01"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("(UnsupportedApiVersion)") && stderr.contains("Hint: The service has: "), "{stderr}");
}

#[test]
fn teams_users() {
    let world = World::new();
    let mut command =
        world.command(&format!("token get-for-teams-user --device-code --tenant {TENANT} --client {APP}"));
    command.env("AZURE_AUTHORITY_HOST", format!("https://localhost:{}", world.emulator.port()));
    let Seen { code, stdout, stderr } = run(&mut command);
    assert_eq!(
        (code, stderr.as_str()),
        (Some(0), "The emulator signs its default user in at once; there is nothing to enter.\n")
    );
    let token = serde_json::from_str::<Value>(&stdout).unwrap()["token"].as_str().unwrap().to_owned();
    assert_eq!(world.ok(&format!("token inspect --token {token}"))["user_id"], format!("8:orgid:{TENANT}"));

    let exchange = |token: &str, client: &str, user: &str| {
        let words = format!("token get-for-teams-user --aad-token {token} --client {client} --aad-user {user}");
        run(&mut world.command(&words))
    };
    let good = entra_token(&world, "");
    let seen = exchange(&good, APP, OBJECT);
    assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""));
    let Seen { code, stderr, .. } = exchange(&good, APP, TENANT);
    assert_eq!(code, Some(1));
    assert!(
        stderr.starts_with(&format!("WARNING: --aad-user is '{TENANT}', the token's 'oid' is '{OBJECT}'.\nERROR: ")),
        "{stderr}"
    );
    let Seen { code, stderr, .. } =
        exchange(&entra_token(&world, "--expires-in=-5m --scopes Teams.ManageCalls --audience other"), OBJECT, OBJECT);
    assert_eq!(code, Some(1));
    for warning in [
        "WARNING: The token expired 5 minutes ago (claim 'exp').\n",
        "WARNING: The token is for 'other' (claim 'aud'), not for https://auth.msft.communication.azure.com.",
        "WARNING: The token lacks the permission Teams.ManageChats (claim 'scp').\n",
        &format!("WARNING: --client is '{OBJECT}', the token's 'appid' is '{APP}'.\n"),
    ] {
        assert!(stderr.contains(warning), "{warning:?} in {stderr}");
    }
    // The refusal does not repeat what the warnings have said.
    assert!(!stderr.contains("Hint: "), "{stderr}");
    let (_, token) = issued(&world);
    let Seen { stderr, .. } = exchange(&token, APP, OBJECT);
    let said = stderr.matches("This is an access token of Communication Services, not one of Entra.").count();
    assert_eq!((said, stderr.matches("WARNING: ").count()), (1, 1), "{stderr}");
    assert_eq!(
        world.fails(&format!("token get-for-teams-user --device-code --client {APP}"), 2),
        "ERROR: --device-code needs --tenant.\nHint: Give the tenant's id or domain.\n"
    );
    let Seen { code, stderr, .. } = run(&mut world.command(&format!("token get-for-teams-user --client {APP}")));
    assert!(code == Some(2) && stderr.contains("required: --aad-token, --aad-user"), "{stderr}");
}

#[test]
fn assignments_and_exchanges() {
    let world = World::new();
    let one = format!("--tenant {TENANT} --object-id {OBJECT}");
    let created =
        world.ok(&format!("teams-extension assignment create {one} --principal-type user --client-ids {APP}"));
    let expected =
        serde_json::json!({"objectId": OBJECT, "tenantId": TENANT, "principalType": "user", "clientIds": [APP]});
    assert_eq!(created, expected);
    assert_eq!(world.ok(&format!("teams-extension assignment show {one}")), expected);
    let token = entra_token(&world, &format!("--tenant {TENANT} --scopes TeamsExtension.ManageCalls"));
    let exchanged = world.ok(&format!("teams-extension exchange --entra-token {token}"));
    assert!(exchanged["identity"]["id"].as_str().unwrap().ends_with(&format!("_{TENANT}_{OBJECT}")));
    let updated = world.ok(&format!("teams-extension assignment update {one} --client-ids {OBJECT} {APP}"));
    assert_eq!((&updated["principalType"], &updated["clientIds"]), (&"user".into(), &serde_json::json!([OBJECT, APP])));
    assert_eq!(world.ok(&format!("teams-extension assignment delete {one} --yes")), Value::Null);
    assert_eq!(
        world.fails(&format!("teams-extension assignment show {one}"), 3),
        "ERROR: (AssignmentNotFound) The assignment doesn't exist.\nCode: AssignmentNotFound\nMessage: The assignment doesn't exist.\n"
    );
    let Seen { code, stderr, .. } = run(&mut world.command(&format!("teams-extension exchange --entra-token {token}")));
    assert!(code == Some(1) && stderr.starts_with("ERROR: (Forbidden) "), "{stderr}");
    let Seen { code, stderr, .. } = run(&mut world.command("teams-extension exchange --entra-token nonsense"));
    assert_eq!(code, Some(1));
    assert!(stderr.contains("(InvalidAccessToken)") && stderr.contains("hold TeamsExtension.ManageCalls"), "{stderr}");

    let one = format!("--tenant {TENANT} --object-id {OBJECT} --principal-type user --client-ids {APP}");
    world.ok(&format!("entra assignment create {one}"));
    assert_eq!(world.ok("entra assignment list").as_array().unwrap().len(), 1);
    assert_eq!(world.ok(&format!("entra assignment show --object-id {OBJECT}")), expected);
    let audience = "--audience https://communication.azure.com/clients --scopes Chat";
    let token = entra_token(&world, &format!("--tenant {TENANT} {audience}"));
    let exchanged = world.ok(&format!("entra exchange --entra-token {token}"));
    let token = exchanged["accessToken"]["token"].as_str().unwrap();
    assert_eq!(world.ok(&format!("token inspect --token {token}"))["scopes"], serde_json::json!(["chat"]));
    let updated = world.ok(&format!("entra assignment update --object-id {OBJECT} --client-ids {OBJECT}"));
    assert_eq!((&updated["tenantId"], &updated["clientIds"]), (&TENANT.into(), &serde_json::json!([OBJECT])));
    world.ok(&format!("entra assignment delete --object-id {OBJECT} --yes"));
    assert_eq!(world.ok("entra assignment list"), serde_json::json!([]));
    let stderr = world.fails(
        &format!(
            "entra assignment create --tenant {TENANT} --object-id {OBJECT} --client-ids {APP} \
        --principal-type robot"
        ),
        2,
    );
    assert!(stderr.contains("'robot' is not a valid value for '--principal-type'. Allowed values: "), "{stderr}");
    assert_eq!(world.fails("entra assignment show --object-id=", 2), "ERROR: --object-id is empty.\n");
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let world = World::new();
    let doctor = |change: &dyn Fn(&mut Command)| {
        let mut command = world.emulator.az(&world.home);
        command.args(["communication", "doctor"]);
        change(&mut command);
        let Seen { code, stdout, stderr } = run(&mut command);
        let rows: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
        let rows = rows.as_array().unwrap();
        let states: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {}", row["check"].as_str().unwrap(), row["state"].as_str().unwrap()))
            .collect();
        let failed = rows.iter().find(|row| row["state"] == "failed");
        (
            code,
            states.join(", "),
            failed.map_or_else(String::new, |row| format!("{} | {}", row["found"], row["advice"])),
        )
    };
    let fine = "connection ok, dns ok, tcp ok, tls ok, clock ok, signature ok";
    assert_eq!(doctor(&|_| {}), (Some(0), fine.to_owned(), String::new()));
    let wrong_key = world.emulator.connection_string().replace("V2Vs", "AAAA");
    let (code, states, why) = doctor(&|command| {
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", &wrong_key);
    });
    assert_eq!((code, states.as_str()), (Some(1), "connection ok, dns ok, tcp ok, tls ok, clock ok, signature failed"));
    assert!(why.contains("Denied") && why.contains("does not know this access key"), "{why}");
    let (_, states, why) = doctor(&|command| {
        command.env_remove("REQUESTS_CA_BUNDLE");
    });
    assert_eq!(states, "connection ok, dns ok, tcp ok, tls failed, clock skipped, signature skipped");
    assert!(why.contains("unknown authority") && why.contains("REQUESTS_CA_BUNDLE"), "{why}");
    let nobody = "endpoint=https://localhost:1;accesskey=AAAA";
    let (_, states, why) = doctor(&|command| {
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", nobody);
    });
    assert_eq!(states, "connection ok, dns ok, tcp failed, tls skipped, clock skipped, signature skipped");
    assert!(why.contains("Cannot connect to localhost:1: Connection refused."), "{why}");
    let nowhere = "endpoint=https://no-such-host.invalid;accesskey=AAAA";
    let (_, states, why) = doctor(&|command| {
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", nowhere).env("NO_PROXY", "*");
    });
    assert_eq!(states, "connection ok, dns failed, tcp skipped, tls skipped, clock skipped, signature skipped");
    assert!(why.contains("cannot be found"), "{why}");
    let (_, states, why) = doctor(&|command| {
        command.env("AZURE_COMMUNICATION_CONNECTION_STRING", "nonsense");
    });
    assert!(states.starts_with("connection failed, dns skipped"), "{states}");
    assert!(why.contains("'endpoint'") && !why.contains("V2Vs"), "{why}");
}
