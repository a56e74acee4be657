"""What a client of Azure's SDK needs to trust an emulator, and the options of `emulator start`."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence

#: The options that change what the emulator prints when it is ready, which the kit reads.
PRINTS = re.compile(r"-[oh]|--ou|--q|--he")


def checked(options: Sequence[str]) -> List[str]:
    """Returns the options of `emulator start`."""
    if isinstance(options, str):
        raise TypeError(f"options must be a list, such as ['--strict-api-version'], but it is {options!r}.")
    for option in options:
        if PRINTS.match(option):
            raise ValueError(
                f"options has {option!r}, which changes what the emulator prints for this kit. Leave it out."
            )
    return list(options)


class ClientOptions(Dict[str, Any]):
    """Keyword arguments of a client: `CommunicationIdentityClient.from_connection_string(text, **options)`.

    Environment variables are not used: a proxy or a bundle of certificates for other servers would be in the way.
    """

    def __init__(self, ca_certificate: str) -> None:
        super().__init__(connection_verify=ca_certificate, use_env_settings=False)

    @property
    def aio(self) -> Dict[str, Any]:
        """The same for the clients of `azure.communication.identity.aio`."""
        return dict(self)
