"""The memory of work as text: JSON lines for programs, Markdown for people and prompts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from aifirst_memory.work.entries import Entry, Place


def as_json_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """One object a line, with the fields of `Entry`."""
    for entry in entries:
        yield msgspec.json.encode(entry).decode()


def as_markdown(entries: Sequence[Entry]) -> str:
    """Sessions latest first; under each its decisions and edits in order, with how they went."""
    sessions: dict[int, list[Entry]] = {}
    for entry in entries:
        sessions.setdefault(entry.session, []).append(entry)
    lines = ["# Memory of work", ""]
    for session in sorted(sessions, reverse=True):
        for entry in sessions[session]:
            lines += _session(entry) if entry.kind == "session" else _step(entry)
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _session(entry: Entry) -> list[str]:
    by = f", {_line(entry.agent)}" if entry.agent else ""
    lines = [f"## {_line(entry.title)}", "", f"Began {_time(entry.at)}{by}."]
    if entry.ended:
        lines[-1] += f" Ended {_time(entry.ended)}{f': {_line(entry.outcome)}' if entry.outcome else ''}."
    return [*lines, *_outcomes(entry, ""), ""]


def _step(entry: Entry) -> list[str]:
    where = f" ({', '.join(map(_place, entry.places))})" if entry.places else ""
    lines = [f"- **{'Decided' if entry.kind == 'decision' else 'Edited'}**: {_line(entry.title)}{where}"]
    if entry.text:
        lines.append(f"  - Why: {_line(entry.text)}")
    lines += [f"  - Instead of: {_line(other)}" for other in entry.alternatives]
    return [*lines, *_outcomes(entry, "  ")]


def _outcomes(entry: Entry, indent: str) -> list[str]:
    return [
        f"{indent}- Outcome: {one.result}{f': {_line(one.detail)}' if one.detail else ''} ({_time(one.at)})"
        for one in entry.outcomes
    ]


def _place(place: Place) -> str:
    return f"`{place.path}::{place.unit}`" if place.unit else f"`{place.path}`"


def _line(text: str) -> str:
    return " ".join(text.split())


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
