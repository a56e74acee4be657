"""Schemathesis hooks that record the statuses of each operation, in the file AZ_TEST_ANSWERS."""

import atexit
import collections
import json
import os

import schemathesis

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
OPERATIONS = []
ANSWERS = collections.defaultdict(collections.Counter)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    for path, item in raw_schema["paths"].items():
        OPERATIONS.extend(f"{method.upper()} {path}" for method in item if method in METHODS)


@schemathesis.hook
def after_call(context, case, response):
    # Schemathesis also sends the methods that a path does not have.
    if response.request.method == case.operation.method.upper():
        ANSWERS[case.operation.label][response.status_code] += 1


@atexit.register
def write():
    with open(os.environ["AZ_TEST_ANSWERS"], "w") as file:
        json.dump({"operations": OPERATIONS, "answers": ANSWERS}, file)
