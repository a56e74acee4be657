//! Tests of the content of the image's archives.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use super::archive::{Docker, json, unpacked};
use crate::dist::{artefact, repository, stdout};
use crate::support::Folder;

fn sha256(path: &Path) -> String {
    stdout(Command::new("sha256sum").arg("-b").arg(path)).split(' ').next().unwrap().to_owned()
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn it_has_the_program_roots_users_and_licences_and_nothing_else() {
    let docker = Docker::new();
    let mut tar = Command::new("tar");
    let lines = stdout(tar.env("TZ", "UTC").args(["-tv", "--numeric-owner", "-f"]).arg(docker.layer()));
    let (mut files, mut times) = (Vec::new(), Vec::new());
    for line in lines.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        files.push(format!("{} {} {}", words[0], words[1], words[5..].join(" ")));
        times.push(format!("{} {}", words[3], words[4]));
    }
    times.dedup();
    assert_eq!(times.len(), 1, "{times:?}");
    assert_snapshot!(files.join("\n"), @r#"
    drwxrwxrwt 0/0 data/
    drwxr-xr-x 0/0 etc/
    -rw-r--r-- 0/0 etc/group
    -rw-r--r-- 0/0 etc/passwd
    drwxr-xr-x 0/0 etc/ssl/
    drwxr-xr-x 0/0 etc/ssl/certs/
    -rw-r--r-- 0/0 etc/ssl/certs/ca-certificates.crt
    drwxrwxrwt 0/0 tmp/
    drwxr-xr-x 0/0 usr/
    drwxr-xr-x 0/0 usr/bin/
    -rwxr-xr-x 0/0 usr/bin/az-communication
    drwxr-xr-x 0/0 usr/share/
    drwxr-xr-x 0/0 usr/share/doc/
    drwxr-xr-x 0/0 usr/share/doc/az-communication/
    -rw-r--r-- 0/0 usr/share/doc/az-communication/LICENSE
    -rw-r--r-- 0/0 usr/share/doc/az-communication/THIRD-PARTY-LICENCES
    -rw-r--r-- 0/0 usr/share/doc/az-communication/az-communication.cdx.json
    "#);
    let home = Folder::new();
    let root = docker.root(&home);
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    assert_snapshot!(read("etc/passwd"), @r#"
    root:x:0:0:root:/:/nonexistent
    az-communication:x:65532:65532::/data:/nonexistent
    "#);
    assert_snapshot!(read("etc/group"), @r#"
    root:x:0:
    az-communication:x:65532:
    "#);
    assert!(read("usr/share/doc/az-communication/THIRD-PARTY-LICENCES").contains("Community Data License Agreement"));
    for form in [".docker.tar", ".oci.tar"] {
        let size = fs::metadata(artefact(form)).unwrap().len();
        assert!(size < 20_000_000, "{form}: {size}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn its_roots_are_certificates_that_openssl_reads() {
    let home = Folder::new();
    let root = Docker::new().root(&home);
    let file = root.join("etc/ssl/certs/ca-certificates.crt");
    let script = "openssl crl2pkcs7 -nocrl -certfile \"$0\" | openssl pkcs7 -print_certs -noout";
    let listed = stdout(Command::new("sh").args(["-c", script]).arg(&file));
    let subjects = listed.lines().filter(|line| line.starts_with("subject=")).count();
    assert_eq!(subjects, fs::read_to_string(&file).unwrap().matches("-----BEGIN CERTIFICATE-----").count());
    assert!(listed.contains("CN = ISRG Root X1"), "{listed}");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn its_configuration_needs_no_argument_no_shell_and_no_root() {
    let docker = Docker::new();
    let mut config = docker.config();
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let version = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().trim_matches('"');
    assert_eq!(docker.tags(), &Value::from(vec![format!("az-communication-emulator:{version}")]));
    let layer = format!("sha256:{}", sha256(&docker.layer()));
    assert_eq!(config["rootfs"]["diff_ids"], Value::from(vec![layer]));
    let created = config["created"].clone();
    let labels = config["config"]["Labels"].as_object_mut().unwrap();
    assert_eq!(labels.shift_remove("org.opencontainers.image.created"), Some(created));
    assert_eq!(labels.shift_remove("org.opencontainers.image.version"), Some(version.into()));
    assert_snapshot!(serde_json::to_string_pretty(&config["config"]).unwrap(), @r#"
    {
      "User": "65532:65532",
      "ExposedPorts": {
        "10100/tcp": {}
      },
      "Env": [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/data",
        "AZURE_COMMUNICATION_EMULATOR_HOST=0.0.0.0",
        "AZURE_COMMUNICATION_EMULATOR_DATA_DIR=/data/emulator"
      ],
      "Entrypoint": [
        "/usr/bin/az-communication"
      ],
      "Cmd": [
        "emulator",
        "start"
      ],
      "Volumes": {
        "/data": {}
      },
      "WorkingDir": "/",
      "StopSignal": "SIGTERM",
      "Healthcheck": {
        "Test": [
          "CMD",
          "/usr/bin/az-communication",
          "emulator",
          "status"
        ],
        "Interval": 5000000000,
        "Timeout": 5000000000,
        "StartPeriod": 30000000000,
        "StartInterval": 1000000000,
        "Retries": 3
      },
      "Labels": {
        "org.opencontainers.image.description": "The Identity service of Azure Communication Services, emulated.",
        "org.opencontainers.image.documentation": "https://github.com/acs-identity/az-communication/blob/main/docs/emulator.md",
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.source": "https://github.com/acs-identity/az-communication",
        "org.opencontainers.image.title": "az-communication-emulator",
        "org.opencontainers.image.url": "https://github.com/acs-identity/az-communication"
      }
    }
    "#);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn both_forms_have_the_same_configuration_and_layer_and_name_every_blob_by_its_sum() {
    let docker = Docker::new();
    let folder = unpacked(".oci.tar");
    let blob = |descriptor: &Value| {
        let digest = descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
        let path = folder.path().join("blobs/sha256").join(digest);
        assert_eq!(sha256(&path), digest);
        assert_eq!(descriptor["size"], fs::metadata(&path).unwrap().len());
        path
    };
    assert_eq!(json(&folder.path().join("oci-layout"))["imageLayoutVersion"], "1.0.0");
    let index = json(&folder.path().join("index.json"));
    let manifests = index["manifests"].as_array().unwrap();
    assert_eq!(manifests.len(), 1, "{index}");
    let manifest = json(&blob(&manifests[0]));
    assert_eq!(fs::read(blob(&manifest["config"])).unwrap(), fs::read(docker.config_file()).unwrap());
    assert_eq!(docker.config_file().file_stem().unwrap().to_str().unwrap(), sha256(&docker.config_file()));
    let layers = manifest["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 1, "{manifest}");
    let output = Command::new("gzip").arg("-cd").stdin(fs::File::open(blob(&layers[0])).unwrap()).output().unwrap();
    assert!(output.stdout == fs::read(docker.layer()).unwrap(), "the layers differ");
    assert_eq!(fs::read_dir(folder.path().join("blobs/sha256")).unwrap().count(), 3);
}
