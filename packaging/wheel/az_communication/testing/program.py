"""Finds the program of the wheel."""

from __future__ import annotations

import os
import shutil
from importlib import metadata
from typing import Optional

from .errors import EmulatorError

NAME = "az-communication"


def find() -> str:
    """Returns the path of the program."""
    path = _installed() or shutil.which(NAME)
    if path is None:
        raise EmulatorError(
            f"The program {NAME} was not found, neither beside this package nor in PATH. "
            f"Install it again: pip install --force-reinstall {NAME}"
        )
    return path


def _installed() -> Optional[str]:
    """Returns the program that was installed with this package. Installers list where they have put it."""
    try:
        files = metadata.files(NAME) or []
    except metadata.PackageNotFoundError:
        files = []
    places = [str(file.locate()) for file in files if file.name in (NAME, f"{NAME}.exe")]
    # `pip install --target` lists another folder than the one that it puts the program into.
    packages = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    places.append(os.path.join(packages, "bin", NAME))
    return next((os.path.normpath(place) for place in places if os.access(place, os.X_OK)), None)
