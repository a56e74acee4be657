"""Puts values that exist into some of the valid requests that Schemathesis makes, so that they succeed."""

import collections

import schemathesis

CHANGES = {}
SEEN = collections.Counter()


def change(path):
    """Registers a function that changes every second valid request of each operation of a path."""

    def register(function):
        CHANGES[path] = function
        return function

    return register


@schemathesis.hook
def before_call(context, case, kwargs):
    # In the stateful phase, a request has the values of former responses, and they must stay.
    if case.meta is None or not case.meta.generation.mode.is_positive or case.meta.phase.name == "stateful":
        return
    if case.operation.path in CHANGES:
        SEEN[case.operation.label] += 1
        if SEEN[case.operation.label] % 2:
            CHANGES[case.operation.path](case)
