//! Tests that the examples in the docs use existing variables, paths and ports of the image.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use az_communication::commands::table::TABLE;
use az_communication::knack::argument::Argument;
use serde_json::Value;

use super::archive::Docker;
use crate::dist::repository;
use crate::support::Folder;
use crate::support::emulator::Emulator;

/// Returns the YAML in the docs about containers and CI, and the file for GitLab.
fn examples() -> Vec<Value> {
    let read = |path: &str| fs::read_to_string(repository().join(path)).unwrap();
    let (containers, ci) = (read("docs/emulator/containers.md"), read("docs/ci.md"));
    let blocks = [&containers, &ci].into_iter().flat_map(|text| text.split("```yaml\n").skip(1));
    let mut texts: Vec<String> = blocks.map(|rest| rest.split("```").next().unwrap().to_owned()).collect();
    texts.push(read("packaging/gitlab/emulator.gitlab-ci.yml"));
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let script = "import json, sys, yaml; print(json.dumps([yaml.safe_load(text) for text in json.load(sys.stdin)]))";
    let mut command = Command::new(python);
    let mut child = command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(Value::from(texts).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Finds every member with its name, at every depth. Items of a list have the name of the list.
fn members<'a>(name: &'a str, value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
    found.push((name, value));
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| members(name, value, found)),
        Value::Array(values) => values.iter().for_each(|value| members(name, value, found)),
        _ => {}
    }
}

/// Returns the port and the path of the URL in a command line.
fn url(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("http://")?;
    let (host, path) = rest.split(' ').next()?.split_at(rest.find('/')?);
    Some((host.rsplit(':').next()?, path))
}

#[test]
#[ignore = "needs the artefacts and the Python of scripts/test.sh"]
fn the_examples_of_the_docs_set_variables_that_there_are_and_name_what_the_image_has() {
    let docker = Docker::new();
    let config = docker.config()["config"].clone();
    let only = |member: &str| {
        let names: Vec<String> = config[member].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        names.into_iter().next().unwrap()
    };
    let port: u64 = only("ExposedPorts").strip_suffix("/tcp").unwrap().parse().unwrap();
    let volume = only("Volumes");
    let image = docker.tags()[0].as_str().unwrap();
    let start = TABLE.command("communication emulator start").unwrap().spec.arguments;
    let names = |option: &Argument| option.variable_name().into_iter().chain(option.file_variable_name());
    let mut variables: Vec<String> = start.iter().flat_map(names).collect();
    // This variable is for clients.
    variables.push("AZURE_COMMUNICATION_CONNECTION_STRING".into());
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let is_served = |path: &str| emulator.client().send("GET", path, "").status == 200;
    let mut counts = [0; 4];
    for example in &examples() {
        let mut found = Vec::new();
        members("", example, &mut found);
        for (name, value) in found {
            let said = format!("{name}: {value}");
            let text = value.as_str().unwrap_or_default();
            for variable in [name, text].into_iter().filter(|word| word.starts_with("AZURE_")) {
                assert!(variables.iter().any(|known| known == variable), "{said}");
                counts[0] += 1;
            }
            if text.contains("az-communication-emulator") {
                assert_eq!(text.rsplit('/').next(), Some(image), "{said}");
                counts[1] += 1;
            }
            if let Some((of_url, path)) = url(text) {
                assert!(of_url == port.to_string() && is_served(path), "{said}");
                counts[2] += 1;
            }
            match name {
                // Service containers in CI cannot set these.
                "command" | "args" | "entrypoint" => panic!("{said}"),
                "ports" if value.is_string() => assert_eq!(text, format!("{port}:{port}"), "{said}"),
                "containerPort" | "port" => assert_eq!(value, port, "{said}"),
                "mountPath" => assert_eq!(value, &volume, "{said}"),
                "volumes" if value.is_string() => assert!(text.ends_with(&format!(":{volume}")), "{said}"),
                "path" => assert!(is_served(text), "{said}"),
                _ => continue,
            }
            counts[3] += 1;
        }
    }
    // These are the numbers of variables, images, URLs, and places of the image in the examples.
    assert_eq!(counts, [9, 4, 2, 9]);
}
