//! The container image of the emulator, which contains only the program, root certificates and licences. One layer and
//! one configuration are written in two forms: as a Docker archive (`docker load`, `podman load`) and as an OCI layout
//! in a tar archive. See docs/decisions/container-image.md.

mod config;
mod roots;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::pack::{self, Entry};
use super::parts::{NAME, Parts};
use crate::error::{At as _, Error};

/// The name of the image. Its tag is the version.
const IMAGE: &str = "az-communication-emulator";

/// The user of the image. Any other user works, too.
const USER: u64 = 65532;

/// Writes both archives.
///
/// # Errors
///
/// When images have no name for the processor, a file of the repository is missing, or an archive cannot be written.
pub fn write(parts: &Parts, dist: &Path) -> Result<Vec<PathBuf>, Error> {
    let layer = pack::tar(layer(parts)?, parts.epoch, "")?;
    let config = config::config(parts, &pack::sha256(&layer))?.to_string().into_bytes();
    let archives = [("docker", docker(parts, &config, &layer)), ("oci", oci(parts, &config, &layer)?)];
    let mut paths = Vec::new();
    for (form, entries) in archives {
        let path = dist.join(format!("{}.{form}.tar", parts.label().replacen(NAME, IMAGE, 1)));
        fs::write(&path, pack::tar(entries, parts.epoch, "")?).at(&path)?;
        paths.push(path);
    }
    Ok(paths)
}

/// Returns the files of the image.
fn layer(parts: &Parts) -> Result<Vec<Entry>, Error> {
    let doc = format!("usr/share/doc/{NAME}");
    let passwd = format!("root:x:0:0:root:/:/nonexistent\n{NAME}:x:{USER}:{USER}::/data:/nonexistent\n");
    Ok(vec![
        Entry::program(config::PROGRAM.trim_start_matches('/'), parts.program.clone()),
        Entry::file("etc/ssl/certs/ca-certificates.crt", roots::pem()),
        Entry::file("etc/passwd", passwd),
        Entry::file("etc/group", format!("root:x:0:\n{NAME}:x:{USER}:\n")),
        // A Docker volume takes over the owner and the mode of the folder that it is mounted on. With this mode, every
        // user can make a folder in it, and only the owner of that folder can remove it.
        Entry::folder(config::VOLUME.trim_start_matches('/')).mode(0o1777),
        Entry::folder("tmp").mode(0o1777),
        Entry::file(format!("{doc}/LICENSE"), parts.read("LICENSE")?),
        Entry::file(format!("{doc}/THIRD-PARTY-LICENCES"), parts.licences.clone()),
        Entry::file(format!("{doc}/{NAME}.cdx.json"), parts.sbom.clone()),
    ])
}

/// Returns the archive of `docker save`. Its layer is not compressed, because all versions of all tools can read it in
/// this form.
fn docker(parts: &Parts, config: &[u8], layer: &[u8]) -> Vec<Entry> {
    let config_path = format!("{}.json", pack::sha256(config));
    let layer_path = format!("{}/layer.tar", pack::sha256(layer));
    let tag = format!("{IMAGE}:{}", parts.version);
    let manifest = json!([{ "Config": config_path, "RepoTags": [tag], "Layers": [layer_path] }]);
    vec![
        Entry::file("manifest.json", manifest.to_string()),
        Entry::file(config_path, config),
        Entry::file(layer_path, layer),
    ]
}

/// Returns the OCI layout. It has the configuration of the Docker archive. Tools that do not know health checks ignore
/// them.
fn oci(parts: &Parts, config: &[u8], layer: &[u8]) -> Result<Vec<Entry>, Error> {
    const TYPE: &str = "application/vnd.oci.image";
    let layer = pack::gzip(layer)?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": format!("{TYPE}.manifest.v1+json"),
        "config": descriptor(&format!("{TYPE}.config.v1+json"), config),
        "layers": [descriptor(&format!("{TYPE}.layer.v1.tar+gzip"), &layer)],
    });
    let manifest = manifest.to_string().into_bytes();
    let mut entry = descriptor(&format!("{TYPE}.manifest.v1+json"), &manifest);
    entry["platform"] = json!({ "architecture": config::architecture(parts)?, "os": "linux" });
    entry["annotations"] = json!({
        // This is the full name for containerd and Docker, in the form in which they store names without a registry.
        "io.containerd.image.name": format!("docker.io/library/{IMAGE}:{}", parts.version),
        "org.opencontainers.image.ref.name": parts.version,
    });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": format!("{TYPE}.index.v1+json"),
        "manifests": [entry],
    });
    let blob = |bytes: &[u8]| Entry::file(format!("blobs/sha256/{}", pack::sha256(bytes)), bytes);
    Ok(vec![
        Entry::file("oci-layout", json!({ "imageLayoutVersion": "1.0.0" }).to_string()),
        Entry::file("index.json", index.to_string()),
        blob(&manifest),
        blob(config),
        blob(&layer),
    ])
}

/// Returns a reference to a blob in OCI's form.
fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": format!("sha256:{}", pack::sha256(bytes)), "size": bytes.len() })
}
