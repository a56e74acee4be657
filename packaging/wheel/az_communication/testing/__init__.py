"""The emulator of Azure Communication Services Identity for tests, with the standard library only.

from az_communication.testing import Emulator

with Emulator() as emulator:
    client = CommunicationIdentityClient.from_connection_string(
        emulator.connection_string, **emulator.client_options
    )
"""

from .clock import Clock
from .emulator import Emulator
from .errors import ControlError, EmulatorError
from .faults import Fault, Faults
from .options import ClientOptions

__all__ = ["ClientOptions", "Clock", "ControlError", "Emulator", "EmulatorError", "Fault", "Faults"]
