"""What a run has used, told to a person: in all, by agent, and by unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from aifirst_validator.formats.wording import plural

if TYPE_CHECKING:
    from aifirst_orchestrator.calls.budget import RunUsage, Usage

_MOST_UNITS: Final = 12


def usage_line(usage: RunUsage) -> str:
    """All of it in a line."""
    total = usage.total
    recorded = f" ({total.recorded} from the record)" if total.recorded else ""
    cost = f", cost {total.money:.4g}" if any(usage.limits.price) else ""
    return (
        f"{total.calls} {plural(total.calls, 'call')}{recorded}, {total.prompt_tokens:,} tokens of prompts, "
        f"{total.answer_tokens:,} of answers, {usage.seconds:.1f} s{cost}"
    )


def usage_lines(usage: RunUsage) -> Iterator[str]:
    """The line, a table by agent and by unit, and which units a larger model took over."""
    yield usage_line(usage)
    units = sorted(
        usage.units.items(), key=lambda one: (-one[1].prompt_tokens - one[1].answer_tokens, one[0])
    )
    agents, largest = list(usage.agents.items()), units[:_MOST_UNITS]
    is_priced = any(usage.limits.price)
    rows = [(name, *_told(one, is_priced=is_priced)) for name, one in (*agents, *largest)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, (name, *cells) in enumerate(rows):
        if number in (0, len(agents)):
            yield " by agent" if number < len(agents) else " by unit"
        padded = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        yield f"  {name:<{widths[0]}}  {'  '.join(padded)}"
    if len(units) > _MOST_UNITS:
        yield f"  and {len(units) - _MOST_UNITS} units that used less"
    for unit, tier in usage.escalated.items():
        yield f"  {unit} was taken over by the {tier} model"


def _told(one: Usage, *, is_priced: bool) -> list[str]:
    """The cells of a row behind its name."""
    cells = [
        f"{one.calls} {plural(one.calls, 'call'):<5}",
        f"{one.prompt_tokens:,} in",
        f"{one.answer_tokens:,} out",
    ]
    return [*cells, f"{one.seconds:.1f} s", *([f"{one.money:.4g}"] if is_priced else [])]
