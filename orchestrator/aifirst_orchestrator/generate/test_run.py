"""What came of running generated tests, and what of it is believed: only a verdict for every single test.

Each language's own runner writes the outcomes down behind a word that is drawn for the run. What a program prints besides
is shown to whoever repairs it, and says nothing about whether it passed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.sandbox.outcome import Outcome

_MOST_TOLD = 2_400
"""Characters of what a run printed that go into a prompt."""


class TestRun(msgspec.Struct, frozen=True):
    """What came of running tests: by name how each ended, and what is wrong where not all passed."""

    __test__ = False  # pytest would collect a class of this name

    outcomes: dict[str, str]
    flaws: tuple[Flaw, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether every test that was asked for passed."""
        return not self.flaws


def join_runs(runs: Sequence[TestRun]) -> TestRun:
    """What several runs came to together."""
    return TestRun(
        {name: how for run in runs for name, how in run.outcomes.items()},
        tuple(flaw for run in runs for flaw in run.flaws),
        sum(run.seconds for run in runs),
    )


class NoTestRunnerError(Exception):
    """Tests cannot be run here; the text says the next step."""


def believe(
    outcome: Outcome,
    word: str,
    tests: Mapping[str, Sequence[str]],
    shown: Callable[[str], str],
    without: str = "the program ended before its tests did",
) -> TestRun:
    """What a run came to: `word` stands before a JSON object of `path::name` and how that test ended.

    `without` is told where that object is not there.
    """
    printed = (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")
    before, mark, after = printed.rpartition(word)
    told = _decode(after.split("\n", 1)[0]) if mark else {}
    outcomes = {name: _worst(told, path, name) for path, names in tests.items() for name in names}
    what = shown(before + after.partition("\n")[2] if mark else printed)
    if outcome.ending != "exited":
        return TestRun(
            outcomes,
            (Flaw("tests", f"the tests were ended by the limit {outcome.ending}", what),),
            outcome.seconds,
        )
    failed = [f"{name} {how}" for name, how in outcomes.items() if how != "passed"]
    failed += [f"{test.rpartition('::')[2]} failed" for test in _beside(told, tests)]
    if not mark:
        failed = [without]
    if not failed:
        return TestRun(outcomes, (), outcome.seconds)
    return TestRun(outcomes, (Flaw("tests", f"{', '.join(failed)}:\n{what}"),), outcome.seconds)


def _decode(text: str) -> dict[str, str]:
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _worst(told: Mapping[str, str], path: str, name: str) -> str:
    """How a test ended; of one that runs with several values, the worst."""
    whole = f"{path}::{name}"
    ended = [how for test, how in told.items() if test == whole or test.startswith(f"{whole}[")]
    return next((how for how in ("failed", "skipped", "passed") if how in ended), "was not run")


def _beside(told: Mapping[str, str], tests: Mapping[str, Sequence[str]]) -> list[str]:
    """What failed that nobody named: tests that were written besides, and files that could not be loaded."""
    named = {f"{path}::{name}" for path, names in tests.items() for name in names}
    return [test for test, how in told.items() if how == "failed" and test.partition("[")[0] not in named]


def shortened(text: str) -> str:
    """The end of a text, as much as goes into a prompt."""
    return text if len(text) <= _MOST_TOLD else f"…{text[-_MOST_TOLD:]}"
