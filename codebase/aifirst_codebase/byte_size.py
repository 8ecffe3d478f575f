"""Bytes as a person reads them, in one way everywhere: decimal units, as the makers of disks and model hubs count."""

from __future__ import annotations

from typing import Final

_UNITS: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def show_bytes(size: float) -> str:
    """A size as `1.5 GB`, `12.3 MB` or `870 bytes`: never one that reads as nothing where there is something."""
    for unit, name in _UNITS:
        # What would be rounded up to 1000.0 of a unit is told in the next larger one.
        if abs(size) >= unit * 0.99995:
            return f"{size / unit:.1f} {name}"
    return f"{size:.0f} bytes"
