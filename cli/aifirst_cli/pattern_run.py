"""Runs `aifirst compress --patterns`: which patterns code has, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aifirst_cli.output import write_output

if TYPE_CHECKING:
    from aifirst_codebase.source import SourceFile
    from aifirst_compiler.aiccl.exact.list_patterns import ListedPattern
    from aifirst_compiler.aiccl.exact.options import ExactOptions

_PLACES = 3
_WIDTH = 110


def run_patterns(
    sources: Sequence[SourceFile], options: ExactOptions, shape: str, output: str | None
) -> None:
    """Write the patterns of the sources, as text or as an object."""
    from aifirst_compiler.aiccl.exact.list_patterns import list_patterns

    found = list_patterns([(source.path, source.text) for source in sources], options)
    if shape == "json":
        import msgspec

        fields = {
            "version": 1,
            "patterns": [
                {
                    "id": pattern.id, "name": pattern.name, "template": pattern.template,
                    "places": [place._asdict() for place in pattern.places],
                }
                for pattern in found
            ],
        }  # fmt: skip
        write_output(msgspec.json.encode(fields).decode() + "\n", output, for_programs=True)
        return
    units = sum(len(pattern.places) for pattern in found)
    several = "pattern" if len(found) == 1 else "patterns"
    head = f"{len(found):,} {several}, {units:,} units that are instances of one\n"
    write_output(head + "".join(map(_told, found)), output, for_programs=True)


def _told(pattern: ListedPattern) -> str:
    template = " ".join(pattern.template.split())
    if len(template) > _WIDTH:
        template = template[: _WIDTH - 1] + "…"
    places = [f"  {place.path}:{place.line} {place.unit}" for place in pattern.places[:_PLACES]]
    further = len(pattern.places) - _PLACES
    if further > 0:
        places.append(f"  and {further:,} more")
    return "\n".join(("", f"{pattern.id}  {len(pattern.places)} times", f"  {template}", *places, ""))
