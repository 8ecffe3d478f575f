"""How many tests of a run passed, failed, were skipped or broke: what a verification may claim rests on it.

Runners have words and marks of their own; where one told no single tests, the sums that it printed are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec


class Tally(msgspec.Struct, frozen=True):
    """Numbers of tests. One that was expected to fail and did has passed; `errors` broke before they could end."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    errors: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.passed + self.failed + self.skipped + self.errors

    def __str__(self) -> str:
        counts = (
            (self.passed, "passed"),
            (self.failed, "failed"),
            (self.skipped, "skipped"),
            (self.errors, "error" if self.errors == 1 else "errors"),
        )
        return ", ".join(f"{count:,} {what}" for count, what in counts if count)


_ENDS: Final = {
    **dict.fromkeys(("passed", "xfailed", "xpassed", "ok", "PASS", "expected", "✓", "✔", "√"), "passed"),
    **dict.fromkeys(("failed", "FAIL", "FAILED", "not ok", "unexpected", "✕", "✗", "×"), "failed"),
    **dict.fromkeys(("skipped", "SKIP", "ignored"), "skipped"),
    **dict.fromkeys(("error", "ERROR"), "errors"),
}
_WORST: Final = ("errors", "failed", "passed", "skipped")
_SUMMARY: Final = "summary: "
_SUREFIRE: Final = re.compile(r"run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)")
_COUNTED: Final = re.compile(r"(\d+) (passed|failed|skipped|ignored|todo|pending)")
_NAMES: Final = {
    "passing": "passed", "failing": "failed", "pending": "skipped", "ignored": "skipped", "todo": "skipped",
}  # fmt: skip


def tally_of(tests: Mapping[str, Iterable[str]]) -> Tally:
    """The tally of outcomes by the names of tests; of one with several, as with reruns, the worst counts."""
    single, summed = _none(), _none()
    for name, outcomes in tests.items():
        if name.startswith(_SUMMARY):
            for told in outcomes:
                _add_summary(summed, name.removeprefix(_SUMMARY), told)
            continue
        ends: set[str] = set()
        for outcome in outcomes:
            if match := _SUREFIRE.search(outcome):
                _add_surefire(single, match)
            elif outcome in _ENDS:
                ends.add(_ENDS[outcome])
        if ends:
            single[min(ends, key=_WORST.index)] += 1
    if summed["total"]:  # unittest tells how many it ran, and by name only what did not pass
        missing = summed["total"] - sum(single[end] for end in _WORST)
        single["passed"] += max(missing, 0)
    used = single if any(single.values()) else summed
    return Tally(used["passed"], used["failed"], used["skipped"], used["errors"])


def _none() -> dict[str, int]:
    return dict.fromkeys((*_WORST, "total"), 0)


def _add_summary(summed: dict[str, int], what: str, told: str) -> None:
    if told.isdecimal():
        summed[_NAMES.get(what, what)] += int(told)
        return
    for match in _COUNTED.finditer(told):
        count, end = match.group(1, 2)
        summed[_NAMES.get(str(end), str(end))] += int(count)


def _add_surefire(tally: dict[str, int], match: re.Match[str]) -> None:
    ran, failed, errors, skipped = map(int, match.groups())
    for end, count in (("failed", failed), ("errors", errors), ("skipped", skipped)):
        tally[end] += count
    tally["passed"] += max(ran - failed - errors - skipped, 0)
