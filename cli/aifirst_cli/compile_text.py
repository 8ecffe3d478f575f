"""How `aifirst compile` tells what it did: totals, warnings, what is stale, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from aifirst_validator.formats.wording import plural

if TYPE_CHECKING:
    from aifirst_compiler.compiled import Warned
    from aifirst_compiler.project.outcome import ProjectReport, Totals
    from aifirst_compiler.verify.verify import Verification

_MOST: Final = 20
_FEW: Final = 3
"""Warnings of one kind that are told one by one."""


def warnings_text(warnings: Sequence[Warned], most: int = _MOST) -> list[str]:
    """A line a warning, with its next step; what many files have is said once, and where there are many the first."""
    same = Counter((one.code, one.message) for one in warnings)
    lines: list[str] = []
    for one in warnings:
        count = same[one.code, one.message]
        if count == 0:
            continue
        where = f"{one.path}:{one.line}"
        if count > _FEW:
            same[one.code, one.message] = 0
            where = f"{count:,} places, {where} first"
        lines.append(f"{where}: {one.message}" + (f"; {one.next_step}" if one.next_step else ""))
    left = len(lines) - most
    return [*lines[:most], f"… and {left:,} more; all of them with --format json"] if left > 0 else lines


def summary_text(report: ProjectReport, seconds: float) -> str:
    """One line: what was made, and by how much it is smaller."""
    counts = [
        (sum(one.action == "compiled" for one in report.outcomes) , "compiled"),
        (sum(one.action != "compiled" and one.action != "failed" for one in report.outcomes), "copied"),
        (sum(one.action == "failed" for one in report.outcomes), "failed"),
        (len(report.removed), "removed"),
    ]  # fmt: skip
    told = ", ".join(f"{count:,} {what}" for count, what in counts if count) or "no files"
    same = f" ({report.unchanged:,} unchanged)" if report.unchanged else ""
    return f"{told}{same} in {seconds:.1f} s{_smaller(report.totals)}"


def _smaller(totals: Sequence[Totals]) -> str:
    tokens = sum(one.tokens[0] for one in totals), sum(one.tokens[1] for one in totals)
    size = sum(one.bytes[0] for one in totals), sum(one.bytes[1] for one in totals)
    if tokens[1]:
        return f"; tokens {tokens[0]:,} → {tokens[1]:,} ({_times(tokens)} fewer)"
    return f"; bytes {size[0]:,} → {size[1]:,} ({_times(size)} fewer)" if size[1] else ""


def _times(pair: tuple[int, int]) -> str:
    return f"{pair[0] / pair[1]:.2f}x" if pair[1] else "all"


def stats_text(totals: Sequence[Totals]) -> list[str]:
    """A table: files, lines, bytes and tokens by language, before and after."""
    head = ("language", "files", "lines", "bytes", "tokens", "fewer tokens")
    rows = [head, *map(_row, totals)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _row(one: Totals) -> tuple[str, str, str, str, str, str]:
    lines, size, tokens = (f"{before:,} → {after:,}" for before, after in (one.lines, one.bytes, one.tokens))
    return one.language, f"{one.files:,}", lines, size, tokens, _times(one.tokens)


def verification_text(done: Verification) -> Iterable[str]:
    """What the tests say of source and output."""
    if not done.source.runner:
        yield "no single tests were recognised in what the command printed: only its exit code was compared"
    tally = done.source.tally
    if done.equal:
        what = f"both ended with {done.source.code}"
        if done.source.runner and tally.passed == tally.total:
            what = f"{tally.total:,} {plural(tally.total, 'test')} ended alike"
        elif done.source.runner:
            what = f"{tally} alike"
        yield f"verified: {what} on source and output"
        if broken := tally.failed + tally.errors:
            verbs = ("fails", "says") if broken == 1 else ("fail", "say")
            told = f"{broken:,} {plural(broken, 'test')} {verbs[0]} on the source itself"
            yield f"{told}, and {verbs[1]} nothing of the output"
    else:
        count = len(done.differences)
        yield f"{count:,} {plural(count, 'outcome')} {'differs' if count == 1 else 'differ'} between source and output"
        for one in done.differences[:_MOST]:
            yield f"  {one.test}: {'/'.join(one.source) or 'not run'} → {'/'.join(one.output) or 'not run'}"
        if len(done.differences) > _MOST:
            yield f"  … and {len(done.differences) - _MOST:,} more"
        if tail := done.output.tail.strip():
            yield from ("the end of what the run on the output printed:", tail)
    if done.flaky:
        some = ", ".join(done.flaky[:5])
        yield f"flaky, they end otherwise on the same source when run again: {len(done.flaky):,} ({some})"
