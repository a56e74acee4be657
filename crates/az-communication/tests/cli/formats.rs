//! Tests of results in the output formats.

use super::*;
use crate::support::world::World;
use insta::assert_snapshot;

const ISSUE: &str = "token issue --scope chat --user 8:acs:x --only-show-errors";

#[test]
fn numbers_of_a_query_are_exact() {
    let queries = [
        "ceil(`1e23`)",
        "floor(`-1e39`)",
        "to_number(`\"170141183460469231731687303715884105728\"`)",
        "sum(`[170141183460469231731687303715884105727,1]`)",
        "abs(`-170141183460469231731687303715884105728`)",
    ];
    assert_snapshot!(Service::issuing().shows(&format!("{ISSUE} --query [{}]", queries.join(","))), @"
    exit 0
    --- stdout
    [
      99999999999999991611392,
      -999999999999999939709166371603178586112,
      170141183460469231731687303715884105728,
      170141183460469231731687303715884105728,
      170141183460469231731687303715884105728
    ]
    ");
}

#[test]
fn an_unprintable_character_is_escaped_in_text() {
    let query = r#"to_string(`["\u007f"]`)"#;
    assert_snapshot!(Service::issuing().shows(&format!("{ISSUE} -o tsv --query {query}")), @r#"
    exit 0
    --- stdout
    ["\u007f"]
    "#);
}

#[test]
fn unprintable_characters_in_the_error_of_a_query_are_written_as_python_writes_them() {
    let query = r#"abs(`["\u0600","\ue000","\uffff","\udb40\udc01","\u00e9"]`)"#;
    assert_snapshot!(Service::issuing().shows(&format!("{ISSUE} --query {query}")), @r#"
    exit 1
    --- stderr
    ERROR: Invalid jmespath query supplied for `--query`: In function abs(), invalid type for value: ['\u0600', '\ue000', '\uffff', '\U000e0001', 'é'], expected one of: ['number'], received: "array"
    To learn more about --query, please visit: 'https://learn.microsoft.com/cli/azure/query-azure-cli'
    "#);
}

#[test]
fn a_key_in_yaml_is_long_from_123_characters_on() {
    let service = Service::issuing();
    let [short, long] = [122, 123].map(|length| "k".repeat(length));
    let yaml = |key: &str| service.shows(&format!("{ISSUE} -o yaml --query `{{\"{key}\":1}}`")).stdout;
    assert_eq!(yaml(&short), format!("{short}: 1\n"));
    assert_eq!(yaml(&long), format!("? {long}\n: 1\n"));
}

#[test]
fn the_table_of_a_query_fits_the_terminal() {
    let home = Folder::new();
    let mut command = World::shared().emulator.az(&home);
    command.args(["communication", "doctor", "-o", "table", "--query"]).env("COLUMNS", "80");
    let table = run(command.arg("[].{check: check, state: state, found: found}")).stdout;
    assert!(table.starts_with("Check ") && table.lines().all(|line| line.chars().count() <= 80), "{table}");
}

#[test]
fn the_table_of_a_user_has_the_raw_id() {
    let world = World::shared();
    let user = world.users(1).remove(0);
    assert_snapshot!(world.shows(&format!("user show --user {user} -o table --query {{Id:id,Version:apiVersion}}")).stdout, @"
    Id
    -------------------------------------------------------------------------------
    USER
    ");
}
