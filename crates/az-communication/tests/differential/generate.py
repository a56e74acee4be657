"""Generates results, and the output of knack (with PyYAML and tabulate) in each format, one line of JSON for each case.

usage: generate.py SEED COUNT
"""

import json
import random
import sys
from collections import OrderedDict

import jmespath
from jmespath import Options
from knack.output import format_json, format_table, format_tsv, format_yaml
from knack.util import CLIError, CommandResultItem

rng = random.Random(int(sys.argv[1]))

NAMES = ["k" * 121, "k" * 122, "k" * 123, "k" * 124, "k" * 127, "k" * 128, "k k " * 31, "\x85", "\u2028x", "\x1f", "a", "b", "Name", "id", "type", "etag", "userId", "é", "中文", "x y", "a:b", "yes", "1", "", "long" * 40, "#", "n\nl", "- x"]
PIECES = [
    "a", "word", "yes", "No", "TRUE", "null", "~", "0", "1", "017", "0x1f", "0b11", "1_000", "1.5", ".5", "1e3", "1e+3", "1.0e+3",
    ".inf", "-.INF", ".nan", "12:30", "12:30:45.5", "2026-11-24", "2026-1-2 3:04:05", "2026-11-24T02:26:58.1234567+00:00",
    "<<", "=", "-", "?", ":", "- a", "? a", "a: b", "a:b", "a #b", "a#b", "#", "&a", "*a", "!a", "|", ">", "%", "@", "`", "'", '"', "''",
    "---", "...", "--- a", "{a}", "[a]", "a,b", " ", "  ", "\n", "\n\n", "\t", "\r", "\r\n", "\\", "\x07", "\x7f", "\x85", "\xa0",
    "\u2028", "\u2029", "\ufeff", "\x00", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x80", "\xad", "\u0600", "\u200b", "\ue000", "\uffff",
    "\U000e0001", "\U0010ffff", "\u2028\u2028", "a\x85b", "é", "中文", "😀", "\u0301", "word word", "x" * 50, "x" * 100, "eyJhbGciOiJSUzI1NiJ9", "8:acs:a_b",
]

# These are tested alone. If a cell has ANSI sequences and U+2028 or a lone \r, tabulate pads lines by the lengths of other lines.
ANSI = "\x1b[1mbold\x1b[0m"


def string():
    if rng.random() < 0.02:
        return ANSI
    if rng.random() < 0.35:
        return rng.choice(PIECES)
    if rng.random() < 0.3:
        return " ".join(rng.choice(["lorem", "ipsum", "dolor", "it's", "sit:", "é", '"q"', "x" * 30]) for _ in range(rng.randint(2, 30)))
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 5)))


def scalar():
    return rng.choice([
        lambda: None, lambda: True, lambda: False, lambda: rng.randint(-10**15, 10**15), lambda: rng.randint(-9, 9),
        lambda: rng.choice([0.0, -0.0, 1.0, 1e16, 1e15, 1.5e300, 1e-4, 1e-5, 123.456, float(rng.randint(0, 10**17)), rng.random()]),
        lambda: rng.choice([2**127, -(2**127) - 1, 10**40, 10**300, 1e400, -1e400, float("nan"), 5e-324]),
        string, string, string, string,
    ])()


def value(depth):
    kind = rng.random()
    if depth <= 0 or kind < 0.35:
        return scalar()
    if kind < 0.5:
        names = rng.sample(NAMES, rng.randint(1, 4))
        return [{name: value(depth - 2) for name in names if rng.random() < 0.8} for _ in range(rng.randint(0, 4))]
    if kind < 0.65:
        return [value(depth - 1) for _ in range(rng.randint(0, 4))]
    return {rng.choice(NAMES): value(depth - 1) for _ in range(rng.randint(0, 5))}


QUERIES = ["@"] * 6 + ["[@, @]", "{x: @, y: @}", "{b: b, a: a, Name: Name}", "[].{n: Name, b: b}", "[[@], @, [@]]", "keys(@)", "values(@)", "{z: [@, @]}", "[*]", "merge(@, @)"]


def shown(formatter, item):
    try:
        return formatter(item)
    except CLIError as error:
        return None


left = int(sys.argv[2])
while left:
    document, query = value(4), rng.choice(QUERIES)
    try:
        result = jmespath.search(query, document, Options(OrderedDict))
    except ValueError:
        continue
    if result is None:
        continue
    left -= 1
    queried = query != "@" or rng.random() < 0.5
    item = CommandResultItem(result, is_query_active=queried)
    case = {"document": json.dumps(document), "query": query, "queried": queried}
    for name, formatter in [("json", format_json), ("yaml", format_yaml), ("table", format_table), ("tsv", format_tsv)]:
        case[name] = shown(formatter, item)
    print(json.dumps(case))
