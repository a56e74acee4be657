//! The configuration of the image, which both archives contain.

use serde_json::{Value, json};

use super::USER;
use crate::error::Error;
use crate::release::parts::Parts;
use crate::release::time::Time;

/// The program in the image.
pub const PROGRAM: &str = "/usr/bin/az-communication";

/// The volume for data. The emulator makes a folder in it, because the data folder must belong to the emulator's user.
pub const VOLUME: &str = "/data";

const SOURCE: &str = "https://github.com/acs-identity/az-communication";

/// A second in nanoseconds, the unit of the configuration.
const SECOND: u64 = 1_000_000_000;

/// Returns the configuration for a layer with this sum.
///
/// # Errors
///
/// When images have no name for the processor.
pub fn config(parts: &Parts, layer: &str) -> Result<Value, Error> {
    let created = Time::of(parts.epoch).text();
    Ok(json!({
        "created": created,
        "architecture": architecture(parts)?,
        "os": "linux",
        "config": {
            "User": format!("{USER}:{USER}"),
            "ExposedPorts": { "10100/tcp": {} },
            "Env": [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                // This works for every user, also without an entry in /etc/passwd.
                format!("HOME={VOLUME}"),
                "AZURE_COMMUNICATION_EMULATOR_HOST=0.0.0.0",
                format!("AZURE_COMMUNICATION_EMULATOR_DATA_DIR={VOLUME}/emulator"),
            ],
            "Entrypoint": [PROGRAM],
            "Cmd": ["emulator", "start"],
            "Volumes": { VOLUME: {} },
            "WorkingDir": "/",
            "StopSignal": "SIGTERM",
            // There is no shell in the image, so the check runs without one. Docker 25 reads StartInterval: with it, a
            // service of a CI job is healthy after a second.
            "Healthcheck": {
                "Test": ["CMD", PROGRAM, "emulator", "status"],
                "Interval": 5 * SECOND,
                "Timeout": 5 * SECOND,
                "StartPeriod": 30 * SECOND,
                "StartInterval": SECOND,
                "Retries": 3,
            },
            "Labels": labels(parts, &created),
        },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer}")] },
        "history": [{ "created": created, "created_by": "cargo xtask release" }],
    }))
}

fn labels(parts: &Parts, created: &str) -> Value {
    json!({
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.description": "The Identity service of Azure Communication Services, emulated.",
        "org.opencontainers.image.documentation": format!("{SOURCE}/blob/main/docs/emulator.md"),
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.source": SOURCE,
        "org.opencontainers.image.title": super::IMAGE,
        "org.opencontainers.image.url": SOURCE,
        "org.opencontainers.image.version": parts.version,
    })
}

/// Returns Go's name for the processor.
///
/// # Errors
///
/// When it is not known here.
pub fn architecture(parts: &Parts) -> Result<&'static str, Error> {
    match parts.target.split('-').next() {
        Some("x86_64") => Ok("amd64"),
        Some("aarch64") => Ok("arm64"),
        _ => Err(Error::new(format!("{} has no name among containers' architectures.", parts.target))),
    }
}
