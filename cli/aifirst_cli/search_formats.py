"""Search results for a person and for programs."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import msgspec
from aifirst_memory.search.result import SearchAnswer, SearchResult

from aifirst_cli.index_run import printable

_ANCHORS = ("tag", "ticket", "marker", "assembly")
"""Kinds whose reason is what was found: which tag, and what it does there."""


def render(answer: SearchAnswer, shape: str, *, explain: bool, color: bool) -> str:
    """The answer as `text`, `json`, `markdown` or `xml`."""
    if shape == "json":
        return _json(answer)
    if shape == "markdown":
        return _markdown(answer, explain=explain)
    if shape == "xml":
        return _xml(answer)
    return _text(answer, explain=explain, color=color)


def _json(answer: SearchAnswer) -> str:
    value = {"version": 1, **msgspec.to_builtins(answer)}
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _place(result: SearchResult) -> str:
    return f"{result.path}:{result.line}" if result.line > 1 or result.unit else result.path


def _text(answer: SearchAnswer, *, explain: bool, color: bool) -> str:
    """A line a result: score, place, what it is, tokens; its reasons below."""
    lines: list[str] = []
    for result in answer.results:
        place, name = printable(_place(result)), printable(result.unit)
        if color:
            place, name = f"\x1b[1m{place}\x1b[0m", f"\x1b[36m{name}\x1b[0m"
        what = f"{result.kind} {name}".strip()
        if anchor := result.kind in _ANCHORS:
            what = printable(result.reasons[0]) + (f" in {name}" if result.unit else "")
        lines.append(f"{result.score:5.2f}  {place}  {what}  {result.tokens:,} tokens")
        if explain and not anchor:
            lines.extend(f"       {printable(reason)}" for reason in result.reasons)
    return "\n".join(lines) + "\n" if lines else ""


def _markdown(answer: SearchAnswer, *, explain: bool) -> str:
    lines = ["| score | place | unit | tokens |", "|---:|---|---|---:|"]
    for result in answer.results:
        cells = [
            f"{result.score:.2f}", _code(_place(result)), _code(result.unit) if result.unit else result.kind,
            f"{result.tokens:,}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    if explain:
        lines.append("")
        lines += [f"* {_code(_place(one))}: {printable('; '.join(one.reasons))}" for one in answer.results]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    safe = printable(text).replace("|", "\\|").replace("`", "'")
    return f"`{safe}`"


def _xml(answer: SearchAnswer) -> str:
    lines = [f"<results query={quoteattr(printable(answer.query[:500]))}>"]
    for index, result in enumerate(answer.results, 1):
        attributes = {
            "index": index, "path": result.path, "unit": result.unit, "kind": result.kind, "line": result.line,
            "end_line": result.end_line, "score": f"{result.score:.3f}", "tokens": result.tokens,
        }  # fmt: skip
        said = " ".join(f"{name}={quoteattr(printable(str(value)))}" for name, value in attributes.items())
        lines.append(f"  <result {said}>{escape(printable('; '.join(result.reasons)))}</result>")
    return "\n".join([*lines, "</results>"]) + "\n"
