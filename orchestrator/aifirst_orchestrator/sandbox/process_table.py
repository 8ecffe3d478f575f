"""Reads the sandbox's own /proc through a descriptor that was taken before the command started."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

_CHUNK: Final = 65_536
_LARGEST: Final = 16 * 1024 * 1024  # a process may have some 65,000 maps


@dataclass(frozen=True, slots=True)
class ProcessTable:
    """The processes of one namespace; everything in it was written by the kernel, names in it by whoever runs there."""

    folder: int

    def numbers(self) -> list[str]:
        """The processes by number, as the namespace counts them; none once it is gone."""
        try:
            return [name for name in os.listdir(self.folder) if name.isdigit()]  # noqa: PTH208  a descriptor
        except OSError:
            return []

    def threads(self, number: str) -> list[str]:
        """The threads of a process, the first one among them though it may have ended."""
        with suppress(OSError):
            handle = os.open(f"{number}/task", os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.folder)
            try:
                return os.listdir(handle)  # noqa: PTH208  a descriptor
            finally:
                os.close(handle)
        return []

    def read(self, path: str) -> bytes:
        """A file of the table, such as `7/stat`; empty where the process is gone or hidden."""
        found = bytearray()
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY, dir_fd=self.folder)
            try:
                while len(found) < _LARGEST and (chunk := os.read(handle, _CHUNK)):
                    found += chunk
            finally:
                os.close(handle)
        return bytes(found)

    def held_bytes(self, number: str, addresses: str) -> int | None:
        """What the file behind a map holds, None for whoever may not ask: only the machine's root may."""
        with suppress(OSError):
            return 512 * os.stat(f"{number}/map_files/{addresses}", dir_fd=self.folder).st_blocks
        return None
