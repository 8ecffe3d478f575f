"""The one date form of tags, ticket headers and logs: `YYYY-MM-DD`, a real calendar day.

Kept apart because `date.fromisoformat` also accepts week dates and basic forms, which these grammars
do not.
"""

import re
from datetime import date

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def read_date(text: str) -> date | None:
    """The day that `text` names, or None when it is not `YYYY-MM-DD` or no such day exists."""
    if _DATE.match(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
