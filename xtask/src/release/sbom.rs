//! The bill of materials: CycloneDX as JSON. Its components are the crates of `cargo tree -e normal`; the program itself is
//! `metadata.component`. It has no serial number, which would be another one each time.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::pack;
use super::parts::{NAME, Parts};
use super::tree::{Crate, Tree};
use crate::error::{At as _, Error};

/// Writes it beside the artefacts, for those who look at it before they take one.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let path = dist.join(format!("{}.cdx.json", parts.label()));
    fs::write(&path, &parts.sbom).at(&path)?;
    Ok(vec![path])
}

/// Its text.
///
/// # Errors
///
/// When the time is out of range.
pub fn json(tree: &Tree, epoch: u64, program: &[u8]) -> Result<String, Error> {
    let top = tree.root();
    let mut main = component(top, "application");
    main.insert("hashes".into(), json!([{ "alg": "SHA-256", "content": pack::sha256(program) }]));
    main.insert("properties".into(), json!([{ "name": "az-communication:file", "value": NAME }]));
    let others = tree.crates().filter(|other| other.name != top.name).map(|other| component(other, "library"));
    let dependencies = tree.crates().map(|one| {
        let needs: Vec<String> = one.needs.iter().map(|(name, version)| purl(name, version)).collect();
        json!({ "ref": purl(&one.name, &one.version), "dependsOn": needs })
    });
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": timestamp(epoch),
            "tools": { "components": [{ "type": "application", "name": "xtask", "description": "cargo xtask release" }] },
            "component": main,
        },
        "components": others.collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
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
        // Old crates write a slash for OR.
        component.insert("licenses".into(), json!([{ "expression": licence.replace('/', " OR ") }]));
    }
    component.insert("purl".into(), purl.into());
    if let Some(repository) = &one.repository {
        component.insert("externalReferences".into(), json!([{ "type": "vcs", "url": repository }]));
    }
    component
}

fn purl(name: &str, version: &str) -> String {
    // `+` of build metadata is the one character of a version that a purl escapes.
    format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"))
}

/// Seconds since 1970 as `2026-11-26T12:00:00Z`.
fn timestamp(epoch: u64) -> String {
    let (days, seconds) = (epoch / 86_400, epoch % 86_400);
    // Years begin in March here, so that the day that leap years add is the last one of a year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn the_time_of_a_release_is_written_as_cyclonedx_wants_it() {
        let written = [0, 951_782_399, 951_782_400, 951_868_800, 1_795_694_400, 4_107_542_399].map(timestamp);
        assert_eq!(
            written,
            [
                "1970-01-01T00:00:00Z",
                "2000-02-28T23:59:59Z",
                "2000-02-29T00:00:00Z",
                "2000-03-01T00:00:00Z",
                "2026-11-26T12:00:00Z",
                "2100-02-28T23:59:59Z",
            ]
        );
    }
}
