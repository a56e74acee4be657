#!/usr/bin/env bash
# Runs every test: format, lints, docs, unit and end-to-end tests, and those against Python, JavaScript and other peers.
#
# It installs what the tests need: Python and npm packages, pinned, into $AZ_TEST_CACHE (by default
# ~/.cache/az-communication-tests), and Debian packages as root or with CI=true. Otherwise it stops with the line to type.
# `cargo xtask soak` runs the same tests in their long form.
set -euo pipefail
# A shell that starts this in the background has SIGINT ignored, and a program that is started so leaves it ignored.
if [ "${AZ_TEST_SIGNALS:-}" != default ]; then
    AZ_TEST_SIGNALS=default exec env --default-signal=HUP,INT,QUIT,TERM "$0" "$@"
fi
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/install.sh
. scripts/lib/install.sh

require_programs
install_once python tests/peers/requirements.txt python_packages
export AZ_TEST_PYTHON=$installed/bin/python
install_once javascript tests/peers/javascript/package.json javascript_packages
export AZ_TEST_NODE_PACKAGES=$installed
install_once installers tests/peers/packages/package.json javascript_packages
export AZ_TEST_INSTALLERS=$installed
install_once installers-python tests/peers/packages/requirements.txt python_packages
export AZ_TEST_INSTALLERS_PYTHON=$installed/bin/python
install_once ci tests/ci/requirements.txt python_packages
ci=$installed
install_once docs tests/docs/package.json javascript_packages
docs=$installed
if [ "$(id -u)" -eq 0 ]; then
    install_once foreign-root tests/peers/foreign-root.txt foreign_root
    export AZ_TEST_FOREIGN_ROOT=$installed
    install_once debian-root tests/peers/debian-root.txt debian_root
    export AZ_TEST_DEBIAN_ROOT=$installed
fi

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

markdown() {
    local files
    mapfile -t files < <(git ls-files '*.md')
    "$docs/node_modules/.bin/markdownlint-cli2" --config tests/docs/.markdownlint-cli2.jsonc "${files[@]}"
    "$docs/node_modules/.bin/remark" --frail --no-stdout --quiet \
        --use "$docs/node_modules/remark-validate-links/index.js=repository:false" "${files[@]}"
}

# The files for CI services, none of which is reached from here.
ci_files() {
    "$ci/bin/check-jsonschema" --builtin-schema vendor.github-workflows .github/workflows/*.yml &&
        "$ci/bin/check-jsonschema" --builtin-schema vendor.github-actions action.yml &&
        "$ci/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci packaging/gitlab/emulator.gitlab-ci.yml &&
        "$ci/bin/zizmor" --offline --quiet .github action.yml &&
        shellcheck packaging/github/*.sh scripts/*.sh scripts/lib/*.sh bench/run
}

# The README's first command, as it stands there. Its program is what the benchmark measures, too.
readme_command() {
    local command
    command=$(sed -n '/^## Try it/,/^## /s/^\$ \(cargo run .*\)/\1/p' README.md)
    [ -n "$command" ] || { echo "README.md has no 'cargo run' under 'Try it'." >&2; return 1; }
    bash -c "$command" | grep -q '"token": "eyJ'
}

# What people install. The short form has some artefacts, and packs the program that the benchmark has built.
artefacts() {
    local program
    rm -rf target/test-dist
    if [ -n "${AZ_LONG:-}" ]; then
        cargo xtask release --allow-dirty --dist target/test-dist
    else
        program=target/$(rustc -vV | sed -n 's/^host: //p')/release/az
        cargo xtask release --allow-dirty --only tarball,sbom,wheel,npm,deb,image --program "$program" --dist target/test-dist
    fi
}

# What systems without Unix get, on this one (docs/decisions/other-systems.md).
portable() {
    local programs=(--test systems --test cli --test golden --test beyond --test batch --test emulator --test network)
    RUSTC_WORKSPACE_WRAPPER=$PWD/scripts/lib/portable-rustc cargo test -p az-communication --lib "${programs[@]}"
    RUSTC_WORKSPACE_WRAPPER=$PWD/scripts/lib/portable-rustc cargo test -p acs-identity-emulator --lib
}

step markdown
step ci_files
step cargo fmt --all --check
step cargo fmt --manifest-path xtask/Cargo.toml --check
step cargo clippy --workspace --all-targets --all-features -- -D warnings
step cargo clippy -p az-communication -p acs-identity-emulator --all-targets -- -D warnings --cfg portable_system
# Without SQLite, as a test kit takes it.
step cargo clippy -p acs-identity-emulator --no-default-features --all-targets -- -D warnings
step cargo clippy --locked --manifest-path xtask/Cargo.toml --all-targets -- -D warnings
RUSTDOCFLAGS="-D warnings" step cargo doc --workspace --no-deps --quiet
step cargo test --workspace
step portable
step cargo test --locked --manifest-path xtask/Cargo.toml
# Again, for their counts.
step cargo test -p az-communication --test golden --test docs -- --nocapture
# Alone, without what other crates of the workspace want of its dependencies.
step cargo test -p az-communication --test network the_program_has_no_call
step readme_command
# Whether the benchmark works; its figures mean nothing here.
step bench/run --smoke
step artefacts
export AZ_TEST_DIST=$PWD/target/test-dist
# The tests that need the peers, and those that take long: all but the libraries and their docs. They load the machine, so
# that only as many as there are cores run at once.
RUST_TEST_THREADS=$(nproc) step cargo test --workspace --tests -- --ignored --nocapture
