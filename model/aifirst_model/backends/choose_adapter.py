"""Which of the adapters that the settings name a request means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from aifirst_model.errors import UnsupportedError


def choose_adapter(adapters: Sequence[str], wanted: str | None) -> int | None:
    """The place of the adapter in the list, None for the model without any. Raises `UnsupportedError`.

    `wanted` is a path as the settings have it, or its last name with or without its ending; "" for none of them, and
    None for the first.
    """
    if wanted is None:
        return 0 if adapters else None
    if not wanted:
        return None
    if wanted in adapters:
        return adapters.index(wanted)
    paths = [PurePath(one) for one in adapters]
    found = [at for at, path in enumerate(paths) if wanted in (path.name, path.stem)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(adapters) or "none"
    what = "means several adapters" if found else "is none of its adapters"
    raise UnsupportedError(f"was not asked: {wanted!r} {what} (it has {there})", "name one by its path")
