"""Small pieces of the sentences that several formats say."""

from __future__ import annotations


def plural(number: int, word: str) -> str:
    """The word in the number that goes with it."""
    return word if number == 1 else f"{word}s"


def severity_counts(errors: int, warnings: int, notes: int) -> list[str]:
    """`3 errors`, `1 warning`, …, worst first, without those that are 0."""
    counts = ((errors, "error"), (warnings, "warning"), (notes, "note"))
    return [f"{number:,} {plural(number, word)}" for number, word in counts if number]


def with_advice(message: str, advice: str) -> str:
    """The message and then the advice, as sentences; messages come without a full stop."""
    if not advice:
        return message
    return f"{message}{'' if message.endswith(('.', '!', '?', ':')) else '.'} {advice}"
