//! `--seed`.

use insta::assert_snapshot;

use super::*;

const SEED: &str = "\
resourceId: 1f0e2d3c-0000-4000-8000-000000000001
keys:
  primary: c2VlZCBrZXkgb25lLCBub3QgYSBzZWNyZXQgb2YgYW55b25l
clock: {now: 2030-01-31T09:00:00Z, frozen: true}
identities:
- id: a11ce000-0000-4000-8000-000000000001
  customId: alice
- customId: bob
  revocations: [now]
assignments:
  entra:
  - tenantId: 7e4a0000-0000-4000-8000-000000000001
    objectId: a11ce000-0000-4000-8000-000000000001
    principalType: user
    clientIds: [c11e0000-0000-4000-8000-000000000001]
";

/// Runs a command of the shell with an emulator that has that seed.
fn seeded(home: &Folder, options: &str, script: &str) -> Seen {
    let mut command = emulator(home, &format!("run --seed seed.yaml {options} -- sh -c"));
    command.arg(script).env("AZ", env!("CARGO_BIN_EXE_az")).current_dir(home.path());
    run(&mut command).hiding_home(home).without_lines(" INFO ")
}

const LIST: &str = "\"$AZ\" communication emulator identity list \
    --query '[].[customId,createdAt,revoked,assignments]' -o tsv | sort";

#[test]
fn a_seed_gives_identities_keys_and_the_clock() {
    let home = Folder::new();
    home.write("seed.yaml", SEED);
    assert_snapshot!(seeded(&home, "", LIST), @"
    exit 0
    --- stdout
    alice	2030-01-31T09:00:00+00:00	False	1
    bob	2030-01-31T09:00:00+00:00	True	0
    ");
    let show = "echo \"$AZURE_COMMUNICATION_CONNECTION_STRING\" | sed 's/.*accesskey=//'; \"$AZ\" communication \
        user-identity user create --custom-id alice --query rawId -o tsv";
    assert_snapshot!(seeded(&home, "", show), @"
    exit 0
    --- stdout
    c2VlZCBrZXkgb25lLCBub3QgYSBzZWNyZXQgb2YgYW55b25l
    8:acs:1f0e2d3c-0000-4000-8000-000000000001_a11ce000-0000-4000-8000-000000000001
    ");
}

#[test]
fn a_frozen_clock_shows_exactly_the_time_of_the_seed() {
    let home = Folder::new();
    home.write("seed.yaml", SEED);
    let show = "\"$AZ\" communication emulator clock show --query now -o tsv";
    assert_snapshot!(seeded(&home, "", show), @"
    exit 0
    --- stdout
    2030-01-31T09:00:00.0000000+00:00
    ");
}

#[test]
fn a_second_start_with_the_same_seed_changes_nothing_and_adds_what_is_missing() {
    let home = Folder::new();
    home.write("seed.yaml", SEED);
    let change = "A=\"$AZ communication\"; $A emulator key regenerate --key-type secondary -o none; \
        $A user-identity user create --custom-id carol -o none; \
        $A user-identity user delete --yes -o none \
        --user $($A user-identity user create --custom-id bob --query rawId -o tsv)";
    let first = seeded(&home, "--data-dir data", change);
    assert_eq!(first.code, Some(0), "{first}");
    assert_snapshot!(seeded(&home, "--data-dir data", LIST), @"
    exit 0
    --- stdout
    alice	2030-01-31T09:00:00+00:00	False	1
    bob	2030-01-31T09:00:00+00:00	True	0
    carol	2030-01-31T09:00:00+00:00	False	0
    ");
}

#[test]
fn a_seed_that_contradicts_the_folder_or_an_option_is_refused() {
    let home = Folder::new();
    let start = |seed: &str, options: &str| {
        home.write("seed.yaml", seed);
        seeded(&home, options, "true").to_string()
    };
    let folder = "--data-dir data";
    let mut said = vec![start(SEED, "--access-key b3RoZXIga2V5IHRoYW4gdGhlIG9uZSBvZiB0aGUgc2VlZA==")];
    assert!(start(SEED, folder).starts_with("exit 0"));
    said.push(start(&SEED.replace("customId: alice", "customId: alicia"), folder));
    said.push(start(&SEED.replace("id: a11ce", "id: b11ce"), folder));
    said.push(start(&SEED.replace("1f0e2d3c", "2f0e2d3c"), folder));
    assert_snapshot!(said.join("\n"), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot start: the seed cannot be used: keys.primary differs from the given access key.

    exit 1
    --- stderr
    ERROR: The emulator cannot start: the seed cannot be used: line 6: identities[0] has an id that exists with another custom id.

    exit 1
    --- stderr
    ERROR: The emulator cannot start: the seed cannot be used: line 6: identities[0] has a custom id that exists with another id.

    exit 1
    --- stderr
    ERROR: The emulator cannot start: the seed cannot be used: line 1: resourceId is of the resource 2f0e2d3c-0000-4000-8000-000000000001, but the data has the resource id 1f0e2d3c-0000-4000-8000-000000000001.
    ");
}

#[test]
fn a_mistake_is_reported_before_the_data_folder_is_made() {
    let home = Folder::new();
    home.write("seed.yaml", SEED.replace("customId: bob", "customid: bob"));
    assert_snapshot!(seeded(&home, "--data-dir data", "true"), @"
    exit 1
    --- stderr
    ERROR: seed.yaml cannot be used: line 8: identities[1].customid is not a field of a seed; the fields here are id, customId, revocations.
    ");
    home.write("seed.yaml", "identities: [\n");
    assert_snapshot!(seeded(&home, "--data-dir data", "true"), @"
    exit 1
    --- stderr
    ERROR: seed.yaml cannot be used: line 2: this is not valid YAML or JSON: while parsing a node, did not find expected node content.
    ");
    std::fs::remove_file(home.path().join("seed.yaml")).unwrap();
    assert_snapshot!(seeded(&home, "--data-dir data", "true"), @"
    exit 1
    --- stderr
    ERROR: --seed names 'seed.yaml', which cannot be read: No such file or directory.
    ");
    assert!(!home.path().join("data").exists());
}

#[test]
fn a_seed_gives_faults_to_each_start() {
    let home = Folder::new();
    home.write("seed.yaml", "faults:\n- operation: issueAccessToken\n  status: 429\n  retryAfter: 2\n");
    let list = "\"$AZ\" communication emulator fault list --query '[].[id,operation,status,hits]' -o tsv";
    let first = seeded(&home, "--data-dir data", list);
    assert_snapshot!(first, @"
    exit 0
    --- stdout
    1	issueAccessToken	429	0
    ");
    assert_eq!(seeded(&home, "--data-dir data", list).to_string(), first.to_string());
    home.write("seed.yaml", "faults:\n- status: 429\n  operation: issueTokens\n");
    assert_snapshot!(seeded(&home, "", "true"), @"
    exit 1
    --- stderr
    ERROR: seed.yaml cannot be used: line 3: faults[0].operation must be one of createIdentity, deleteEntraAssignment, deleteIdentity, deleteTeamsExtensionAssignment, describe, deviceCode, deviceLoginPage, entraKeys, entraMetadata, exchangeEntraAccessToken, exchangeTeamsExtensionAccessToken, exchangeTeamsUserAccessToken, getEntraAssignment, getFrontEndToken, getIdentity, getTeamsExtensionAssignment, introspect, issueAccessToken, issueTokenPreview, listEntraAssignments, managedIdentityToken, oauthToken, patchEntraAssignments, putEntraAssignment, putTeamsExtensionAssignment, revokeAccessTokens, tokenKeys, tokenMetadata, updateIdentity, but it is 'issueTokens'.
    ");
}
