"""What of a commit's message is indexed: its words, without trailers and addresses, and its subject.

Left out: names of people as far as trailers and addresses hold them, and what looks like a secret.
"""

from __future__ import annotations

import re

from aifirst_codebase.secrets.mask import mask_secrets

from aifirst_memory.lexical.random_text import looks_random
from aifirst_memory.lexical.words import STOP_WORDS, count_words

_MESSAGE_BYTES = 4096
_DISTINCT_WORDS = 100
_SUBJECT_CHARACTERS = 100
_MOST = 255
_REMEMBERED = 16_384

_ADDRESS = re.compile(r"<?[\w.+%-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})*>?")
_TRAILER = re.compile(
    r"^(?:[A-Za-z]{1,30}(?:-[A-Za-z]{1,30}){1,4}|Cc|CC|Link|Bug|BUG|Fixes|Closes|Refs|Issue|PR|URL):[ \t][^\n]*",
    re.MULTILINE,
)
_UNBROKEN = re.compile(r"[A-Za-z0-9+/=]{7,}")


def message_words(message: bytes) -> dict[str, int]:
    """The words of a message with how often each occurs, at most 255; stop words left out.

    Only the first 4 KiB and the first 100 distinct words count: longer messages are lists of commits.
    """
    text = _decode(message)
    if "@" in text:
        text = _ADDRESS.sub(" ", text)
    if ": " in text:
        # The subject of a commit may look like a trailer: "Docs-only: mend a link".
        subject, line, body = text.partition("\n")
        text = subject + line + _TRAILER.sub("", body)
    counted = count_words(text)
    for word in STOP_WORDS.intersection(counted):  # a view's `&` would go through all stop words
        del counted[word]
    if len(counted) > _DISTINCT_WORDS or (counted and max(counted.values()) > _MOST):
        return {word: min(count, _MOST) for word, count in list(counted.items())[:_DISTINCT_WORDS]}
    return counted


def subject_of(message: bytes) -> str:
    """The first line, at most 100 characters, without addresses and without what looks like a secret."""
    text = _decode(message).lstrip().partition("\n")[0]
    if "@" in text:
        text = _ADDRESS.sub("", text)
    text = mask_secrets(text)
    if not _plain.issuperset(_UNBROKEN.findall(text)):
        text = _UNBROKEN.sub(_hidden, text)
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    text = text.strip()
    return text if len(text) <= _SUBJECT_CHARACTERS else text[: _SUBJECT_CHARACTERS - 1].rstrip() + "…"


_plain: set[str] = set()
"""Runs of letters and digits that were looked at and are words: most subjects have no other."""


def _hidden(found: re.Match[str]) -> str:
    if looks_random(found[0]):
        return "…"
    if len(_plain) >= _REMEMBERED:
        _plain.clear()
    _plain.add(found[0])
    return found[0]


def _decode(message: bytes) -> str:
    """Text whose encoding no commit tells is UTF-8, or else Latin-1, which every text is."""
    cut = message[:_MESSAGE_BYTES]
    try:
        # The cut may have gone through a character.
        return cut.decode("utf-8", "strict" if len(cut) == len(message) else "ignore")
    except UnicodeDecodeError:
        return cut.decode("latin-1")
