"""Generates JMESPath expressions and documents, and the results of Python's jmespath, one line of JSON for each case.

usage: generate.py SEED COUNT
"""

import json
import random
import re
import sys
import warnings
from collections import OrderedDict

import jmespath
from jmespath import Options
from jmespath.exceptions import JMESPathError

warnings.simplefilter("ignore")
rng = random.Random(int(sys.argv[1]))

NAMES = ["a", "b", "c", "id", "name", "z_1", "é"]
STRINGS = ["", "a", "b", "x y", "é中", "12", "-3", "1.5", "it's", 'q"q', "back\\slash", "a\nb", "true", "null", "😀"]
# Limits of Python's float, of int and of fixed widths, and texts that Python accepts as numbers.
EDGES = [2**53, 2**53 + 1, 2**63, 2**64, 2**126, 2**127 - 1, 2**127, 2**128, 10**40, 10**300, 10**400, 10**23, 3**200]
FLOATS = [1e300, 1.7976931348623157e308, 5e-324, 2.0**53, 2.0**63, 2.0**126, 2.0**127, 1e23, 0.5, 1e400, -1e400, float("nan"), -0.0]
DIGITS = [
    "1" * 40, "9" * 310, "-1_000", "1__0", "+7", " 8 ", "\u0665", "\uff11\uff12.5", "1e400", "-inf", "nan", "Infinity", "1e-5", "0x10",
    "1_0.5", ".5", "5.", "\x1c7\x85", "1\xa0", "\xb2", "½", "9" * 4301,
]


def odd_string():
    """Returns characters from all of Unicode, some of which repr escapes."""
    ranges = [(0, 0x2ff), (0x300, 0x36f), (0x378, 0x700), (0x2000, 0x2070), (0x3000, 0x3002), (0xe000, 0xe001), (0xfe00, 0xffff), (0x1d000, 0x1f700), (0xe0000, 0xe01ff), (0xf0000, 0x10ffff)]
    one = lambda: chr(rng.randint(*rng.choice(ranges)))
    return "".join(one() for _ in range(rng.randint(1, 4)))
FUNCTIONS = {
    "abs": 1, "avg": 1, "ceil": 1, "contains": 2, "ends_with": 2, "floor": 1, "join": 2, "keys": 1, "length": 1,
    "max": 1, "merge": 2, "min": 1, "not_null": 2, "reverse": 1, "sort": 1, "starts_with": 2, "sum": 1,
    "to_array": 1, "to_number": 1, "to_string": 1, "type": 1, "values": 1, "nosuch": 1,
}


def scalar():
    return rng.choice([
        lambda: None, lambda: True, lambda: False, lambda: rng.randint(-3, 3), lambda: rng.randint(-10**12, 10**12),
        lambda: rng.choice([0.0, 1.0, -1.5, 2.25, 1e16, 1e-7, 123.456]), lambda: rng.choice(STRINGS),
        lambda: rng.choice([edge, edge, odd_string, lambda: rng.choice(DIGITS)])(),
    ])()


def edge():
    if rng.random() < 0.4:
        return rng.choice(FLOATS)
    return rng.choice([1, -1]) * rng.choice(EDGES) + rng.randint(-2, 2)


def value(depth):
    kind = rng.random()
    if depth <= 0 or kind < 0.4:
        return scalar()
    if kind < 0.7:
        if rng.random() < 0.5:
            one = rng.choice([lambda: rng.randint(-5, 5), lambda: rng.choice(STRINGS), edge, edge, odd_string, lambda: {"a": rng.randint(0, 3), "b": scalar()}])
            return [one() for _ in range(rng.randint(0, 4))]
        return [value(depth - 1) for _ in range(rng.randint(0, 4))]
    return {rng.choice(NAMES): value(depth - 1) for _ in range(rng.randint(0, 4))}


def identifier():
    name = rng.choice(NAMES)
    return name if name.isascii() and rng.random() < 0.8 else json.dumps(name, ensure_ascii=rng.random() < 0.5)


def literal():
    if rng.random() < 0.3:
        return "'" + rng.choice(STRINGS).replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "`" + json.dumps(value(2), ensure_ascii=rng.random() < 0.5).replace("`", "\\`") + "`"


def number():
    return rng.choice(["", str(rng.randint(-4, 4))])


def expression(depth):
    if depth <= 0:
        return rng.choice([identifier, identifier, lambda: "@", literal, lambda: "*"])()
    inner = lambda: expression(depth - 1 - (rng.random() < 0.3))
    return rng.choice([
        lambda: f"{inner()}.{identifier()}",
        lambda: f"{inner()}[{rng.randint(-3, 3)}]",
        lambda: f"{inner()}[*]",
        lambda: f"{inner()}[]",
        lambda: f"{inner()}.*",
        lambda: f"{inner()}[{number()}:{number()}]",
        lambda: f"{inner()}[{number()}:{number()}:{number()}]",
        lambda: f"{inner()}[?{inner()}]",
        lambda: f"{inner()}[?{identifier()} {rng.choice(['==', '!=', '<', '<=', '>', '>='])} {literal()}]",
        lambda: f"{inner()} | {inner()}",
        lambda: f"{inner()} || {inner()}",
        lambda: f"{inner()} && {inner()}",
        lambda: f"!{inner()}",
        lambda: f"({inner()})",
        lambda: f"{inner()} {rng.choice(['==', '!=', '<', '<=', '>', '>='])} {inner()}",
        lambda: "[" + ", ".join(inner() for _ in range(rng.randint(1, 3))) + "]",
        lambda: "{" + ", ".join(f"{identifier()}: {inner()}" for _ in range(rng.randint(1, 3))) + "}",
        lambda: f"{inner()}.[{inner()}, {inner()}]",
        lambda: f"{inner()}.{{x: {inner()}}}",
        call, call, call,
        lambda: f"{rng.choice(['sort_by', 'max_by', 'min_by'])}({inner()}, &{inner()})",
        lambda: f"map(&{inner()}, {inner()})",
        broken,
    ])()


def call():
    name = rng.choice(list(FUNCTIONS))
    count = FUNCTIONS[name] if rng.random() < 0.95 else rng.randint(0, 3)
    argument = lambda: rng.choice([lambda: expression(1), literal, lambda: "@"])()
    return f"{name}({', '.join(argument() for _ in range(count))})"


def broken():
    text = list(expression(1))
    at = rng.randrange(len(text) + 1)
    if text and rng.random() < 0.5:
        del text[min(at, len(text) - 1)]
    else:
        text.insert(at, rng.choice(list("[](){}.,:*&|!=<>@?`'\"-0a ")))
    return "".join(text)


def order(result):
    """Converts objects to lists of pairs, so that their order is compared."""
    if isinstance(result, dict):
        return {"o": [[name, order(member)] for name, member in result.items()]}
    if isinstance(result, list):
        return {"a": [order(item) for item in result]}
    return {"s": json.dumps(result)}


def is_data(result):
    """Checks whether a result can be written as JSON. An expression reference or a member whose name is not a string cannot."""
    if isinstance(result, dict):
        return all(isinstance(name, str) and is_data(member) for name, member in result.items())
    if isinstance(result, list):
        return all(map(is_data, result))
    # A lone surrogate, which an invalid expression may contain, cannot be written either.
    return result is None or isinstance(result, (int, float)) or isinstance(result, str) and not re.search("[\ud800-\udfff]", result)


left = int(sys.argv[2])
while left:
    text, document = expression(rng.randint(0, 4)), value(4)
    case = {"expression": text, "document": json.dumps(document)}
    try:
        result = jmespath.compile(text).search(document, Options(OrderedDict))
        if not is_data(result):
            continue
        case["result"] = order(result)
    except JMESPathError as error:
        case["error"] = re.sub(r"<jmespath\.visitor\._Expression object at 0x[0-9a-f]+>", "<expression reference>", str(error))
    except (ValueError, TypeError, OverflowError, KeyError, AttributeError) as error:
        # For an error of Python itself, only its existence is compared, not its text.
        case["error"] = None
    left -= 1
    print(json.dumps(case))
