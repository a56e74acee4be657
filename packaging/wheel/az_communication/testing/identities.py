"""Identities as the official SDK and the control API name them."""

from __future__ import annotations

from typing import Protocol, Union


class User(Protocol):
    """What `create_user()` of the SDK returns."""

    @property
    def raw_id(self) -> str: ...


#: A raw id, a custom id, or a user of the SDK.
Identity = Union[str, User]


def id_of(identity: Identity) -> str:
    """Returns the id of an identity."""
    found = identity if isinstance(identity, str) else getattr(identity, "raw_id", None)
    if not isinstance(found, str):
        raise TypeError(
            f"An identity must be a raw id, a custom id, or the user that create_user() returned, but it is "
            f"{type(identity).__name__}."
        )
    return found
