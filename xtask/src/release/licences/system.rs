//! The libraries that the C compiler links into a static program: the C library and the compiler's own library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Linked, crates};
use crate::error::{At as _, Error};
use crate::release::command;
use crate::release::tree::Crate;

/// Returns the GNU C Library and libgcc.
///
/// # Errors
///
/// When the C compiler does not say which versions it links.
pub fn linked(root: &Path, program: &Crate) -> Result<Vec<Linked>, Error> {
    let version = c_library()?;
    let gcc = command::output(Command::new("cc").arg("-dumpfullversion"))?;
    let repository = program.repository.as_deref().unwrap_or_default();
    let relink = crates::standard(root, "relink.txt")?
        .replace("{c_library}", &version)
        .replace("{repository}", repository)
        .replace("{version}", &program.version);
    let text = |file: &str| Ok::<_, Error>((file.to_owned(), crates::standard(root, file)?));
    Ok(vec![
        Linked {
            what: version,
            licence: "LGPL-2.1-or-later, and others for some files".into(),
            source: "https://ftp.gnu.org/gnu/glibc, https://snapshot.debian.org/package/glibc".into(),
            texts: vec![
                ("how to link the program with another one".into(), relink),
                text("glibc.txt")?,
                text("LGPL-2.1-or-later.txt")?,
            ],
        },
        Linked {
            what: format!("libgcc {}", gcc.trim()),
            licence: "GPL-3.0-or-later WITH GCC-exception-3.1".into(),
            source: "https://gcc.gnu.org".into(),
            texts: vec![text("GCC-exception-3.1.txt")?, text("GPL-3.0-or-later.txt")?],
        },
    ])
}

/// Returns the C library's own name, without the description of its release.
fn c_library() -> Result<String, Error> {
    let path = PathBuf::from(command::output(Command::new("cc").arg("-print-file-name=libc.a"))?.trim());
    let bytes = fs::read(&path).at(&path)?;
    let banner = b"GNU C Library (";
    let at = bytes.windows(banner.len()).position(|window| window == banner);
    let text = at.map(|at| String::from_utf8_lossy(&bytes[at..(at + 200).min(bytes.len())]).into_owned());
    let name = text.as_deref().and_then(|text| text.split_once(')')).map(|(name, _)| format!("{name})"));
    name.ok_or_else(|| Error::new(format!("{}: it does not say which GNU C Library it is.", path.display())))
}
