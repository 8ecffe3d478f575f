"""AF304: the comments or the ticket of a file speak of something else than its code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

_TAG = "# @TAG:COMPONENT:tokens\n"
_CODE = """

def split_tokens(line, separator):
    {}
    tokens = []
    start = 0
    for position, character in enumerate(line):
        # {}
        if character == separator and not inside_quotes(line, position):
            tokens.append(line[start:position])
            start = position + 1
    tokens.append(line[start:])
    return [token.strip() for token in tokens]


def inside_quotes(line, position):
    {}
    return line.count('"', 0, position) % 2 == 1
"""
_OWN = _CODE.format(
    '"""Split a line of text into tokens at each separator that stands outside quotes.\n\n'
    "    White space around a token is stripped. A separator at the end gives an empty last token,\n"
    '    because a row of a table may end in an empty column.\n    """',
    "A separator inside quotes is part of the token that encloses its position.",
    '"""Whether the position in the line lies inside quotes: an odd number of quotes stands before it."""',
)
_STRANGE = _CODE.format(
    '"""Charge the customer\'s credit card for the monthly invoice.\n\n'
    "    A declined payment is retried for three days before the subscription is suspended; refunds\n"
    '    go to the ledger of the merchant account in the currency of the purchase.\n    """',
    "Discounts apply before the sales tax, as the accounting department demands.",
    '"""Whether the billing address belongs to a country of the customs union with reverse charge."""',
)


class TermCarry(FileRule):
    """What comments and tickets say comes back in the code they describe: its key terms, in the unit beside
    them, and the identifiers they spell out. Where nearly nothing comes back, the text was copied from
    elsewhere or the code has become something else, and a model that trusts the text will be misled.

    The measure compares the file's echoes with those that another file's text would have by chance; the
    score 0.5 (`connectivity.term_carry`) is the border. docs/connectivity.md has the definition and its error
    rates. A file with fewer than 20 different terms in its comments, or 10 in its code, is not judged, nor is
    text in other languages than English. Judged where `connectivity.scope` says.
    """

    code: ClassVar[str] = "AF304"
    name: ClassVar[str] = "term-carry"
    summary: ClassVar[str] = "The comments or the ticket of a file speak of something else than its code."
    by_preset: ClassVar[dict[Preset, Severity]] = {"full": "error", "prototype": "off"}
    valid = (
        Example(_TAG + _OWN),
        Example(_STRANGE, title="The file takes no part (no tag, no ticket)"),
    )
    invalid = (Example(_TAG + _STRANGE, lines=(5,)),)

    def check(self, file: FileContext) -> Iterator[Problem]:
        """At most one problem for the ticket and one for the comments."""
        if not file.applies(file.settings.connectivity.scope):
            return
        from aifirst_validator.connectivity.measure import measure_terms, term_reasons  # few files take part

        for reason in term_reasons(measure_terms(file), file.settings):
            yield Problem(
                reason.start, _end_of_line(file.data, reason.start, reason.end), reason.message,
                "Describe this code, in the words its names use; or move the text to the code it belongs to.",
                anchor=reason.part + str(reason.message.startswith("the ticket")),
            )  # fmt: skip


def _end_of_line(data: bytes, start: int, end: int) -> int:
    newline = data.find(b"\n", start, end)
    return end if newline < 0 else newline
