"""Which identifiers of a unit were only renamed: everywhere the old name stood, the new one stands.

Read off the code tokens, so comments and formatting play no part. A rename counts when the old name is
gone, the new one was not there before, and the name occurred at least twice.
"""

from __future__ import annotations

import re
from collections import Counter

from aifirst_validator.changes.line_diff import diff_items

_IDENTIFIER = re.compile(rb"[^\W\d]\w*\Z")
_LONGEST = 20_000


def find_identifier_renames(before: tuple[bytes, ...], after: tuple[bytes, ...]) -> list[tuple[str, str]]:
    """(old, new) pairs, sorted; empty for units too long to compare token by token."""
    if max(len(before), len(after)) > _LONGEST:
        return []
    swaps: Counter[tuple[bytes, bytes]] = Counter()
    for hunk in diff_items(before, after):
        old, new = before[hunk.before_start : hunk.before_end], after[hunk.after_start : hunk.after_end]
        if len(old) == len(new):
            swaps.update(zip(old, new, strict=True))
    there, here = Counter(before), Counter(after)
    return sorted(
        (old.decode("utf-8", "replace"), new.decode("utf-8", "replace"))
        for (old, new), times in swaps.items()
        if times == there[old] == here[new] > 1
        and old != new
        and old not in here
        and new not in there
        and _IDENTIFIER.match(old)
        and _IDENTIFIER.match(new)
    )
