"""A backend for `keyring` that reads a file, whose path is in `FILE_KEYRING`; one that is locked, and one that fails."""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

# Loaded by name, so that types can be checked where the package is not installed.
_backend: Any = import_module("keyring.backend")
_errors: Any = import_module("keyring.errors")


class FileKeyring(_backend.KeyringBackend):
    """Service, then name, then the key."""

    priority = 1.0

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
        raise _errors.KeyringLocked("secret of another program")


class BrokenKeyring(FileKeyring):
    """Its service is not there."""

    def get_password(self, service: str, username: str) -> str | None:
        """Never."""
        raise _errors.InitError("secret of another program")
