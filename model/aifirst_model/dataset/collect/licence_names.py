"""The licence that a project's manifest names, and whether an expression of names is allowed.

Expressions are SPDX's: `MIT OR GPL-2.0-only` is allowed where one of them is, `MIT AND GPL-2.0-only` where both are; what
follows `WITH` is an exception that only adds permissions. Old spellings (`Apache 2.0`, classifiers) become ids.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection
from typing import Any, Final, cast

PERMISSIVE: Final = (
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT",
    "MIT-0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib", "curl",
)  # fmt: skip
"""Licences whose only duty is to keep a notice, or none: what is allowed unless something else is asked for."""

_SPELLINGS: Final[tuple[tuple[str, str], ...]] = (
    (r"agpl|affero", "AGPL-3.0-or-later"),
    (r"lgpl|lesser general|library general", "LGPL-2.1-or-later"),
    (r"gpl|gnu general", "GPL-2.0-or-later"),
    (r"apache[\w ,.-]*2(?:\.0)?\b|apache software|^apache$", "Apache-2.0"),
    (r"^bsd[ -]?2|2[ -]clause", "BSD-2-Clause"),
    (r"^(?:new |modified )?bsd\b|3[ -]clause|bsd license", "BSD-3-Clause"),
    (r"^(?:the )?(?:mit|expat)\b(?!-0)", "MIT"),
    (r"^mit-0$|no attribution", "MIT-0"),
    (r"python software foundation|^psf", "PSF-2.0"),
    (r"mozilla|^mpl", "MPL-2.0"),
    (r"^isc\b", "ISC"),
    (r"unlicense|public domain", "Unlicense"),
    (r"^cc0", "CC0-1.0"),
    (r"^zlib", "Zlib"),
    (r"boost", "BSL-1.0"),
)
_ID = re.compile(r"[A-Za-z][A-Za-z0-9.+-]*\Z|0BSD\Z")
_TOKEN = re.compile(r"\(|\)|\bAND\b|\bOR\b|\bWITH\b|/|[A-Za-z0-9.+-]+", re.IGNORECASE)
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?([^\"'\n]+)")


def spdx_id(name: str) -> str:
    """The id of a licence as people spell it; an expression or what is not known comes back as it is."""
    plain = name.strip()
    if re.search(r"\s(?:AND|OR|WITH)\s", plain) or plain in PERMISSIVE:
        return plain
    low = plain.lower()
    for pattern, found in _SPELLINGS:
        if re.search(pattern, low):
            return plain if _ID.match(plain) and "-" in plain and found[:3].lower() == low[:3] else found
    return plain


def is_allowed(expression: str, allowed: Collection[str]) -> bool:
    """Whether an SPDX expression permits use under one of the allowed licences; an empty one does not."""
    names = {name.lower() for name in allowed}
    tokens: list[str] = [token.upper() if token.upper() in ("AND", "OR", "WITH") else token
                         for token in _TOKEN.findall(expression)]  # fmt: skip
    tokens = ["OR" if token == "/" else token for token in tokens]  # noqa: S105 -- a slash, as old manifests write it
    if not tokens:
        return False
    value, rest = _either(tokens, names, 0)
    return value and not rest


def _either(tokens: list[str], names: Collection[str], depth: int) -> tuple[bool, list[str]]:
    value, tokens = _both(tokens, names, depth)
    while tokens and tokens[0] == "OR":
        other, tokens = _both(tokens[1:], names, depth)
        value = value or other
    return value, tokens


def _both(tokens: list[str], names: Collection[str], depth: int) -> tuple[bool, list[str]]:
    value, tokens = _one(tokens, names, depth)
    while tokens and tokens[0] == "AND":
        other, tokens = _one(tokens[1:], names, depth)
        value = value and other
    return value, tokens


def _one(tokens: list[str], names: Collection[str], depth: int) -> tuple[bool, list[str]]:
    if not tokens or depth > 20:
        return False, []
    if tokens[0] == "(":
        value, rest = _either(tokens[1:], names, depth + 1)
        return (value, rest[1:]) if rest and rest[0] == ")" else (False, [])
    value, rest = tokens[0].lower() in names, tokens[1:]
    return (value, rest[2:]) if len(rest) > 1 and rest[0] == "WITH" else (value, rest)


def _of_pyproject(text: str) -> str:
    project = _table(tomllib.loads(text), "project") or _table(tomllib.loads(text), "tool", "poetry")
    licence = project.get("license")
    if isinstance(licence, str):
        return licence
    if isinstance(licence, dict) and isinstance(cast("dict[str, Any]", licence).get("text"), str):
        said = str(cast("dict[str, Any]", licence)["text"])
        if len(said) < 80:
            return said
    found = [name for item in project.get("classifiers", []) if (name := _CLASSIFIER.match(str(item)))]
    return found[0][1] if len(found) == 1 else ""


def _of_cargo(text: str) -> str:
    licence = _table(tomllib.loads(text), "package").get("license")
    return licence if isinstance(licence, str) else ""


def _of_json(text: str) -> str:
    """`license` of a package.json or composer.json: a name, a table with a type, or a list of either."""
    found = json.loads(text)
    licence = cast("dict[str, Any]", found).get("license") if isinstance(found, dict) else None
    names = [
        cast("dict[str, Any]", one).get("type", "") if isinstance(one, dict) else one
        for one in (cast("list[Any]", licence) if isinstance(licence, list) else [licence])
    ]
    return " OR ".join(name for name in names if isinstance(name, str))


def _of_metadata(text: str) -> str:
    """PKG-INFO and METADATA of Python's packages."""
    head = text[:20_000]
    found = re.search(r"^License-Expression: *(\S.*)$|^License: *(\S.{0,80})$", head, re.MULTILINE)
    if found is not None and (found[1] or found[2]).upper() != "UNKNOWN":
        return found[1] or found[2]
    classifiers = re.findall(r"^Classifier: License :: (?:OSI Approved :: )?(.+)$", head, re.MULTILINE)
    return classifiers[0] if len(classifiers) == 1 else ""


def _table(whole: dict[str, Any], *keys: str) -> dict[str, Any]:
    for key in keys:
        inner = whole.get(key)
        whole = cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
    return whole


READERS: Final[dict[str, Callable[[str], str]]] = {
    "pyproject.toml": _of_pyproject,
    "Cargo.toml": _of_cargo,
    "package.json": _of_json,
    "composer.json": _of_json,
    "PKG-INFO": _of_metadata,
    "METADATA": _of_metadata,
}


def licence_of_manifest(name: str, text: str) -> str:
    """The SPDX id or expression that a manifest of that file name gives; empty where it gives none or is broken."""
    try:
        return spdx_id(READERS[name](text))
    except (ValueError, TypeError, RecursionError):  # TOML and JSON errors are ValueErrors
        return ""
