//! Checks files of services and programs that are not run here: CI services, Docker, Kubernetes. Also the scripts.

use std::fs;
use std::path::Path;

use super::tools::Tools;
use crate::child;
use crate::error::{At as _, Error};
use crate::release::command::{git, output};

/// Files, and the schema of `check-jsonschema` for them.
const SCHEMAS: [(&str, &str); 4] = [
    ("vendor.github-workflows", ".github/workflows/*.yml"),
    ("vendor.github-actions", "action.yml"),
    ("vendor.gitlab-ci", "packaging/gitlab/emulator.gitlab-ci.yml"),
    ("vendor.compose-spec", "deploy/compose.yaml"),
];

/// The folder with a certificate and its key.
const TLS: &str = "crates/az-communication/tests/golden/tls";

pub(super) fn ci_files(tools: &Tools) -> Result<(), Error> {
    let folder = tools.folder("XTASK_CI")?.join("bin");
    for (schema, files) in SCHEMAS {
        let files = output(git(&tools.root).args(["ls-files", files]))?;
        let mut check = tools.command(folder.join("check-jsonschema"));
        child::run(check.args(["--builtin-schema", schema]).args(files.lines()))?;
    }
    child::run(tools.command(folder.join("kubernetes-validate")).args([
        "--strict",
        "--quiet",
        "deploy/kubernetes.yaml",
    ]))?;
    haproxy(tools)?;
    child::run(tools.command(folder.join("zizmor")).args(["--offline", "--quiet", ".github", "action.yml"]))?;
    let scripts = output(git(&tools.root).args(["ls-files", "scripts/*.sh", "packaging/github/*.sh", "bench/run"]))?;
    child::run(tools.command("shellcheck").args(scripts.lines()))
}

/// Checks the settings of HAProxy, which reads a certificate and its key from one file.
fn haproxy(tools: &Tools) -> Result<(), Error> {
    let mut pem = String::new();
    for name in ["cert.pem", "key.pem"] {
        let path = tools.root.join(TLS).join(name);
        pem += &fs::read_to_string(&path).at(&path)?;
    }
    let certificate = tools.root.join("target/haproxy.pem");
    fs::write(&certificate, pem).at(&certificate)?;
    // Debian's is not on the PATH of every user.
    let installed = Path::new("/usr/sbin/haproxy");
    let program = if installed.exists() { installed } else { Path::new("haproxy") };
    let mut check = tools.command(program);
    child::run(check.args(["-q", "-c", "-f", "deploy/haproxy.cfg"]).env("CERTIFICATE", certificate))
}
