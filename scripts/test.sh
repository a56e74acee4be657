#!/usr/bin/env bash
# Runs every test: format, lints, docs, unit and end-to-end tests, and tests with Python, JavaScript and other programs.
# It installs the Debian packages and calls `cargo xtask test`, which installs the other tools while its first steps run. `cargo xtask test --list` shows the steps.
# `cargo xtask soak` runs the same tests in their long form.
set -euo pipefail
cd "$(dirname "$0")/.."
# This includes a C compiler, which is needed to build xtask.
scripts/install.sh --programs
# A shell starts background commands with SIGINT ignored, and programs leave it ignored.
exec env --default-signal=HUP,INT,QUIT,TERM cargo xtask test "$@"
