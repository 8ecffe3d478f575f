"""Finds the features and messages: every file in their folders, in alphabetical order, registers itself."""

from __future__ import annotations

import logging
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server

_FOLDERS = ("aifirst_lsp_server.features", "aifirst_lsp_server.messages")
_log = logging.getLogger("aifirst.server")


def register_all(server: Server) -> list[str]:
    """Register every feature and message; the names of those that did. One that fails costs itself."""
    registered: list[str] = []
    for folder in _FOLDERS:
        for name in sorted(module.name for module in iter_modules(import_module(folder).__path__)):
            try:
                import_module(f"{folder}.{name}").register(server)
            except Exception:  # noqa: BLE001 - a feature that fails costs itself
                _log.exception("%s.%s is left out", folder.rpartition(".")[2], name)
            else:
                registered.append(name)
    return registered
