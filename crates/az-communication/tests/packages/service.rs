//! Tests of the service of the Debian package on a booted Debian.

use std::process::Command;

use super::dist::{artefact, repository, stdout};
use super::machine::Machine;
use super::support::Folder;
use crate::needs_a_debian;

const UNIT: &str = "az-communication-emulator";

/// The folder of its data.
const DATA: &str = "/var/lib/private/az-communication-emulator/.azure/communication-emulator";

/// Ends the test and prints its name if it cannot run, or takes too long for the short form.
macro_rules! boots {
    ($name:literal) => {
        needs_a_debian!($name);
        if std::env::var_os("AZ_LONG").is_none() {
            eprintln!("skipped: {}: AZ_LONG=1 boots a machine", $name);
            return;
        }
    };
}

/// Boots a machine with the package in /srv.
fn machine() -> Machine {
    let machine = Machine::boot();
    machine.debian().put(&artefact(".deb"), "az.deb");
    machine
}

/// Makes the package with the next version.
fn next(folder: &Folder) -> std::path::PathBuf {
    let unpacked = folder.path().join("unpacked");
    stdout(Command::new("dpkg-deb").arg("--extract").arg(artefact(".deb")).arg(&unpacked));
    let mut release = Command::new(env!("CARGO"));
    release.current_dir(repository()).args([
        "xtask",
        "release",
        "--allow-dirty",
        "--only",
        "deb",
        "--deb-revision",
        "2",
    ]);
    release.arg("--program").arg(unpacked.join("usr/bin/az-communication")).arg("--dist").arg(folder.path());
    stdout(&mut release);
    let name = artefact(".deb").file_name().unwrap().to_str().unwrap().replace("-1_", "-2_");
    folder.path().join(name)
}

/// Returns the id of the resource that answers, which is stored in the data folder.
fn resource(machine: &Machine) -> String {
    machine.says("az-communication emulator status --query resourceId --output tsv")
}

#[test]
#[ignore = "needs root, the artefacts and the Debian of scripts/test.sh, and boots a machine"]
fn once_it_is_installed_the_service_is_ready_hardened_and_for_this_machine_only() {
    boots!("once_it_is_installed_the_service_is_ready_hardened_and_for_this_machine_only");
    let machine = machine();
    assert!(!machine.run("command -v cc gcc clang rustc").status.success(), "there is a compiler");
    machine.says("apt-get install --yes /srv/az.deb");
    assert_eq!(machine.says(&format!("systemctl is-active {UNIT}; systemctl is-enabled {UNIT}")), "active\nenabled");
    let asks = "exec 3<> /dev/tcp/127.0.0.1/10100; printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3";
    assert!(machine.says(asks).contains(" 200 "), "{}", machine.says(asks));
    machine.says(&format!("systemd-analyze security --threshold=15 --no-pager {UNIT}"));
    assert_eq!(machine.says(&format!("systemd-analyze verify --man=no {UNIT}.service 2>&1")), "");
    // Only the service's own user, which systemd allocates, may read the data.
    let modes = machine.says(&format!("stat -c '%a %U' {DATA} /var/lib/private/{UNIT} /var/lib/private"));
    let lines: Vec<&str> = modes.lines().collect();
    assert_eq!(lines[2], "700 root");
    assert_eq!(lines[0], lines[1]);
    assert!(lines[0].starts_with("700 ") && lines[0] != "700 root", "{modes}");
    // The local addresses in /proc/net/tcp and tcp6 with port 10100 and the state of a listener.
    let listens = "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" && $2 ~ /:2774$/ { print $2 }'";
    assert_eq!(machine.says(listens), "0100007F:2774\n00000000000000000000000001000000:2774");
    assert_eq!(machine.says("dpkg --verify"), "");
    assert_eq!(machine.says("stat -c '%a %U %G' /etc/default/az-communication-emulator"), "640 root root");
    let owners =
        "dpkg --listfiles az-communication | while read -r path; do [ -d \"$path\" ] || dpkg --search \"$path\"; done";
    for line in machine.says(owners).lines() {
        assert!(line.starts_with("az-communication: "), "{line}");
    }
}

#[test]
#[ignore = "needs root, the artefacts and the Debian of scripts/test.sh, and boots a machine"]
fn a_user_runs_an_emulator_of_their_own_beside_the_service() {
    boots!("a_user_runs_an_emulator_of_their_own_beside_the_service");
    let machine = machine();
    machine.says("dpkg --install /srv/az.deb && useradd --create-home somebody");
    let issues =
        "az-communication emulator run -- az-communication token issue --scope chat --query token --output tsv";
    let token = machine.says(&format!("su --login somebody --command '{issues}'"));
    assert!(token.starts_with("eyJ"), "{token}");
    assert_eq!(machine.says("find /tmp -user somebody"), "");
}

#[test]
#[ignore = "needs root, the artefacts and the Debian of scripts/test.sh, and boots a machine"]
fn an_upgrade_and_a_removal_keep_the_data_and_a_purge_removes_everything() {
    boots!("an_upgrade_and_a_removal_keep_the_data_and_a_purge_removes_everything");
    let machine = machine();
    let folder = Folder::new();
    machine.debian().put(&next(&folder), "next.deb");
    let before = machine.debian().files();
    machine.says("dpkg --install /srv/az.deb");
    let first = resource(&machine);
    let issues = "az-communication user-identity token issue --scope chat --query user_id --output tsv";
    let connection = "export REQUESTS_CA_BUNDLE=/var/lib/az-communication-emulator/.azure/communication-emulator/ca.pem \
                       AZURE_COMMUNICATION_CONNECTION_STRING=$(journalctl -u az-communication-emulator -o cat | \
                      sed -n 's/.*\"connectionString\":\"\\([^\"]*\\)\".*/\\1/p' | tail -n 1)";
    let user = machine.says(&format!("{connection}; {issues}"));
    assert!(user.starts_with("8:acs:"), "{user}");
    let knows = format!("{connection}; az-communication user-identity user show --user {user} --query id --output tsv");
    let pid = machine.says(&format!("systemctl show --property MainPID --value {UNIT}"));

    machine.says("dpkg --install /srv/next.deb");
    assert!(machine.says("dpkg-query --show az-communication").ends_with("-2"));
    assert_ne!(machine.says(&format!("systemctl show --property MainPID --value {UNIT}")), pid, "it was not restarted");
    assert_eq!((resource(&machine), machine.says(&knows)), (first.clone(), user.clone()));

    machine.says("dpkg --remove az-communication");
    assert!(!machine.run(&format!("systemctl is-active {UNIT}")).status.success());
    machine.says(&format!("test -s {DATA}/identities.db"));
    machine.says("dpkg --install /srv/next.deb");
    assert_eq!((resource(&machine), machine.says(&knows)), (first.clone(), user));

    machine.says("dpkg --purge az-communication");
    assert_eq!(machine.debian().changes(&before), [""; 0]);
    machine.says("dpkg --install /srv/az.deb");
    assert_ne!(resource(&machine), first);
}

#[test]
#[ignore = "needs root, the artefacts and the Debian of scripts/test.sh, and boots a machine"]
fn a_service_that_is_killed_starts_again_one_that_is_disabled_stays_so_and_a_wrong_setting_is_named() {
    boots!("a_service_that_is_killed_starts_again_one_that_is_disabled_stays_so_and_a_wrong_setting_is_named");
    let machine = machine();
    machine.says("dpkg --install /srv/az.deb");
    let first = resource(&machine);
    machine.says(&format!("systemctl kill --signal=KILL {UNIT}"));
    machine.says("az-communication emulator status --wait 20s");
    machine.says(&format!("until [ \"$(systemctl is-active {UNIT})\" = active ]; do sleep 0.1; done"));
    assert_eq!(resource(&machine), first);
    // After a boot, the number of its user may be another one.
    let other = format!("systemctl stop {UNIT} && chown --recursive 64999:64999 /var/lib/private/{UNIT}");
    machine.says(&format!("{other} && systemctl start {UNIT}"));
    assert_eq!(resource(&machine), first);
    // `systemctl stop` sends SIGTERM, which is a clean end.
    machine.says(&format!("systemctl stop {UNIT}"));
    assert_eq!(machine.says(&format!("systemctl show --property Result --value {UNIT}")), "success");

    // A wrong setting does not prevent an installation, and the user's settings are kept.
    let settings = "/etc/default/az-communication-emulator";
    machine.says(&format!("echo AZURE_COMMUNICATION_EMULATOR_PORT=many >> {settings}; dpkg --install /srv/az.deb"));
    assert_eq!(machine.says(&format!("systemctl is-active {UNIT} || true")), "failed");
    let log = machine.says(&format!("journalctl --output=cat --lines=20 --unit={UNIT}"));
    assert!(log.contains("AZURE_COMMUNICATION_EMULATOR_PORT must be a number"), "{log}");
    assert_eq!(machine.says(&format!("systemctl show --property NRestarts --value {UNIT}")), "0");
    machine.says(&format!("sed -i s/=many/=10200/ {settings}; systemctl restart {UNIT}"));
    machine.says("az-communication emulator status --port 10200");

    machine.says(&format!("systemctl disable --now {UNIT}; dpkg --install /srv/az.deb"));
    let state = format!("systemctl is-active {UNIT} || true; systemctl is-enabled {UNIT} || true");
    assert_eq!(machine.says(&state), "inactive\ndisabled");
}
