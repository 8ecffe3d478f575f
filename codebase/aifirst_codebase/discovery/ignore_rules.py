"""The patterns of one ignore file, ready to judge a name in about a microsecond.

Why it is here: git tries every pattern on every path. Here most patterns become an entry of a
dictionary (a whole name, a file extension, a whole path), the rest one joined expression for names and
one for paths, last pattern first, so that the group that matched names the rule that decides.

Syntax and order follow gitignore(5): the last matching line of a file decides. Which file is asked
first, and that nothing comes back from below an ignored folder, is the walk's business.
"""

import re
from collections.abc import Iterable

import msgspec

from aifirst_codebase.discovery.wildmatch import has_wildcard, translate


class IgnoreRule(msgspec.Struct, frozen=True):
    """One line of an ignore file."""

    pattern: str
    """Without ``!``, without the slash at the end and the one at the front."""
    negated: bool
    folders_only: bool
    anchored: bool
    """The pattern is of a path relative to the ignore file, not of a name."""


class _Table:
    """What decides for one kind of entry: rule numbers by name, by extension, by path, by expression."""

    __slots__ = (
        "extensions",
        "name_glob",
        "name_numbers",
        "names",
        "path_glob",
        "path_numbers",
        "paths",
    )

    def __init__(self, rules: list[tuple[int, IgnoreRule]]) -> None:
        self.names: dict[str, int] = {}
        self.extensions: dict[str, int] = {}
        self.paths: dict[str, int] = {}
        name_globs: list[tuple[int, str]] = []
        path_globs: list[tuple[int, str]] = []
        for number, rule in rules:
            pattern = rule.pattern
            if not has_wildcard(pattern):
                (self.paths if rule.anchored else self.names)[pattern] = number
            elif rule.anchored:
                path_globs.append((number, pattern))
            elif pattern.startswith("*.") and "." not in pattern[2:] and not has_wildcard(pattern[1:]):
                self.extensions[pattern[1:]] = number
            else:
                name_globs.append((number, pattern))
        self.name_glob, self.name_numbers = _join_last_first(name_globs)
        self.path_glob, self.path_numbers = _join_last_first(path_globs)

    def last_match(self, name: str, path: str) -> int:
        """Return the number of the last rule that matches, -1 for none."""
        number = self.names.get(name, -1)
        if self.extensions:
            number = max(number, self.extensions.get(name[name.rfind(".") :], -1))
        if self.paths:
            number = max(number, self.paths.get(path, -1))
        if self.name_glob is not None and (found := self.name_glob.fullmatch(name)):
            number = max(number, self.name_numbers[found.lastindex or 0])
        if self.path_glob is not None and (found := self.path_glob.fullmatch(path)):
            number = max(number, self.path_numbers[found.lastindex or 0])
        return number


class IgnoreRules:
    """The rules of one ignore file."""

    __slots__ = ("_files", "_folders", "_negated")

    def __init__(self, lines: Iterable[str]) -> None:
        rules = [rule for line in lines if (rule := parse_rule(line)) is not None]
        self._negated = [rule.negated for rule in rules]
        self._folders = _Table(list(enumerate(rules)))
        self._files = _Table([(number, rule) for number, rule in enumerate(rules) if not rule.folders_only])

    @classmethod
    def parse(cls, content: bytes) -> "IgnoreRules":
        """Read an ignore file; bytes that are not UTF-8 match the file names that hold them."""
        text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
        return cls(line.removesuffix("\r") for line in text.split("\n"))

    def __bool__(self) -> bool:
        return bool(self._negated)

    def verdict(self, name: str, path: str, is_folder: bool) -> bool | None:
        """Return True for ignored, False for brought back by ``!``, None where no rule speaks.

        ``path`` is relative to the ignore file's folder and ends in ``name``.
        """
        number = (self._folders if is_folder else self._files).last_match(name, path)
        return None if number < 0 else not self._negated[number]


def parse_rule(line: str) -> IgnoreRule | None:
    """Read one line, newline removed; None for a comment and for a line that matches nothing."""
    pattern = _trim_trailing_spaces(line)
    if pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    pattern = pattern[negated:]
    folders_only = pattern.endswith("/")
    if folders_only:
        pattern = pattern[:-1]
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    if not pattern or "\0" in pattern:
        return None
    return IgnoreRule(pattern, negated, folders_only, anchored)


def _trim_trailing_spaces(line: str) -> str:
    """Drop spaces from the end, except one that a backslash protects."""
    trimmed = line.rstrip(" ")
    backslashes = len(trimmed) - len(trimmed.rstrip("\\"))
    if backslashes % 2 and len(trimmed) < len(line):
        return trimmed + " "
    return trimmed


def _join_last_first(globs: list[tuple[int, str]]) -> tuple[re.Pattern[str] | None, list[int]]:
    """Return (expression, rule number by group); the first alternative that matches is the last rule."""
    sources: list[str] = []
    numbers = [-1]  # groups count from 1
    for number, pattern in reversed(globs):
        source = translate(pattern)
        if source is not None:
            sources.append(f"({source})")
            numbers.append(number)
    return (re.compile("|".join(sources), re.DOTALL) if sources else None), numbers
