"""What a bundle has to run on: Node's versions that the package names, and what `tsconfig.json` compiles for."""

from __future__ import annotations

import re

_OLDEST_NODE = (6, 0)
"""Before it esbuild would have to rewrite what it cannot; code for those runs as it is written."""
_OLDEST_SCRIPT = "es2015"
_TOO_OLD = frozenset({"es3", "es5"})
_SCRIPT = re.compile(r"es(?:20\d\d|6|next)\Z")
_VERSION = re.compile(r"(?P<sign>[<>=^~]*)\s*v?(?P<major>\d+)(?:\.(?P<minor>\d+|[xX*]))?")


def node_target(versions: str) -> str:
    """The lowest of Node's versions in a range, as esbuild names it; empty where the range has no lower end.

    Ranges are those of npm: `>=14.18`, `^16 || >=18`, `14.x - 20`.
    """
    lowest = [_lowest(part) for part in versions.split("||")]
    if not lowest or None in lowest:
        return ""
    version = min(one for one in lowest if one is not None)
    return f"node{version[0]}.{version[1]}" if version >= _OLDEST_NODE else ""


def _lowest(part: str) -> tuple[int, int] | None:
    for found in _VERSION.finditer(part):
        if "<" not in found["sign"]:
            minor = found["minor"]
            return int(found["major"]), int(minor) if minor and minor.isdigit() else 0
    return None


def script_target(named: object) -> tuple[str, str]:
    """What esbuild calls the target of a `tsconfig.json`, and what is to be said about it; each may be empty."""
    target = named.lower() if isinstance(named, str) else ""
    if target in _TOO_OLD:
        return _OLDEST_SCRIPT, f"esbuild makes no {target}; the bundle is {_OLDEST_SCRIPT}"
    return (target, "") if _SCRIPT.match(target) else ("", "")
