"""What is wrong in a tag, ticket, log, marker or assembly line, and what to write instead.

A finding of the grammars is a value with character offsets. How severe it is, which rule reports it and
whether a suppression silences it are the validator's to say.
"""

from difflib import get_close_matches

from msgspec import Struct


class GrammarDiagnostic(Struct, frozen=True):
    """One departure from a grammar: `code` is stable, `start` and `end` are character offsets."""

    code: str
    message: str
    suggestion: str
    start: int
    end: int


def nearest_name(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that `name` most likely misspells, or None when nothing is close."""
    found = get_close_matches(name, known, n=1, cutoff=0.75)
    return found[0] if found else None
