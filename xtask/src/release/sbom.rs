//! The bill of materials: CycloneDX as JSON. Its components are the crates of `cargo tree -e normal` and the npm
//! packages of the emulator's page, and `metadata.component` is the program. It has no serial number, because that
//! would differ in each build.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::pack;
use super::page_packages::{self, Package};
use super::parts::{NAME, Parts};
use super::time::Time;
use super::tree::{Crate, Tree};
use crate::error::{At as _, Error};

/// Writes the bill of materials next to the artefacts, for users who check it before they download an artefact.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let path = dist.join(format!("{}.cdx.json", parts.label()));
    fs::write(&path, &parts.sbom).at(&path)?;
    Ok(vec![path])
}

/// Returns the text.
///
/// # Errors
///
/// When the time is out of range.
pub fn json(tree: &Tree, of_page: &[Package], epoch: u64, program: &[u8]) -> Result<String, Error> {
    let top = tree.root();
    let mut main = component(top, "application");
    main.insert("hashes".into(), json!([{ "alg": "SHA-256", "content": pack::sha256(program) }]));
    main.insert("properties".into(), json!([{ "name": "az-communication:file", "value": NAME }]));
    let others = tree.crates().filter(|other| other.name != top.name);
    let others = others.map(|other| component(other, "library").into());
    let components: Vec<Value> = others.chain(of_page.iter().map(Package::component)).collect();
    let dependencies = tree.crates().map(|one| {
        let mut needs: Vec<String> = one.needs.iter().map(|(name, version)| purl(name, version)).collect();
        if one.name == page_packages::HOLDER {
            needs.extend(of_page.iter().map(Package::purl));
        }
        json!({ "ref": purl(&one.name, &one.version), "dependsOn": needs })
    });
    let of_page = of_page.iter().map(|package| json!({ "ref": package.purl(), "dependsOn": [] }));
    let dependencies: Vec<Value> = dependencies.chain(of_page).collect();
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": Time::of(epoch).text(),
            "tools": { "components": [{ "type": "application", "name": "xtask", "description": "cargo xtask release" }] },
            "component": main,
        },
        "components": components,
        "dependencies": dependencies,
    });
    let text = serde_json::to_string_pretty(&bill).map_err(|error| Error::new(error.to_string()))?;
    Ok(text + "\n")
}

fn component(one: &Crate, kind: &str) -> Map<String, Value> {
    let purl = purl(&one.name, &one.version);
    let mut component = Map::new();
    component.insert("type".into(), kind.into());
    component.insert("bom-ref".into(), purl.clone().into());
    component.insert("name".into(), one.name.clone().into());
    component.insert("version".into(), one.version.clone().into());
    if let Some(description) = &one.description {
        component.insert("description".into(), description.split_whitespace().collect::<Vec<_>>().join(" ").into());
    }
    if let Some(checksum) = &one.checksum {
        component.insert("hashes".into(), json!([{ "alg": "SHA-256", "content": checksum }]));
    }
    if let Some(licence) = &one.licence {
        // Old crates use a slash for OR.
        component.insert("licenses".into(), json!([{ "expression": licence.replace('/', " OR ") }]));
    }
    component.insert("purl".into(), purl.into());
    if let Some(repository) = &one.repository {
        component.insert("externalReferences".into(), json!([{ "type": "vcs", "url": repository }]));
    }
    component
}

fn purl(name: &str, version: &str) -> String {
    // The `+` of build metadata is the only character of a version that must be escaped in a purl.
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}
