"""One configuration file, read with care: a workspace may be hostile.

Only a regular file inside the project is read, at most 1 MB of it, as UTF-8; whatever else is there
is a `ConfigError` with the next step. What the keys mean is not known here.
"""

from __future__ import annotations

import re
import stat
import tomllib
from functools import cached_property
from os.path import realpath
from pathlib import Path
from typing import Final, cast

from aifirst_codebase.config.problems import ConfigError, ConfigProblem
from aifirst_codebase.config.toml_positions import Position, find_position, key_positions

MAX_BYTES: Final = 1_000_000
CONFIG_NAME: Final = "aifirst.toml"
PYPROJECT_NAME: Final = "pyproject.toml"

_LONG_KEY: Final = re.compile(
    r"""(?<![\w\-])(?:(?:[\w\-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){32}""", re.ASCII
)
_LONG_NUMBER: Final = re.compile(r"(?<![\d_])\d[\d_]{600,}", re.ASCII)
"""Python's own limit can be set as low as 640 digits, and as high as one likes."""
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class TomlSource:
    """A parsed file: `name` as messages tell it, `table` its own keys, and where each key stands."""

    def __init__(self, name: str, text: str, prefix: tuple[str, ...], table: dict[str, object]) -> None:
        self.name = name
        self.table = table
        self._text = text
        self._prefix = prefix

    @cached_property
    def _positions(self) -> dict[tuple[str, ...], Position]:
        return key_positions(self._text.replace("\r\n", "\n"))

    def position(self, key: tuple[str, ...]) -> Position | None:
        """Line and column of a key of `table`, or of the nearest table around it."""
        return find_position(self._positions, self._prefix + key)

    def where(self, key: tuple[str, ...]) -> str:
        """`name:line` of a key of `table`."""
        place = self.position(key)
        return f"{self.name}:{place[0]}" if place else self.name


def read_source(root: Path, name: str) -> TomlSource | None:
    """The settings in a file, by its root-relative posix path; `None` when it has none or is not there.

    For a `pyproject.toml` that is the table `tool.aifirst`; one that never says `aifirst` is not parsed.
    Raises `ConfigError` for a file that cannot be used.
    """
    is_pyproject = name.rpartition("/")[2] == PYPROJECT_NAME
    data = _read_bytes(root, name, may_leave=is_pyproject)
    if data is None or (is_pyproject and b"aifirst" not in data):
        return None
    if len(data) > MAX_BYTES:
        raise _problem(name, f"The file is larger than {MAX_BYTES // 1_000_000} MB.", "Make it smaller.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _problem(name, "The file is not UTF-8.", "Save it as UTF-8.", line) from None
    document = parse_toml(name, text)
    if not is_pyproject:
        return TomlSource(name, text, (), document)
    tool = document.get("tool")
    if not isinstance(tool, dict) or "aifirst" not in tool:
        return None
    table = cast("dict[str, object]", tool)["aifirst"]
    if not isinstance(table, dict):
        raise _problem(name, "tool.aifirst is not a table.", "Write [tool.aifirst] on a line of its own.")
    return TomlSource(name, text, ("tool", "aifirst"), cast("dict[str, object]", table))


def parse_toml(name: str, text: str) -> dict[str, object]:
    """The document; raises `ConfigError` with line and column for a text that is not TOML."""
    long_key = _LONG_KEY.search(text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        raise _problem(name, "A key has more than 32 parts.", "Settings have two or three parts.", line)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _problem(name, "The file nests too deep.", "Settings have at most three levels.") from None
    except tomllib.TOMLDecodeError as error:
        told = str(error)
        place = _PLACE.search(told)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else None
        column = int(place[2]) if place and place[2] else None
        what = _PLACE.sub("", told)[:200].rstrip(".")
        next_step = "Correct this line." if column else "Close the bracket or the quote that is still open."
        raise _problem(name, f"Not valid TOML: {what}.", next_step, line, column) from None
    except ValueError:  # Python reads no number of so many digits
        number = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, number.start()) + 1 if number else None
        raise _problem(name, "A number has thousands of digits.", "Write a smaller one.", line) from None


def leaves_root(root: Path, name: str) -> bool:
    """Whether the file's real place is outside the root's real folder."""
    inside = realpath(root)
    real = realpath(root / name)
    return real != inside and not real.startswith(inside.rstrip("/\\") + ("\\" if "\\" in inside else "/"))


def _read_bytes(root: Path, name: str, *, may_leave: bool) -> bytes | None:
    """At most `MAX_BYTES` + 1 bytes; a `pyproject.toml` that is not ours to read counts as absent."""
    file = root / name
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _problem(
            name,
            f"The file cannot be read: {getattr(error, 'strerror', error)}.",
            "Check the path and its rights.",
        ) from None
    if leaves_root(root, name):
        if may_leave:
            return None
        raise _problem(name, "The file is a link that leaves the project.", "Replace the link by a file.")
    if not stat.S_ISREG(mode):
        if may_leave:
            return None
        raise _problem(name, "This is not a regular file.", "Rename it or replace it by a file.")
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _problem(name, f"The file cannot be read: {error.strerror}.", "Check its rights.") from None


def _problem(
    name: str, message: str, next_step: str, line: int | None = None, column: int | None = None
) -> ConfigError:
    return ConfigError(
        [ConfigProblem(message=message, next_step=next_step, path=name, line=line, column=column)]
    )
