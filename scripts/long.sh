#!/usr/bin/env bash
# The tests that take long, in their long form: 200 and 1,000 kills, an hour of three clients, 4,000 flipped bits, 2,000 records,
# 10^6 rows, every byte of a connection, 200 power failures, a full disk at every 4 KiB, and the start-up budget against the
# version before. Run it before an issue is called resolved.
set -euo pipefail
cd "$(dirname "$0")/.."
export AZ_LONG=1 AZ_CRASH_KILLS=${AZ_CRASH_KILLS:-1000}
scripts/test.sh
bench/run startup
