from datetime import datetime, timezone

import pytest


@pytest.fixture(scope="session")
def acs_emulator_options():
    return {"clock": datetime(2035, 1, 1, tzinfo=timezone.utc)}
