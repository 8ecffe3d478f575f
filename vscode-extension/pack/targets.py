"""For which machines a package is made, and what pip and the compressor call them."""

from __future__ import annotations

import lzma
import platform
import sys
from dataclasses import dataclass
from typing import Final

PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
"""Versions of CPython that can run the bundled server."""


@dataclass(frozen=True, slots=True)
class Target:
    """One machine: its name in the marketplace, the platforms of wheels that run there, and how Python names it."""

    name: str
    platforms: tuple[str, ...]
    system: str
    """`sys.platform` of its Python."""
    machines: tuple[str, ...]
    """`platform.machine()` of its Python, in small letters."""

    @property
    def filters(self) -> list[dict[str, int]]:
        """How its machine code is made ready for the compressor, and the compressor."""
        ready: list[dict[str, int]] = [{"id": lzma.FILTER_X86}] if self.name.endswith("x64") else []
        return [*ready, {"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 32 << 20}]


_X64 = ("x86_64", "amd64")
_ARM64 = ("aarch64", "arm64")
TARGETS: Final = {
    target.name: target
    for target in (
        Target("linux-x64", ("manylinux2014_x86_64", "manylinux_2_28_x86_64"), "linux", _X64),
        Target("linux-arm64", ("manylinux2014_aarch64", "manylinux_2_28_aarch64"), "linux", _ARM64),
        Target("darwin-x64", ("macosx_14_0_x86_64",), "darwin", _X64),
        Target("darwin-arm64", ("macosx_14_0_arm64",), "darwin", _ARM64),
        Target("win32-x64", ("win_amd64",), "win32", _X64),
    )
}


def own_target() -> str:
    """The name of this machine as a target, which may be none of them."""
    machine = "arm64" if platform.machine().lower() in _ARM64 else "x64"
    return f"{sys.platform}-{machine}"
