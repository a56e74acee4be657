#!/usr/bin/env python3
"""Writes crates/az-communication/link/order.ld: the code that a command runs, laid side by side.

A command runs about 1 MB of a program of 12 MB. The kernel maps 64 KB around each page that is touched, so how many page
faults a start costs depends on where the linker put that code (docs/performance.md). This script links an `az` with a map,
runs the commands below under valgrind, and lists the input sections that were executed, by names that a new version of
Rust or of a dependency does not change. A line that fits nothing any more costs nothing; run the script again when
`bench/run local token` shows more page faults.

Usage: bench/order.py     (wants valgrind)
"""

import bisect
import os
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "crates/az-communication/link/order.ld"

# In this order: what starts every command comes first, then what a request needs, then what few commands do.
COMMANDS = [
    "communication user-identity token issue -h",
    "communication user-identity token issue --scop",
    "communication user-identity token issue --scope chat",
    "communication identity token issue --scope chat voip --query token -o tsv",
    "communication user-identity user create -o table",
    "communication user-identity token issue --scope nonsense -o yaml",
]

# As `cargo install` and as `cargo build` in the workspace link it: the features of all members make some difference.
SELECTIONS = [["--package", "az-communication"], []]

# What valgrind's processor lacks, but others have: the variants that are chosen at run time.
VARIANTS = [
    ("*.sha2.*-cgu.*.o", ".text._ZN4sha26sha2563x86*"),
    ("*/libc.a:strcmp-*.o", ".text .text.*"),
    ("*/libring-*.rlib:*-aes-gcm-avx2-*.o", ".text"),
    ("*/libring-*.rlib:*curve25519*_adx*.o", ".text .text.*"),
    ("*/libring-*.rlib:*-curve25519.o", ".text.*adx* .text.fiat_25519_from_bytes"),
]

# Whose constants the commands read. By crate, because the names of constants change with each build; not those of the
# emulator's half, of aws-lc and SQLite, whose tables lie between them otherwise.
CONSTANTS = """
    acs_identity acs_identity_protocol alloc az az_communication azure_core base64 bytes core http http_body_util httparse hyper pyjmespath ring
    rustls rustls_pki_types serde_json std time typespec typespec_client_core url webpki
""".split()

HEAD = """\
/* Made by bench/order.py, which says why. What a command runs lies side by side, so that starting it costs fewer page
   faults. Everything else stays where the linker puts it. */
"""


def build(selection, folder):
    """An `az` as it is released, but with its names and in the linker's own order, and the linker's map of it."""
    target, linked_map = ROOT / "bench/target/order", folder / "az.map"
    environment = dict(os.environ, AZ_LINK_MAP=str(linked_map), CARGO_PROFILE_RELEASE_STRIP="none")
    command = ["cargo", "build", "--quiet", "--release", "--bin", "az", "--target-dir", target, *selection]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    (binary,) = target.glob("*/release/az")
    return binary, linked_map


def input_sections(linked_map):
    """(address, size, file, section) of the code in the program."""
    line = re.compile(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+\s+(\S.*):\((\.text\S*)\)$")
    found = (line.match(text) for text in linked_map.open())
    return sorted((int(m[1], 16), int(m[2], 16), m[3], m[4]) for m in found if m and int(m[2], 16))


def executed(binary, words, folder):
    """The addresses of the instructions that a command runs."""
    record = folder / "callgrind.out"
    valgrind = ["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no"]
    valgrind += [f"--callgrind-out-file={record}", "--log-file=/dev/null", binary, *words.split()]
    # The emulator of the same build answers, and its process is not the one that is looked at.
    subprocess.run([binary, "communication", "emulator", "run", "--", *valgrind], capture_output=True, check=False)
    return {int(m[1], 16) for m in (re.match(r"0x([0-9a-f]+) \d+ \d+", text) for text in record.open()) if m}


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
    name = re.sub(r"\d+_\d+_\d+_", "*_", name)
    name = re.sub(r"\.llvm\.\d+.*$", "*", name)
    return re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", name)


def pattern(file, section):
    # glibc chooses among its string functions at run time: all variants of what was used.
    chosen = re.match(r"(.*/libc\.a:.*?)-(?:sse2|avx)[^:]*\.o$", file)
    return (chosen[1] + "-*.o", ".text .text.*") if chosen else (file, section)


def main():
    patterns = {}
    for selection in SELECTIONS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            binary, linked_map = build(selection, folder)
            sections = input_sections(linked_map)
            starts = [section[0] for section in sections]
            for rank, words in enumerate(COMMANDS):
                places = {bisect.bisect(starts, address) - 1 for address in executed(binary, words, folder)}
                for _, _, file, section in (sections[place] for place in places if place >= 0):
                    found = pattern(file_pattern(file), section_pattern(section))
                    patterns[found] = min(rank, patterns.get(found, rank))
    patterns = sorted(patterns, key=lambda found: (patterns[found], found))
    code = "\n".join(f"    {file}({section})" for file, section in patterns + VARIANTS)
    names = ".rodata .rodata..L* .rodata._* .rodata.anon.* .rodata.unlikely.*"
    constants = "\n".join(f"    *.{crate}.*-cgu.*.o({names})" for crate in CONSTANTS)
    SCRIPT.write_text(
        f"{HEAD}SECTIONS\n{{\n  .rodata.first :\n  {{\n{constants}\n  }}\n}}\nINSERT BEFORE .rodata;\n"
        f"SECTIONS\n{{\n  .text.first :\n  {{\n{code}\n  }}\n}}\nINSERT BEFORE .text;\n"
    )


if __name__ == "__main__":
    main()
