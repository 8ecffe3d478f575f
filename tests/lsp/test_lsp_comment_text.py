"""What a comment says without its marks."""

from __future__ import annotations

import pytest
from aifirst_lsp_server.comment_text import bare_text


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        ('"""Return it.\n\n    - one\n      two\n    """', "Return it.\n\n- one\n  two"),
        ("r'''Raw it.'''", "Raw it."),
        ("'Run it.'", "Run it."),
        ("# one\n    # two", "one\ntwo"),
        ("/** Turn it.\n * @param x what\n */", "Turn it.\n@param x what"),
        ("/// Turn it.", "Turn it."),
        ("# 'quoted' to the 'end'", "'quoted' to the 'end'"),
        ("", ""),
    ],
)
def test_a_comment_is_told_as_it_reads(comment: str, text: str) -> None:
    assert bare_text(comment) == text
