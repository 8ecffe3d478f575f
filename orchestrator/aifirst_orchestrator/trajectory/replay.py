"""A saved run, step by step, without asking a model or doing anything again: given, answered, judged, run, allowed.

It reads any record, also one of another person: whoever only looks opens no gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from aifirst_orchestrator.calls.ask import Reply
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.prompts.part import Given
from aifirst_orchestrator.trajectory.recorded_step import RecordedStep

Kind = Literal["call", "verdict", "tool", "gate", "other"]


class ReplayedStep(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A step as it is shown; what a kind does not have is left out."""

    number: int
    """From 1."""
    key: str
    at: float
    """Seconds since 1970."""
    kind: Kind
    agent: str = ""
    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float = 0.0
    given: tuple[Given, ...] = ()
    """What a call was given, part by part."""
    text: str = ""
    """What a model answered, or what a tool came to."""
    failure: str = ""
    """Why a call has no answer."""
    outcomes: dict[str, str] = {}
    """By test how it ended."""
    flaws: tuple[Flaw, ...] = ()
    request: dict[str, Any] | None = None
    """The tool and its arguments, and why."""
    is_error: bool = False
    allowed: bool | None = None
    by: str = ""
    """Who allowed or refused."""
    body: Any = None
    """Of another kind of step: all of it."""


class _Verdict(msgspec.Struct):
    outcomes: dict[str, str]
    flaws: tuple[Flaw, ...]
    seconds: float = 0.0


class _Flaws(msgspec.Struct, forbid_unknown_fields=True):
    """A verdict of rules or builds, which no test has part in."""

    flaws: tuple[Flaw, ...]


class _Decision(msgspec.Struct):
    allowed: bool
    by: str = ""


class _Tool(msgspec.Struct):
    request: dict[str, Any] | None
    decision: _Decision | None
    result: str
    is_error: bool = False


def replay(steps: Sequence[RecordedStep]) -> list[ReplayedStep]:
    """The steps as they are shown, in the order in which they were recorded."""
    return [_replayed(step) for step in steps]


def _replayed(step: RecordedStep) -> ReplayedStep:
    for read in (_gate, _tool, _call, _verdict):
        try:
            return read(step)
        except msgspec.MsgspecError:
            continue
    return _step(step, "other", body=step.read(object))


def _step(step: RecordedStep, kind: Kind, **more: Any) -> ReplayedStep:
    return ReplayedStep(number=step.number + 1, key=step.key, at=step.at, kind=kind, **more)


def _gate(step: RecordedStep) -> ReplayedStep:
    if not (step.key.startswith("GATE/") or step.key.endswith("/gate")):
        raise msgspec.ValidationError("another kind of step")
    who = step.read(str)
    return _step(step, "gate", by=who, allowed=bool(who))


def _call(step: RecordedStep) -> ReplayedStep:
    reply = step.read(Reply)
    return _step(
        step, "call", agent=reply.agent, model=reply.model, prompt_tokens=reply.prompt_tokens,
        answer_tokens=reply.answer_tokens, seconds=reply.seconds, given=reply.manifest, text=reply.text,
        failure=reply.failure,
    )  # fmt: skip


def _tool(step: RecordedStep) -> ReplayedStep:
    taken = step.read(_Tool)
    decision = taken.decision
    return _step(
        step, "tool", request=taken.request, text=taken.result, is_error=taken.is_error,
        allowed=decision.allowed if decision is not None else None, by=decision.by if decision is not None else "",
    )  # fmt: skip


def _verdict(step: RecordedStep) -> ReplayedStep:
    try:
        run = step.read(_Verdict)
    except msgspec.MsgspecError:
        return _step(step, "verdict", flaws=step.read(_Flaws).flaws)
    return _step(step, "verdict", outcomes=run.outcomes, flaws=run.flaws, seconds=run.seconds)


def told_step(step: ReplayedStep, *, whole: bool) -> Iterator[str]:
    """The step in lines: one and what it came to or, where it is wanted whole, all that is known of it."""
    yield f"{step.number:>4}  {step.key}: {_head(step)}"
    yield from (f"      {line}" for line in (*_given(step, whole=whole), *_came_to(step, whole=whole)))


def _given(step: ReplayedStep, *, whole: bool) -> Iterator[str]:
    """What a call was given, or a tool was asked."""
    if whole:
        yield from (f"given {given.told()}" for given in step.given)
    elif step.given:
        parts = (
            f"{one.name} {one.tokens}" + ("" if one.form == "whole" else f" ({one.form})")
            for one in step.given
        )
        yield f"given {', '.join(parts)}"
    if step.request is not None:
        yield f"asked {msgspec.json.encode(step.request).decode()}"


def _came_to(step: ReplayedStep, *, whole: bool) -> Iterator[str]:
    """The outcomes of tests, and every text, of which the first line that says something stands for the rest."""
    yield from (f"{how} {name}" for name, how in step.outcomes.items())
    for text in (step.text, *(flaw.told() for flaw in step.flaws)):
        lines = text.strip("\n").split("\n") if text.strip() else []
        yield from (f"| {line}" for line in (lines if whole else _shortened(lines)))
    if step.kind == "other" and step.body != "":
        yield msgspec.json.encode(step.body).decode()


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    """The first line that says something, and how many there are more; a fence around code says nothing."""
    telling = [line for line in lines if line.strip() and not line.startswith("```")] or lines
    if len(telling) < 2:
        return telling
    return telling[0], f"… {len(telling) - 1} {'lines' if len(telling) > 2 else 'line'} more"


def _head(step: ReplayedStep) -> str:
    if step.kind == "call":
        took = f", {step.seconds:.1f} s" if step.seconds else ""
        ended = f", failed: {step.failure}" if step.failure else ""
        return (
            f"{step.agent or 'an agent'} asked {step.model}, {step.prompt_tokens} tokens given, "
            f"{step.answer_tokens} answered{took}{ended}"
        )
    if step.kind == "gate":
        return f"allowed by {step.by}" if step.allowed else "refused"
    if step.kind == "tool":
        if step.request is None:
            return "no request that could be read"
        verb = "allowed by" if step.allowed else "refused by"
        return f"{step.request.get('tool', 'a tool')}, {verb} {step.by}" + (
            ", failed" if step.is_error else ""
        )
    if step.kind == "verdict":
        return (
            "passed"
            if not step.flaws
            else f"{len(step.flaws)} {'things' if len(step.flaws) > 1 else 'thing'} wrong"
        )
    return "recorded"
