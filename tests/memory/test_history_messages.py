"""Which words of a message are indexed, and what is shown of it."""

from __future__ import annotations

import pytest
from aifirst_memory.history.message_words import message_words, subject_of
from aifirst_memory.lexical.words import count_words


def test_trailers_and_addresses_are_not_indexed() -> None:
    found = message_words(
        b"Fix-up: mend the lexer (ada@example.org)\n\nThe scanner looped: it never moved on.\n\n"
        b"Signed-off-by: Grace Hopper <grace@navy.example>\nCo-authored-by: Alan Turing\n"
        b"git-svn-id: http://svn.example.org/trunk@17904 bcc190cf\nCc: list\nFixes: 12345\n"
    )
    assert {"lexer", "scanner", "loop"} <= found.keys()
    assert not found.keys() & {
        "grace",
        "hopper",
        "alan",
        "ture",
        "turing",
        "navy",
        "ada",
        "svn",
        "trunk",
        "list",
    }


def test_words_are_counted_as_everywhere_else_without_stop_words() -> None:
    expected = dict(count_words("Mend QuerySet QuerySet"))
    assert expected["queryset"] == 2
    assert message_words(b"Mend QuerySet of the QuerySet") == expected


def test_a_long_message_counts_by_its_beginning() -> None:
    names = [a + b + c for a in "bcdfg" for b in "aeiou" for c in "klmnprst"]
    found = message_words(" ".join(names).encode())
    assert len(found) == 100
    assert "alpha" not in message_words(b"beta " * 1000 + b"alpha")
    assert max(message_words(b"beta " * 1000).values()) == 255


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        (b"Mend the lexer\n\nAt length.", "Mend the lexer"),
        (b"\n\n  Late subject", "Late subject"),
        (b"", ""),
        (b"Mail to ada@example.org now", "Mail to  now"),
        (b"Use key ghp_x9K2mQ7vT4bL8sW1zR6yN3cD5f", "Use key ghp_…"),
        (b"Bell\x07 and\x1b[31m red", "Bell  and [31m red"),
        ("Grün".encode("latin-1"), "Grün"),
        ("é" * 150, "é" * 99 + "…"),
    ],
)
def test_a_subject_is_one_short_line_without_secrets(message: bytes | str, subject: str) -> None:
    assert subject_of(message if isinstance(message, bytes) else message.encode()) == subject
