# Installs the tools that the tests need. test.sh sources this file.
# shellcheck shell=bash

cache=${AZ_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/az-communication-tests}

# Programs that the tests call, and their Debian packages.
programs=(
    "cc gcc"
    "chromium chromium"
    "chromium-headless-shell chromium-headless-shell"
    "curl curl"
    "faketime faketime"
    "file file"
    "fish fish"
    "git git"
    "haproxy haproxy"
    "ip iproute2"
    "javac default-jdk-headless"
    "lintian lintian"
    "mandoc mandoc"
    "nft nftables"
    "node nodejs"
    "npm npm"
    "openssl openssl"
    "pgbouncer pgbouncer"
    "python3 python3"
    "shellcheck shellcheck"
    "strace strace"
    "systemd-analyze systemd"
    "taskset util-linux"
    "valgrind valgrind"
    "zsh zsh"
)

# Stops and prints the command to type if a tool is missing that cannot be installed here.
require_programs() {
    local line program package missing=()
    command -v cargo >/dev/null || { echo "Rust is missing. Install rustup, which reads rust-toolchain.toml." >&2; exit 1; }
    for line in "${programs[@]}"; do
        read -r program package <<<"$line"
        command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("$package")
    done
    # Debian has these in separate packages.
    if command -v python3 >/dev/null && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        missing+=(python3-venv)
    fi
    if command -v cc >/dev/null && ! [ -e "$(cc -print-file-name=libc.a)" ]; then
        missing+=(libc6-dev)
    fi
    # Debian's programs of the server are not on PATH.
    if ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
        missing+=(postgresql)
    fi
    # Only root can make a folder with another C library.
    if [ "$(id -u)" -eq 0 ] && ! [ -x /usr/sbin/debootstrap ]; then
        missing+=(debootstrap)
    fi
    # Only root can boot a Debian.
    if [ "$(id -u)" -eq 0 ] && ! command -v systemd-nspawn >/dev/null; then
        missing+=(systemd-container)
    fi
    if command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
        echo "Node.js $(node --version) is too old: the JavaScript tests need 20 or newer." >&2
        exit 1
    fi
    [ ${#missing[@]} -eq 0 ] && return
    if ! command -v apt-get >/dev/null; then
        echo "These are missing: ${missing[*]} (names of Debian's packages). Install them and start again." >&2
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ] && [ "${CI:-}" != true ]; then
        echo "Programs are missing that the tests need. Install them and start again:" >&2
        echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo -n)
    echo "Installing Debian packages: ${missing[*]}" >&2
    # The tests start servers of their own. By default, the package of the server makes one for the machine and starts it.
    local clusters=/etc/postgresql-common/createcluster.conf
    if [[ " ${missing[*]} " == *" postgresql "* ]] && ! [ -e "$clusters" ]; then
        "${root[@]}" mkdir -p "${clusters%/*}"
        "${root[@]}" tee "$clusters" <<<'create_main_cluster = false' >/dev/null
    fi
    if ! { "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"; } >&2; then
        echo "The Debian packages could not be installed." >&2
        exit 1
    fi
}

# Makes a folder for each version of a list of packages, completely or not at all. Sets $installed.
install_once() { # NAME FILE COMMAND
    local name=$1 file=$2 command=$3 folder
    folder=$cache/$name-$(sha256sum "$file" | cut -c1-16)
    if [ ! -e "$folder/.complete" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        # The commands are joined by &&, because `set -e` has no effect within a condition.
        if ! "$command" "$folder" "$file" >&2; then
            rm -rf "$folder"
            echo "The packages of $file could not be installed into $folder." >&2
            exit 1
        fi
        touch "$folder/.complete"
    fi
    # shellcheck disable=SC2034
    installed=$folder
}

python_packages() { # FOLDER FILE
    python3 -m venv "$1" && "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
}

javascript_packages() { # FOLDER FILE
    cp "$2" "$1/" && (cd "$1" && npm install --no-audit --no-fund --silent)
}

# Makes a bootable Debian of this release with these packages. Only root can make and use it.
debian_root() { # FOLDER FILE
    local words
    mapfile -t words < <(grep -v '^#' "$2")
    bootstrap "${words[0]}" "$1" "--include=$(IFS=,; echo "${words[*]:1}")" &&
        rm -f "$1"/var/cache/apt/archives/*.deb
}

bootstrap() { # RELEASE FOLDER OPTION…
    local mirror
    # shellcheck disable=SC2016
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 2>/dev/null | grep -v security | head -n 1)
    PATH=$PATH:/usr/sbin debootstrap --variant=minbase "${@:3}" "$1" "$2" "${mirror:-http://deb.debian.org/debian}"
}

# Makes a root folder with the C library of another release. Only root can make and use it.
foreign_root() { # FOLDER FILE
    local words
    mapfile -t words < <(grep -v '^#' "$2")
    # shellcheck disable=SC2016
    bootstrap "${words[0]}" "$1" &&
        # The packages are only unpacked, because their services cannot be set up here.
        chroot "$1" sh -ec 'cd /tmp && apt-get -q update && apt-get -q -o APT::Sandbox::User=root download "$@"
            for package in ./*.deb; do dpkg-deb -x "$package" /; done' sh "${words[@]:1}"
}
