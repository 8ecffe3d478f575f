"""A change asked, its commit message answered, and the other way: from a project that is a git repository itself.

Taken are commits of one parent whose message says something in English and whose change is of the size of one answer;
merges, reverts, releases and what programs commit are left out. Trailers with people's names and addresses are taken off,
secrets are masked, and a change that touches a file that may not be learned from is left out whole.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.git import Git, GitError, GitStream
from aifirst_codebase.languages.registry import language_of_name
from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.pairs.changes_to_make import ask_change
from aifirst_model.dataset.pairs.material import ask, fenced
from aifirst_model.dataset.record import About, Sample

LONGEST: Final = 8_000
_MOST_FILES: Final = 8
_MARK: Final = b"\0\0commit\0"
_RECORD: Final = 4_000_000
_PATH = re.compile(r"^diff --git a/.+ b/(.+)$", re.MULTILINE)
_TRAILER = re.compile(
    r"(?im)^(?:signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|reported-by|change-id|cc|bug|closes"
    r"|fixes|refs?|see-also|pull-request|pr-url|reviewed-on|differential revision)\s*[:#].*$\n?"
)
_NUMBER = re.compile(r"\s*\(#\d+\)|\s*\((?:closes?|fixes|refs?) #\d+\)", re.IGNORECASE)
_EMPTY_WORDS = re.compile(
    r"(?i)(?:merge|revert|bump|release|wip|fixup!|squash!|amend!|update (?:changelog|version|dependencies)|version"
    r"|prepare|v?\d+\.\d+|\[?(?:pre-commit|bot|automated|skip ci)|chore\(deps|build\(deps|typo|fix typo|cleanup|minor"
    r"|initial commit)"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def make_commits(
    root: Path,
    about: About,
    newest: int,
    may_use: Callable[[str], bool],
    dropped: Counter[str],
    *,
    both_ways: bool = False,
) -> Iterator[Sample]:
    """The samples of the `newest` commits, newest first; none where the folder is no repository's own.

    `may_use` says of a path whether its content may be learned from; `dropped` counts what is left out, by reason.
    `both_ways` orders each change too.
    """
    if newest <= 0 or not (root / ".git").exists():
        return
    try:
        git = Git(root)
        git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitError:
        dropped["no history"] += 1
        return
    for record in _records(git, newest):
        made = _read_commit(record, about, may_use)
        if isinstance(made, str):
            dropped[made] += 1
            continue
        question = f"Write the commit message of this change.\n\n{fenced(made.diff, 'diff')}"
        yield ask(question, made.message, made.about)
        if both_ways:
            yield ask_change(made.diff, made.message, made.about)


def _records(git: Git, newest: int) -> Iterator[bytes]:
    arguments = (
        "log", "--no-merges", f"--max-count={newest}", "-p", "--no-color", "--no-ext-diff", "--no-textconv",
        "--no-renames", "--unified=3", "--format=%x00%x00commit%x00%B%x00", "HEAD",
    )  # fmt: skip
    waiting = b""
    with GitStream(git, arguments, seconds=1800) as stream:
        for piece in stream:
            waiting += piece
            *whole, waiting = waiting.split(_MARK)
            yield from (record for record in whole if record)
            if len(waiting) > _RECORD:
                waiting = waiting[:_RECORD]  # too large to be used anyway, and it must not fill the memory
        if waiting:
            yield waiting


class _Commit(NamedTuple):
    """A commit to learn from, without secrets."""

    diff: str
    message: str
    about: About


def _read_commit(record: bytes, about: About, may_use: Callable[[str], bool]) -> _Commit | str:
    """The commit of a record, or why nothing is learned from it."""
    said, _, change = record.partition(b"\0")
    change = change.strip(b"\n\0")
    if not 40 <= len(change) <= LONGEST:
        return "change too large" if change else "no change"
    try:
        message, diff = _cleaned(said.decode()), change.decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    if not _says_something(message):
        return "message says too little"
    paths = _PATH.findall(diff)
    if reason := _unfit(diff, paths, may_use):
        return reason
    # Of several files the folder they share: a commit is of no other group than its files.
    path = paths[0] if len(paths) == 1 else posixpath.commonpath(paths)
    language = language_of_name(next(filter(_is_code, paths)).rpartition("/")[2])
    here = msgspec.structs.replace(
        about, task="diff-to-message", path=path, language=language.name if language is not None else ""
    )
    return _Commit(mask_secrets(diff), mask_secrets(message), here)


def _says_something(message: str) -> bool:
    """Whether a message tells more than that there is a change."""
    subject = message.partition("\n")[0]
    if len(subject.split()) < 3 or len(message) > 1_500:
        return False
    return _EMPTY_WORDS.match(subject) is None and is_english(message)


def _unfit(diff: str, paths: list[str], may_use: Callable[[str], bool]) -> str:
    """Why nothing is learned from a change, empty where something is."""
    if "Binary files " in diff or "\0" in diff:
        return "binary files"
    if not 1 <= len(paths) <= _MOST_FILES:
        return "too many files"
    if any(generated_reason(path, b"") or not may_use(path) for path in paths):
        return "files that are not learned from"
    return "" if any(map(_is_code, paths)) else "no code"


def _is_code(path: str) -> bool:
    language = language_of_name(path.rpartition("/")[2])
    return language is not None and language.kind in ("code", "style")


def _cleaned(message: str) -> str:
    """A message without trailers, numbers of requests and addresses."""
    plain = _ADDRESS.sub("", _NUMBER.sub("", _TRAILER.sub("", message)))
    return re.sub(r"\n{3,}", "\n\n", plain).strip()
