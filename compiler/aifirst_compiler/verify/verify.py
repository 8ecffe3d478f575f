"""Verifies an output by the project's own tests: the same command on the source and on the output."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from aifirst_compiler.errors import CompileError
from aifirst_compiler.verify.outcomes import Difference, Outcomes, compare_outcomes
from aifirst_compiler.verify.project_copy import copy_project, import_roots, project_around, replace_files
from aifirst_compiler.verify.run_command import run_command

Told = Callable[[str], None]
_LAST: Final = 200
"""Characters of the last line that a failed command printed which are told."""


class Verification(msgspec.Struct, frozen=True):
    """What came out. `flaky` are tests that end otherwise on the same source when it is run again."""

    source: Outcomes
    output: Outcomes
    differences: tuple[Difference, ...]
    flaky: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether no outcome changed."""
        return not self.differences


class ToVerify(msgspec.Struct, frozen=True):
    """What is verified: in the project at or around `root` files below `source` give way to those below `output`."""

    root: Path
    source: Path
    output: Path
    command: str
    timeout: float = 1800.0
    """Seconds that one run may take."""


def verify_output(given: ToVerify, tell: Told = lambda _: None) -> Verification:
    """Run the tests on source and output and compare; what differs is run again on the source.

    Raises CompileError where the tests cannot be run, do not run the copies at all, or prove nothing.
    """
    root, source, output = (
        path.resolve() for path in (project_around(given.root), given.source, given.output)
    )
    if root != source and root not in source.parents:
        raise CompileError(f"{source} does not lie in the project {root}", "run from the project's folder")
    with tempfile.TemporaryDirectory(prefix="aifirst-verify-") as scratch:
        copies = Path(scratch).resolve()
        without = output if root in output.parents else None
        outcomes: list[Outcomes] = []
        for name in ("source", "output"):
            copy = copies / name / root.name
            tell(f"running the tests on the {name}")
            copy_project(root, copy, without)
            inside = copy / source.relative_to(root)
            if name == "output" and not replace_files(inside if source.is_dir() else inside.parent, output):
                raise CompileError(f"there is nothing in {output}", "compile first")
            outcomes.append(_run(given, copy, inside, source))
            if name == "source":
                _refuse_what_proves_nothing(outcomes[0], root)
        differences = compare_outcomes(*outcomes)
        flaky: set[str] = set()
        if differences:
            tell("running the tests on the source again")
            copy = copies / "source" / root.name
            again = _run(given, copy, copy / source.relative_to(root), source)
            flaky = {difference.test for difference in compare_outcomes(outcomes[0], again)}
    left = tuple(difference for difference in differences if difference.test not in flaky)
    return Verification(outcomes[0], outcomes[1], left, tuple(sorted(flaky)))


def _refuse_what_proves_nothing(source: Outcomes, root: Path) -> None:
    """A command that passes nothing on the source, mistyped perhaps, passes nothing on any output either."""
    if not source.runner:
        why = (
            f"the command ended with {source.code} on the source itself, and no single tests were recognised"
        )
        proves_nothing = source.code != 0
    elif source.interrupted:
        why = f"the tests were interrupted on the source itself ({source.tally})"
        proves_nothing = True
    else:
        why = f"the command ended with {source.code} on the source itself, and no test passed"
        why += f" ({source.tally})" if source.tally.total else ""
        proves_nothing = not source.tally.passed
    if proves_nothing:
        said = _said(source.tail)
        raise CompileError(
            f"{why}, so nothing is verified (it ran in a copy of {root}){': ' if said else ''}{said}",
            "give a command that passes on the source: run it yourself in that folder, and install what its tests need",
        )


def _said(tail: str) -> str:
    """The last line of what a command printed, after the first error that pytest told."""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    errors = [line[1:].strip() for line in lines if line.startswith("E  ")][:1]
    last = [line for line in lines[-1:] if not line.startswith("E  ")]
    return " … ".join(line[-_LAST:] for line in (*errors, *last))


def _run(given: ToVerify, copy: Path, inside: Path, source: Path) -> Outcomes:
    found = run_command(given.command, copy, import_roots(inside), source, given.timeout)
    if found.loaded:
        raise CompileError(
            f"the tests imported {found.loaded[0]} from {source}, not from the copy that was to be tested",
            "do not put the project's own folder on Python's path by a setting or conftest.py",
        )
    return found
