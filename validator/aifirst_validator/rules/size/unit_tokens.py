"""AF101: a unit has more tokens than a model edits well at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from aifirst_codebase.tokens import get_counter
from aifirst_codebase.units import Span, Unit
from aifirst_codebase.units.data_statements import data_spans

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import FindingSeverity, Problem
from aifirst_validator.rule import Example, FileRule

_LONG_BODY = "".join(f"    total += weights[{i}] * values[{i}] + offsets[{i}]\n" for i in range(60))
_STORY = "".join(
    f"    Item {i} of the ledger is priced by weight, so that amounts are in grams.\n" for i in range(50)
)
_ROWS = "".join(f"        ({i}, 'item {i}', 'priced by weight', {i * 7}),\n" for i in range(60))
_STEPS = "".join(f"    def step_{i}(row):\n        return row[{i}] + row[{i} - 1]\n\n" for i in range(45))
_ROUTES = "".join(f"    route('items/{i}/', view_{i}, name='item-{i}'),\n" for i in range(60))
_FIELDS = "".join(f"item_{i} = Field(label='item {i}', weight={i})\n" for i in range(60))
_REGISTERED = "site = Site()\n" + "".join(
    f"site.register(Item{i}, ItemPage{i}, weight={i})\n" for i in range(60)
)
_SCRIPT = "rows = load('rows')\n" + "".join(
    f"rows = rows.join(load('rows{i}'), on='id')\n" for i in range(60)
)
_MAY_HOLD_TABLE = re.compile(
    rb"[\[{`][ \t]*(?:[#/][^\n]*)?\r?\n|=[ \t]*\(\s*\n|@[\w.]+\(\s*\n|\"\"\"|'''|\"\n|\\\n"
)
"""How a table, text or decorator that spans lines may begin: asked before the tree is walked."""


class _Size(NamedTuple):
    """What a unit has, and what of it counts against the limit."""

    tokens: int
    counted: int


class UnitTokens(FileRule):
    """A unit is the smallest thing a model edits at once: a function with its decorators and docstring, a
    class's own header and fields, a module's own top-level code. Models write and change units of about
    700 tokens reliably; far above that they lose the thread, and every edit costs the whole unit.

    Functions nested in a function count with it, unless one of them is over the limit itself: then it
    alone is reported. Of a module or class, imports and literal tables do not count, of a module neither
    comments nor declarations that stand side by side (`name = call(…)`, or `register(…)`, none using
    another).

    Where glue is not judged (`glue.scope`), a unit is not too much to hold because it is documented at
    length, holds a table or text, or defines functions: all that counts half as much as its own code at most.

    Above `limits.unit_tokens` it is a warning, above `limits.unit_tokens_error` an error, and above
    `limits.unit_tokens_split` the unit must be split.
    """

    code: ClassVar[str] = "AF101"
    name: ClassVar[str] = "unit-tokens"
    summary: ClassVar[str] = "A unit has more tokens than a model edits well at once."
    valid = (
        Example("def add(left, right):\n    return left + right\n"),
        Example(
            f'def add(left, right):\n    """Add.\n\n{_STORY}    """\n    return left + right\n',
            title="documented at length",
        ),
        Example(
            f"def test_price():\n    rows = [\n{_ROWS}    ]\n    for row in rows:\n        check(row)\n",
            title="a table",
        ),
        Example(f"def make_steps():\n{_STEPS}    return [step_1, step_2]\n", title="holds small functions"),
        Example(f"urls = [\n{_ROUTES}]\n", title="a table built by calls"),
        Example(_FIELDS, title="declarations side by side"),
        Example(_REGISTERED, title="calls side by side"),
    )
    invalid = (
        Example(
            f"def score(weights, values, offsets):\n    total = 0\n{_LONG_BODY}    return total\n", lines=(1,)
        ),
        Example(_SCRIPT, lines=(1,), title="the steps of a script"),
        Example(
            f'# @TAG:FEATURE:ledger\ndef add(left, right):\n    """Add.\n\n{_STORY}    """\n    return left + right\n',
            lines=(2,),
            title="a file with a tag: everything counts",
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at the name of each unit over the limit."""
        limit = file.settings.limits.unit_tokens
        if not limit:
            return
        reported: dict[int, _Size] = {}
        units = file.reading.units
        apart = [0] * len(units)
        """Tokens nested in each unit that are reported themselves; parents come before what is in them."""
        for index in range(len(units) - 1, -1, -1):
            unit = units[index]
            if max(unit.tokens, unit.total_tokens) > limit and not misread(file, unit):
                size = (
                    _function_size(file, index, apart[index])
                    if unit.kind == "function"
                    else _own_size(file, index)
                )
                if size.counted > limit:
                    reported[index] = size
            if index:
                apart[max(unit.parent, 0)] += unit.total_tokens if index in reported else apart[index]
        for index in sorted(reported):
            yield self._problem(file, units[index], reported[index])

    def _problem(self, file: FileContext, unit: Unit, size: _Size) -> Problem:
        limits = file.settings.limits
        severity: FindingSeverity = (
            "error" if limits.unit_tokens_error and size.counted > limits.unit_tokens_error else "warning"
        )
        what = f"{unit.kind} {unit.name}" if unit.name else "top-level code"
        suggestion = "Split it where a comment or blank line already separates its steps."
        if limits.unit_tokens_split and size.counted > limits.unit_tokens_split:
            suggestion = f"Over {limits.unit_tokens_split} tokens: split it before the next edit."
        elif 2 * unit.glue_tokens > size.tokens:
            suggestion = "Most of it is documentation: move what an edit of it does not need elsewhere."
        return Problem(
            unit.name_start, max(unit.name_end, unit.name_start),
            f"{what} has {size.tokens} tokens, limit {limits.unit_tokens}", suggestion, severity, anchor=unit.name,
        )  # fmt: skip


def misread(file: FileContext, unit: Unit) -> bool:
    """Whether a unit is no function at all: a macro that did not parse, taken for one without a name."""
    return (
        unit.kind == "function"
        and unit.name.partition("#")[0].endswith("<anonymous>")
        and file.reading.broken
    )


def _function_size(file: FileContext, index: int, apart: int) -> _Size:
    """A function's size with what is nested in it, but for the tokens `apart` that are reported themselves."""
    unit = file.reading.units[index]
    tokens = unit.total_tokens - apart
    limit = file.settings.limits.unit_tokens
    if tokens <= limit or file.applies(file.settings.glue.scope):
        return _Size(tokens, tokens)
    counted = min(tokens, _with_rest(unit.tokens - unit.glue_tokens))
    if counted > limit and _MAY_HOLD_TABLE.search(file.data, unit.code_start, unit.code_end):
        counted = min(tokens, _with_rest(_code_tokens(file, index)))
    return _Size(tokens, counted)


def _own_size(file: FileContext, index: int) -> _Size:
    """The size of a module's or class's own code without data; of a module without its glue too.

    Nothing counts where the file did not parse: what is data cannot be told there.
    """
    unit = file.reading.units[index]
    limit = file.settings.limits.unit_tokens
    glue = unit.glue_tokens
    if unit.tokens - (glue if unit.kind == "module" else 0) <= limit or file.reading.broken:
        return _Size(unit.tokens, 0)
    code = _code_tokens(file, index)
    if unit.kind == "module":
        return _Size(code, code)
    if file.applies(file.settings.glue.scope):
        return _Size(code + glue, code + glue)
    counted = min(code + glue, _with_rest(code))
    return _Size(counted, counted)


def _with_rest(code: int) -> int:
    """What a unit may count at most, its documentation, tables and nested functions with it."""
    return code + code // 2


def _code_tokens(file: FileContext, index: int) -> int:
    """Tokens of a unit's own code without glue and data."""
    reading = file.reading
    unit = reading.units[index]
    spans = data_spans(reading.tree.root_node, reading.data, unit)
    spans += file.glue_of_units.get(index, ())
    if unit.kind == "module":
        spans += [(note.start, note.end) for note in reading.comments if note.unit == index and note.kept]
    spans.sort()
    count = get_counter(file.settings.tokenizer).count
    left = (reading.data[start:end] for start, end in _without(unit.spans, spans))
    return sum(count(text.decode("utf-8", "replace")) for text in left if not text.isspace())


def _without(kept: Sequence[Span], taken: Sequence[Span]) -> Iterator[Span]:
    """The stretches of `kept` that lie in none of `taken`; both are sorted."""
    following = iter([*taken, (1 << 62, 1 << 62)])
    start, end = next(following)
    for at, stop in kept:
        while end <= at:
            start, end = next(following)
        while start < stop:
            if start > at:
                yield at, start
            at = max(at, end)
            if end > stop:
                break
            start, end = next(following)
        if at < stop:
            yield at, stop
