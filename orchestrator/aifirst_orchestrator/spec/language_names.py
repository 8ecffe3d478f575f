"""How the people of a language name files, tests and packages: what a specification says in that language.

Languages are data here: a row says where tests of a file stand and what a test is called. A language without a row is
named as most are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple

_SYSTEMS = frozenset(
    (  # noqa: SIM905  words in quotes, one by one, are harder to read
        "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows unix "
        "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm test"
    ).split()
)
"""What Go reads at the end of a file's name as the system that the file is for."""


class Naming(NamedTuple):
    """Patterns for one language: {folder}, {stem} and {ending} of the unit's file, {unit} and {id} of a test."""

    tests: str
    test: str = "test_{unit}_{id}"
    family: str = ""
    """Languages of one family import each other; "" for one alone."""


_SCRIPT = Naming("{folder}{stem}.test{ending}", family="node")
_NAMING = {
    "python": Naming("tests/{folder}test_{stem}{ending}"),
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "javascript": _SCRIPT,
    "go": Naming("{folder}{stem}_test{ending}", "Test{Unit}_{ID}"),
}
_OTHER = Naming("tests/{folder}{stem}_test{ending}")


def tests_path_of(language: str, path: str) -> str:
    """Where a language's people look for the tests of a file."""
    place = PurePosixPath(path)
    folder = "" if str(place.parent) == "." else f"{place.parent}/"
    naming = _NAMING.get(language, _OTHER)
    return naming.tests.format(folder=folder, stem=place.stem, ending=place.suffix)


def name_of_test(language: str, unit: str, requirement: str = "") -> str:
    """What the test of a unit for a requirement is called; without a requirement, the test that the unit is there."""
    pattern = _NAMING.get(language, _OTHER).test
    if not requirement:
        pattern = pattern.rpartition("_")[0]
    name = unit.replace(".", "_").replace("$", "")
    return pattern.format(
        unit=snake(unit), Unit=name[:1].upper() + name[1:], id=requirement.lower(), ID=requirement.upper()
    )


def snake(name: str) -> str:
    """A name in small letters with underscores between its words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace(".", "_").replace("$", "").lower()


def file_stem_of(language: str, unit: str) -> str:
    """What the file of a unit is called where the specification does not say, without its ending."""
    if language != "go":
        return unit
    stem = snake(unit).strip("_") or "unit"
    return f"{stem}_unit" if stem.rpartition("_")[2] in _SYSTEMS and "_" in stem else stem


def family_of(language: str) -> str:
    """The languages whose units can need each other."""
    return _NAMING.get(language, _OTHER).family or language


def misnamed(language: str, unit: str, path: str) -> tuple[str, str] | None:
    """Why a unit cannot have that name or stand in that path in its language, and what to do; None where it can."""
    found = _RULES.get(language)
    return found(unit, path) if found is not None else None


def package_of(language: str, path: str, module: str) -> str:
    """What other packages import the file's package by, "" in a language whose imports name files."""
    if language != "go":
        return ""
    folder = str(PurePosixPath(path).parent)
    module = re.sub(r"[^\w./~-]+", "-", module).strip("/.-") or "generated"
    return module if folder == "." else f"{module}/{folder}"


_GO_WORDS = frozenset(
    (  # noqa: SIM905  as above
        "break case chan const continue default defer else fallthrough for func go goto if import interface map "
        "package range return select struct switch type var init main _"
    ).split()
)
_SCRIPT_WORDS = frozenset(
    (  # noqa: SIM905  as above
        "arguments await break case catch class const continue debugger default delete do else enum eval export "
        "extends false finally for function if implements import in instanceof interface let new null package "
        "private protected public return static super switch this throw true try typeof undefined var void while "
        "with yield"
    ).split()
)


def _go(unit: str, path: str) -> tuple[str, str] | None:
    place = PurePosixPath(path)
    if not all(re.fullmatch(r"[A-Za-z_]\w*", part) and part not in _GO_WORDS for part in unit.split(".")):
        return f"{unit} is no name that Go takes for a definition", "give the unit another name"
    if place.suffix != ".go" or ("_" in place.stem and place.stem.rpartition("_")[2] in _SYSTEMS):
        return f"Go would take {path} for tests or for one system alone", "give the file another name"
    for folder in place.parts[:-1]:
        if not re.fullmatch(r"[A-Za-z]\w*", folder) or folder in (
            *_GO_WORDS,
            "vendor",
            "testdata",
            "internal",
        ):
            return f"{folder} is no name for a package of Go", "name folders by letters, digits, underscores"
    return None


def _script(unit: str, path: str) -> tuple[str, str] | None:
    place = PurePosixPath(path)
    if not re.fullmatch(r"[A-Za-z_$][\w$]*", unit) or unit in _SCRIPT_WORDS:
        return f"{unit} is no name that JavaScript takes for a definition", "give the unit another name"
    if place.suffix not in (".ts", ".mts", ".js", ".mjs") or place.name.endswith(
        (".d.ts", ".test.ts", ".test.js")
    ):
        return f"{path} is no module of code that Node runs", "let it end in .ts, .mts, .js or .mjs"
    if "node_modules" in place.parts or place.name.startswith("aifirst_"):
        return f"{path} is where others keep their files", "give another folder or name"
    return None


_RULES: dict[str, Callable[[str, str], tuple[str, str] | None]] = {
    "go": _go,
    "typescript": _script,
    "javascript": _script,
}
