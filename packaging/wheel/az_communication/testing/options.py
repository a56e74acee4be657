"""What a client of Azure's SDK needs to trust an emulator."""

from __future__ import annotations

from typing import Any, Dict


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
