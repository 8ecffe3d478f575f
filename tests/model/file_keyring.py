"""A backend for `keyring` that reads a file, whose path is in `FILE_KEYRING`; one that is locked, and one that fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked


class FileKeyring(KeyringBackend):
    """Service, then name, then the key."""

    priority = 1.0  # pyright: ignore[reportAssignmentType]  # a class property in the base

    def get_password(self, service: str, username: str) -> str | None:
        """The key, None where there is none."""
        told = json.loads(Path(os.environ["FILE_KEYRING"]).read_text(encoding="utf-8"))
        return told.get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        """Nothing writes."""
        raise NotImplementedError


class LockedKeyring(FileKeyring):
    """Nobody unlocks it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Never."""
        raise KeyringLocked("secret of another program")


class BrokenKeyring(FileKeyring):
    """Its service is not there."""

    def get_password(self, service: str, username: str) -> str | None:
        """Never."""
        raise InitError("secret of another program")
