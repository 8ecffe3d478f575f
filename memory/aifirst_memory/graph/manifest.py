"""What manifests say about how names are found: `package.json`, `tsconfig.json` and their like.

Left out: manifests in formats that are no language here (`go.mod`), and configurations that others extend.
"""

from __future__ import annotations

import json
import re
from typing import cast

from aifirst_codebase.reading import Reading

_LARGEST = 200_000
"""Bytes of a manifest: what is larger is a lock file or data."""
_JSON_NOISE = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_CONFIGURATION = re.compile(r"(?:ts|js)config(?:\.[\w-]+)?\.json")


def manifest_settings(reading: Reading) -> tuple[tuple[str, str], ...]:
    """The settings of a manifest, empty for any other file and for what is no JSON object."""
    name = reading.path.rpartition("/")[2]
    if len(reading.data) > _LARGEST or not (name == "package.json" or _CONFIGURATION.fullmatch(name)):
        return ()
    try:
        found: object = json.loads(_JSON_NOISE.sub(lambda match: match[1] or "", reading.text))
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, dict):
        return ()
    document = cast("dict[str, object]", found)
    return _package(document) if name == "package.json" else _paths(document)


def _package(document: dict[str, object]) -> tuple[tuple[str, str], ...]:
    keys = ("name", "source", "types", "module", "main")
    return tuple((key, value) for key in keys if isinstance(value := document.get(key), str))


def _paths(document: dict[str, object]) -> tuple[tuple[str, str], ...]:
    options = document.get("compilerOptions")
    if not isinstance(options, dict):
        return ()
    known = cast("dict[str, object]", options)
    base = known.get("baseUrl")
    settings = [("base", base)] if isinstance(base, str) else []
    paths = known.get("paths")
    if isinstance(paths, dict):
        for pattern, targets in cast("dict[str, object]", paths).items():
            if isinstance(targets, list):
                first = next((t for t in cast("list[object]", targets) if isinstance(t, str)), "")
                settings.append((f"path:{pattern}", first))
    return tuple(settings)
