#!/usr/bin/env bash
# Runs every test: formatting, lints, docs, unit and end-to-end tests, and those against Python and JavaScript peers.
# What the peers need is installed once, pinned, outside the tree: $AZ_TEST_CACHE, by default
# ~/.cache/az-communication-tests.
set -euo pipefail
cd "$(dirname "$0")/.."

cache=${AZ_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/az-communication-tests}
mkdir -p "$cache"

# A folder for each version of a list of packages, made whole or not at all.
install_once() { # NAME FILE COMMAND…
    local name=$1 file=$2 folder
    shift 2
    folder=$cache/$name-$(sha256sum "$file" | cut -c1-16)
    if [ ! -e "$folder/.complete" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        "$@" "$folder" >&2
        touch "$folder/.complete"
    fi
    printf '%s\n' "$folder"
}

python_packages() {
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check -r tests/peers/requirements.txt
}

javascript_packages() {
    cp tests/peers/javascript/package.json "$1/"
    (cd "$1" && npm install --no-audit --no-fund --silent)
}

venv=$(install_once python tests/peers/requirements.txt python_packages)
modules=$(install_once javascript tests/peers/javascript/package.json javascript_packages)
export AZ_TEST_PYTHON=$venv/bin/python
export AZ_TEST_NODE_PACKAGES=$modules

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

step cargo fmt --all --check
step cargo clippy --workspace --all-targets --all-features -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --workspace --no-deps --quiet
step cargo test --workspace
# Again, for its counts.
step cargo test -p az-communication --test golden -- --nocapture
# Whether the benchmark works; its figures mean nothing here.
step bench/run --smoke
# The tests that need the peers, and those that take long: all but the libraries and their docs.
step cargo test --workspace --tests -- --ignored --nocapture
