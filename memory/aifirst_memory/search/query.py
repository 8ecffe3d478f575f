"""What a query says: its words with their weight, the places and names it mentions, what kind of text it is.

A query may be a sentence, an issue, a commit message, a stack trace, a diff or a bare identifier. Places and
names count for what they are: a path is looked up, not compared by words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Literal

import msgspec

from aifirst_memory.lexical.words import STOP_WORDS, count_words, words

QueryKind = Literal["words", "identifier", "trace", "diff"]

LONGEST_SAID = 20_000
"""Characters of a query that count by words: an issue is shorter, and a log repeats itself."""
_LONGEST_SCAN = 400_000
_MOST_WORDS = 80
_MOST_PLACES = 60

_LONGEST_LINE = 1000
_PYTHON_FRAME = re.compile(r'File "([^"]{1,400})", line (\d{1,7})(?:, in ([\w.<>]{1,200}))?')
_JAVA_FRAME = re.compile(r"at ([\w$.]{1,300})\(([\w$]{1,100}\.(?:java|kt|scala|groovy)):(\d{1,7})\)")
_TOKEN = re.compile(r"[^\s\"'`()<>\[\]{},;|=]{3,300}")
_FILE_TOKEN = re.compile(
    r"(?:\w+://)?((?:[\w@.+-]*/)*[\w@+-][\w@.+-]*\.[A-Za-z]{1,5})(?::(\d{1,7}))?(?::\d{1,7})?[:.]?"
)
_FOLDER_TOKEN = re.compile(r"((?:[\w@.+-]+/)+[\w@.+-]*)[:.]?")
_DIFF_FILE = re.compile(r"^(?:\+\+\+|---) (?:[ab]/)?([^\t\n]{1,400})", re.M)
_DIFF_START = re.compile(r"^(?:diff --git |--- \S.*\n\+\+\+ )", re.M)
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$", re.M)
_TRACE = re.compile(
    r"Traceback \(most recent call last\)|^[ \t]*at [\w$.<>]{1,300} ?\(|^goroutine \d+ |panicked at|stack backtrace",
    re.M,
)
_ERROR_LINE = re.compile(
    r"[ \t]{0,99}(?:[\w$.]{0,200}(?:Error|Exception|Warning|Panic|Failure)\b|panic:|thread '.*' panicked)"
)
_QUOTED = re.compile(r"```.*?```|``([^`\n]{1,200})``|`([^`\n]{1,200})`|\"([^\"\n]{2,80})\"", re.S)
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*(?:\(\))?")
_CODE_LIKE = re.compile(r"[a-z\d][A-Z]|_|\.|::|\(\)|^[A-Z]+[a-z]\w*[A-Z]|\$")
_SCOPE = re.compile(
    r"\s*(?:\[([\w /.,-]{1,60})\]|(?:[a-z]{2,12}\(([\w /.,@-]{1,60})\)!?:|([\w/.*,{} -]{1,60}?):)(?=\s))"
)
_NOISE = re.compile(
    r"https?://\S+|(?<!\w)(?:#|GH-|gh-)\d+|\b[0-9a-f]{7,40}\b|^(?:[A-Z][\w-]*-by|Refs?|Change-Id): .*$", re.M
)
_ISSUE = re.compile(
    r"(?:(?<!\w)#|\b(?:GH|gh|bpo)-|/(?:issues|pull|merge_requests|browse)/(?:[A-Z]+-)?)(\d{3,6})\b"
)
_MOST_ISSUES = 8
_MOST_JOINED = 40
"""Words of a query that are joined with the next ones."""
_SHORTEST_JOINED = 6
_CLAUSE = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+|\n+|(?<=[.;!?])\s+|,?\s+and\s+", re.M)
_MOST_CLAUSES = 8
_LETTERS = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CONVENTIONAL = frozenset(
    (
        "feat", "fix", "chore", "refactor", "docs", "doc", "test", "tests", "perf", "style", "build", "ci", "revert",
        "bug", "feature",
    )
)  # fmt: skip


class Place(msgspec.Struct, frozen=True):
    """A file that a query names as it was written, perhaps with a line or a function in it."""

    path: str
    line: int = 0
    function: str = ""


class Query(msgspec.Struct, frozen=True):
    """A query taken apart.

    `weights` are the search words with their weight; `title` those of its first line. `names` are what looks like
    an identifier, without brackets, most telling first. `places` are the files it mentions, in order. `scope` are
    the words before a colon at its start (`parser: fix …`), which often name a part of the project. `joined` are two
    or three words that follow each other, as the one name that they may be in code; `issues` the numbers of issues;
    `clauses` the words of its sentences, items of lists and what stands beside an `and`.
    """

    text: str
    kind: QueryKind
    weights: dict[str, float]
    title: dict[str, float]
    names: tuple[str, ...]
    places: tuple[Place, ...]
    scope: tuple[str, ...]
    joined: tuple[str, ...]
    issues: tuple[str, ...]
    clauses: tuple[tuple[str, ...], ...]
    about_tests: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.weights or self.places or self.names)


@lru_cache(8)
def read_query(text: str) -> Query:
    """Take a query apart; any text will do. The last ones are remembered: one answer asks several times."""
    text = text[:_LONGEST_SCAN].replace("\0", " ")
    kind = _kind_of(text)
    places = tuple(islice(_places(text, kind), _MOST_PLACES))
    body = _said(text, kind)[:LONGEST_SAID]
    body = _NOISE.sub(" ", body)
    first, _, rest = body.strip().partition("\n")
    scope, first_said = _scope_of(first)
    quoted = [part for found in _QUOTED.finditer(body) for part in found.groups() if part]
    names = _names(body, quoted, kind)
    title = _weighed(Counter(count_words(first_said)))
    weights = Counter[str]()
    for weight, part in (
        (1.0, first_said),
        (0.35, rest),
        (0.5, " ".join(quoted)),
        (0.6, " ".join(names[:12])),
    ):
        for word, count in count_words(part).items():
            weights[word] += weight * min(count, 3) ** 0.5
    said = set(words(first))
    return Query(
        text, kind, _weighed(weights), title, tuple(names), places, scope, _joined(body),
        tuple(dict.fromkeys(_ISSUE.findall(text)))[:_MOST_ISSUES],
        _clauses(body),
        bool(said & {"test", "tests", "testing", "spec", "fixture"}),
    )  # fmt: skip


def _kind_of(text: str) -> QueryKind:
    if _DIFF_START.search(text):
        return "diff"
    if _TRACE.search(text):
        return "trace"
    stripped = text.strip()
    if _NAME.fullmatch(stripped) and _CODE_LIKE.search(stripped):
        return "identifier"
    return "words"


def _said(text: str, kind: QueryKind) -> str:
    """The part of the text that counts by words: of a diff its changed lines and headings, of a trace its message
    first."""
    if kind == "diff":
        start = _DIFF_START.search(text)
        message = text[: start.start()] if start else ""
        lines = [
            line[1:] for line in text.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
        ]
        headings = [found[2] for found in _HUNK.finditer(text)]
        return "\n".join([message.strip(), *headings, *lines]).strip()
    if kind == "trace":
        return "\n".join([*_error_lines(text), text])
    return text


def _error_lines(text: str) -> Iterator[str]:
    """The lines of a trace that name the error: the last of a Python one, the first of others."""
    for line in text.splitlines():
        if _ERROR_LINE.match(line[:_LONGEST_LINE]):
            yield line.strip()


def _places(text: str, kind: QueryKind) -> Iterator[Place]:
    seen: set[Place] = set()
    for place in _all_places(text, kind):
        if place not in seen:
            seen.add(place)
            yield place


def _all_places(text: str, kind: QueryKind) -> Iterator[Place]:
    if kind == "diff":
        for found in _DIFF_FILE.finditer(text):
            if found[1] != "/dev/null":
                yield Place(found[1].strip())
        return
    lines = [line[:_LONGEST_LINE] for line in text.splitlines()]
    if kind == "trace":
        for line in reversed(lines):  # the innermost call of a Python trace comes last
            for found in _PYTHON_FRAME.finditer(line):
                yield Place(found[1], int(found[2]), found[3] or "")
        for line in lines:
            for found in _JAVA_FRAME.finditer(line):
                package, _, function = found[1].rpartition(".")
                folder = package.rpartition(".")[0].replace(".", "/")
                yield Place(f"{folder}/{found[2]}" if folder else found[2], int(found[3]), function)
    for line in lines:
        for token in _TOKEN.findall(line):
            yield from _place_of(token)


def _place_of(token: str) -> Iterator[Place]:
    if token.startswith(("file://", "webpack://")):
        token = token.partition("://")[2]
    if "." in token and (found := _FILE_TOKEN.fullmatch(token)) and "://" not in token:
        yield Place(found[1], int(found[2] or 0))
    elif "/" in token and (found := _FOLDER_TOKEN.fullmatch(token)):
        yield Place(found[1].rstrip("/"))


def _names(body: str, quoted: Iterable[str], kind: QueryKind) -> list[str]:
    """What looks like an identifier: in quotes anything, elsewhere what no word of a language looks like."""
    found: dict[str, None] = {}
    for part in quoted:
        for name in _NAME.findall(part):
            found[name.removesuffix("()")] = None
    for name in _NAME.findall(body):
        if _CODE_LIKE.search(name) and not name.endswith("."):
            found[name.removesuffix("()")] = None
    if kind == "identifier":
        found[body.strip().removesuffix("()")] = None
    return [name for name in found if len(name) > 2][:100]


def _joined(body: str) -> tuple[str, ...]:
    """What neighbouring words would be as one name, in the form in which names are indexed."""
    said = [found[0] for found in islice(_LETTERS.finditer(body), _MOST_JOINED)]
    telling = [word.lower() not in STOP_WORDS for word in said]
    found: dict[str, None] = {}
    for size in (2, 3):
        for at in range(len(said) - size + 1):
            parts = said[at : at + size]
            if telling[at] and telling[at + size - 1] and sum(map(len, parts)) >= _SHORTEST_JOINED:
                indexed = words("_".join(parts))
                if indexed:
                    found[indexed[-1]] = None
    return tuple(found)


def _clauses(body: str) -> tuple[tuple[str, ...], ...]:
    """The telling words of each part of a text that has at least two of them."""
    found: list[tuple[str, ...]] = []
    for part in _CLAUSE.split(body[:3000]):
        said = tuple(word for word in count_words(part) if word not in STOP_WORDS) if part else ()
        if len(said) >= 2:
            found.append(said)
        if len(found) == _MOST_CLAUSES:
            break
    return tuple(found)


def _scope_of(first: str) -> tuple[tuple[str, ...], str]:
    """The words of what stands before a colon or in brackets at the start, and the line with it kept as words."""
    found = _SCOPE.match(first)
    if found is None:
        return (), first
    inside = found[1] or found[2] or found[3] or ""
    said = words(inside)
    scope = tuple(word for word in said if word not in _CONVENTIONAL)
    if not scope or len(scope) > 6:
        return (), first[found.end() :] if not scope else first
    return scope, f"{inside} {first[found.end() :]}"


def _weighed(counted: Counter[str] | dict[str, float]) -> dict[str, float]:
    """The heaviest words without stop words, unless there is nothing else."""
    telling = {word: float(weight) for word, weight in counted.items() if word not in STOP_WORDS}
    kept = telling or {word: float(weight) for word, weight in counted.items()}
    heaviest = sorted(kept.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]
    return dict(heaviest)
