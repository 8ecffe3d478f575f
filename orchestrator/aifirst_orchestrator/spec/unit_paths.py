"""Whether units can stand where a specification puts them: in its folder, beside each other, and importable by name.

What is wrong here would come out as an error of import in every attempt of every model: it is said before.
"""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from aifirst_orchestrator.spec.document import SpecProblem
from aifirst_orchestrator.spec.language_names import family_of, misnamed
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import tests_path

_RUNNERS = frozenset(
    ("pytest", "_pytest", "pluggy", "iniconfig", "packaging", "conftest", "aifirst_run_tests")
)


_MOST_BYTES = 1000
_MOST_OF_NAME = 200
"""Bytes of one name in a path: what disks take, less what the names of tests and of files under way have besides."""


def misplaced(unit: SpecUnit) -> SpecProblem | None:
    """What keeps a unit from standing at its path."""
    told = _outside(unit) or (
        _not_importable(unit) if unit.language == "python" else misnamed(unit.language, unit.name, unit.path)
    )
    return SpecProblem("spec-path", told[0], told[1], unit.line) if told else None


def collisions(units: Sequence[SpecUnit]) -> Iterator[SpecProblem]:
    """Files of units and of their tests that cannot lie in one folder, on a disk that takes A and a for the same too."""
    spelled: dict[str, str] = {}
    owner: dict[str, str] = {}
    for unit in units:
        for path, whose in ((unit.path, "code"), (tests_path(unit), "tests")):
            low = path.lower()
            before = spelled.setdefault(low, path)
            if before != path:
                yield _clash(unit, f"{path} and {before} differ only in capital letters")
            elif owner.setdefault(low, whose) != whose:
                yield _clash(unit, f"{path} would hold code and the tests of other code")
    for unit in units:
        for path in (unit.path, tests_path(unit)):
            for folder in PurePosixPath(path.lower()).parents:
                if str(folder) in spelled:
                    yield _clash(unit, f"{path} needs a folder where the file {spelled[str(folder)]} stands")


def strangers(units: Sequence[SpecUnit], language: str) -> Iterator[SpecProblem]:
    """Units that need one of a language that theirs cannot import, or are not of the language that was asked for."""
    named = {unit.name: unit for unit in units}
    for unit in units:
        if language and family_of(unit.language) != family_of(language):
            message = f"{unit.name} is written in {unit.language}, and {language} is asked for"
            hint = f"write it as {language} in the specification, or do not name a language"
            yield SpecProblem("spec-language", message, hint, unit.line)
        for name in unit.needs:
            if family_of(named[name].language if name in named else unit.language) != family_of(
                unit.language
            ):
                message = f"{unit.name} ({unit.language}) needs {name}, which is of {named[name].language}"
                hint = "write both in one language, or leave the need out"
                yield SpecProblem("spec-language", message, hint, unit.line)


def _clash(unit: SpecUnit, what: str) -> SpecProblem:
    return SpecProblem("spec-path", f"the path of {unit.name}: {what}", "give it another path", unit.line)


def _outside(unit: SpecUnit) -> tuple[str, str] | None:
    path = PurePosixPath(unit.path)
    if path.is_absolute() or ".." in path.parts or "\\" in unit.path or ":" in unit.path:
        return (
            f"the path of {unit.name}, {unit.path}, leaves the folder that is written into",
            "give a path below that folder",
        )
    if str(path) != unit.path or any(part.startswith(".") for part in path.parts):
        return (
            f"the path of {unit.name}, {unit.path}, is hidden or spelled in a roundabout way",
            "give a plain path, such as shop/cart.py",
        )
    if len(unit.path.encode()) > _MOST_BYTES or any(
        len(part.encode()) > _MOST_OF_NAME for part in path.parts
    ):
        return f"the path of {unit.name} is longer than a path can be", "give a shorter path"
    return None


def _not_importable(unit: SpecUnit) -> tuple[str, str] | None:
    parts = [*PurePosixPath(unit.path).parts[:-1], PurePosixPath(unit.path).name.removesuffix(".py")]
    if not _is_name(unit.name):
        return f"{unit.name} is no name that Python takes", "give the unit another name"
    if not all(_is_name(part) for part in parts) or parts == ["__init__"]:
        return (
            f"{unit.path} cannot be imported by its name",
            "let every part be a name: letters, digits, underscores",
        )
    if is_taken(parts[0]):
        return f"{unit.path} would hide {parts[0]}, which Python or pytest has", "give another folder or name"
    return None


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def is_taken(module: str) -> bool:
    """Whether Python or what runs the tests has a module of that name."""
    return module in sys.stdlib_module_names or module in _RUNNERS
