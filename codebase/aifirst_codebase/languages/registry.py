"""Which language a file is written in, by its name, its extension, its first line or its text.

The registry is the folders beside this module; adding a language is adding a folder.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import msgspec

from aifirst_codebase.languages.language import Language, LanguageData

_FOLDER = Path(__file__).parent
_ENOUGH = 65_536
"""Bytes of a text that are looked at to tell languages of one extension apart."""


@cache
def all_languages() -> dict[str, Language]:
    """Every language by name, in alphabetical order."""
    languages: dict[str, Language] = {}
    for path in sorted(_FOLDER.glob("*/language.toml")):
        data = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), LanguageData)
        inherited = tuple(pragma for folder in data.inherits for pragma in _inherited_pragmas(folder))
        data = msgspec.structs.replace(data, pragmas=inherited + data.pragmas)
        languages[data.name] = Language(data, path.parent)
    return languages


def _inherited_pragmas(folder: str) -> list[str]:
    path = _FOLDER / folder / "pragmas.toml"
    if not path.is_file():
        return []
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["pragmas"], list[str])


def language_named(name: str) -> Language:
    """The language called `name`; a `KeyError` where there is none."""
    return all_languages()[name]


@cache
def _by_extension() -> dict[str, Language]:
    return {ext: language for language in all_languages().values() for ext in language.data.extensions}


@cache
def _sharing() -> dict[str, list[tuple[re.Pattern[bytes], Language]]]:
    """Languages by the extensions they share, each with what its text looks like."""
    found: dict[str, list[tuple[re.Pattern[bytes], Language]]] = {}
    for language in all_languages().values():
        for ext, pattern in language.data.shared.items():
            found.setdefault(ext, []).append((re.compile(pattern.encode()), language))
    return found


@cache
def _by_filename() -> dict[str, Language]:
    return {name: language for language in all_languages().values() for name in language.data.filenames}


@cache
def _by_interpreter() -> dict[str, Language]:
    return {name: language for language in all_languages().values() for name in language.data.interpreters}


def language_of_name(filename: str) -> Language | None:
    """The language that a file name alone decides, or None."""
    exact = _by_filename().get(filename)
    if exact is not None:
        return exact
    dot = filename.rfind(".")
    if dot <= 0:
        return None
    return _by_extension().get(filename[dot:]) or _by_extension().get(filename[dot:].lower())


def may_be_source(filename: str) -> bool:
    """Whether a file of this name is worth opening: a known name, or none that could be told by its first line."""
    if "." not in filename or language_of_name(filename) is not None:
        return True
    return filename[filename.rfind(".") :] in _sharing()


def language_of(path: str, data: bytes) -> Language | None:
    """The language of a file, by name first, then by the interpreter its first line asks for.

    An extension that languages share is decided by the text.
    """
    filename = path.rpartition("/")[2]
    language = language_of_name(filename)
    for pattern, sharing in _sharing().get(filename[filename.rfind(".") :], ()):
        if pattern.search(data, 0, _ENOUGH):
            return sharing
    if language is not None or not data.startswith(b"#!"):
        return language
    words = data[: data.find(b"\n") + 1 or 200][2:200].split()
    programs = [word.rpartition(b"/")[2].decode("ascii", "replace") for word in words[:3]]
    for program in programs:
        found = _by_interpreter().get(program) or _by_interpreter().get(program.rstrip("0123456789."))
        if found is not None:
            return found
    return None
