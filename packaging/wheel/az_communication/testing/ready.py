"""What an emulator prints when it is ready, and the folder that it names there."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import Any, Dict


class NotReady(Exception):
    """What is wrong with the ready line. It does not show the line, which can hold an access key."""


def read(line: bytes) -> Dict[str, Any]:
    """Returns the members of the ready line, with absolute paths."""
    try:
        ready: Any = json.loads(line)
    except ValueError:
        ready = None
    if not isinstance(ready, dict) or not isinstance(ready.get("controlEndpoint"), str):
        raise NotReady("printed something else than its ready line: look at the arguments program and options")
    if not isinstance(ready.get("caCertificate"), str):
        variable = "TEMP" if os.name == "nt" else "TMPDIR"
        raise NotReady(
            f"has no file with its certificate, and clients need one: the folder in {variable} cannot be written"
        )
    for name in ["caCertificate", "caBundle"]:
        ready[name] = os.path.abspath(ready[name] or ready["caCertificate"])
    return ready


def remove_folder(ready: Dict[str, Any], pid: int) -> None:
    """Removes the temporary folder of the process with this id, which was killed and so could not do it itself."""
    folder = os.path.dirname(ready.get("caCertificate", ""))
    if re.fullmatch(rf"az-communication-emulator-{pid}-\d+", os.path.basename(folder)):
        # If it stays, the next emulator removes it.
        shutil.rmtree(folder, ignore_errors=True)
