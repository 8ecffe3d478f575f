"""Puts what passed into the project: every file judged whole, the whole suite run, then all written.

Nothing that a person changed is written over: what was written last is known by its digest. Files come with their names
only once their content is on the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from aifirst_orchestrator.generate.compose import compose_code, compose_tests
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.judge_code import judge_file
from aifirst_orchestrator.generate.languages.registry import generated_language, language_of_path
from aifirst_orchestrator.generate.run_tests import TestRun, run_tests
from aifirst_orchestrator.generate.traceability import Traceability, as_markdown
from aifirst_orchestrator.generate.write_unit import Workshop
from aifirst_orchestrator.generate.written_unit import WrittenUnit

KEPT = ".aifirst/generate"
"""Where a project keeps what was generated: the record of each run, and the digests of what was written."""

Replace = Callable[[Path, bytes], None]


class ChangedByHandError(Exception):
    """A file that would be written was changed since; the text says the next step."""


def assemble(
    shop: Workshop, written: Mapping[str, WrittenUnit]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The text of every file of units that passed, and the tests in each file of tests; other files are left out."""
    passed = [one for one in written.values() if one.state == "passed"]
    names = {one.unit for one in passed}
    files: dict[str, str] = {}
    tests: dict[str, tuple[str, ...]] = {}
    for ticket in shop.plan.tickets:
        if ticket.unit in names:
            files[ticket.path] = compose_code(shop.plan, ticket.path, passed)[0]
            files[ticket.tests_path], tests[ticket.tests_path] = compose_tests(
                shop.plan, ticket.tests_path, passed
            )
            files.update(language_of_path(ticket.path).project_files(shop.plan.units))
    return files, tests


def without_theirs(shop: Workshop, files: Mapping[str, str]) -> dict[str, str]:
    """The files without those that only say how the project is run (`go.mod`), where it has one that says so itself."""
    units = shop.plan.units
    of_project = {name for unit in units for name in generated_language(unit.language).project_files(units)}
    return {
        name: text
        for name, text in files.items()
        if name not in of_project or not (shop.root / name).exists()
    }


def judge_whole(
    shop: Workshop, files: Mapping[str, str], tests: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[Flaw, ...], TestRun]:
    """What the rules say of each file, and what came of the whole suite."""
    flaws = [
        msgspec.structs.replace(flaw, message=f"{path}: {flaw.message}")
        for path, text in files.items()
        for flaw in judge_file(shop.root, path, text, shop.overrides)
    ]
    run = run_tests(shop.sandbox, files, tests, seconds=shop.test_seconds * 3)
    return (*flaws, *run.flaws), run


def write_files(
    root: Path, slug: str, files: Mapping[str, str], replace: Replace, *, force: bool
) -> list[str]:
    """Write what differs; the names written. Raises `ChangedByHandError` before anything is written."""
    index = root / KEPT / f"{slug}.files.json"
    require_inside(root, index)
    before = _read_index(index)
    differing: list[str] = []
    for name, text in files.items():
        place = root / name
        require_inside(root, place)
        current = place.read_bytes() if place.is_file() else None
        if current == text.encode():
            continue
        differing.append(name)
        if current is not None and not force and _digest(current) not in before.get(name, "").split():
            raise ChangedByHandError(
                f"{name} was changed by hand, or was there before. Put the change into the specification, "
                "move the file away, or use --force to write over it."
            )
    index.parent.mkdir(parents=True, exist_ok=True)
    # Until all is written a file may be as before or as wanted: neither is then taken for a person's.
    either = {name: f"{before.get(name, '')} {_digest(files[name].encode())}".strip() for name in differing}
    _write_index(index, before | either, replace)
    for name in differing:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        replace(place, files[name].encode())
    kept = {name: digest for name, digest in before.items() if name not in files and (root / name).is_file()}
    kept |= {name: _digest(text.encode()) for name, text in files.items()}
    _write_index(index, kept, replace)
    return differing


def _write_index(index: Path, digests: Mapping[str, str], replace: Replace) -> None:
    replace(index, msgspec.json.format(msgspec.json.encode(digests, order="sorted"), indent=2) + b"\n")


def report_files(found: Traceability, title: str, slug: str) -> dict[str, str]:
    """The report as a page and as data."""
    data = msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n"
    return {f"reports/{slug}.md": as_markdown(found, title), f"reports/{slug}.json": data}


def require_inside(root: Path, place: Path) -> None:
    """Raise `ChangedByHandError` where a path in the project is not where it says, or cannot be a file."""
    if place.resolve() != root.resolve() / place.relative_to(root):
        raise ChangedByHandError(f"{place} leads elsewhere by a link. Remove the link.")
    in_the_way = [one for one in place.parents if one.is_relative_to(root) and one.is_file()]
    if (place.is_dir() and place != root / KEPT) or in_the_way:
        what = f"{place} is a folder" if place.is_dir() else f"{in_the_way[0]} is a file"
        raise ChangedByHandError(f"{what}, where another is to be written. Move it away.")


def _read_index(index: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(index.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError:
        return {}  # then every file counts as a person's, and none is written over


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
