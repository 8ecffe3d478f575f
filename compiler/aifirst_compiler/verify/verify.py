"""Verifies an output by the project's own tests: the same command on the source and on the output."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from aifirst_compiler.errors import CompileError
from aifirst_compiler.verify.outcomes import Difference, Outcomes, compare_outcomes
from aifirst_compiler.verify.project_copy import copy_project, import_roots, replace_files
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
    """What is verified: in the project at `root` the files below `source` are to give way to those below `output`."""

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
    root, source, output = (path.resolve() for path in (given.root, given.source, given.output))
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
            _refuse_what_proves_nothing(outcomes[0])
        differences = compare_outcomes(*outcomes)
        flaky: set[str] = set()
        if differences:
            tell("running the tests on the source again")
            copy = copies / "source" / root.name
            again = _run(given, copy, copy / source.relative_to(root), source)
            flaky = {difference.test for difference in compare_outcomes(outcomes[0], again)}
    left = tuple(difference for difference in differences if difference.test not in flaky)
    return Verification(outcomes[0], outcomes[1], left, tuple(sorted(flaky)))


def _refuse_what_proves_nothing(source: Outcomes) -> None:
    """A command that fails on the source, mistyped perhaps, fails on any output alike."""
    if source.code and not source.runner:
        last = source.tail.strip().rpartition("\n")[2][-_LAST:]
        raise CompileError(
            f"the command ended with {source.code} on the source itself, and no single tests were recognised, "
            f"so nothing is verified{': ' if last else ''}{last}",
            "give a command that passes on the source",
        )


def _run(given: ToVerify, copy: Path, inside: Path, source: Path) -> Outcomes:
    found = run_command(given.command, copy, import_roots(inside), source, given.timeout)
    if found.loaded:
        raise CompileError(
            f"the tests imported {found.loaded[0]} from {source}, not from the copy that was to be tested",
            "do not put the project's own folder on Python's path by a setting or conftest.py",
        )
    return found
