//! The Python wheel: the program as a script, for pip, uvx and pipx, and the kit for tests in Python
//! (docs/decisions/packages.md).

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::parts::{NAME, Parts};
use super::time::Time;
use crate::error::{At as _, Error};

/// The name of the package in the wheel's file names: Python's normal form, with `_` for `-`.
const STEM: &str = "az_communication";

/// The folder of the Python modules.
const MODULES: &str = "packaging/wheel/az_communication";

/// What Python finds by its metadata: pytest loads this plugin at its start. The name is that of the module, so that
/// pytest also takes it where a project names the module.
const ENTRY_POINTS: &str = "[pytest11]\naz_communication.pytest_plugin = az_communication.pytest_plugin\n";

/// A file of the wheel.
struct File {
    path: String,
    bytes: Vec<u8>,
    /// The type and the mode. pip makes a file executable only if the mode here says so.
    mode: u32,
}

impl File {
    fn new(path: String, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path, bytes: bytes.into(), mode: 0o644 }
    }

    fn program(path: String, bytes: impl Into<Vec<u8>>) -> Self {
        Self { mode: 0o755, ..Self::new(path, bytes) }
    }
}

/// Writes the wheel.
///
/// # Errors
///
/// When a file of the repository is missing, or there is no platform tag for the target.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let version = version(&parts.version)?;
    let platforms = platforms(&parts.target)?;
    let info = format!("{STEM}-{version}.dist-info");
    let mut files = modules(&parts.root)?;
    files.extend([
        File::program(format!("{STEM}-{version}.data/scripts/{NAME}"), parts.program.clone()),
        File::new(format!("{info}/licenses/LICENSE"), parts.read("LICENSE")?),
        File::new(format!("{info}/licenses/THIRD-PARTY-LICENCES"), parts.licences.clone()),
        File::new(format!("{info}/sboms/{NAME}.cdx.json"), parts.sbom.clone()),
        File::new(format!("{info}/METADATA"), metadata(parts, &version)?),
        File::new(format!("{info}/WHEEL"), wheel(&platforms)),
        File::new(format!("{info}/entry_points.txt"), ENTRY_POINTS),
    ]);
    let record = File::new(format!("{info}/RECORD"), record(&files, &info));
    files.push(record);
    let path = dist.join(format!("{STEM}-{version}-py3-none-{}.whl", platforms.join(".")));
    fs::write(&path, zip(&files, parts.epoch).at(&path)?).at(&path)?;
    Ok(vec![path])
}

/// Returns the modules, sorted by their paths. Python may have written other files into the folder.
fn modules(root: &Path) -> Result<Vec<File>, Error> {
    let top = root.join(MODULES);
    let mut files = Vec::new();
    let mut folders = vec![(top, STEM.to_owned())];
    while let Some((folder, path)) = folders.pop() {
        for entry in fs::read_dir(&folder).at(&folder)? {
            let place = entry.at(&folder)?.path();
            let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let path = format!("{path}/{name}");
            if name != "__pycache__" && place.is_dir() {
                folders.push((place, path));
            } else if name.ends_with(".py") || name == "py.typed" {
                files.push(File::new(path, fs::read(&place).at(&place)?));
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Returns the version in the form of PEP 440: `0.2.0-rc.1` is `0.2.0rc1`.
fn version(cargo: &str) -> Result<String, Error> {
    let Some((release, pre)) = cargo.split_once('-') else { return Ok(cargo.to_owned()) };
    let letter = |(word, number): (&str, &str)| {
        let letter = [("alpha", "a"), ("beta", "b"), ("rc", "rc")].iter().find(|(name, _)| *name == word)?.1;
        number.parse::<u32>().ok().map(|number| format!("{release}{letter}{number}"))
    };
    pre.split_once('.').and_then(letter).ok_or_else(|| {
        Error::new(format!("The version {cargo} has no Python form: -alpha.N, -beta.N and -rc.N have one."))
    })
}

/// Returns the platform tags for a static program for Linux: for each C library, the oldest tags that pip knows.
fn platforms(target: &str) -> Result<Vec<String>, Error> {
    match target.split('-').collect::<Vec<_>>()[..] {
        [processor @ ("x86_64" | "aarch64"), _, "linux", _] => {
            let systems = ["manylinux_2_17", "manylinux2014", "musllinux_1_1"];
            Ok(systems.iter().map(|system| format!("{system}_{processor}")).collect())
        }
        _ => Err(Error::new(format!("No tag of wheels is known here for {target}."))),
    }
}

fn metadata(parts: &Parts, version: &str) -> Result<Vec<u8>, Error> {
    let repository = "https://github.com/acs-identity/az-communication";
    let mut text = format!(
        "Metadata-Version: 2.4
Name: {NAME}
Version: {version}
Summary: Identities and access tokens of Azure Communication Services, and an emulator of the service, offline
Author: The az-communication authors
License-Expression: MIT
License-File: LICENSE
License-File: THIRD-PARTY-LICENCES
Keywords: azure,acs,communication,identity,token,emulator,testing
Classifier: Development Status :: 4 - Beta
Classifier: Environment :: Console
Classifier: Framework :: Pytest
Classifier: Intended Audience :: Developers
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Rust
Classifier: Topic :: Communications :: Chat
Classifier: Topic :: Software Development :: Testing :: Mocking
Classifier: Typing :: Typed
Requires-Python: >=3.8
Project-URL: Homepage, {repository}
Project-URL: Documentation, {repository}#readme
Project-URL: Repository, {repository}
Project-URL: Issues, {repository}/issues
Project-URL: Changelog, {repository}/blob/main/CHANGELOG.md
Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM

"
    )
    .into_bytes();
    text.extend(parts.read("packaging/wheel/README.md")?);
    Ok(text)
}

fn wheel(platforms: &[String]) -> String {
    let mut text = "Wheel-Version: 1.0\nGenerator: xtask\nRoot-Is-Purelib: false\n".to_owned();
    for platform in platforms {
        text.push_str(&format!("Tag: py3-none-{platform}\n"));
    }
    text
}

/// Returns RECORD: a line for each file with its sum and size, and a line for RECORD itself.
fn record(files: &[File], info: &str) -> String {
    let mut text = String::new();
    for File { path, bytes, .. } in files {
        text.push_str(&format!("{path},sha256={},{}\n", base64(&Sha256::digest(bytes)), bytes.len()));
    }
    text + &format!("{info}/RECORD,,\n")
}

/// Encodes for URLs and file names, without `=` at the end.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        // One byte gives two digits, and three bytes give four.
        for place in 0..=three.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

/// Returns a zip archive with the files in this order, all with this time. `.dist-info` comes last, as the format
/// recommends.
fn zip(files: &[File], epoch: u64) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(date(epoch))
            .unix_permissions(file.mode);
        writer.start_file(file.path.as_str(), options)?;
        writer.write_all(&file.bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Converts a time for a zip archive: from 1980, in steps of two seconds.
fn date(epoch: u64) -> DateTime {
    let Time { year, month, day, hour, minute, second } = Time::of(epoch);
    let year = u16::try_from(year).unwrap_or(u16::MAX);
    DateTime::from_date_and_time(year, month, day, hour, minute, second).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{base64, modules, version};

    #[test]
    fn sums_are_written_as_python_does() {
        let written = [&b""[..], b"\xff", b"\xfb\xff", b"\0\x10\x83", b"abcd"].map(base64);
        assert_eq!(written, ["", "_w", "-_8", "ABCD", "YWJjZA"]);
    }

    #[test]
    fn the_modules_are_sources_only() {
        let files = modules(&crate::root()).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            &paths[..3],
            ["az_communication/__init__.py", "az_communication/py.typed", "az_communication/pytest_plugin.py"]
        );
        assert!(paths.contains(&"az_communication/testing/emulator.py"), "{paths:?}");
        assert!(paths.iter().all(|path| path.ends_with(".py") || path.ends_with("/py.typed")), "{paths:?}");
    }

    #[test]
    fn versions_are_written_as_python_does() {
        let written = ["0.1.0", "1.20.3-alpha.1", "2.0.0-beta.12", "0.2.0-rc.3"].map(|text| version(text).unwrap());
        assert_eq!(written, ["0.1.0", "1.20.3a1", "2.0.0b12", "0.2.0rc3"]);
        for odd in ["0.1.0-nightly", "0.1.0-rc", "0.1.0-rc.x"] {
            assert!(version(odd).is_err(), "{odd}");
        }
    }
}
