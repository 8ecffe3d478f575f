"""What a `package.json` says about where a package begins and what runs it, read as data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from aifirst_compiler.errors import CompileError

PACKAGE = "package.json"
_CONDITIONS = frozenset({"node", "import", "module", "require", "default"})
_BROWSER_CONDITIONS = frozenset({"browser", "import", "module", "require", "default"})


class Package(msgspec.Struct, frozen=True):
    """The fields that matter here; a value of a type that a field never has counts as none."""

    type: Any = None
    main: Any = None
    module: Any = None
    browser: Any = None
    exports: Any = None
    bin: Any = None
    engines: Any = None

    @property
    def is_module(self) -> bool:
        """Whether its `.js` files are modules."""
        return self.type == "module"

    @property
    def node(self) -> str:
        """The range of Node's versions that it runs on; empty where it does not say."""
        return str(_fields(self.engines).get("node", ""))


def read_package(folder: Path) -> Package | None:
    """The package of a folder, None where there is no `package.json`. Raises `CompileError` for one that is no JSON."""
    place = folder / PACKAGE
    try:
        return msgspec.json.decode(place.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=Package)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise CompileError(f"{place} cannot be read: {error}", "mend it first") from error


def beginnings(package: Package, *, browser: bool) -> Iterator[tuple[str, str]]:
    """Where a package says that it begins, best first: the field, and the path in it."""
    if browser and isinstance(package.browser, str):
        yield "browser", package.browser
    found = _exported(package.exports, _BROWSER_CONDITIONS if browser else _CONDITIONS)
    if found:
        yield "exports", found
    for field in ("module", "main"):
        value = getattr(package, field)
        if isinstance(value, str) and value:
            yield field, value
    programs = [package.bin, *_fields(package.bin).values()]
    named = {program for program in programs if isinstance(program, str)}
    if len(named) == 1:
        yield "bin", named.pop()


def _fields(value: object) -> dict[str, object]:
    """A value as fields, none where it has none."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _exported(exports: object, conditions: frozenset[str]) -> str:
    """What `exports` gives for the package itself under the conditions; empty where nothing."""
    if isinstance(exports, str):
        return exports
    if isinstance(exports, list):
        return next(filter(None, (_exported(one, conditions) for one in cast("list[object]", exports))), "")
    named = _fields(exports)
    if any(name.startswith(".") for name in named):
        return _exported(named.get("."), conditions)
    return next(
        filter(None, (_exported(value, conditions) for name, value in named.items() if name in conditions)),
        "",
    )
