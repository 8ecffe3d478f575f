"""What every call of a run was given, from its record, for a person to read: each part, how much of it, from where."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from aifirst_orchestrator.calls.ask import Reply
from aifirst_orchestrator.trajectory.recorded_step import RecordedStep


def manifest_as_text(steps: Sequence[RecordedStep]) -> str:
    """The calls in their order, below each its parts, one a line; steps that asked no model are left out."""
    blocks: list[str] = []
    for step in steps:
        reply = _reply(step)
        if reply is None:
            continue
        head = (
            f"{step.key}: {reply.agent or 'an agent'} asked {reply.model}, {reply.prompt_tokens} tokens given, "
            f"{reply.answer_tokens} answered" + (f", failed: {reply.failure}" if reply.failure else "")
        )
        blocks.append("\n".join([head, *(f"  {given.told()}" for given in reply.manifest)]))
    return "\n\n".join(blocks) + "\n" if blocks else "no model was asked yet\n"


def _reply(step: RecordedStep) -> Reply | None:
    try:
        reply = step.read(Reply)
    except msgspec.ValidationError:
        return None
    return reply if reply.manifest else None
