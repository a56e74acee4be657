"""A test as a user writes it, for mypy."""

from datetime import timedelta
from typing import Any, Callable, Dict, List

from az_communication.testing import ClientOptions, Clock, Emulator, Fault, Faults
from azure.communication.identity import CommunicationUserIdentifier


def test_types(
    acs_emulator: Emulator,
    acs_connection_string: str,
    acs_client_options: ClientOptions,
    acs_clock: Clock,
    acs_faults: Faults,
    acs_emulator_factory: Callable[..., Emulator],
) -> None:
    keywords: Dict[str, Any] = acs_client_options.aio
    fault: Fault = acs_faults.add("createIdentity", status=429, retry_after=timedelta(seconds=1), times=2)
    hits: int = acs_faults.get(fault).hits
    user = CommunicationUserIdentifier("8:acs:1")
    statuses: List[int] = [request["status"] for request in acs_emulator.requests(identity=user, last=5)]
    active: bool = acs_emulator_factory(revocation_delay=60).is_active("token")
    with Emulator(throttle=True, clock=acs_clock.advance(timedelta(hours=1))) as emulator:
        endpoint: str = emulator.endpoint
    assert all([keywords, hits, statuses, active, endpoint])
