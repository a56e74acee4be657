#!/usr/bin/env bash
# Puts az-communication on the PATH of the following steps: a release, checked against its checksums, or INPUT_PROGRAM.
#
# Called by action.yml. It needs curl, tar and sha256sum, which GitHub's Linux runners have.
set -euo pipefail

fail() {
    echo "::error::$1" >&2
    exit 1
}

folder=$RUNNER_TEMP/az-communication
mkdir -p "$folder"

if [ -n "${INPUT_PROGRAM:-}" ]; then
    [ -x "$INPUT_PROGRAM" ] || fail "The input 'program' is not a program that can be run: $INPUT_PROGRAM"
    # The program acts by the name that it is called by.
    cp --remove-destination "$INPUT_PROGRAM" "$folder/az-communication"
    echo "$folder" >> "$GITHUB_PATH"
    exit 0
fi

case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) name=az-communication-$INPUT_VERSION-x86_64-linux ;;
    *) fail "There is no release of az-communication for $(uname -s) on $(uname -m). Build one with cargo, and name it by the input 'program'." ;;
esac
url=https://github.com/acs-identity/az-communication/releases/download/v$INPUT_VERSION
for file in "$name.tar.gz" SHA256SUMS; do
    curl --fail --silent --show-error --location --retry 3 --output "$folder/$file" "$url/$file" ||
        fail "$url/$file could not be downloaded. Is $INPUT_VERSION a release?"
done
(cd "$folder" && sha256sum --check --ignore-missing --quiet SHA256SUMS) ||
    fail "The downloaded release is not the one that SHA256SUMS names. Nothing was installed."
tar -xzf "$folder/$name.tar.gz" -C "$folder"
echo "$folder/$name/bin" >> "$GITHUB_PATH"
