"""A person's profile: how they want code to be, in their own words, told to every agent of their runs.

It is a file of the person and never one of the project: what stands in it are orders, and a project's files may come from
anybody. What a project asks of agents (`AGENTS.md`) is material.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LARGEST: Final = 16_384
"""Bytes: it goes into every prompt."""


class ProfileError(Exception):
    """The profile cannot be used; the text says the next step."""


def read_profile(given: Path | None, environment: Mapping[str, str], home: Path) -> str:
    """The text of the file that is given, else of `profile.md` in the person's settings, "" where that is not there.

    Raises `ProfileError`.
    """
    path = given or _own_folder(environment, home) / "profile.md"
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        if given is None:
            return ""
        raise ProfileError(
            f"there is no file {path} to read the profile from: name one that is there"
        ) from None
    except OSError as error:
        raise ProfileError(
            f"the profile {path} cannot be read ({error.strerror}): see that it is a file that you may read"
        ) from None
    if len(raw) > _LARGEST:
        raise ProfileError(
            f"the profile {path} is larger than {_LARGEST:,} bytes, and goes into every prompt: make it shorter"
        )
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ProfileError(f"the profile {path} is no text in UTF-8: save it as UTF-8") from None


def _own_folder(environment: Mapping[str, str], home: Path) -> Path:
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if Path(base).is_absolute() else home / ".config") / "aifirst"
