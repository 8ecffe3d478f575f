"""Which language a file is written in, by its name, its extension or its first line.

The registry is the folders beside this module; adding a language is adding a folder.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from aifirst_codebase.languages.language import Language, LanguageData

_FOLDER = Path(__file__).parent


@cache
def all_languages() -> dict[str, Language]:
    """Every language by name, in alphabetical order."""
    languages: dict[str, Language] = {}
    for path in sorted(_FOLDER.glob("*/language.toml")):
        data = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), LanguageData)
        languages[data.name] = Language(data, path.parent)
    return languages


def language_named(name: str) -> Language:
    """The language called `name`; a `KeyError` where there is none."""
    return all_languages()[name]


@cache
def _by_extension() -> dict[str, Language]:
    return {ext: language for language in all_languages().values() for ext in language.data.extensions}


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
    return "." not in filename or language_of_name(filename) is not None


def language_of(path: str, data: bytes) -> Language | None:
    """The language of a file, by name first, then by the interpreter its first line asks for."""
    filename = path.rpartition("/")[2]
    language = language_of_name(filename)
    if language is not None or not data.startswith(b"#!"):
        return language
    words = data[: data.find(b"\n") + 1 or 200][2:200].split()
    programs = [word.rpartition(b"/")[2].decode("ascii", "replace") for word in words[:3]]
    for program in programs:
        found = _by_interpreter().get(program) or _by_interpreter().get(program.rstrip("0123456789."))
        if found is not None:
            return found
    return None
