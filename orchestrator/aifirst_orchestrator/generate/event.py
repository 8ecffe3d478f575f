"""What a run tells while it goes on: one event a line of JSON for programs, one line of words for people.

The form is version 1: fields and kinds of events may be added, none is changed or taken away. The schema of a line is
`schema/run-event.schema.json`, made from here; docs/generate.md and docs/agent.md say what each kind means.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from aifirst_orchestrator.calls.budget import RunUsage

State = Literal["PLAN", "SPEC", "TICKET", "CODE", "VERIFY", "INTEGRATE", "DONE"]
STATES: Final[tuple[State, ...]] = ("PLAN", "SPEC", "TICKET", "CODE", "VERIFY", "INTEGRATE", "DONE")
VERSION: Final = 1

What = Literal[
    "started", "begun", "asking", "asked", "flawed", "passed", "escalated", "blocked", "written", "kept", "removed",
    "question", "allowed", "refused", "ignored", "paused", "resumed", "ended",
]  # fmt: skip


class PlannedUnit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A unit that the run is to write, in the order of the tickets."""

    unit: str
    path: str
    needs: tuple[str, ...] = ()


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A step of a run; `unit` is empty where it is about the whole. What is not said is left out."""

    state: State
    what: What
    unit: str = ""
    detail: str = ""
    """In words: what is wrong, who allowed it, which file, what is asked."""
    tokens: int = 0
    """Of an answer."""
    tier: str = ""
    attempt: int = 0
    """Which one, from 1."""
    agent: str = ""
    model: str = ""
    prompt_tokens: int = 0
    seconds: float = 0.0
    """How long a call took."""
    cost: float = 0.0
    """Of a call, in the currency of the price that was given."""
    recorded: bool = False
    """The answer came from the record of an earlier run: no model was asked."""
    gate: str = ""
    """Of a question: `tickets`, `plan`, `changes`, `danger`, or `ask` where words are wanted."""
    question: int = 0
    """The number of a question, for its answer."""
    difference: str = ""
    """What a question wants to write, as a unified diff."""
    command: str = ""
    """Of `started`: generate or agent."""
    title: str = ""
    units: tuple[PlannedUnit, ...] = ()
    code: int | None = None
    """Of `ended`: the exit code."""
    usage: RunUsage | None = None
    """Of `ended`: what was used, by agent and unit, with the limits."""

    def told(self) -> str:
        """The event in words."""
        where = f" {self.unit}" if self.unit else ""
        more = f": {self.detail}" if self.detail else ""
        counted = f" ({self.tokens} tokens)" if self.tokens else ""
        return f"{self.state}{where} {self.what}{more}{counted}"


class ToldEvent(Event, frozen=True, omit_defaults=True, kw_only=True):
    """A line of the stream: the event, of which run it is, which one, and when."""

    version: Literal[1]
    run: str
    """The same on every line of a run, another for the next."""
    number: int
    """From 1, without gaps."""
    at: float
    """Seconds since 1970."""


def event_schema() -> dict[str, Any]:
    """The JSON schema of a line, draft 2020-12."""
    (schema,), parts = msgspec.json.schema_components((ToldEvent,), ref_template="#/$defs/{name}")
    body = parts.pop(schema["$ref"].rpartition("/")[2])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"An event of a run of aifirst generate or agent, version {VERSION}",
        **{key: value for key, value in body.items() if key != "title"},
        "$defs": dict(sorted(parts.items())),
    }
