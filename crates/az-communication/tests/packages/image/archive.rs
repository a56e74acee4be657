//! Unpacks the image by its manifest, as a container runtime does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::dist::{artefact, stdout};
use crate::support::Folder;

pub fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Unpacks an archive.
pub fn unpacked(form: &str) -> Folder {
    let folder = Folder::new();
    stdout(Command::new("tar").arg("-xf").arg(artefact(form)).arg("-C").arg(folder.path()));
    folder
}

/// The Docker archive: its configuration, and its layer as a file.
pub struct Docker {
    folder: Folder,
    manifest: Value,
}

impl Docker {
    pub fn new() -> Self {
        let folder = unpacked(".docker.tar");
        let manifest = json(&folder.path().join("manifest.json"));
        assert_eq!(manifest.as_array().unwrap().len(), 1, "{manifest}");
        Self { folder, manifest }
    }

    fn file(&self, name: &Value) -> PathBuf {
        self.folder.path().join(name.as_str().unwrap())
    }

    pub fn tags(&self) -> &Value {
        &self.manifest[0]["RepoTags"]
    }

    pub fn config_file(&self) -> PathBuf {
        self.file(&self.manifest[0]["Config"])
    }

    pub fn config(&self) -> Value {
        json(&self.config_file())
    }

    pub fn layer(&self) -> PathBuf {
        let layers = self.manifest[0]["Layers"].as_array().unwrap();
        assert_eq!(layers.len(), 1, "{}", self.manifest);
        self.file(&layers[0])
    }

    /// Makes the root folder of a container in that folder, with the mount points that a runtime adds.
    pub fn root(&self, home: &Folder) -> PathBuf {
        let root = home.path().join("root");
        fs::create_dir(&root).unwrap();
        let mut tar = Command::new("tar");
        stdout(tar.args(["-xp", "--numeric-owner", "-f"]).arg(self.layer()).arg("-C").arg(&root));
        for folder in ["proc", "run", "run/secrets"] {
            fs::create_dir(root.join(folder)).unwrap();
        }
        fs::write(root.join("etc/hosts"), "").unwrap();
        root
    }
}
