"""How the tests of a run ended: from the pytest plugin, or from what other runners print.

A line of a known form names a test and its outcome. Of a run in which no line is known only its end can be compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from aifirst_compiler.verify.tally import Tally, tally_of


class Outcomes(msgspec.Struct, frozen=True):
    """The outcomes of one run. `loaded` are modules that came from the source although a copy was to be tested."""

    code: int
    tests: dict[str, tuple[str, ...]]
    loaded: tuple[str, ...] = ()
    runner: str = ""
    """What the outcomes were read from; empty where only the exit code is known."""
    tail: str = ""
    """The end of what the run printed."""
    interrupted: bool = False
    """Whether pytest gave up before it had run what it was asked for."""

    @property
    def tally(self) -> Tally:
        """How many tests ended how."""
        return tally_of(self.tests)


class _Written(msgspec.Struct, frozen=True):
    outcomes: dict[str, list[str]]
    loaded: list[str]
    status: int = 0


_INTERRUPTED: Final = 2
"""The status of a session of pytest that gave up, as after an error in collection."""


_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TOOK: Final = re.compile(r"\s+\(?\d+(?:\.\d+)?\s?m?s\)?$")
_FORMS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("tap", re.compile(r"^\s*(?P<outcome>ok|not ok) \d+ ?-? ?(?P<name>.*)$")),
    ("go", re.compile(r"^\s*--- (?P<outcome>PASS|FAIL|SKIP): (?P<name>\S+)")),
    ("go", re.compile(r"^(?P<outcome>ok|FAIL)\s+(?P<name>[\w./-]+)\s")),
    ("cargo", re.compile(r"^test (?P<name>\S+)(?: - should panic)? \.\.\. (?P<outcome>ok|FAILED|ignored)")),
    ("unittest", re.compile(r"^(?P<outcome>FAIL|ERROR): (?P<name>\w+ \([\w.]+\).*)$")),
    ("unittest", re.compile(r"^(?P<name>\w+ \([\w.]+\)).* \.\.\. (?P<outcome>ok|FAIL|ERROR|skipped|(?:un)?expected)\b")),
    ("surefire", re.compile(r"^.*Tests (?P<outcome>run: \d+, Fail[^-]*Skipped: \d+).* --? in (?P<name>\S+)")),
    ("spec", re.compile(r"^\s*(?P<outcome>[✓✔√✕✗×]|\d+\)) (?P<name>\S.*)$")),
)  # fmt: skip
_TAIL: Final = 4000
"""Characters of the output that are kept to be shown."""
_SUMMARY: Final = re.compile(
    r"^(?:Ran (?P<ran>\d+) tests?\b|\s*(?P<count>\d+) (?P<what>passing|failing|pending)\b"
    r"|(?P<total>Tests:\s+\d.*total|test result: .*?measured))"
)


def read_outcomes(code: int, output: str, written: Path, folder: str = "") -> Outcomes:
    """The outcomes of a run that ended with `code`, printed `output`, and whose plugin wrote into `written`.

    Names of tests that hold the `folder` it ran in are told with a dot in its place: each run has one of its own.
    """
    tests: dict[str, list[str]] = {}
    loaded: set[str] = set()
    interrupted = False
    for file in sorted(written.glob("*.json")):
        found = msgspec.json.decode(file.read_bytes(), type=_Written)
        loaded.update(found.loaded)
        interrupted |= found.status == _INTERRUPTED
        for name, outcomes in found.outcomes.items():
            tests.setdefault(name, []).extend(outcomes)
    runner = "pytest" if tests else ""
    if not tests:
        for runner_of_line, name, outcome in _printed(output):
            runner = runner or runner_of_line
            tests.setdefault(name, []).append(outcome)
    if folder:
        tests = {name.replace(folder, "."): outcomes for name, outcomes in tests.items()}
    ordered = {name: tuple(sorted(outcomes)) for name, outcomes in sorted(tests.items())}
    return Outcomes(code, ordered, tuple(sorted(loaded)), runner, output[-_TAIL:], interrupted)


def _printed(output: str) -> Iterator[tuple[str, str, str]]:
    for raw in output.splitlines():
        line = _COLOUR.sub("", raw)[:2000]
        summary = _SUMMARY.match(line)
        if summary is not None:
            total = summary["ran"] or summary["count"] or summary["total"]
            yield "summary", f"summary: {summary['what'] or 'total'}", _TOOK.sub("", total)
            continue
        for runner, form in _FORMS:
            match = form.match(line)
            if match is not None:
                yield runner, _TOOK.sub("", match["name"]).strip(), _told(match["outcome"])
                break


def _told(outcome: str) -> str:
    return "failed" if outcome.endswith(")") and outcome[:-1].isdigit() else outcome


class Difference(msgspec.Struct, frozen=True):
    """A test that ended otherwise: its outcomes on the source and on the output, empty where it did not run."""

    test: str
    source: tuple[str, ...]
    output: tuple[str, ...]


def compare_outcomes(source: Outcomes, output: Outcomes) -> list[Difference]:
    """The tests that ended otherwise, in order of their names; the exit code as one where it alone differs."""
    names = sorted(source.tests.keys() | output.tests.keys())
    found = [
        Difference(name, source.tests.get(name, ()), output.tests.get(name, ()))
        for name in names
        if Counter(source.tests.get(name, ())) != Counter(output.tests.get(name, ()))
    ]
    if not found and source.code != output.code:
        found.append(Difference("exit code", (str(source.code),), (str(output.code),)))
    return found
