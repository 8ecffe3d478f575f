"""The ranker of units: the file that ships, what it asks for, and what is told where it is not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from aifirst_model.relevance.tree_file import RelevanceFileError, read_trees
from aifirst_model.relevance.unit_rank import NAMED_BY, SHIPPED, rank_units, unit_trees_in_use
from numpy.typing import NDArray


def columns(rows: int = 50) -> dict[str, NDArray[np.float32]]:
    """Numbers for all that the shipped trees ask for."""
    chance = np.random.default_rng(4)
    return {name: chance.random(rows).astype(np.float32) for name in read_trees(SHIPPED).features}


def test_the_best_unit_scores_1_and_the_order_is_that_of_the_trees() -> None:
    given = columns()
    scores, raw = rank_units(given), read_trees(SHIPPED).score(given)
    assert scores.max() == 1.0
    assert scores.min() > 0
    assert scores.argmax() == raw.argmax()
    order = np.argsort(-raw)
    assert (np.diff(scores[order]) <= 0).all()
    assert len(set(scores.tolist())) > 10


def test_what_ships_is_small_and_asks_for_what_search_says() -> None:
    assert SHIPPED.stat().st_size < 60_000
    assert {"file_chance", "fits", "near", "words"} <= set(read_trees(SHIPPED).features)


def test_the_likelier_file_and_the_better_fit_come_first() -> None:
    rows = 40
    given = {name: np.zeros(rows, np.float32) for name in read_trees(SHIPPED).features}
    rising = np.linspace(0, 1, rows, dtype=np.float32)
    for name in given:
        if name.startswith("step_"):
            given[name] = np.full(rows, 100, np.float32)  # no step found them
    for name in (
        "file_chance",
        "file_share",
        "fits",
        "fits_share",
        "fits_here",
        "lexical",
        "vector",
        "words",
        "near",
    ):
        given[name] = rising
    for name in ("file_place", "fits_place", "fused_place"):
        given[name] = np.arange(rows, dtype=np.float32)[::-1].copy()
    scores = rank_units(given)
    assert scores[-10:].mean() > 3 * scores[:10].mean()


def test_a_column_that_nobody_measures_is_told() -> None:
    given = columns()
    del given["near"]
    with pytest.raises(RelevanceFileError, match="asks for near"):
        rank_units(given)


def test_another_file_is_named_by_a_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"AFTREES1 and no more")
    monkeypatch.setenv(NAMED_BY, str(other))
    with pytest.raises(RelevanceFileError, match="damaged"):
        unit_trees_in_use()
