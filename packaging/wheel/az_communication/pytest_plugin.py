"""The pytest plugin of az-communication: fixtures with an emulator of Azure Communication Services Identity.

It imports nothing else of this package, and starts no process, until a test asks for one of the fixtures. With
pytest-xdist, each worker has an emulator of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator

import pytest

if TYPE_CHECKING:
    from az_communication.testing import ClientOptions, Clock, Emulator, Faults

OLDEST = (7, 0)


@pytest.fixture(scope="session")
def acs_emulator_options() -> Dict[str, Any]:
    """The options of `acs_emulator`: a fixture of this name in your conftest.py can return {"seed": "seed.yaml"}."""
    return {}


@pytest.fixture(scope="session")
def acs_emulator(acs_emulator_options: Dict[str, Any]) -> Iterator[Emulator]:
    """An emulator that all tests of this process share. It starts with the first test that asks for it."""
    with _emulator_type()(**acs_emulator_options) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def acs_connection_string(acs_emulator: Emulator) -> str:
    """The connection string of `acs_emulator`."""
    return acs_emulator.connection_string


@pytest.fixture(scope="session")
def acs_client_options(acs_emulator: Emulator) -> ClientOptions:
    """Keyword arguments with which a client trusts `acs_emulator`. `acs_client_options.aio` is for async clients."""
    return acs_emulator.client_options


@pytest.fixture
def acs_clock(acs_emulator: Emulator) -> Iterator[Clock]:
    """The clock of `acs_emulator`. At the end of the test, it is as it was before."""
    with acs_emulator.clock.restored() as clock:
        yield clock


@pytest.fixture
def acs_faults(acs_emulator: Emulator) -> Iterator[Faults]:
    """The faults of `acs_emulator`. Those that the test adds are removed at its end."""
    with acs_emulator.faults.restored() as faults:
        yield faults


@pytest.fixture
def acs_emulator_factory() -> Iterator[Callable[..., Emulator]]:
    """Starts emulators of the test's own: `acs_emulator_factory(clock=…)`. They end with the test."""
    from contextlib import ExitStack

    emulator_type = _emulator_type()
    with ExitStack() as emulators:
        yield lambda **options: emulators.enter_context(emulator_type(**options))


def _emulator_type() -> Callable[..., Emulator]:
    """Imports the rest of the package, if this pytest can be used."""
    # pytest has version_tuple since 7.0.
    if getattr(pytest, "version_tuple", (0, 0)) < OLDEST:
        raise pytest.UsageError(
            f"The fixtures of az-communication need pytest {OLDEST[0]}.{OLDEST[1]} or newer, and this is pytest "
            f"{pytest.__version__}. Update it: pip install --upgrade pytest"
        )
    from az_communication.testing import Emulator

    return Emulator
