"""What a run has used, told to a person: in all, by agent, and by unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aifirst_orchestrator.calls.budget import RunUsage, Usage

_MOST_UNITS: Final = 12


def usage_line(usage: RunUsage) -> str:
    """All of it in a line."""
    total = usage.total
    recorded = f" ({total.recorded} from the record)" if total.recorded else ""
    cost = f", cost {total.money:.4g}" if any(usage.limits.price) else ""
    return (
        f"{total.calls} calls{recorded}, {total.prompt_tokens:,} tokens of prompts, {total.answer_tokens:,} of answers, "
        f"{usage.seconds:.1f} s{cost}"
    )


def usage_lines(usage: RunUsage) -> Iterator[str]:
    """The line, a table by agent and by unit, and which units a larger model took over."""
    yield usage_line(usage)
    units = sorted(
        usage.units.items(), key=lambda one: (-one[1].prompt_tokens - one[1].answer_tokens, one[0])
    )
    rows = [*usage.agents.items(), *units[:_MOST_UNITS]]
    width = max((len(name) for name, _ in rows), default=0)
    for name, one in rows:
        yield f"  {name:<{width}}  {_told(one, usage)}"
    if len(units) > _MOST_UNITS:
        yield f"  and {len(units) - _MOST_UNITS} units that used less"
    for unit, tier in usage.escalated.items():
        yield f"  {unit} was taken over by the {tier} model"


def _told(one: Usage, usage: RunUsage) -> str:
    cost = f"  {one.money:.4g}" if any(usage.limits.price) else ""
    return f"{one.calls:>4} calls {one.prompt_tokens:>9,} in {one.answer_tokens:>8,} out {one.seconds:>8.1f} s{cost}"
