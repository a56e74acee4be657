"""Schemathesis hooks for the control API."""

import itertools

import requests
import schemathesis
from hypothesis import strategies

import answers  # noqa: F401
import valid
from credentials import ENDPOINT, Signature, control_secret

schemathesis.auth.set_from_requests(control_secret())
numbers = itertools.count()


def control(method, path, **options):
    response = requests.request(method, ENDPOINT + path, auth=control_secret(), **options)
    response.raise_for_status()
    return response


def export():
    return control("GET", "/emulator/export").content


EMPTY = export()
PERSON = requests.post(
    f"{ENDPOINT}/identities?api-version=2025-03-02-preview", json={"customId": "ann"}, auth=Signature()
).json()["identity"]
FULL = export()

# Only an export is a valid body of an import, because it has a checksum.
schemathesis.openapi.media_type("application/x-ndjson", strategies.sampled_from([FULL, EMPTY]))


@valid.change("/emulator/identities/{id}")
@valid.change("/emulator/identities/{id}/token")
@valid.change("/emulator/identities/{id}/revoke")
@valid.change("/emulator/identities/{id}/assignments")
def show_an_identity_that_exists(case):
    # Resets and imports delete it.
    control("POST", "/emulator/import?replace=true", data=FULL, headers={"content-type": "application/x-ndjson"})
    case.path_parameters["id"] = PERSON["id" if next(numbers) % 2 else "customId"]


@valid.change("/emulator/faults/{faultId}")
def use_a_fault_that_exists(case):
    # The largest number of faults may have been reached.
    control("DELETE", "/emulator/faults")
    case.path_parameters["faultId"] = control("POST", "/emulator/faults", json={"status": 429}).json()["id"]


WAITS = {str(seconds) for seconds in range(1, 31)}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets no request wait for more than a second, because Schemathesis sends them one after the other."""
    if case.operation.label == "GET /emulator/requests" and str(case.query.get("wait")) in WAITS:
        case.query["wait"] = int(case.query["wait"]) % 2
