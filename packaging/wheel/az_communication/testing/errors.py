"""What the kit raises."""

from __future__ import annotations


class EmulatorError(Exception):
    """The emulator cannot be started, has ended, or does not answer."""


class ControlError(EmulatorError):
    """The emulator refused a call of its control API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"The emulator refused this ({status} {code}): {message}")
        #: The HTTP status, such as 400.
        self.status = status
        #: The code of the refusal, such as `ValidationError`.
        self.code = code
