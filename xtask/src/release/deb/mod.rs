//! The Debian package: the program with its files in Debian's places, and the service of the emulator. Its static files
//! are in packaging/debian.

mod control;
mod copyright;
mod defaults;

use std::fs;
use std::path::{Path, PathBuf};

use ar::Header;
use liblzma::stream::{Check, Stream};
use liblzma::write::XzEncoder;

use super::pack::{self, Entry, Kind};
use super::parts::{NAME, Parts};
use crate::error::{At as _, Error};

/// The file of settings. An upgrade keeps the changes of its owner.
const DEFAULTS: &str = "etc/default/az-communication-emulator";

/// Writes the package.
///
/// # Errors
///
/// When a file of the repository is missing or has an unknown layout, or the package cannot be written.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let version = control::version(parts);
    let architecture = control::architecture(parts)?;
    let data = data(parts)?;
    let control = vec![
        Entry::file("control", control::control(parts, &version, architecture, &data)?),
        Entry::file("md5sums", control::md5sums(&data)),
        Entry::file("conffiles", format!("/{DEFAULTS}\n")),
        Entry::program("postinst", parts.read("packaging/debian/postinst")?),
        Entry::program("postrm", parts.read("packaging/debian/postrm")?),
        Entry::program("prerm", parts.read("packaging/debian/prerm")?),
    ];
    let members = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.xz", xz(&pack::tar(control, parts.epoch, "")?)?),
        ("data.tar.xz", xz(&pack::tar(data, parts.epoch, "")?)?),
    ];
    let path = dist.join(format!("{NAME}_{version}_{architecture}.deb"));
    fs::write(&path, archive(&members, parts.epoch)?).at(&path)?;
    Ok(vec![path])
}

/// Returns the installed files.
fn data(parts: &Parts) -> Result<Vec<Entry>, Error> {
    let doc = format!("usr/share/doc/{NAME}");
    let packaging = |file: &str| parts.read(&format!("packaging/debian/{file}"));
    let mut entries = vec![
        Entry::program(format!("usr/bin/{NAME}"), parts.program.clone()),
        Entry::file(
            "usr/lib/systemd/system/az-communication-emulator.service",
            packaging("az-communication-emulator.service")?,
        ),
        // The file may contain an access key or a secret.
        Entry::file(DEFAULTS, defaults::text(parts)?).mode(0o640),
        Entry::file(format!("usr/share/lintian/overrides/{NAME}"), packaging("lintian-overrides")?),
        Entry::file(format!("{doc}/README.Debian"), packaging("README.Debian")?),
        Entry::file(format!("{doc}/changelog.Debian.gz"), pack::gzip(control::changelog(parts).as_bytes())?),
        Entry::file(format!("{doc}/changelog.gz"), pack::gzip(&parts.read("CHANGELOG.md")?)?),
        Entry::file(format!("{doc}/copyright"), copyright::text(parts)?),
        Entry::file(format!("{doc}/THIRD-PARTY-LICENCES.gz"), pack::gzip(&parts.licences)?),
        Entry::file(format!("{doc}/{NAME}.cdx.json.gz"), pack::gzip(&parts.sbom)?),
    ];
    for file in &parts.completions {
        let place = match file.name.rsplit_once('.') {
            Some((name, "bash")) => format!("bash-completion/completions/{name}"),
            Some((_, "fish")) => format!("fish/vendor_completions.d/{}", file.name),
            None => format!("zsh/vendor-completions/{}", file.name),
            // Debian has no folder for completions of PowerShell: `az-communication completion powershell` prints them.
            Some(_) => continue,
        };
        entries.push(Entry::file(format!("usr/share/{place}"), file.bytes.clone()));
    }
    for page in &parts.man_pages {
        let place = format!("usr/share/man/man1/{}.gz", page.name);
        // In Debian, a page that stands for another page is a link.
        let other =
            page.bytes.strip_prefix(b".so man1/").map(|rest| String::from_utf8_lossy(rest).trim_end().to_owned());
        entries.push(match other {
            Some(other) => Entry::link(place, format!("{other}.gz")),
            None => Entry::file(place, pack::gzip(&page.bytes)?),
        });
    }
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(entries)
}

/// Returns the files among the entries.
fn files(entries: &[Entry]) -> impl Iterator<Item = (&str, &[u8])> {
    entries.iter().filter_map(|entry| match &entry.kind {
        Kind::File(bytes) => Some((entry.path.as_str(), bytes.as_slice())),
        Kind::Folder | Kind::Link(_) => None,
    })
}

/// Compresses like dpkg-deb, but in one thread, so that the number of cores has no effect on the result.
fn xz(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let stream = Stream::new_easy_encoder(6, Check::Crc64).map_err(|error| Error::new(format!("xz: {error}")))?;
    let mut encoder = XzEncoder::new_stream(Vec::new(), stream);
    std::io::Write::write_all(&mut encoder, bytes)?;
    Ok(encoder.finish()?)
}

/// Returns an `ar` archive with these members.
fn archive(members: &[(&str, Vec<u8>)], epoch: u64) -> Result<Vec<u8>, Error> {
    let mut builder = ar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = Header::new(name.as_bytes().to_vec(), bytes.len() as u64);
        header.set_mode(0o100_644);
        header.set_mtime(epoch);
        builder.append(&header, bytes.as_slice())?;
    }
    Ok(builder.into_inner()?)
}
