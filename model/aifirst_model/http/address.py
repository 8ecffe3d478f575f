"""Where requests go: read from what a person wrote, refused where it is not plain http or https."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from aifirst_model.errors import LocalSettingsError, SettingsError

_PLAIN: Final = re.compile(r"[!-~]*")
_STEP: Final = "give an address like http://127.0.0.1:8080/v1"


class Address(msgspec.Struct, frozen=True):
    """A server. `path` has no slash at its end."""

    host: str
    port: int
    secure: bool
    path: str

    @property
    def host_field(self) -> str:
        """The value of the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"http{'s' if self.secure else ''}://{self.host_field}{self.path}"


def read_address(text: str) -> Address:
    """The address that a text names; raises `SettingsError` for one that is not plain http or https."""
    if not text:
        raise LocalSettingsError(
            "no model's server is named",
            "give its address (AIFIRST_MODEL_URL), or another backend (AIFIRST_MODEL_BACKEND) such as llama-cpp",
        )
    if not _PLAIN.fullmatch(text):
        raise SettingsError("has an address with spaces or other characters that have no place in one", _STEP)
    try:
        split = urlsplit(text)
        port = split.port
    except ValueError as error:
        raise SettingsError(f"has an address that cannot be read ({error})", _STEP) from error
    if split.scheme not in ("http", "https") or not split.hostname:
        raise SettingsError("has an address that begins with neither http:// nor https://", _STEP)
    if split.username is not None or split.query or split.fragment:
        raise SettingsError(
            "has an address with a user, a query or a fragment", f"{_STEP}; a key goes into the environment"
        )
    secure = split.scheme == "https"
    return Address(split.hostname, port or (443 if secure else 80), secure, split.path.rstrip("/"))


def is_plain(text: str) -> bool:
    """Whether a text may stand in a header: visible ASCII only."""
    return _PLAIN.fullmatch(text) is not None
