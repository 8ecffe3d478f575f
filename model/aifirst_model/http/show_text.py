"""What a server said, fit to be shown: without the key, which servers repeat, and without what a terminal obeys.

The key is found as it is and as JSON may spell it, also in JSON within JSON. Left out: other spellings (percent signs,
base64), which no server writes by accident.
"""

from __future__ import annotations

import re
from typing import Final

_MOST_SEEN: Final = 4000
"""Characters that are looked at; a server may send megabytes."""
_MOST_SPELLING: Final = 16
"""Characters that one of the key may take: backslashes, `u` and four digits."""


def show_text(text: str, key: str, most: int) -> str:
    """At most `most` characters of the beginning of a text, on one line. The key goes first, and only then the rest."""
    room = len(key) * _MOST_SPELLING
    seen = text[: _MOST_SEEN + room]
    shown = hide_key(seen, key)
    if len(seen) < len(text):  # half a key may stand at the end
        shown = shown[: max(0, len(shown) - room)]
    return " ".join("".join(one if one.isprintable() else " " for one in shown).split())[:most]


def hide_key(text: str, key: str) -> str:
    """The text with `[key]` for the key."""
    if not key:
        return text
    spelled = "".join(rf"\\{{0,8}}+(?:{re.escape(one)}|u00(?i:{ord(one):02x}))" for one in key if one != "\\")
    return re.sub(f"{re.escape(key)}|{spelled or re.escape(key)}", "[key]", text)
