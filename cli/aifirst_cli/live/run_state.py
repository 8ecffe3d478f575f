"""Where a run is, followed from its events alone: what a view needs, in a terminal or in an editor."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from aifirst_orchestrator.calls.budget import RunLimits
    from aifirst_orchestrator.generate.event import Event, State

_MOST_STEPS = 8

Standing = Literal["waiting", "working", "passed", "blocked"]


@dataclass(slots=True)
class UnitRow:
    """A unit: how it stands and what is being done with it."""

    name: str
    path: str = ""
    standing: Standing = "waiting"
    state: State = "CODE"
    doing: str = ""
    """The agent that is asked, or `tests`; empty between two."""
    model: str = ""
    tier: str = ""
    attempt: int = 0
    finding: str = ""
    since: float = 0.0
    """When it was begun."""


@dataclass(slots=True)
class RunState:
    """All that is known of a run."""

    limits: RunLimits
    begun: float
    title: str = ""
    is_agent: bool = False
    state: State = "PLAN"
    units: dict[str, UnitRow] = field(default_factory=dict[str, UnitRow])
    steps: deque[tuple[bool, str]] = field(default_factory=lambda: deque(maxlen=_MOST_STEPS))
    """The last steps of tools: whether they failed, and what they came to."""
    calls: int = 0
    recorded: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    fresh_tokens: int = 0
    model_seconds: float = 0.0
    cost: float = 0.0
    paused_at: float | None = None

    @property
    def is_paused(self) -> bool:
        """Whether no new call begins."""
        return self.paused_at is not None

    def seconds(self, now: float) -> float:
        """How long it has gone on, without the time in which it waited for a person."""
        return (now if self.paused_at is None else self.paused_at) - self.begun

    def wait(self, seconds: float) -> None:
        """Leave a time out of how long it and its units have gone on."""
        self.begun += seconds
        for row in self.units.values():
            row.since += seconds

    def apply(self, event: Event, now: float) -> None:
        """Take an event in; `now` is in the seconds of `begun`."""
        self.state = event.state
        if event.what == "started":
            self.title, self.is_agent = event.title, event.command == "agent"
            self.units = {one.unit: UnitRow(one.unit, one.path) for one in event.units}
        elif event.what in ("paused", "resumed"):
            self._pause(event.what == "paused", now)
        elif self.is_agent and event.what in ("asked", "flawed") and not event.agent:
            state = "" if event.state == "CODE" else f"{event.state}: "
            self.steps.append((event.what == "flawed", f"{state}{event.detail}"))
        elif event.unit:
            self._apply_to(self._row(event.unit, now), event)
        if event.what == "asked" and event.agent:
            self._count(event)

    def _pause(self, is_on: bool, now: float) -> None:
        if self.paused_at is not None:
            self.wait(now - self.paused_at)
        self.paused_at = now if is_on else None

    def _row(self, unit: str, now: float) -> UnitRow:
        row = self.units.setdefault(unit, UnitRow(unit))
        if row.standing == "waiting":
            row.standing, row.since = "working", now
        return row

    def _apply_to(self, row: UnitRow, event: Event) -> None:
        row.state = event.state
        row.tier = event.tier or row.tier
        row.model = event.model or row.model
        row.attempt = event.attempt or row.attempt
        if event.what == "asking":
            row.doing = event.agent
        elif event.what == "asked":
            row.doing = ""
        elif event.state == "VERIFY" and event.what == "begun":
            row.doing = "tests"
        elif event.what == "flawed":
            row.doing, row.finding = "", event.detail
        elif event.what == "passed":
            row.standing, row.finding = "passed", ""
        elif event.what == "blocked":
            row.standing, row.finding = "blocked", event.detail

    def _count(self, event: Event) -> None:
        self.calls += 1
        self.recorded += event.recorded
        self.prompt_tokens += event.prompt_tokens
        self.answer_tokens += event.tokens
        self.cost += event.cost
        if not event.recorded:
            self.fresh_tokens += event.tokens
            self.model_seconds += event.seconds

    def counted(self, standing: Standing) -> int:
        """How many units stand so."""
        return sum(row.standing == standing for row in self.units.values())

    @property
    def active(self) -> frozenset[State]:
        """The states that the run is in: of units that are written at the same time, one may be coded, one verified."""
        if self.is_agent or self.state not in ("CODE", "VERIFY"):
            return frozenset((self.state,))
        found: set[State] = {
            row.state for row in self.units.values() if row.standing == "working" and row.doing
        }
        return frozenset(found) if found else frozenset((self.state,))
