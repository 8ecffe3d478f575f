"""The static embedder: what ships with the package, and how it sums."""

from __future__ import annotations

import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.embedding.embedder import EmbedderError, embeds_words
from aifirst_memory.embedding.open_embedder import open_embedder
from aifirst_memory.embedding.quantise import normalised, packed, quantised, restored, unpacked
from aifirst_memory.embedding.settings import EmbedderSettings
from aifirst_memory.embedding.static import SHIPPED, StaticEmbedder, open_static, unknown_rows
from aifirst_memory.embedding.static_file import read_static, write_static
from aifirst_memory.lexical.words import count_words
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

WORDS = ["file", "open", "parse", "token", "zzqrx", "getuserid", "xyzzyplugh", "naïve", "数据"]
counts_of_words = st.dictionaries(st.sampled_from(WORDS), st.integers(1, 40), max_size=len(WORDS))


@pytest.fixture(scope="module")
def shipped() -> StaticEmbedder:
    return open_static()


def small(tmp_path: Path) -> StaticEmbedder:
    """Three words, `up`, `down` and `left`, and buckets whose rows are all the same."""
    words = sorted(["up", "down", "left"], key=lambda word: zlib.crc32(word.encode()))
    keys = np.array([zlib.crc32(word.encode()) for word in words], np.uint32)
    of_word = {"up": [0, 7], "down": [0, -7], "left": [5, 0]}
    rows = np.array([*(of_word[word] for word in words), *([[1, 1]] * 4), [0, 0]], np.int8)
    write_static(tmp_path / "small.bin", keys, np.ones(len(rows), np.float32), rows, "a test")
    return StaticEmbedder(read_static(tmp_path / "small.bin"))


def test_a_text_is_the_weighted_sum_of_its_words_rows(tmp_path: Path) -> None:
    embedder = small(tmp_path)
    sums = embedder.sum_words([{"up": 1, "left": 4}, {}, {"down": 100}])
    assert sums.tolist() == [[8 * 5, 4 * 7], [0, 0], [0, 16 * -7]]


def test_a_word_outside_the_vocabulary_is_the_sum_of_its_buckets(tmp_path: Path) -> None:
    embedder = small(tmp_path)
    assert embedder.sum_words([{"sideways": 1}]).tolist() == [[12, 12]]
    beginning, end, whole = unknown_rows(b"sideways", 3, 5)
    assert unknown_rows(b"sidewalk", 3, 5)[0] == beginning
    assert unknown_rows(b"always", 3, 5)[1] != beginning
    assert {beginning, end, whole} <= {3, 4, 5, 6}


def test_its_name_changes_with_its_numbers(tmp_path: Path, shipped: StaticEmbedder) -> None:
    assert small(tmp_path).name != shipped.name
    assert shipped.name == f"static:{shipped.dimension}:{read_static_crc():08x}"


def read_static_crc() -> int:
    table = read_static(SHIPPED)
    body = b"".join(
        array.tobytes().ljust((array.nbytes + 7) & ~7, b"\0")
        for array in (table.keys, table.factors, table.rows)
    )
    return zlib.crc32(body)


def test_what_ships_is_whole_and_within_its_bounds(shipped: StaticEmbedder) -> None:
    table = read_static(SHIPPED)
    assert SHIPPED.stat().st_size < 16_000_000
    assert (np.diff(table.keys.astype(np.int64)) > 0).all()
    rows = unpacked(table.rows, shipped.dimension)
    assert not rows[-1].any()
    assert np.rint(np.abs(rows * table.factors[:, None])).max() <= 1023
    assert embeds_words(shipped)


@given(st.lists(counts_of_words, max_size=6))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_a_vector_depends_on_its_own_words_only_whatever_their_order_and_the_batch(
    batch: list[dict[str, int]],
) -> None:
    embedder = open_static()
    together = embedder.embed_words(batch)
    for row, counts in zip(together, batch, strict=True):
        reordered = dict(sorted(counts.items(), reverse=True))
        assert (embedder.embed_words([reordered])[0] == row).all()
        assert np.isclose(np.linalg.norm(row), 1 if counts else 0, atol=1e-6)


def test_rows_stay_right_when_the_memory_of_words_is_given_up(
    shipped: StaticEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aifirst_memory.embedding.static._REMEMBERED", 3)
    embedder = StaticEmbedder(read_static(SHIPPED))
    texts = [f"read the {noun} and close it" for noun in ("file", "socket", "stream", "window")]
    one_by_one = np.concatenate([embedder.embed_texts([text]) for text in texts])
    assert (one_by_one == shipped.embed_texts(texts)).all()


def test_a_word_that_is_asked_for_twice_at_once_takes_no_other_words_place(tmp_path: Path) -> None:
    embedder = small(tmp_path)
    first = embedder.rows_of(["up", "sideways", "up"]).tolist()
    assert embedder.rows_of(["left", "down"]).tolist() == [[5, 0], [0, -7]]
    assert first == embedder.rows_of(["up", "sideways", "up"]).tolist() == [[0, 7], [3, 3], [0, 7]]


def test_rows_of_large_numbers_are_kept_whole(tmp_path: Path) -> None:
    keys = np.array([zlib.crc32(b"up")], np.uint32)
    rows = np.array([[0, 7], [1, 1], [0, 0]], np.int8)
    write_static(tmp_path / "large.bin", keys, np.array([9000, 1, 1], np.float32), rows, "a test")
    assert StaticEmbedder(read_static(tmp_path / "large.bin")).rows_of(["up"]).tolist() == [[0, 63_000]]


def test_related_texts_are_nearer_than_unrelated_ones(shipped: StaticEmbedder) -> None:
    query, right, wrong = shipped.embed_texts(
        [
            "delete a user from the database",
            "def remove_account(self, user_id): self.session.execute(delete(User).where(User.id == user_id))",
            "def draw_circle(canvas, radius): canvas.arc(0, 0, radius, 0, 2 * pi)",
        ]
    )
    assert query @ right > query @ wrong + 0.1


def test_texts_are_embedded_as_their_counted_words(shipped: StaticEmbedder) -> None:
    text = "class HTTPServer2: def serve_forever(self): pass"
    assert (shipped.embed_texts([text]) == shipped.embed_words([count_words(text)])).all()


def test_threads_may_share_one_embedder() -> None:
    alone, shared = open_static(), StaticEmbedder(read_static(SHIPPED))

    def embed(some: list[str]) -> list[NDArray[np.float32]]:
        return [shared.embed_texts([text]) for text in some]

    texts = [[f"word{index} of{thread} thread{index % 7}" for index in range(400)] for thread in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(embed, texts))
    finally:
        sys.setswitchinterval(interval)
    for some, rows in zip(texts, found, strict=True):
        assert (np.concatenate(rows) == alone.embed_texts(some)).all()


def test_a_damaged_or_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="install aifirst anew"):
        open_static(tmp_path / "none.bin")
    (tmp_path / "cut.bin").write_bytes(b"AIFSTAT1" + (5).to_bytes(8, "little") + b"{}")
    with pytest.raises(EmbedderError, match=r"cut\.bin is no embedder or damaged"):
        open_static(tmp_path / "cut.bin")


def test_the_settings_choose_the_embedder() -> None:
    assert open_embedder(EmbedderSettings()) is open_static()
    assert open_embedder(EmbedderSettings(kind="none")) is None


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=64, max_size=64), min_size=1, max_size=5))
@settings(derandomize=True, max_examples=40, deadline=None)
def test_a_row_of_levels_keeps_the_direction_of_its_vector(vectors: list[list[float]]) -> None:
    rows = normalised(np.array(vectors, np.float32) * np.float32(1000))
    levels = quantised(rows)
    again = restored(levels)
    usual = np.abs(rows).max(axis=1) < 2.5 / 8
    assert np.allclose(rows[usual], again[usual], atol=0.51 * 2.5 / 8 / 7)
    assert not again[~rows.any(axis=1)].any()
    assert (np.sign(again) * np.sign(rows) >= 0).all()
    assert (unpacked(packed(levels), 64) == levels).all()
    assert (unpacked(packed(levels[:, :63]), 63) == levels[:, :63]).all()
