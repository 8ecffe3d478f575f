"""A person's profile: how they want code to be, in their own words, told to every agent of their runs.

It is a file of the person and never one of the project: what stands in it are orders, and a project's files may come from
anybody. What a project asks of agents (`AGENTS.md`) is material.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LARGEST: Final = 16_384
"""Bytes: it goes into every prompt."""
_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0)


class ProfileError(Exception):
    """The profile cannot be used; the text says the next step."""


def read_profile(given: Path | None, environment: Mapping[str, str], home: Path) -> str:
    """The text of the file that is given, else of `profile.md` in the person's settings, "" where that is not there.

    Raises `ProfileError`.
    """
    path = given or _own_folder(environment, home) / "profile.md"
    try:
        raw = _read(path)
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
    except ValueError:  # a zero byte in the name
        raise ProfileError(f"{str(path)!r} is no name of a file: name the profile plainly") from None
    if len(raw) > _LARGEST:
        raise ProfileError(
            f"the profile {path} is larger than {_LARGEST:,} bytes, and goes into every prompt: make it shorter"
        )
    try:
        return raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ProfileError(f"the profile {path} is no text in UTF-8: save it as UTF-8") from None


def _read(path: Path) -> bytes:
    """The bytes, one more than may be; a pipe that nobody writes to is not waited for. Raises `OSError`."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_WAIT)) as file:
        is_pipe = stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)
        if is_pipe:
            os.set_blocking(file.fileno(), True)
        raw = file.read(_LARGEST + 1)
    if is_pipe and not raw:
        raise OSError(errno.EPIPE, "a pipe that nobody writes to")
    return raw


def _own_folder(environment: Mapping[str, str], home: Path) -> Path:
    base = environment.get("XDG_CONFIG_HOME", "")
    return (Path(base) if Path(base).is_absolute() else home / ".config") / "aifirst"
