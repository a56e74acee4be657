//! Tests of the Debian package: its content, and its installation without a running systemd. service.rs tests the
//! service.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use az_communication::commands::table::TABLE;
use insta::assert_snapshot;

use super::dist::{artefact, crates, repository, stdout};
use super::machine::Debian;
use super::support::Folder;
use crate::needs_a_debian;

/// The unpacked package.
struct Package(Folder);

impl Package {
    fn new() -> Self {
        let folder = Folder::new();
        stdout(Command::new("dpkg-deb").arg("--raw-extract").arg(artefact(".deb")).arg(folder.path().join("deb")));
        Self(folder)
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("deb").join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn everything_stands_where_debian_has_it_belongs_to_root_and_has_one_time() {
    let listing = stdout(Command::new("dpkg-deb").env("TZ", "UTC").arg("--contents").arg(artefact(".deb")));
    let mut lines = Vec::new();
    let mut times = Vec::new();
    for line in listing.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        times.push(format!("{} {}", words[3], words[4]));
        let path = words[5..].join(" ");
        if !words[0].starts_with('d') && !path.starts_with("usr/share/man/man1/az-communication-") {
            lines.push(format!("{} {} {path}", words[0], words[1]));
        }
    }
    times.dedup();
    assert_eq!(times.len(), 1, "{times:?}");
    assert_snapshot!(lines.join("\n"), @r"
    -rw-r----- 0/0 etc/default/az-communication-emulator
    -rwxr-xr-x 0/0 usr/bin/az-communication
    -rw-r--r-- 0/0 usr/lib/systemd/system/az-communication-emulator.service
    -rw-r--r-- 0/0 usr/share/bash-completion/completions/az-communication
    -rw-r--r-- 0/0 usr/share/doc/az-communication/README.Debian
    -rw-r--r-- 0/0 usr/share/doc/az-communication/THIRD-PARTY-LICENCES.gz
    -rw-r--r-- 0/0 usr/share/doc/az-communication/az-communication.cdx.json.gz
    -rw-r--r-- 0/0 usr/share/doc/az-communication/changelog.Debian.gz
    -rw-r--r-- 0/0 usr/share/doc/az-communication/changelog.gz
    -rw-r--r-- 0/0 usr/share/doc/az-communication/copyright
    -rw-r--r-- 0/0 usr/share/fish/vendor_completions.d/az-communication.fish
    -rw-r--r-- 0/0 usr/share/lintian/overrides/az-communication
    -rw-r--r-- 0/0 usr/share/man/man1/az-communication.1.gz
    -rw-r--r-- 0/0 usr/share/zsh/vendor-completions/_az-communication
    ");
    assert!(
        listing.contains("man1/az-communication-token-issue.1.gz -> az-communication-user-identity-token-issue.1.gz")
    );
    assert!(fs::metadata(artefact(".deb")).unwrap().len() < 8_000_000);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn lintian_finds_no_error_but_the_static_link_which_an_override_explains() {
    let mut lintian = Command::new("lintian");
    lintian.args(["--no-cfg", "--show-overrides", "--allow-root", "--tag-display-limit", "0"]).arg(artefact(".deb"));
    let output = lintian.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with("N:")).collect();
    assert_snapshot!(lines.join("\n"), @r"
    O: az-communication: initial-upload-closes-no-bugs [usr/share/doc/az-communication/changelog.Debian.gz:1]
    O: az-communication: non-standard-file-perm 0640 != 0644 [etc/default/az-communication-emulator]
    O: az-communication: statically-linked-binary [usr/bin/az-communication]
    ");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_scripts_are_those_of_a_plain_shell() {
    let package = Package::new();
    for script in ["postinst", "postrm", "prerm"] {
        let path = package.path("DEBIAN").join(script);
        stdout(Command::new("dash").arg("-n").arg(&path));
        stdout(Command::new("shellcheck").arg("--shell=dash").arg(&path));
        assert!(package.read(&format!("DEBIAN/{script}")).contains("\nset -e\n"), "{script}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_sums_are_those_of_all_files_but_the_settings() {
    let package = Package::new();
    let mut sums = Command::new("md5sum");
    sums.args(["--check", "--strict", "--quiet", "DEBIAN/md5sums"]).current_dir(package.path(""));
    stdout(&mut sums);
    let mut find = Command::new("find");
    find.args([".", "-type", "f", "-not", "-path", "./DEBIAN/*", "-printf", "%P\n"]).current_dir(package.path(""));
    let mut files: Vec<String> = stdout(&mut find).lines().map(ToOwned::to_owned).collect();
    files.sort();
    let settings: Vec<String> = files.extract_if(.., |path| path.starts_with("etc/")).collect();
    let listed = package.read("DEBIAN/md5sums");
    let listed: Vec<&str> = listed.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(listed, files);
    assert_eq!(package.read("DEBIAN/conffiles"), settings.iter().map(|path| format!("/{path}\n")).collect::<String>());
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn no_file_of_another_package_of_this_machine_is_there() {
    let package = Package::new();
    let mut find = Command::new("find");
    find.args([".", "-not", "-type", "d", "-not", "-path", "./DEBIAN/*", "-printf", "/%P\n"])
        .current_dir(package.path(""));
    for path in stdout(&mut find).lines() {
        let output = Command::new("dpkg-query").arg("--search").arg(path).output().unwrap();
        let owner = String::from_utf8(output.stdout).unwrap();
        assert!(owner.is_empty() || owner.starts_with("az-communication:"), "{owner}");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_crate_is_in_the_copyright_file_with_its_texts() {
    let copyright = Package::new().read("usr/share/doc/az-communication/copyright");
    for name in crates().iter().filter(|name| !(name.starts_with("acs-") || name.starts_with("az-"))) {
        if name.starts_with("pyjmespath ") {
            continue;
        }
        let start =
            copyright.find(&format!("\nFiles: {}/*\n", name.replace(' ', "-"))).unwrap_or_else(|| panic!("{name}"));
        let stanza = copyright[start + 1..].split("\n\n").next().unwrap();
        let licence = stanza.lines().find_map(|line| line.strip_prefix("License: ")).unwrap();
        assert!(stanza.contains("\nCopyright: "), "{stanza}");
        for text in licence.split(" and ") {
            assert!(copyright.contains(&format!("\n\nLicense: {text}\n ")), "{name}: {text}");
        }
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_variable_of_start_is_in_the_settings_but_those_of_the_process() {
    let package = Package::new();
    let settings = package.read("etc/default/az-communication-emulator");
    let unit = package.read("usr/lib/systemd/system/az-communication-emulator.service");
    let start = TABLE.command("communication emulator start").unwrap();
    let mut count = 0;
    for argument in start.spec.arguments {
        for name in argument.variable_name().into_iter().chain(argument.file_variable_name()) {
            let (is_setting, is_unset) = (settings.contains(&format!("\n#{name}=\n")), unit.contains(&name));
            assert!(is_setting != is_unset, "{name}: {is_setting}, {is_unset}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
    // All settings are comments.
    assert!(settings.lines().all(|line| line.is_empty() || line.starts_with('#')), "{settings}");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_unit_is_hardened() {
    let package = Package::new();
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=yes", "--threshold=15", "--no-pager", "az-communication-emulator.service"]);
    analyze.arg("--root").arg(package.path(""));
    let said = stdout(&mut analyze);
    assert!(said.contains("Overall exposure level"), "{said}");
}

#[test]
#[ignore = "needs root, the artefacts and the Debian of scripts/test.sh"]
fn without_a_running_systemd_it_is_installed_and_purged_without_leftovers_also_in_two_steps() {
    needs_a_debian!("without_a_running_systemd_it_is_installed_and_purged_without_leftovers_also_in_two_steps");
    let debian = Debian::new();
    debian.put(&artefact(".deb"), "az.deb");
    let before = debian.files();
    let does = |script: &str| {
        let output = debian.chrooted(script);
        assert!(output.status.success(), "{script}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    does("dpkg --install /srv/az.deb");
    does("/var/lib/dpkg/info/az-communication.postinst configure");
    assert_eq!(does("dpkg --verify"), "");
    let link = "etc/systemd/system/multi-user.target.wants/az-communication-emulator.service";
    assert!(fs::symlink_metadata(debian.path(link)).is_ok());
    assert!(does("az-communication --version").contains("az-communication"));
    // A machine that has run the service has its data.
    does("mkdir /var/lib/private/az-communication-emulator && ln -s private/az-communication-emulator /var/lib");
    does("dpkg --remove az-communication && /bin/sh -e /var/lib/dpkg/info/az-communication.postrm remove");
    assert!(debian.path("var/lib/private/az-communication-emulator").exists());
    assert!(debian.path("etc/default/az-communication-emulator").exists());
    does("cp /var/lib/dpkg/info/az-communication.postrm /tmp && dpkg --purge az-communication");
    does("/bin/sh /tmp/az-communication.postrm purge");
    assert_eq!(debian.changes(&before), [""; 0]);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_version_is_that_of_the_program() {
    let version = stdout(Command::new("dpkg-deb").arg("--field").arg(artefact(".deb")).arg("Version"));
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let of_program = manifest.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().trim_matches('"');
    assert_eq!(version.trim_end(), format!("{}-1", of_program.replace('-', "~")));
}
