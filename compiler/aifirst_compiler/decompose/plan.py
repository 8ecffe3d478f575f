"""Plans a decomposition: takes one part after another out of a function until it is within its limit.

After every part the text is read again, so that every part is judged on the function as it is then. At the end all
parts are put back and compared with the source; what is not proved is not given.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Sequence
from typing import Final, NamedTuple

from aifirst_codebase.languages.language import Language
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenCounter
from msgspec.structs import replace

from aifirst_compiler.decompose.annotations import stated_annotations
from aifirst_compiler.decompose.choose import Candidate, choose, only_needed, room_of
from aifirst_compiler.decompose.flow_graph import TooBranchedError
from aifirst_compiler.decompose.function_facts import forbidden_whole, function_facts, module_names
from aifirst_compiler.decompose.inline_back import first_difference
from aifirst_compiler.decompose.locate import Place, place_of, unit_index
from aifirst_compiler.decompose.module_names import ModuleNames
from aifirst_compiler.decompose.newer_syntax import newer_syntax
from aifirst_compiler.decompose.outcome import (
    DecomposeOptions,
    Decomposition,
    NameProposer,
    NewUnit,
    Reason,
    Refusal,
    Why,
)
from aifirst_compiler.decompose.piece_names import piece_docstring, piece_name, with_further_steps
from aifirst_compiler.decompose.region_text import indent_unit
from aifirst_compiler.decompose.write_piece import Order, Piece, block_start, piece_edits, style_of
from aifirst_compiler.edits import Edit, apply_edits, compose_edits
from aifirst_compiler.python_positions import Positions, parse_module

_WORD: Final = re.compile(r"[A-Za-z_]\w*")
_MOST_PIECES: Final = 40
_DEFAULTS: Final = DecomposeOptions()


class _Made(NamedTuple):
    name: str
    parameters: tuple[str, ...]
    results: tuple[str, ...]


class _Stand(NamedTuple):
    """The text as it is after some parts were taken out."""

    reading: Reading
    edits: list[Edit]
    made: tuple[_Made, ...]


class _RefusedError(Exception):
    """Ends the planning; carries the reasons."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(reasons[0].message)
        self.reasons = reasons


def plan_decomposition(
    source: SourceFile,
    unit_id: str,
    counter: TokenCounter,
    options: DecomposeOptions = _DEFAULTS,
    proposer: NameProposer | None = None,
) -> Decomposition | Refusal:
    """A proved decomposition of a unit (`path::Qualified.name`, or the name alone), or why there is none.

    Tokens are counted as the units of a reading are: with docstring, comments above, and functions nested inside.
    """
    name = unit_id.rpartition("::")[2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the source's own literals, which are not ours to mend
        try:
            return _Planner(source, name, counter, options, proposer).plan()
        except _RefusedError as refused:
            return Refusal(source.path, name, refused.reasons, 0, options.limit)


class _Planner:
    def __init__(
        self, source: SourceFile, name: str, counter: TokenCounter, options: DecomposeOptions,
        proposer: NameProposer | None,
    ) -> None:  # fmt: skip
        language = language_of(source.path, source.data)
        if language is None or language.name != "python":
            shown = language.name if language is not None else "an unknown language"
            raise _RefusedError(Reason("language", 1, 1, f"this is {shown}"))
        self._language: Language = language
        self._source = source
        self._name = name
        self._counter = counter
        self._options = options
        self._proposer = proposer
        self._names: ModuleNames | None = None

    def plan(self) -> Decomposition | Refusal:
        """Take parts out until the unit is within the limit, or nothing more can be."""
        stand = _Stand(self._read(self._source.data), [], ())
        index, tree, positions, place = self._find(stand.reading)
        before = stand.reading.units[index].total_tokens
        line = place.function.lineno
        if before <= self._options.limit:
            raise _RefusedError(
                Reason("within-limit", line, line, f"{before} of {self._options.limit} tokens")
            )
        if before > _MOST_PIECES * self._options.limit:
            raise _RefusedError(Reason("too-branched", line, line, f"{before} tokens"))
        forbidden = forbidden_whole(tree, place)
        if forbidden is not None:
            raise _RefusedError(Reason(forbidden[0], forbidden[1], forbidden[1], forbidden[2]))
        del positions
        reasons: tuple[Reason, ...] = ()
        while len(stand.made) < _MOST_PIECES and self._tokens(stand) > self._options.limit:
            following = self._take_out(stand)
            if not isinstance(following, _Stand):
                reasons = following
                break
            stand = following
        return self._finish(stand, before, line, reasons)

    def _finish(
        self, stand: _Stand, before: int, line: int, reasons: tuple[Reason, ...]
    ) -> Decomposition | Refusal:
        after = self._tokens(stand)
        within = after <= self._options.limit
        if not stand.made or (not within and not self._options.partial):
            why: tuple[Reason, ...] = reasons or (Reason("one-statement", line, line),)
            return Refusal(self._source.path, self._name, why, before, self._options.limit)
        function = self._name.rpartition(".")[2].partition("#")[0]
        wrong = first_difference(
            self._source.data, stand.reading.data, function, line, [one.name for one in stand.made]
        )
        if wrong:
            return Refusal(
                self._source.path,
                self._name,
                (Reason("not-proved", line, line, wrong),),
                before,
                self._options.limit,
            )
        return Decomposition(
            self._source.path, self._name, stand.edits, stand.reading.data, self._new_units(stand), before, after,
            self._options.limit, within, unified_diff(self._source, stand.reading.data), reasons,
        )  # fmt: skip

    def _new_units(self, stand: _Stand) -> tuple[NewUnit, ...]:
        by_name = {unit.name: unit for unit in stand.reading.units}
        found = [
            NewUnit(one.name, stand.reading.data.count(b"\n", 0, by_name[one.name].code_start) + 1,
                    by_name[one.name].total_tokens, one.parameters, one.results)
            for one in stand.made
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: one.line))

    def _tokens(self, stand: _Stand) -> int:
        index = unit_index(stand.reading, self._name)
        return stand.reading.units[index or 0].total_tokens

    def _read(self, data: bytes) -> Reading:
        return read(replace(self._source, data=data), self._language, self._counter)

    def _find(self, reading: Reading) -> tuple[int, ast.Module, Positions, Place]:
        index = unit_index(reading, self._name)
        if index is None:
            raise _RefusedError(Reason("no-such-unit", 1, 1, self._name))
        unit = reading.units[index]
        line = reading.data.count(b"\n", 0, unit.code_start) + 1
        try:
            tree = parse_module(reading.data)
        except SyntaxError as error:
            raise _RefusedError(
                Reason(
                    "does-not-parse",
                    error.lineno or 1,
                    error.lineno or 1,
                    newer_syntax(reading.tree) or error.msg,
                )
            ) from error
        positions = Positions(reading.data)
        place = place_of(tree, positions, unit)
        if unit.kind != "function" or place is None:
            raise _RefusedError(
                Reason("not-a-function", line, line, f"{self._name or 'the module'} is a {unit.kind}")
            )
        return index, tree, positions, place

    def _take_out(self, stand: _Stand) -> _Stand | tuple[Reason, ...]:
        """The text with the best part taken out; the reasons where there is none."""
        index, tree, positions, place = self._find(stand.reading)
        try:
            self._names = self._names or module_names(tree)
            facts = function_facts(self._names, place)
        except TooBranchedError:
            line = place.function.lineno
            return (Reason("too-branched", line, line),)
        unit = indent_unit(positions, place.function)
        if unit is None:
            return (Reason("white-space", place.function.lineno, place.function.lineno),)
        tokens = stand.reading.units[index].total_tokens
        style = style_of(positions, tree, self._source.newline, unit)
        stated = stated_annotations(tree, place, positions)
        choice = choose(facts, positions, self._counter.count, room_of(tokens, self._options))
        for candidate in choice.candidates:
            piece = self._piece(stand, candidate, place)
            order = _order_of(tree, place, stand.made, candidate)
            edits = piece_edits(positions, place, piece, stated, style, order)
            following = None if edits is None else self._checked(stand, place, piece, edits, tokens)
            if following is not None:
                return following
        return only_needed([_in_source(self._source.data, stand, one) for one in choice.reasons])

    def _piece(self, stand: _Stand, candidate: Candidate, place: Place) -> Piece:
        data, text = stand.reading.data, candidate.text
        code = data[text.start : text.end].decode("utf-8")
        taken = set(_WORD.findall(stand.reading.text))
        said = with_further_steps(text.comment, text.further_steps)
        name = piece_name(place.function.name, candidate.region, said, code, taken, self._proposer)
        docstring = piece_docstring(place.function.name, candidate.region, said)
        return Piece(candidate.region, text, name, docstring)

    def _checked(
        self, stand: _Stand, place: Place, piece: Piece, edits: Sequence[Edit], tokens: int
    ) -> _Stand | None:
        """The text with a part taken out, where it is proved and smaller."""
        before = stand.reading.data
        data = apply_edits(before, edits)
        if _differs(before, edits, place, piece.name):
            return None
        made = _Made(piece.name, piece.region.parameters, piece.region.results)
        composed = compose_edits(len(self._source.data), stand.edits, edits)
        following = _Stand(self._read(data), composed, (*stand.made, made))
        sizes = {unit.name: unit.total_tokens for unit in following.reading.units}
        fits = sizes.get(piece.name, self._options.limit + 1) <= self._options.limit
        return following if fits and self._tokens(following) < tokens else None


def _differs(before: bytes, edits: Sequence[Edit], place: Place, name: str) -> bool:
    """Whether the text with a part taken out is another program, looking at the statement of the module that held it."""
    positions = Positions(before)
    start = min(block_start(positions, place.top), edits[0].start)
    line = before.count(b"\n", 0, start)
    end = max(positions.end(place.top), edits[-1].end)
    newline = before.find(b"\n", max(end - 1, 0))
    held = before[start : len(before) if newline < 0 else newline + 1]
    moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    function = place.function
    return bool(
        first_difference(held, apply_edits(held, moved), function.name, function.lineno - line, [name])
    )


def _order_of(tree: ast.Module, place: Place, made: Sequence[_Made], candidate: Candidate) -> Order:
    """Between which of the functions that were made a new one stands: in the order of their calls."""
    functions = {
        one.name: one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    names = {one.name for one in made}
    calls = sorted(
        (part.lineno, part.id)
        for part in ast.walk(place.function)
        if isinstance(part, ast.Name) and part.id in names
    )
    here = candidate.region.statements[0].lineno
    above = [name for line, name in calls if line < here]
    below = [name for line, name in calls if line > here]
    return Order(functions.get(above[-1]) if above else None, functions.get(below[0]) if below else None)


def _in_source(source: bytes, stand: _Stand, reason: Reason) -> Reason:
    """A reason with the lines of the source as it was given."""
    first, last = (_line_in_source(source, stand, line) for line in (reason.line, reason.end_line))
    return replace(reason, line=first, end_line=max(first, last))


def _line_in_source(source: bytes, stand: _Stand, line: int) -> int:
    """The line of the source that a line of the text is; of one that was made, where that was put."""
    at = shift = 0
    for _ in range(line - 1):
        at = stand.reading.data.find(b"\n", at) + 1
    for start, end, text, _ in stand.edits:
        if start + shift > at:
            break
        if at < start + shift + len(text):
            at = start + shift
            break
        shift += len(text) - (end - start)
    return source.count(b"\n", 0, at - shift) + 1


def unified_diff(source: SourceFile, data: bytes) -> str:
    """The change as a unified diff, paths with `a/` and `b/` before them."""
    before, after = source.text.splitlines(True), data.decode("utf-8").splitlines(True)
    lines = difflib.unified_diff(before, after, f"a/{source.path}", f"b/{source.path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


__all__ = ["Why", "plan_decomposition", "unified_diff"]
