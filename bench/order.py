#!/usr/bin/env python3
"""Writes crates/az-communication/link/order.ld, which places the code and variables of a command next to each other.

A command runs about 1 MB of a program of 12 MB. At a page fault, the kernel maps 64 KB around a page of code, and a single page
of variables. So the number of page faults of a start depends on the order in the program (docs/performance.md). This script links
an `az` with a map, runs the commands below under valgrind, and lists the input sections that were executed or used, by names that
a new version of Rust or of a dependency does not change. A line that matches nothing has no cost. Run the script again when
`bench/run startup` shows more page faults.

Usage: bench/order.py     (needs valgrind)
"""

import bisect
import os
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "crates/az-communication/link/order.ld"

# The server for a command: the emulator of the same build, or the TLS server of the benchmark, which knows every identity.
EMULATOR = ["communication", "emulator", "run", "--"]
SERVER = [ROOT / "bench/target/x86_64-unknown-linux-gnu/release/bench", "serve"]
USER = "8:acs:11111111-1111-1111-1111-111111111111_22222222-2222-2222-2222-222222222222"

# The order: code that every command runs, then code of requests, then code that few commands run.
COMMANDS = [
    (EMULATOR, "communication user-identity token issue -h"),
    (EMULATOR, "communication user-identity token issue --scop"),
    (EMULATOR, "communication user-identity token issue --scope chat"),
    (SERVER, f"communication user-identity token issue --scope chat --user {USER}"),
    (EMULATOR, "communication identity token issue --scope chat voip --query token -o tsv"),
    (EMULATOR, "communication user-identity user create -o table"),
    (EMULATOR, "communication user-identity token issue --scope nonsense -o yaml"),
]

# The program as `cargo install` and as `cargo build` in the workspace link it. The features of all members change some code.
SELECTIONS = [["--package", "az-communication"], []]

# Variants that are chosen at run time by the features of the processor. Valgrind's processor lacks these features.
VARIANTS = [
    ("*.sha2.*-cgu.*.o", ".text._ZN4sha26sha2563x86*"),
    ("*/libc.a:strcmp-*.o", ".text .text.*"),
    ("*/libring-*.rlib:*-aes-gcm-avx2-*.o", ".text"),
    ("*/libring-*.rlib:*curve25519*_adx*.o", ".text .text.*"),
    ("*/libring-*.rlib:*-curve25519.o", ".text.*adx* .text.fiat_25519_from_bytes"),
]

# The crates whose constants the commands read. They are listed by crate, because the names of constants change with each build. The
# crates of the emulator, aws-lc and SQLite are left out, so that their tables are not between these constants.
CONSTANTS = """
    acs_identity acs_identity_protocol alloc az az_communication azure_core base64 bytes core http http_body_util httparse hyper pyjmespath ring
    rustls rustls_pki_types serde_json std time typespec typespec_client_core url webpki
""".split()

HEAD = """\
/* Written by bench/order.py, which gives the reasons. The code and variables that commands use are next to each other, so
   that a start causes fewer page faults. The linker places everything else. */
"""


def build(selection, folder):
    """Returns an `az` like a released one, but with names and in the linker's own order, and the linker's map of it."""
    target, linked_map = ROOT / "bench/target/order", folder / "az.map"
    environment = dict(os.environ, AZ_LINK_MAP=str(linked_map), CARGO_PROFILE_RELEASE_STRIP="none")
    command = ["cargo", "build", "--quiet", "--release", "--bin", "az", "--target-dir", target, *selection]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    (binary,) = target.glob("*/release/az")
    return binary, linked_map


def input_sections(linked_map):
    """Returns (address, size, file, section) of the code and the variables in the program."""
    line = re.compile(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+\s+(\S.*):\((\.(?:text|data|bss)\S*|COMMON)\)$")
    found = (line.match(text) for text in linked_map.open())
    sections = ((int(m[1], 16), int(m[2], 16), m[3], m[4]) for m in found if m and int(m[2], 16))
    return sorted(section for section in sections if not section[3].startswith(".data.rel.ro"))


def touched(binary, server, words, folder):
    """Returns the addresses that a command executes, reads or writes."""
    record = folder / "lackey.out"
    valgrind = ["valgrind", "--tool=lackey", "--trace-mem=yes", "--basic-counts=no", f"--log-file={record}"]
    # The process of the server is not traced.
    server = [binary, *server] if server is EMULATOR else server
    command = [*server, *valgrind, binary, *words.split()]
    subprocess.run(command, capture_output=True, check=False)
    with record.open("rb") as lines:
        found = (re.match(rb"[I ][LSM ] ([0-9a-f]+),", text) for text in set(lines))
        return {int(m[1], 16) for m in found if m}


def file_pattern(name):
    archive = re.match(r".*/([^/]+\.(?:rlib|a))\((.*)\)$", name)
    if archive:
        member = re.sub(r"^[0-9a-f]{16}-", "*-", archive[2])
        return "*/{}:{}".format(re.sub(r"-[0-9a-f.]+\.(rlib|a)$", r"-*.\1", archive[1]), member)
    base = name.rsplit("/", 1)[1]
    unit = re.match(r"az-[0-9a-f]{16}\.(?:.*\.)?(\w+)\.[0-9a-f]+-cgu\.", base)
    return f"*.{unit[1]}.*-cgu.*.o" if unit else "*/" + re.sub(r"^az-.*", "az-*.o", base)


def section_pattern(name):
    name = re.sub(r"17h[0-9a-f]{16}E.*$", "17h*", name)
    name = re.sub(r"\.anon\.[0-9a-f]+\.", ".anon.*.", name)
    name = re.sub(r"\d+_\d+_\d+_", "*_", name)
    name = re.sub(r"\.llvm\.\d+.*$", "*", name)
    return re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", name)


def pattern(file, section):
    # glibc chooses among its string functions at run time, so all variants of the used ones are listed.
    chosen = re.match(r"(.*/libc\.a:.*?)-(?:sse2|avx)[^:]*\.o$", file)
    return (chosen[1] + "-*.o", ".text .text.*") if chosen else (file, section)


def main():
    subprocess.run(["cargo", "build", "--quiet", "--release"], cwd=ROOT / "bench", check=True)
    patterns = {}
    for selection in SELECTIONS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            binary, linked_map = build(selection, folder)
            sections = input_sections(linked_map)
            starts = [section[0] for section in sections]
            for rank, (server, words) in enumerate(COMMANDS):
                for address in touched(binary, server, words, folder):
                    start, size, file, section = sections[max(bisect.bisect(starts, address) - 1, 0)]
                    if start <= address < start + size:
                        found = pattern(file_pattern(file), section_pattern(section))
                        patterns[found] = min(rank, patterns.get(found, rank))
    patterns = sorted(patterns, key=lambda found: (patterns[found], found))

    def listed(patterns, kinds):
        return "\n".join(f"    {file}({section})" for file, section in patterns if section.startswith(kinds))

    names = ".rodata .rodata..L* .rodata._* .rodata.anon.* .rodata.unlikely.*"
    constants = "\n".join(f"    *.{crate}.*-cgu.*.o({names})" for crate in CONSTANTS)
    # Variables of the start are placed on both sides of the border between variables with a value and variables that are zero,
    # because the kernel touches that page in any case.
    SCRIPT.write_text(
        HEAD
        + output_section(".rodata.first", constants, "BEFORE .rodata")
        + output_section(".text.first", listed(patterns + VARIANTS, ".text"), "BEFORE .text")
        + output_section(".data.first", listed(reversed(patterns), ".data"), "AFTER .data")
        + output_section(".bss.first", listed(patterns, (".bss", "COMMON")), "BEFORE .bss")
    )


def output_section(name, lines, place):
    return f"SECTIONS\n{{\n  {name} :\n  {{\n{lines}\n  }}\n}}\nINSERT {place};\n"


if __name__ == "__main__":
    main()
