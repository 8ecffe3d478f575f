"""Parses and writes assembly lines: `# @assembly:name @order:1 @depends_on:a,b @connects_to:c @parallel`.

One comment line directly above a function says where it stands in a pipeline. A line counts when its
comment starts with `@`, holds a known item, and either names `@assembly:` or has no blank inside an item;
so kernel-doc parameters and prose (`# @depends_on: apt`) stay what they are. Left out: which function
stands below the line, and what the names resolve to (`assembly_graph`).
"""

import re

from msgspec import Struct

from aifirst_codebase.tickets.comment_lines import CommentLine, read_line
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic, nearest_name

ITEM_NAMES = ("assembly", "order", "connects_to", "depends_on", "parallel")

_CANDIDATE = re.compile(r"@(?:assembly|order|connects_to|depends_on|parallel)\b")
_ITEM_START = re.compile(r"(?:(?<=[ \t])|^)@([A-Za-z_][A-Za-z0-9_-]*)(:?)")
_INTEGER = re.compile(r"[0-9]+\Z")


class AssemblyItem(Struct, frozen=True):
    """One item as written; `text[start:end]` is `@name:value`, `value` None when it has no colon."""

    name: str
    value: str | None
    start: int
    end: int


class AssemblyLine(Struct, frozen=True):
    """One assembly line; of a repeated item the first counts. `source` is the exact line with its end."""

    assembly: str | None
    order: int | None
    depends_on: tuple[str, ...]
    connects_to: tuple[str, ...]
    parallel: bool
    items: tuple[AssemblyItem, ...]
    source: str
    start: int
    end: int
    diagnostics: tuple[GrammarDiagnostic, ...] = ()

    def write(self) -> str:
        """The exact line that was read."""
        return self.source


def find_assembly_lines(text: str) -> list[AssemblyLine]:
    """The assembly lines of `text` in order, offsets in characters. Never raises."""
    if "@" not in text:
        return []
    found: list[AssemblyLine] = []
    after = 0
    for match in _CANDIDATE.finditer(text):
        if match.start() < after:
            continue
        line = read_line(text, text.rfind("\n", after, match.start()) + 1 or after)
        after = line.end
        if line.family not in ("", "*") and line.body.lstrip().startswith("@"):
            parsed = _read_assembly_line(line)
            if parsed is not None:
                found.append(parsed)
    return found


def write_assembly_line(
    assembly: str,
    order: int | None = None,
    depends_on: tuple[str, ...] = (),
    connects_to: tuple[str, ...] = (),
    *,
    parallel: bool = False,
    comment: str = "#",
) -> str:
    """A fresh assembly line without line end, items in the grammar's usual order."""
    items = [f"@assembly:{assembly}"]
    if order is not None:
        items.append(f"@order:{order}")
    if depends_on:
        items.append(f"@depends_on:{','.join(depends_on)}")
    if connects_to:
        items.append(f"@connects_to:{','.join(connects_to)}")
    if parallel:
        items.append("@parallel")
    return f"{comment} {' '.join(items)}"


def _read_assembly_line(line: CommentLine) -> AssemblyLine | None:
    items = _items(line)
    names = {item.name for item in items}
    spaced = any(item.value is not None and re.search(r"[ \t]", item.value) for item in items)
    trailing = any(item.value is None and item.end - item.start > len(item.name) + 1 for item in items)
    if not names & set(ITEM_NAMES) or ("assembly" not in names and (spaced or trailing)):
        return None
    reader = _ItemReader()
    for item in items:
        reader.read(item)
    return AssemblyLine(
        assembly=reader.assembly,
        order=reader.order,
        depends_on=reader.names.get("depends_on", ()),
        connects_to=reader.names.get("connects_to", ()),
        parallel="parallel" in reader.seen,
        items=items,
        source=line.text,
        start=line.start,
        end=line.end,
        diagnostics=tuple(reader.diagnostics),
    )


def _items(line: CommentLine) -> tuple[AssemblyItem, ...]:
    starts = list(_ITEM_START.finditer(line.body))
    stops = [match.start() for match in starts[1:]] + [len(line.body)]
    items: list[AssemblyItem] = []
    for match, stop in zip(starts, stops, strict=True):
        end = match.start() + len(line.body[match.start() : stop].rstrip())
        value = line.body[match.end() : end] if match[2] else None
        items.append(AssemblyItem(match[1], value, line.body_start + match.start(), line.body_start + end))
    return tuple(items)


class _ItemReader:
    """Collects the values of a line's items and what is wrong with them."""

    def __init__(self) -> None:
        self.assembly: str | None = None
        self.order: int | None = None
        self.names: dict[str, tuple[str, ...]] = {}
        self.seen: set[str] = set()
        self.diagnostics: list[GrammarDiagnostic] = []

    def read(self, item: AssemblyItem) -> None:
        if item.name not in ITEM_NAMES:
            near = nearest_name(item.name.lower(), ITEM_NAMES)
            known = ", ".join(f"@{name}" for name in ITEM_NAMES)
            hint = f"did you mean @{near}?" if near is not None else f"the items are {known}"
            self._problem("assembly-item-unknown", f"@{item.name} is not an assembly item", hint, item)
            return
        if item.name in self.seen:
            message, hint = f"@{item.name} stands twice; the first one counts", "remove the second one"
            self._problem("assembly-repeated", message, hint, item)
            return
        self.seen.add(item.name)
        value = (item.value or "").strip()
        if item.value is not None and value != item.value:
            hint = f"write @{item.name}:{value}"
            self._problem("assembly-spacing", f"a blank stands inside @{item.name}", hint, item)
        if item.name == "order":
            self._read_order(item, value)
        elif item.name == "parallel":
            if item.value is not None or item.end - item.start > len("@parallel"):
                self._problem("assembly-flag", "@parallel takes no value", "write @parallel alone", item)
        elif item.name == "assembly":
            self._read_assembly(item, value)
        else:
            self._read_names(item, value)

    def _read_order(self, item: AssemblyItem, value: str) -> None:
        # A number of more than nine digits is a slip, and int() refuses absurdly long ones.
        if _INTEGER.match(value) and len(value) < 10 and int(value) >= 1:
            self.order = int(value)
            return
        message = f"the order {value!r} is not an integer of at least 1"
        self._problem("assembly-order", message, "write @order:1, or a higher number", item)

    def _read_assembly(self, item: AssemblyItem, value: str) -> None:
        if value.isidentifier():
            self.assembly = value
        elif not value:
            self._problem("assembly-names-empty", "@assembly names no pipeline", "write @assembly:name", item)
        else:
            message = f"the pipeline name {value!r} is not an identifier"
            self._problem("assembly-name", message, "use letters, digits and '_'", item)

    def _read_names(self, item: AssemblyItem, value: str) -> None:
        parts = [part.strip() for part in value.split(",")]
        names = tuple(part for part in parts if part.isidentifier())
        self.names[item.name] = tuple(dict.fromkeys(names))
        if not any(parts):
            hint = f"write @{item.name}:name, or remove the item"
            self._problem("assembly-names-empty", f"@{item.name} names nothing", hint, item)
            return
        wrong = [part for part in parts if not part.isidentifier()]
        if wrong:
            message = f"{wrong[0]!r} in @{item.name} is not a name"
            hint = f"write @{item.name}:{','.join(names) or 'name'}"
            self._problem("assembly-name", message, hint, item)
        elif ",".join(parts) != value:
            hint = f"write @{item.name}:{','.join(parts)}"
            self._problem("assembly-spacing", f"a blank stands inside @{item.name}", hint, item)
        elif len(set(parts)) < len(parts):
            hint = f"write @{item.name}:{','.join(dict.fromkeys(parts))}"
            self._problem("assembly-repeated", f"@{item.name} names a function twice", hint, item)

    def _problem(self, code: str, message: str, suggestion: str, item: AssemblyItem) -> None:
        self.diagnostics.append(GrammarDiagnostic(code, message, suggestion, item.start, item.end))
