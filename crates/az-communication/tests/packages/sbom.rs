//! Tests of the bill of materials.

use std::process::Command;

use serde_json::Value;

use super::dist::{Unpacked, crates, stdout};

fn read() -> Value {
    serde_json::from_str(&Unpacked::new().read("az-communication.cdx.json")).unwrap()
}

/// Returns whether a component is an npm package, as those in the emulator's page are.
fn is_of_page(one: &Value) -> bool {
    one["purl"].as_str().unwrap().starts_with("pkg:npm/")
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_components_are_the_crates_of_cargo_tree_and_the_packages_in_the_page() {
    let sbom = read();
    let (of_page, of_crates): (Vec<&Value>, Vec<&Value>) =
        sbom["components"].as_array().unwrap().iter().partition(|one| is_of_page(one));
    let names: Vec<&str> = of_page.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["@noble/hashes", "preact"]);
    let components = of_crates.into_iter().chain([&sbom["metadata"]["component"]]);
    let mut listed: Vec<String> = components
        .map(|one| {
            let (name, version) = (one["name"].as_str().unwrap(), one["version"].as_str().unwrap());
            assert_eq!(one["purl"], format!("pkg:cargo/{name}@{version}"));
            assert!(one["licenses"][0]["expression"].is_string(), "{one}");
            format!("{name} {version}")
        })
        .collect();
    listed.sort();
    assert_eq!(listed, crates());
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_component_stands_in_the_graph_and_all_of_it_hangs_on_the_program() {
    let sbom = read();
    let graph = sbom["dependencies"].as_array().unwrap();
    let needs = |name: &str| {
        let entry = graph.iter().find(|entry| entry["ref"] == name).unwrap_or_else(|| panic!("{name}"));
        entry["dependsOn"]
            .as_array()
            .unwrap()
            .iter()
            .map(|other| other.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let mut reached = vec![sbom["metadata"]["component"]["bom-ref"].as_str().unwrap().to_owned()];
    let mut at = 0;
    while at < reached.len() {
        let more = needs(&reached[at]);
        reached.extend(more.into_iter().filter(|other| !reached.contains(other)).collect::<Vec<_>>());
        at += 1;
    }
    reached.sort();
    let mut components: Vec<String> =
        sbom["components"].as_array().unwrap().iter().map(|one| one["bom-ref"].as_str().unwrap().to_owned()).collect();
    components.push(sbom["metadata"]["component"]["bom-ref"].as_str().unwrap().to_owned());
    components.sort();
    assert_eq!(reached, components);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn it_is_valid_by_the_schema_of_cyclonedx() {
    let unpacked = Unpacked::new();
    let python = std::env::var_os("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let program = "
import sys
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
validator = make_schemabased_validator(OutputFormat.JSON, SchemaVersion.V1_6)
print(validator.validate_str(open(sys.argv[1], encoding='utf-8').read()))
";
    let said = stdout(Command::new(python).args(["-c", program]).arg(unpacked.path("az-communication.cdx.json")));
    assert_eq!(said, "None\n");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_crate_of_a_registry_has_its_checksum_and_the_program_its_own() {
    let unpacked = Unpacked::new();
    let sbom = read();
    let lock = std::fs::read_to_string(super::dist::repository().join("Cargo.lock")).unwrap();
    let hash = |one: &Value| one["hashes"][0]["content"].as_str().map(ToOwned::to_owned);
    for one in sbom["components"].as_array().unwrap().iter().filter(|one| !is_of_page(one)) {
        let name = one["name"].as_str().unwrap();
        match hash(one) {
            Some(hash) => assert!(lock.contains(&format!("checksum = \"{hash}\"")), "{name}"),
            None => assert!(name.starts_with("acs-identity") || name == "pyjmespath", "{name}"),
        }
    }
    let sum = stdout(Command::new("sha256sum").arg(unpacked.program()));
    assert_eq!(hash(&sbom["metadata"]["component"]).as_deref(), sum.split(' ').next());
}
