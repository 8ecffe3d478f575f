"""What is shown of a run at one moment: lines that fit the terminal, from what is known and nothing else.

From top to bottom: what runs and for how long; the states; a row for each unit under way; the plan, as files with their
units or, where those are too many, a mark for each unit; what is used, of which limits; what the person can do. Where
there is less room, the plan gives way first, then rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from aifirst_validator.formats.wording import plural

from aifirst_cli.index_run import printable
from aifirst_cli.live.cells import Line, Span, Style, cut, cut_line, fill, width_of
from aifirst_cli.live.run_state import RunState, Standing, UnitRow

_MOST_LINES: Final = 24
_NARROW, _WIDE = 70, 96
"""Cells below which a finding has a line of its own; and those from which models are named, not only their tiers."""


class Marks(NamedTuple):
    """The characters of a view, by what the terminal can show."""

    standing: dict[Standing, str]
    fill: str
    empty: str
    end: str
    between: str


UNICODE: Final = Marks({"passed": "✓", "blocked": "✗", "working": "●", "waiting": "·"}, "█", "░", "…", " · ")
ASCII: Final = Marks({"passed": "+", "blocked": "x", "working": "*", "waiting": "."}, "#", "-", "~", ", ")
_WORDS: Final[dict[Standing, str]] = {
    "passed": "passed", "blocked": "blocked", "working": "under way", "waiting": "waiting"
}  # fmt: skip
_STYLES: Final[dict[Standing, Style]] = {
    "passed": "good", "blocked": "bad", "working": "now", "waiting": "dim"
}  # fmt: skip


def frame(state: RunState, now: float, width: int, height: int, marks: Marks = UNICODE) -> list[Line]:
    """The lines, each of at most `width` cells, at most `height` of them."""
    height = max(1, min(height, _MOST_LINES))
    top = [_title(state, now, width, marks), _states(state, width, marks)]
    bottom = [*_counts(state, width, marks), *_limits(state, now, width, marks), _hint(state, width)]
    rows = list(_rows(state, now, width, marks))
    room = height - len(top) - len(bottom)
    if len(rows) > room:
        hidden = len(rows) - max(0, room - 1)
        rows = [*rows[: max(0, room - 1)], (Span(f"  and {hidden} lines more", "dim"),)] if room > 0 else []
    rows += _plan(state, width, room - len(rows), marks)
    lines = [*top, *rows, *bottom]
    if len(lines) > height:  # a terminal of a few lines
        lines = [top[0], *bottom][:height] if height > 1 else top[:1]
    return [cut_line(line, width, marks.end) for line in lines]


def told_time(seconds: float) -> str:
    """A time as people read it."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def told_count(count: float) -> str:
    """A count in at most five characters."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            shown = f"{count / size:.1f}".removesuffix(".0") if count < 100 * size else f"{count / size:.0f}"
            return shown + unit
    return f"{count:.0f}"


def _title(state: RunState, now: float, width: int, marks: Marks) -> Line:
    time = told_time(state.seconds(now))
    room = width - width_of(time) - 1
    return (Span(fill(printable(state.title), max(0, room), marks.end), "bold"), Span(f" {time}", "dim"))


def _states(state: RunState, width: int, marks: Marks) -> Line:
    from aifirst_orchestrator.generate.event import STATES

    names = [name for name in STATES if not (state.is_agent and name in ("SPEC", "TICKET"))]
    active = state.active
    first = min(names.index(name) if name in names else 0 for name in active)
    if width < sum(len(name) + 3 for name in names):
        now = ", ".join(name for name in names if name in active)
        return (
            Span(f"{marks.standing['working']} {now}", "now"),
            Span(f"  state {first + 1} of {len(names)}", "dim"),
        )
    spans: list[Span] = []
    for number, name in enumerate(names):
        standing: Standing = "working" if name in active else "passed" if number < first else "waiting"
        if name == "DONE" == state.state:
            standing = "passed"
        spans.append(Span(f"{marks.standing[standing]} {name}", _STYLES[standing]))
        spans.append(Span("  "))
    return tuple(spans[:-1])


def _rows(state: RunState, now: float, width: int, marks: Marks) -> Iterator[Line]:
    """A row for each unit under way; of an agent also the last steps of its tools."""
    if state.is_agent:
        for failed, told in list(state.steps):
            standing: Standing = "blocked" if failed else "passed"
            yield (
                Span(f"{marks.standing[standing]} ", _STYLES[standing]),
                Span(cut(printable(told), max(0, width - 2), marks.end), "plain"),
            )
    for row in state.units.values():
        if row.standing == "working" and (row.doing or not state.is_agent):
            yield from _row(row, now, width, marks, state)


def _row(row: UnitRow, now: float, width: int, marks: Marks, state: RunState) -> Iterator[Line]:
    seconds = told_time((now if state.paused_at is None else state.paused_at) - row.since)
    tries = f"{'step' if state.is_agent else 'try'} {row.attempt}" if row.attempt else ""
    narrow = width < _NARROW
    name = fill(printable(row.name), 20 if not narrow else max(8, width - 31), marks.end)
    model = f"{row.tier} {row.model.rpartition('/')[2]}"
    parts = [
        Span(f"{marks.standing['working']} ", "now"), Span(name, "bold"),
        Span(f" {fill(row.doing or 'waits', 9, marks.end)}", "plain" if row.doing else "dim"),
    ]  # fmt: skip
    if width >= _WIDE:
        parts.append(Span(f" {fill(printable(model), 20, marks.end)}", "dim"))
    elif not narrow:
        parts.append(Span(f" {fill(row.tier, 6)}", "dim"))
    parts.append(Span(f" {fill(tries, 7)}", "warn" if row.attempt > 1 and not state.is_agent else "dim"))
    used = sum(width_of(part.text) for part in parts)
    room = max(0, width - used - len(seconds) - 2)
    finding = printable(row.finding)
    parts.append(Span(f" {fill('' if narrow else finding, room, marks.end)}", "warn"))
    yield (*parts, Span(f" {seconds}", "dim"))
    if narrow and finding:
        yield (Span(f"  {cut(finding, max(0, width - 2), marks.end)}", "warn"),)


def _plan(state: RunState, width: int, room: int, marks: Marks) -> list[Line]:
    """The units in their files, or a mark for each where there are too many."""
    if state.is_agent or room <= 0 or not state.units:
        return []
    files: dict[str, list[UnitRow]] = {}
    for row in state.units.values():
        files.setdefault(row.path, []).append(row)
    if len(files) <= room:
        longest = min(max(map(width_of, files)), width // 3)
        return [_file(path, rows, longest, marks) for path, rows in files.items()]
    spans = [Span(marks.standing[row.standing], _STYLES[row.standing]) for row in state.units.values()]
    lines: list[Line] = [tuple(spans[at : at + width]) for at in range(0, len(spans), width)]
    if len(lines) > room:
        return lines[:room]
    for row in state.units.values():
        if row.standing == "blocked" and len(lines) < room:
            text = f"{marks.standing['blocked']} {printable(row.name)}  {printable(row.finding)}"
            lines.append((Span(text, "bad"),))
    return lines


def _file(path: str, rows: Sequence[UnitRow], longest: int, marks: Marks) -> Line:
    spans = [Span(f"  {fill(printable(path), longest, marks.end)} ", "dim")]
    for row in rows:
        mark = marks.standing[row.standing]
        spans.append(Span(f" {mark} {printable(row.name)}", _STYLES[row.standing]))
    return tuple(spans)


def _counts(state: RunState, width: int, marks: Marks) -> Iterator[Line]:
    """How many units stand how, and what was used."""
    if not state.is_agent:
        spans = [Span(f"units {len(state.units)}: " if width >= _NARROW else "", "dim")]
        for standing, word in _WORDS.items():
            count = state.counted(standing)
            if count or standing == "passed":
                between = ", " if len(spans) > 1 else ""
                spans += [Span(between), Span(f"{count} {word}", _STYLES[standing])]
        yield tuple(spans)
    recorded = f" ({state.recorded} recorded)" if state.recorded else ""
    parts = [
        f"{state.calls} {plural(state.calls, 'call')}{recorded}",
        f"tokens {told_count(state.prompt_tokens)} in, {told_count(state.answer_tokens)} out",
    ]
    if state.model_seconds > 0 and state.fresh_tokens:
        parts.append(f"{told_count(state.fresh_tokens / state.model_seconds)} tokens/s")
    if any(state.limits.price):
        parts.append(f"cost {state.cost:.4g}")
    yield from _wrapped(parts, width, marks)


def _limits(state: RunState, now: float, width: int, marks: Marks) -> Iterator[Line]:
    limits, parts = state.limits, list[str]()
    tokens = state.prompt_tokens + state.answer_tokens
    for name, used, limit in (
        ("calls", state.calls, limits.calls), ("tokens", tokens, limits.tokens),
        ("seconds", state.seconds(now), limits.seconds), ("cost", state.cost, limits.money),
    ):  # fmt: skip
        if limit is not None:
            part = min(1.0, used / limit)
            bar = marks.fill * round(part * 8) + marks.empty * (8 - round(part * 8))
            shown = f"{limit:g}" if name == "cost" else told_count(limit)
            parts.append(f"{name} {bar} {part:.0%} of {shown}")
    if parts:
        parts[0] = f"limits: {parts[0]}" if width >= _NARROW else parts[0]
        yield from _wrapped(parts, width, marks)


def _wrapped(parts: Sequence[str], width: int, marks: Marks) -> Iterator[Line]:
    """The parts in as few lines as they fit in."""
    held = ""
    for part in parts:
        longer = f"{held}{marks.between}{part}" if held else part
        if held and width_of(longer) > width:
            yield (Span(held, "dim"),)
            longer = part
        held = longer
    if held:
        yield (Span(held, "dim"),)


def _hint(state: RunState, width: int) -> Line:
    more = width >= _NARROW
    if state.is_paused:
        told = (
            ": what is under way ends, nothing new begins. p: go on" if more else "   p: go on   Ctrl-C: end"
        )
        return (Span("PAUSED", "warn"), Span(told))
    return (Span(f"p: pause   Ctrl-C: end{'; the same command goes on' if more else ''}", "dim"),)
