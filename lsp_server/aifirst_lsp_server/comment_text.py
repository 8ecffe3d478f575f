"""What a comment or docstring says, without what marks it as one."""

from __future__ import annotations

import inspect
import re
from typing import Final

_QUOTED: Final = re.compile(r"""(?s)[A-Za-z]{0,2}(\"{3}|'{3}|"|')(.*)\1""")


def bare_text(comment: str) -> str:
    """A comment's text without its marks, a docstring's without quotes; both without their indentation."""
    text = comment.strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return inspect.cleandoc(quoted[2]).strip()
    lines = [line.strip().lstrip("#/*!-;").removesuffix("*/").strip() for line in text.splitlines()]
    return "\n".join(lines).strip()
