#!/usr/bin/env bash
# Runs every test: format, lints, docs, unit and end-to-end tests, and those against Python, JavaScript and other peers.
# It installs what `cargo xtask test` needs, and calls it: that says which steps there are.
# `cargo xtask soak` runs the same tests in their long form.
set -euo pipefail
cd "$(dirname "$0")/.."
# A C compiler among others, which xtask itself is built with.
scripts/install.sh >/dev/null
# A shell that starts this in the background has SIGINT ignored, and a program that is started so leaves it ignored.
exec env --default-signal=HUP,INT,QUIT,TERM cargo xtask test "$@"
