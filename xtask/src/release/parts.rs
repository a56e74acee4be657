//! The parts of all artefacts. Each part is made once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tree::Tree;
use super::{command, licences, page_packages, sbom};
use crate::error::{At as _, Error};

/// The program's name in packages. Cargo calls it `az`.
pub const NAME: &str = "az-communication";

/// The parts. Artefacts contain nothing else, so that two builds give the same bytes.
#[derive(Debug)]
pub struct Parts {
    /// The version of the workspace.
    pub version: String,
    /// The packaging revision of this version, for systems that count them.
    pub revision: u32,
    /// The time of all files, in seconds since 1970: SOURCE_DATE_EPOCH, or else the date of the last commit.
    pub epoch: u64,
    /// The target of the program, `x86_64-unknown-linux-gnu`.
    pub target: String,
    /// The file `az`, which packages call `az-communication`.
    pub program: Vec<u8>,
    /// `az-communication.bash`, `_az-communication` (zsh), `az-communication.fish` and `az-communication.ps1`.
    pub completions: Vec<Named>,
    /// `az-communication.1`, `az-communication-token-issue.1`, …, sorted.
    pub man_pages: Vec<Named>,
    /// THIRD-PARTY-LICENCES.
    pub licences: Vec<u8>,
    /// The bill of materials, CycloneDX as JSON.
    pub sbom: Vec<u8>,
    /// The repository, for LICENSE, README.md, CHANGELOG.md and packaging/.
    pub root: PathBuf,
}

/// A file of an artefact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name, without a folder.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Parts {
    /// Returns the prefix of the file names of this release: `az-communication-0.1.0-x86_64-linux`.
    pub fn label(&self) -> String {
        let mut words = self.target.split('-');
        let processor = words.next().unwrap_or_default();
        let system = words.nth(1).unwrap_or_default();
        format!("{NAME}-{}-{processor}-{system}", self.version)
    }

    /// Reads a file of the repository.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Error> {
        let path = self.root.join(path);
        fs::read(&path).at(&path)
    }
}

/// Makes the parts. The program itself writes its completions and man pages.
///
/// # Errors
///
/// When the program cannot be run, or a licence text is missing.
pub fn collect(root: &Path, target: &str, epoch: u64, program: Vec<u8>, revision: u32) -> Result<Parts, Error> {
    let tree = Tree::read(root, target)?;
    let installed = Installed::new(root, &program, epoch)?;
    let completions = installed.completions()?;
    let man_pages = installed.man_pages()?;
    Ok(Parts {
        version: tree.root().version.clone(),
        revision,
        epoch,
        target: target.to_owned(),
        completions,
        man_pages,
        licences: licences::text(root, &tree, target)?.into_bytes(),
        sbom: sbom::json(&tree, &page_packages::packages(root)?, epoch, &program)?.into_bytes(),
        program,
        root: root.to_owned(),
    })
}

/// The program under its name in packages, in a folder that is removed on drop.
struct Installed {
    folder: PathBuf,
    epoch: u64,
}

impl Installed {
    fn new(root: &Path, program: &[u8], epoch: u64) -> Result<Self, Error> {
        let folder = root.join(format!("target/release-parts-{}", std::process::id()));
        fs::create_dir_all(&folder).at(&folder)?;
        let installed = Self { folder, epoch };
        let path = installed.folder.join(NAME);
        fs::write(&path, program).at(&path)?;
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).at(&path)?;
        Ok(installed)
    }

    /// Returns the program without the user's settings: no configuration, no colours, no language.
    fn program(&self) -> Command {
        let mut program = Command::new(self.folder.join(NAME));
        program.env_clear().env("HOME", &self.folder).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        program.env("SOURCE_DATE_EPOCH", self.epoch.to_string()).arg("communication");
        program
    }

    fn completions(&self) -> Result<Vec<Named>, Error> {
        let files = [
            ("bash", "az-communication.bash"),
            ("zsh", "_az-communication"),
            ("fish", "az-communication.fish"),
            ("powershell", "az-communication.ps1"),
        ];
        let script = |(shell, name): &(&str, &str)| {
            let text = command::output(self.program().args(["completion", shell]))?;
            Ok(Named { name: (*name).to_owned(), bytes: text.into_bytes() })
        };
        files.iter().map(script).collect()
    }

    fn man_pages(&self) -> Result<Vec<Named>, Error> {
        let folder = self.folder.join("man");
        command::output(self.program().args(["manual", "--output", "none", "--out-dir"]).arg(&folder))?;
        let mut pages = Vec::new();
        for entry in fs::read_dir(&folder).at(&folder)? {
            let path = entry.at(&folder)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            pages.push(Named { name, bytes: fs::read(&path).at(&path)? });
        }
        pages.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(pages)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
