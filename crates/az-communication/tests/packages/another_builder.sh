#!/usr/bin/env bash
# Releases the last commit as another builder: with another user, HOME, CARGO_HOME, toolchain folder, umask, time zone,
# language, date for C, host name, number of jobs and folder. Run it as root in its own namespaces:
#   unshare --mount --uts another_builder.sh REPOSITORY FOLDER
# FOLDER must be empty, and all users must be able to reach it. The artefacts are written to FOLDER/made.
set -euo pipefail
repository=$(realpath "$1") folder=$(realpath "$2")
sysroot=$(cd "$repository" && rustc --print sysroot)
registry=${CARGO_HOME:-$HOME/.cargo}/registry
user=54321
umask 0022

hostname another-builder
mkdir -p "$folder/toolchain" "$folder/home/with a blank" "$folder/crates/registry"
mount --bind "$sysroot" "$folder/toolchain"
# Downloaded packages are reused, but their sources are unpacked again.
cp -R "$registry/cache" "$registry/index" "$folder/crates/registry/"
git clone --quiet --no-hardlinks "$repository" "$folder/another/place"
# A clone would use the branch that is checked out there, but this commit may not be on a branch.
git -C "$folder/another/place" -c advice.detachedHead=false checkout --quiet "$(git -C "$repository" rev-parse HEAD)"
# The programs that write dates get another date: the C compiler, its linker, and ar. rustc itself hangs under faketime.
mkdir "$folder/bin"
for program in cc gcc ar; do
    cat >"$folder/bin/$program" <<SH
#!/bin/sh
exec faketime '2031-02-03 04:05:06' /usr/bin/$program "\$@"
SH
    chmod 755 "$folder/bin/$program"
done
chown -R "$user:$user" "$folder/another" "$folder/crates" "$folder/home"
install -d -o "$user" -g "$user" "$folder/made"

cd "$folder/another/place"
as_another() {
    env -i PATH="$folder/bin:$folder/toolchain/bin:/usr/bin:/bin" HOME="$folder/home/with a blank" CARGO_HOME="$folder/crates" \
        CARGO_NET_OFFLINE=true TZ=Pacific/Chatham LC_ALL=tr_TR.UTF-8 USER=another CFLAGS=-g \
        setpriv --reuid "$user" --regid "$user" --clear-groups sh -c 'umask 0027; exec "$@"' sh "$@"
}
as_another cargo xtask release --jobs 1 --dist "$folder/made"
