"""Where models lie that were fetched from a hub: the cache that all Hugging Face programs of this machine share.

Read as it lies on the disk, so that nothing has to be installed for it and nobody is asked. Layout:
https://huggingface.co/docs/huggingface_hub/guides/manage-cache.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*(?:@[\w-][\w./-]*)?")
_PREFIX: Final = "models--"


def hub_cache() -> Path:
    """The folder of the cache, as the environment sets it (`HF_HUB_CACHE`, `HF_HOME`)."""
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if given := os.environ.get(variable):
            return home_path(given)
    home = os.environ.get("HF_HOME")
    if home is None:
        home = f"{os.environ.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
    return home_path(home) / "hub"


def home_path(given: str) -> Path:
    """A path with `~` read as a folder of a person; as it stands where nobody is called so."""
    return Path(os.path.expanduser(given))  # noqa: PTH111 - Path's fails for a person unknown here


def is_hub_name(name: str) -> bool:
    """Whether a text can be a model's name at a hub: `owner/model`, with `@revision` where one is meant."""
    return _NAME.fullmatch(name) is not None and ".." not in name


def find_snapshot(name: str) -> Path | None:
    """The folder of a model of that name, None where there is none. `name@revision` for another one than `main`."""
    if not is_hub_name(name):
        return None
    model, _, revision = name.partition("@")
    place = hub_cache() / f"{_PREFIX}{model.replace('/', '--')}"
    revision = revision or "main"
    with contextlib.suppress(OSError, UnicodeDecodeError):  # named by its commit: then no file tells it
        revision = (place / "refs" / revision).read_text("ascii").strip() or revision
    folder = place / "snapshots" / revision
    return folder if is_hub_name(f"x@{revision}") and folder.is_dir() else None


def find_ggufs(name: str) -> list[Path]:
    """The GGUF files of a model of that name, of one in parts the first; none where it has none or is not here."""
    folder = find_snapshot(name)
    if folder is None:
        return []
    return sorted(
        path for path in folder.glob("*.gguf") if "-of-" not in path.stem or "-00001-of-" in path.stem
    )


def list_snapshots() -> Iterator[tuple[str, Path]]:
    """The models of the cache by name, with the folder of what `main` was when each was last fetched."""
    try:
        places = sorted(one.name for one in hub_cache().iterdir() if one.name.startswith(_PREFIX))
    except OSError:
        return
    for place in places:
        name = place.removeprefix(_PREFIX).replace("--", "/", 1)
        if (folder := find_snapshot(name)) is not None:
            yield name, folder
