"""Makes this pytest look like an old one."""

import pytest

pytest.__version__ = "6.2.5"
del pytest.version_tuple
