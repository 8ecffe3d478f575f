"""Sizes as a person reads them."""

from __future__ import annotations

import pytest
from aifirst_codebase.byte_size import show_bytes


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (12_345, "12.3 kB"), (49_000_000, "49.0 MB"),
        (999_940, "999.9 kB"), (999_960, "1.0 MB"), (999_999_999, "1.0 GB"), (1_500_000_000, "1.5 GB"),
        (2 * 10**12, "2.0 TB"),
    ],
)  # fmt: skip
def test_a_size_is_told_in_the_unit_that_leaves_it_a_figure(size: int, shown: str) -> None:
    assert show_bytes(size) == shown
