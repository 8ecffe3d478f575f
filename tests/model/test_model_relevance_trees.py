"""The trees in NumPy: LightGBM's own predictions are the oracle."""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from aifirst_model.relevance.from_lightgbm import take_trees
from aifirst_model.relevance.rank import NAMED_BY, SHIPPED, trees_in_use
from aifirst_model.relevance.train import Labelled, Settings, train_booster, train_trees
from aifirst_model.relevance.tree_file import RelevanceFileError, read_trees, write_trees
from aifirst_model.relevance.unit_rank import SHIPPED as UNITS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
NAMES = ("a", "b", "c")
SMALL = Settings(trees=30, least_in_leaf=5)


def questions(count: int = 40) -> list[Labelled]:
    """Lists in which the lines with a high `a` and a low `b` are wanted."""
    chance = np.random.default_rng(7)
    made: list[Labelled] = []
    for _ in range(count):
        columns = {name: chance.random(30).astype(np.float32) for name in NAMES}
        made.append(Labelled(columns, (columns["a"] - columns["b"] > 0.3).astype(np.int8)))
    return made


def test_scores_are_those_of_lightgbm_up_to_the_rounding_of_leaves() -> None:
    pytest.importorskip("lightgbm")
    data = questions()
    booster = train_booster(data, NAMES, SMALL)
    trees = take_trees(booster)
    rows = np.random.default_rng(8).normal(0.5, 0.6, (3_000, 3)).astype(np.float32)
    rows[:500] = np.round(rows[:500], 1)
    thresholds = trees.thresholds[np.random.default_rng(9).integers(0, len(trees.thresholds), 500)]
    rows[500:1_000, 0] = thresholds  # just on a split
    rows[1_000:1_500, 1] = np.nextafter(thresholds, np.float32(9))
    expected = booster.predict(rows, num_threads=1)
    scores = trees.score({name: rows[:, at].copy() for at, name in enumerate(NAMES)})
    assert np.abs(scores - expected).max() <= trees.step * trees.count / 2 + 1e-9
    assert np.ptp(expected) > 1000 * trees.step * trees.count / 2


def test_trees_grown_several_times_score_the_mean_of_each_time() -> None:
    pytest.importorskip("lightgbm")
    data = questions(20)
    settings = Settings(trees=6, least_in_leaf=5, times=3)
    trees = train_trees(data, NAMES, settings)
    each = [train_trees(data, NAMES, Settings(trees=6, least_in_leaf=5, seed=seed)) for seed in (1, 2, 3)]
    rows = data[0].columns
    mean = np.mean([one.score(rows) for one in each], axis=0)
    assert np.abs(trees.score(rows) - mean).max() < 1e-3
    assert np.abs(trees.score(rows) - each[0].score(rows)).max() > 1e-2


@pytest.mark.parametrize("count", [140, 139, 1])
def test_a_score_is_the_sum_of_the_leaves_that_a_walk_through_every_tree_ends_in(count: int) -> None:
    shipped = trees_in_use()
    own = shipped.node_trees < count
    trees = msgspec.structs.replace(
        shipped, node_features=shipped.node_features[own], thresholds=shipped.thresholds[own],
        node_trees=shipped.node_trees[own], masks=shipped.masks[own], leaves=shipped.leaves[:count],
    )  # fmt: skip
    chance = np.random.default_rng(3)
    columns = {
        name: chance.choice(shipped.thresholds[shipped.node_features == at], 600)
        + chance.choice([-1e-3, 0.0], 600)
        for at, name in enumerate(shipped.features)
    }
    columns = {name: values.astype(np.float32) for name, values in columns.items()}
    for at, name in enumerate(shipped.features):
        if at % 3 == 0:
            columns[name][:] = columns[name][0]  # as what is the same for all lines of a text
    scores = trees.score(columns)
    for row in range(0, 600, 37):
        left = [0xFFFF] * count
        for node in range(len(trees.masks)):
            if columns[shipped.features[int(trees.node_features[node])]][row] > trees.thresholds[node]:
                left[int(trees.node_trees[node])] &= int(trees.masks[node])
        ends = [(bits & -bits).bit_length() - 1 for bits in left]
        total = sum(int(trees.leaves[tree, end]) for tree, end in enumerate(ends))
        assert scores[row] == total * trees.step


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    data = questions()
    for name in ("one", "two"):
        write_trees(tmp_path / name, train_trees(data, NAMES, SMALL))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_written_scores_the_same(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    data = questions()
    made = train_trees(data, NAMES, SMALL)
    write_trees(tmp_path / "t.bin", made)
    read = read_trees(tmp_path / "t.bin")
    assert read.features == NAMES
    assert [read.score(one.columns).tolist() for one in data] == [
        made.score(one.columns).tolist() for one in data
    ]
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("where", [0, 9, 40, -300, -1])
def test_a_file_with_one_byte_changed_is_refused(tmp_path: Path, where: int) -> None:
    data = bytearray(SHIPPED.read_bytes())
    data[where] ^= 0x10
    (tmp_path / "t.bin").write_bytes(data)
    with pytest.raises(RelevanceFileError, match="no relevance model or damaged"):
        read_trees(tmp_path / "t.bin")


@pytest.mark.parametrize("size", [0, 7, 60, 5_000])
def test_a_cut_file_is_refused(tmp_path: Path, size: int) -> None:
    (tmp_path / "t.bin").write_bytes(SHIPPED.read_bytes()[:size])
    with pytest.raises(RelevanceFileError, match="install aifirst anew"):
        read_trees(tmp_path / "t.bin")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RelevanceFileError, match="cannot be read"):
        read_trees(tmp_path / "t.bin")


@pytest.mark.parametrize(
    "change",
    [{"nodes": 2**63}, {"trees": 2**59}, {"step": 1e308}, {"nodes": -1}, {"features": []}],
    ids=str,
)
def test_a_header_that_no_file_can_have_is_told(tmp_path: Path, change: dict[str, object]) -> None:
    data = SHIPPED.read_bytes()
    end = 24 + int.from_bytes(data[16:24], "little")
    text = msgspec.json.encode(msgspec.json.decode(data[24:end]) | change)
    rest = len(text).to_bytes(8, "little") + text
    rest = rest.ljust((len(rest) + 7) // 8 * 8, b"\0") + data[(end + 7) // 8 * 8 :]
    (tmp_path / "t.bin").write_bytes(data[:8] + zlib.crc32(rest).to_bytes(8, "little") + rest)
    with pytest.raises(RelevanceFileError, match="no relevance model or damaged"):
        read_trees(tmp_path / "t.bin")


def test_a_device_is_not_read_until_memory_ends() -> None:
    with pytest.raises(RelevanceFileError, match="it begins otherwise"):
        read_trees(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("named", "told"),
    [(str(UNITS), "asks for asked, candidates, "), ("~nobody-is-called-so/t.bin", "cannot be read")],
)
def test_a_variable_that_names_no_ranker_of_lines_is_told(
    monkeypatch: pytest.MonkeyPatch, named: str, told: str
) -> None:
    monkeypatch.setenv(NAMED_BY, named)
    with pytest.raises(RelevanceFileError, match=told):
        trees_in_use()


def test_the_shipped_file_is_small() -> None:
    assert SHIPPED.stat().st_size < 1_000_000
