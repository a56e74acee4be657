#!/usr/bin/env bash
# The tests in their long form. Run it before an issue is called resolved.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo xtask soak
