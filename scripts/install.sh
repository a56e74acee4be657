#!/usr/bin/env bash
# Installs the tools that the tests need, and prints their places as lines NAME=VALUE. `cargo xtask test` reads these lines.
#
# Python and npm packages, pinned, go into $AZ_TEST_CACHE (by default ~/.cache/az-communication-tests). Debian packages are
# installed as root or with CI=true. Otherwise, the script stops and prints the command to type. With --programs, it installs the
# Debian packages only.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/install.sh
. scripts/lib/install.sh

require_programs
if [ "${1:-}" = --programs ]; then
    exit
fi

packages() {
    install_once python tests/peers/requirements.txt python_packages
    echo "AZ_TEST_PYTHON=$installed/bin/python"
    install_once javascript tests/peers/javascript/package.json javascript_packages
    echo "AZ_TEST_NODE_PACKAGES=$installed"
    install_once kits-javascript tests/kits/javascript/package.json javascript_packages
    echo "AZ_TEST_KITS_JAVASCRIPT=$installed"
    install_once installers tests/peers/packages/package.json javascript_packages
    echo "AZ_TEST_INSTALLERS=$installed"
    install_once installers-python tests/peers/packages/requirements.txt python_packages
    echo "AZ_TEST_INSTALLERS_PYTHON=$installed/bin/python"
    install_once kits-python tests/kits/python/requirements.txt python_packages
    echo "AZ_TEST_KITS_PYTHON=$installed/bin/python"
    install_once ci tests/ci/requirements.txt python_packages
    echo "XTASK_CI=$installed"
    install_once docs tests/docs/package.json javascript_packages
    echo "XTASK_DOCS=$installed"
    install_once page-tools crates/acs-identity-emulator/page/package.json javascript_packages
    echo "AZ_TEST_PAGE_TOOLS=$installed"
    install_once page-tests tests/page/package.json javascript_packages
    echo "AZ_TEST_PAGE_TESTS=$installed"
}

root_folders() {
    if [ "$(id -u)" -eq 0 ]; then
        install_once foreign-root tests/peers/foreign-root.txt foreign_root
        echo "AZ_TEST_FOREIGN_ROOT=$installed"
        install_once debian-root tests/peers/debian-root.txt debian_root
        echo "AZ_TEST_DEBIAN_ROOT=$installed"
    fi
}

# Both wait for the network most of the time, so they run side by side.
lines=$(mktemp)
trap 'wait; rm -f "$lines"' EXIT
packages >"$lines" &
root_folders
wait $!
cat "$lines"
