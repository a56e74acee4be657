#!/usr/bin/env bash
# Runs the tests in their long form. Run it before an issue is closed.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo xtask soak
