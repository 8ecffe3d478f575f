"""What the static embedder is trained on, and that training and embedding mean the same by a text."""

from __future__ import annotations

import random
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.embedding.quantise import normalised
from aifirst_memory.embedding.static import StaticEmbedder
from aifirst_memory.embedding.static_file import read_static, write_static
from aifirst_memory.lexical.words import count_words
from training.make_pairs import project_commits, project_units
from training.training_pairs import Features, mean_reciprocal_rank, pairs_of_project
from training.training_projects import LEARN, TUNE
from training.training_texts import CommitText, UnitText

SOURCE = '''"""Numbers."""


def average(values):
    """Return the mean of some numbers, zero for none of them."""
    total = sum(values)
    count = len(values) or 1
    return total / count
'''
TEST = """from numbers import average


def test_average():
    assert average([1, 2, 3]) == 2
    assert average([]) == 0
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits before the day up to which is learnt, and one after it."""
    root = tmp_path_factory.mktemp("learnt")
    run = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(root)]
    subprocess.run([*run, "init", "-q", "-b", "main"], check=True)
    for day, message, source in (
        ("2024-01-01", "Add the mean of numbers", SOURCE.replace(" or 1", "")),
        (
            "2024-02-01",
            "Do not divide by zero when there are no values\n\nSigned-off-by: A <a@example.org>",
            SOURCE,
        ),
        ("2026-01-01", "Rename what must never be learnt", SOURCE.replace("average", "secret_name")),
    ):
        (root / "numbers.py").write_text(source)
        (root / "test_numbers.py").write_text(TEST)
        subprocess.run([*run, "add", "."], check=True)
        dates = {
            "GIT_AUTHOR_DATE": f"{day}T00:00:00Z",
            "GIT_COMMITTER_DATE": f"{day}T00:00:00Z",
            "PATH": "/usr/bin:/bin",
        }
        subprocess.run([*run, "commit", "-q", "-m", message], check=True, env=dates)
    return root / ".git"


def texts(repository: Path) -> tuple[list[UnitText], list[CommitText]]:
    dice = random.Random(0)  # noqa: S311  # a sample, no secret
    return list(project_units(repository, dice)), list(project_commits(repository))


def test_units_and_commits_come_from_before_the_last_day_to_learn_from(repository: Path) -> None:
    units, commits = texts(repository)
    assert {unit.name for unit in units} == {"", "average", "test_average"}
    average = next(unit for unit in units if unit.name == "average")
    assert average.glue == '"""Return the mean of some numbers, zero for none of them."""'
    assert "mean" not in average.code
    assert [unit.is_test for unit in units if unit.name == "test_average"] == [True]
    assert [commit.message for commit in commits] == ["Do not divide by zero when there are no values"]
    assert commits[0].path == "numbers.py"
    assert "len(values)\n" in commits[0].text
    assert "or 1" not in commits[0].text


def test_pairs_join_glue_and_code_message_and_change_test_and_function(repository: Path) -> None:
    units, commits = texts(repository)
    vocabulary = sorted({word for unit in units for word in count_words(unit.code + unit.glue)})
    row_of = {word: row for row, word in enumerate(vocabulary)}
    pairs = pairs_of_project(units, commits, Features(row_of, 5), seed=1)
    assert {kind: len(one.left) for kind, one in pairs.items()} == {
        "glue": 1,
        "name": 1,
        "commit": 1,
        "test": 1,
    }
    glue = pairs["glue"]
    assert row_of["mean"] in glue.left[0]
    assert row_of["mean"] not in glue.right[0]
    assert row_of["averag"] not in pairs["name"].right[0]
    assert row_of["averag"] in pairs["name"].left[0]


def dense(bag: Mapping[int, float], size: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    row = np.zeros(size, np.float32)
    row[list(bag)] = list(bag.values())
    return row


def test_training_sums_a_text_as_the_embedder_does(tmp_path: Path) -> None:
    words = sorted(["read", "file", "close"], key=lambda word: zlib.crc32(word.encode()))
    keys = np.array([zlib.crc32(word.encode()) for word in words], np.uint32)
    rows = np.random.default_rng(2).integers(-7, 8, (3 + 6, 4)).astype(np.int8)
    rows[-1] = 0
    write_static(tmp_path / "a.bin", keys, np.ones(9, np.float32), rows, "a test")
    embedder = StaticEmbedder(read_static(tmp_path / "a.bin"))
    features = Features({word: row for row, word in enumerate(words)}, 6)
    counts = count_words("read file file closeFile zebra " + "read " * 40)
    bag = dense(features.add({}, counts), 9)
    assert (bag @ rows.astype(np.float32) == embedder.sum_words([counts])[0]).all()


def test_no_project_of_the_localisation_benchmark_is_learnt_from() -> None:
    projects = (Path(__file__).parents[2] / "benchmarks" / "localisation" / "projects.py").read_text()
    assert [name for name in LEARN if f'"{name}"' in projects] == []
    assert [name for name in TUNE if f'"{name}": "test"' in projects] == []


def test_the_mean_reciprocal_rank_counts_ties_by_half_and_nothing_beyond_ten() -> None:
    right = normalised(np.eye(20, dtype=np.float32))
    assert mean_reciprocal_rank(right, right, 20) == 1
    second = right + 2 * np.roll(right, 1, axis=0)
    assert mean_reciprocal_rank(second, right, 20) == pytest.approx(0.5)
    assert mean_reciprocal_rank(np.ones_like(right), right, 20) == 0
