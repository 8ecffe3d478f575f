"""Reads and writes the modification log: short entries in a ticket, long ones in Markdown.

Short: `- 2025-01-20: text`, then indented `Reason:`, `Changed by:`, `Related:`. Long: Date, Agent, Type,
Reason, Impact (bullets), Related and Reviewed, the seven fields that an edit has to document. Either
form may carry any of the fields. Left out: where the log of a ticket stands, which the ticket parser
knows.
"""

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from aifirst_codebase.tickets.calendar_date import read_date
from aifirst_codebase.tickets.diagnostic import GrammarDiagnostic

LogForm = Literal["short", "long"]
LOG_FIELDS = ("Date", "Agent", "Type", "Reason", "Impact", "Related", "Reviewed")

_ALIASES = {
    "date": "date",
    "agent": "agent",
    "changed by": "agent",
    "author": "agent",
    "type": "type",
    "reason": "reason",
    "impact": "impact",
    "related": "related",
    "reviewed": "reviewed",
    "reviewed by": "reviewed",
}
_SHORT = re.compile(r"[-*+][ \t]*\**([0-9][0-9./-]*)\**[ \t]*:\**[ \t]*")
_LONG = re.compile(r"#{2,6}[ \t]+([0-9][0-9./-]*)?[ \t]*(?:[:–—-][ \t]*)?")
_FIELD = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?\**("
    + "|".join(sorted(_ALIASES, key=len, reverse=True))
    + r")\**[ \t]*:\**[ \t]*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[ \t]*[-*+][ \t]+")
_MARKDOWN_TITLE = re.compile(r"^(#{1,6})[ \t]+MODIFICATION LOG:?[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)


class LogEntry(Struct, frozen=True):
    """What one change did; absent fields are empty."""

    date: str
    text: str = ""
    agent: str = ""
    type: str = ""
    reason: str = ""
    impact: tuple[str, ...] = ()
    related: str = ""
    reviewed: str = ""

    @property
    def missing_fields(self) -> tuple[str, ...]:
        """Those of the seven documentation fields that are empty, in their order."""
        return tuple(name for name in LOG_FIELDS if not getattr(self, name.lower()))


class LoggedEntry(Struct, frozen=True):
    """An entry as it stands in a text: from the first to after its last non-empty line's body."""

    entry: LogEntry
    form: LogForm
    start: int
    end: int


class ModificationLog(Struct, frozen=True):
    """A log in a text; `start` is its title's first character, `end` lies after its last line's body."""

    entries: tuple[LoggedEntry, ...]
    start: int
    end: int
    diagnostics: tuple[GrammarDiagnostic, ...] = ()


class BodyLine(Struct, frozen=True):
    """A line without comment marker and line end, at character offset `start`."""

    body: str
    start: int


def find_markdown_logs(text: str) -> list[ModificationLog]:
    """The logs of a Markdown document: each reaches to the next heading of its own level or higher."""
    if "LOG" not in text.upper():
        return []
    logs: list[ModificationLog] = []
    for title in _MARKDOWN_TITLE.finditer(text):
        heading = re.compile(r"^#{1," + str(len(title[1])) + r"}[ \t]", re.MULTILINE)
        following = heading.search(text, title.end())
        stop = len(text) if following is None else following.start()
        lines: list[BodyLine] = []
        at = text.find("\n", title.start()) + 1
        while 0 < at < stop:
            newline = text.find("\n", at)
            end = len(text) if newline < 0 else newline
            lines.append(BodyLine(text[at:end].rstrip(), at))
            at = end + 1
        logs.append(read_log(lines, title.start(), title.end()))
    return logs


def read_log(lines: Sequence[BodyLine], start: int, title_end: int) -> ModificationLog:
    """The log whose title spans `start` to `title_end` and whose entries are `lines`. Never raises."""
    reader = _LogReader()
    end = title_end
    for line in lines:
        if line.body.strip():
            reader.read(line)
            end = line.start + len(line.body)
    reader.close()
    entries = tuple(reader.entries)
    diagnostics = [*reader.diagnostics, *_entry_problems(entries)]
    diagnostics.sort(key=lambda found: (found.start, found.code))
    return ModificationLog(entries, start, end, tuple(diagnostics))


class _LogReader:
    """Collects entries line by line; `field` is where an unmarked line continues."""

    def __init__(self) -> None:
        self.entries: list[LoggedEntry] = []
        self.diagnostics: list[GrammarDiagnostic] = []
        self.field = "text"
        self.form: LogForm | None = None
        self.start = self.end = 0
        self.parts: dict[str, list[str]] = {}
        self.impact: list[list[str]] = []

    def close(self) -> None:
        if self.form is not None:
            values = {name: " ".join(filter(None, parts)) for name, parts in self.parts.items()}
            impact = tuple(" ".join(parts) for parts in self.impact)
            entry = LogEntry(values.pop("date", ""), impact=impact, **values)
            self.entries.append(LoggedEntry(entry, self.form, self.start, self.end))
        self.form = None

    def read(self, line: BodyLine) -> None:
        short, long = _SHORT.match(line.body), _LONG.match(line.body)
        opened = short or long
        field = None if opened is not None else _FIELD.match(line.body)
        if opened is not None:
            self._begin(line, "short" if short else "long", opened[1] or "", line.body[opened.end() :])
        elif field is not None and self._opens_entry(field, line):
            self._begin(line, "long", line.body[field.end() :].strip(), "")
        elif self.form is not None and field is not None:
            self._read_field(_ALIASES[field[1].lower()], line.body[field.end() :].strip())
        elif not self._continue(line):
            message = "the line belongs to no log entry"
            hint = "start the entry with '- YYYY-MM-DD: what changed'"
            end = line.start + len(line.body)
            self.diagnostics.append(GrammarDiagnostic("log-entry", message, hint, line.start, end))
            return
        self.end = line.start + len(line.body)

    def _begin(self, line: BodyLine, form: LogForm, day: str, text: str) -> None:
        self.close()
        self.field, self.form, self.start = "text", form, line.start
        self.parts = {"date": [day], "text": [text.strip()]}
        self.impact = []

    def _opens_entry(self, field: re.Match[str], line: BodyLine) -> bool:
        """True for a Date field that is not the open entry's own."""
        if _ALIASES[field[1].lower()] != "date":
            return False
        own = [] if self.form is None else [part for part in self.parts["date"] if part]
        return self.form is None or (own != [] and own != [line.body[field.end() :].strip()])

    def _read_field(self, name: str, value: str) -> None:
        self.field = name
        if name == "impact":
            self.impact = [[value]] if value else []
        else:
            self.parts[name] = [value]

    def _continue(self, line: BodyLine) -> bool:
        bullet, text = _BULLET.match(line.body), line.body.strip()
        if self.form is None or (bullet is not None and self.field != "impact"):
            return False
        if self.field != "impact":
            self.parts[self.field].append(text)
        elif bullet is not None:
            self.impact.append([line.body[bullet.end() :].strip()])
        elif self.impact:
            self.impact[-1].append(text)
        else:
            self.impact.append([text])
        return True


def _entry_problems(entries: Sequence[LoggedEntry]) -> list[GrammarDiagnostic]:
    found: list[GrammarDiagnostic] = []
    for logged in entries:
        entry = logged.entry
        if read_date(entry.date) is None:
            message = f"{entry.date!r} is not a calendar date" if entry.date else "the log entry has no date"
            hint = "write the date as YYYY-MM-DD"
            found.append(GrammarDiagnostic("log-date", message, hint, logged.start, logged.end))
        if logged.form == "long" and entry.missing_fields:
            names = ", ".join(entry.missing_fields)
            message = f"the long log entry lacks {names}"
            hint = f"add a line for each of {names}"
            found.append(GrammarDiagnostic("log-field-missing", message, hint, logged.start, logged.end))
        if logged.form == "short" and not entry.text:
            message = "the log entry does not say what changed"
            hint = f"write '- {entry.date}: what changed'"
            found.append(GrammarDiagnostic("log-entry", message, hint, logged.start, logged.end))
    return found


def short_entry_lines(entry: LogEntry) -> list[str]:
    """The entry in the short form, as lines without comment marker."""
    lines = [f"- {entry.date}: {entry.text}".rstrip()]
    for label, value in (("Reason", entry.reason), ("Changed by", entry.agent), ("Type", entry.type)):
        if value:
            lines.append(f"  {label}: {value}")
    if entry.impact:
        lines.append("  Impact:")
        lines.extend(f"    - {bullet}" for bullet in entry.impact)
    for label, value in (("Related", entry.related), ("Reviewed", entry.reviewed)):
        if value:
            lines.append(f"  {label}: {value}")
    return lines


def write_markdown_entry(entry: LogEntry) -> str:
    """The entry in the long form for a Markdown document, with a final line end; empty fields left out."""
    lines = [f"### {entry.date}: {entry.text}".rstrip(": "), "", f"- **Date:** {entry.date}"]
    for label, value in (("Agent", entry.agent), ("Type", entry.type), ("Reason", entry.reason)):
        if value:
            lines.append(f"- **{label}:** {value}")
    if entry.impact:
        lines.append("- **Impact:**")
        lines.extend(f"  - {bullet}" for bullet in entry.impact)
    for label, value in (("Related", entry.related), ("Reviewed", entry.reviewed)):
        if value:
            lines.append(f"- **{label}:** {value}")
    return "\n".join(lines) + "\n"
