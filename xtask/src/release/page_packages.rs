//! The npm packages in the emulator's page. The build of the page lists them with their licence texts.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::{At as _, Error};

/// The list that `build.mjs` of the page writes.
const LIST: &str = "crates/acs-identity-emulator/page/built/packages.json";

/// The crate that has the page.
pub const HOLDER: &str = "acs-identity-emulator";

/// An npm package.
#[derive(Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// An SPDX expression.
    pub licence: String,
    /// The package at the npm registry.
    pub source: String,
    repository: String,
    /// The name of the file with the licence text.
    pub file: String,
    pub text: String,
}

/// Returns the packages.
///
/// # Errors
///
/// When the list cannot be read.
pub fn packages(root: &Path) -> Result<Vec<Package>, Error> {
    let path = root.join(LIST);
    let content = fs::read(&path).at(&path)?;
    let wrong = |what: &str| Error::new(format!("{} {what}.", path.display()));
    let list: Vec<Value> =
        serde_json::from_slice(&content).map_err(|error| wrong(&format!("is not a list: {error}")))?;
    let package = |one: &Value| {
        let text = |name: &str| {
            let found = one[name].as_str().map(str::to_owned);
            found.ok_or_else(|| wrong(&format!("has a package without the text '{name}'")))
        };
        Ok(Package {
            name: text("name")?,
            version: text("version")?,
            licence: text("licence")?,
            source: text("source")?,
            repository: text("repository")?,
            file: text("file")?,
            text: text("text")?,
        })
    };
    list.iter().map(package).collect()
}

impl Package {
    /// Returns the component of the bill of materials.
    pub fn component(&self) -> Value {
        json!({
            "type": "library",
            "bom-ref": self.purl(),
            "name": self.name,
            "version": self.version,
            "licenses": [{ "expression": self.licence }],
            "purl": self.purl(),
            "externalReferences": [{ "type": "vcs", "url": self.repository.trim_start_matches("git+") }],
        })
    }

    /// Returns the package URL. The `@` of a scope is encoded.
    pub fn purl(&self) -> String {
        format!("pkg:npm/{}@{}", self.name.replace('@', "%40"), self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::packages;

    #[test]
    fn each_package_of_the_page_has_a_licence_text_and_a_package_url() {
        let packages = packages(&crate::root()).unwrap();
        let urls: Vec<String> = packages.iter().map(|package| package.purl()).collect();
        assert!(urls.iter().any(|url| url.starts_with("pkg:npm/preact@")), "{urls:?}");
        assert!(urls.iter().all(|url| url.matches('@').count() == 1), "{urls:?}");
        for package in packages {
            assert!(package.text.contains("Copyright"), "{}", package.name);
        }
    }
}
