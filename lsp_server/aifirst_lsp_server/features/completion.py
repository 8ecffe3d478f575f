"""Completion: tags and their values, lines of tickets, markers, requirements, and names of units from memory.

In a comment only what belongs into comments is offered, in code only names, and these behind everybody else's. What is
offered follows from the line up to the cursor and the last analysis, so that it never waits for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec
from lsprotocol import types

from aifirst_lsp_server.positions import byte_at, range_of
from aifirst_lsp_server.workers.process import WorkerError
from aifirst_lsp_server.workers.questions import describe_unit, find_names, find_tags

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server
    from aifirst_lsp_server.state import DocumentState, Snapshot

_TAG: Final = re.compile(r"@(?:T|TA|TAG(?::([A-Z-]*)(?::([\w./-]*))?)?)?$")
_REQUIREMENT: Final = re.compile(r"(?<![A-Za-z0-9])(N?FR?\d*)$")
_FIRST_WORD: Final = re.compile(r"^\W*([A-Za-z]*)$")
_NAME: Final = re.compile(r"[^\W\d]\w*$")
_MARKERS: Final = {
    "WHY": "the reason for the code below", "HOW": "how it works", "EDGE CASE": "an input that is easily forgotten",
    "ALTERNATIVE CONSIDERED": "what was not done, and why", "PERFORMANCE": "what it costs",
    "TODO": "what is left", "FIXME": "what is wrong", "NOTE": "what else to know",
}  # fmt: skip
_TICKET_KEYS: Final = (
    "Created", "Author", "Priority", "Complexity", "Estimated effort", "Component", "Related",
)  # fmt: skip
_TICKET_SECTIONS: Final = (
    "CONTEXT", "PROBLEM", "REQUIREMENTS", "DESIGN DECISION", "ALTERNATIVES REJECTED", "TESTING STRATEGY",
    "EXPECTED OUTCOME", "MODIFICATION LOG",
)  # fmt: skip
_LEAST: Final = 2
"""Characters of a name before memory is asked for it."""
_MOST: Final = 60


class _Kept(msgspec.Struct, frozen=True):
    """What an item keeps until it is resolved."""

    root: str
    path: str
    unit: str


def register(server: Server) -> None:
    """Register completion and its resolving."""
    options = types.CompletionOptions(trigger_characters=["@", ":"], resolve_provider=True)
    nothing = types.CompletionList(is_incomplete=False, items=[])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options, empty=nothing)
    async def complete(params: types.CompletionParams) -> types.CompletionList:
        state = server.state(params.text_document.uri)
        if state is None:
            return nothing
        line = _Line(server, state, params.position)
        snapshot = server.last(params.text_document.uri)
        if snapshot is not None and line.is_comment(snapshot):
            return types.CompletionList(
                is_incomplete=False, items=list(await _in_comment(server, state, snapshot, line))
            )
        asked_by_colon = params.context is not None and params.context.trigger_character == ":"
        word = _NAME.search(line.before)
        if (
            asked_by_colon
            or word is None
            or len(word[0]) < _LEAST
            or snapshot is None
            or snapshot.analysis.kind != "code"
        ):
            return nothing
        return types.CompletionList(is_incomplete=True, items=await _names(server, state, line, word[0]))

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    async def resolve(item: types.CompletionItem) -> types.CompletionItem:
        try:
            kept = msgspec.convert(item.data, _Kept)
        except msgspec.ValidationError:
            return item
        told = await server.librarian.ask(
            describe_unit.Question(kept.root, kept.path, kept.unit), describe_unit.Answer, urgent=True
        )
        item.detail = told.signature or item.detail
        if told.documentation:
            item.documentation = types.MarkupContent(types.MarkupKind.PlainText, told.documentation)
        return item


class _Line:
    """The line that is typed in, up to the cursor."""

    def __init__(self, server: Server, state: DocumentState, position: types.Position) -> None:
        self.lines = state.document.lines
        self._server = server
        self.byte = byte_at(self.lines, position, server.encoding)
        self.number = self.lines.line_of(self.byte)
        self.before = state.document.data[self.lines.line_start(self.number) : self.byte].decode(
            "utf-8", "replace"
        )

    def is_comment(self, snapshot: Snapshot) -> bool:
        """Whether the cursor is in glue: by the analysis of this text, or by how the line begins."""
        if self.before.lstrip().startswith(("#", "//", "--", "/*", "*", "<!--")):
            return True
        if snapshot.data is self.lines.data:
            return any(one.start < self.byte <= one.end for one in snapshot.analysis.comments)
        return " #" in self.before or " //" in self.before or snapshot.analysis.kind == "prose"

    def replacing(self, size: int) -> types.Range:
        """The last characters before the cursor, as a range."""
        typed = self.before[len(self.before) - size :].encode()
        return range_of(self.lines, self.byte - len(typed), self.byte, self._server.encoding)


async def _in_comment(
    server: Server, state: DocumentState, snapshot: Snapshot, line: _Line
) -> Iterable[types.CompletionItem]:
    tag = _TAG.search(line.before)
    if tag is not None and tag[2] is not None:
        return await _tag_values(server, state, line, tag[1], tag[2])
    if tag is not None:
        return _categories(line, len(tag[0]))
    requirement = _REQUIREMENT.search(line.before)
    if requirement is not None:
        ids = {one.id: one.text for ticket in snapshot.analysis.tickets for one in ticket.requirements}
        if ids:
            place = line.replacing(len(requirement[1]))
            return [_item(id, place, types.CompletionItemKind.Reference, text) for id, text in ids.items()]
    first = _FIRST_WORD.search(line.before)
    return _starts_of_lines(snapshot, line, len(first[1])) if first is not None else []


def _categories(line: _Line, size: int) -> list[types.CompletionItem]:
    from aifirst_codebase.tickets.categories import CATEGORIES

    place = line.replacing(size)
    items: list[types.CompletionItem] = []
    for name, one in CATEGORIES.items():
        label = f"@TAG:{name}" if one.value == "optional" else f"@TAG:{name}:"
        items.append(_item(label, place, types.CompletionItemKind.Keyword, one.group))
    return items


async def _tag_values(
    server: Server, state: DocumentState, line: _Line, category: str, typed: str
) -> list[types.CompletionItem]:
    from aifirst_codebase.tickets.categories import CATEGORIES

    known = CATEGORIES.get(category)
    values = dict.fromkeys(known.values if known is not None else (), "")
    for other in server.documents:
        if other.last is not None and other.folder.root == state.folder.root:
            values.update(
                {tag.value: other.path for tag in other.last.analysis.tags if tag.category == category}
            )
    try:
        question = find_tags.Question(state.folder.root, category)
        rows = await server.librarian.ask(question, find_tags.Answer, urgent=True)
    except WorkerError:
        rows = ()
    for row in rows:
        values.setdefault(row.value, row.path)
    values.pop(typed, None)  # what is being typed is in the open document
    place = line.replacing(len(typed))
    return [_item(value, place, types.CompletionItemKind.Value, at) for value, at in values.items() if value]


def _starts_of_lines(snapshot: Snapshot, line: _Line, size: int) -> list[types.CompletionItem]:
    """Markers, the next step of the unit, and within a ticket its keys and sections."""
    place = line.replacing(size)
    kind = types.CompletionItemKind.Keyword
    unit = snapshot.unit_at(line.byte)
    index = snapshot.analysis.units.index(unit) if unit is not None else 0
    steps = [one.number for one in snapshot.analysis.markers if one.kind == "STEP" and one.unit == index]
    following = max((int(number) for number in steps if number.isdigit()), default=0) + 1
    items = [_item(f"STEP {following}: ", place, kind, "the next step of this unit")]
    items += [_item(f"{name}: ", place, kind, what) for name, what in _MARKERS.items()]
    if any(one.start <= line.byte <= one.end + 1 for one in snapshot.analysis.tickets):
        items += [
            _item(f"{key}: ", place, types.CompletionItemKind.Property, "of the ticket")
            for key in _TICKET_KEYS
        ]
        sections = (
            _item(f"{name}: ", place, types.CompletionItemKind.Module, "of the ticket")
            for name in _TICKET_SECTIONS
        )
        items += sections
    return items


async def _names(server: Server, state: DocumentState, line: _Line, word: str) -> list[types.CompletionItem]:
    question = find_names.Question(state.folder.root, word, _MOST)
    try:
        names = await server.librarian.ask(question, find_names.Answer, urgent=True)
    except WorkerError:
        return []
    place = line.replacing(len(word))
    items: dict[tuple[str, str], types.CompletionItem] = {}
    for one in names:
        kind = types.CompletionItemKind.Class if one.kind == "class" else types.CompletionItemKind.Function
        item = _item(one.last, place, kind, f"{one.name} · {one.path}")
        item.sort_text = f"zz{one.last}"  # behind what the language's own server knows
        item.label_details = types.CompletionItemLabelDetails(description=one.path)
        item.data = msgspec.to_builtins(_Kept(state.folder.root, one.path, one.name))
        items.setdefault((one.last, one.path), item)
    return list(items.values())


def _item(
    label: str, place: types.Range, kind: types.CompletionItemKind, detail: str
) -> types.CompletionItem:
    return types.CompletionItem(
        label.rstrip(),
        kind=kind,
        detail=detail or None,
        filter_text=label,
        text_edit=types.TextEdit(place, label),
    )
