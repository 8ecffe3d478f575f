"""What the history answers, compared with the same worked out by hand or by the plainest possible code."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.history.build_columns import ColumnsBuilder
from aifirst_memory.history.columns import Columns, pack_columns, unpack_columns
from aifirst_memory.history.log_commit import LogCommit
from aifirst_memory.history.merge_columns import merge_columns
from aifirst_memory.history.read_log import parse_log
from aifirst_memory.history.reader import HistoryReader
from aifirst_memory.lexical.words import STOP_WORDS, count_words
from history_repository import Index, Repository
from hypothesis import given, settings
from hypothesis import strategies as st

LOG = (
    ("Mend the parser of dates", ("dates.py", "tests.py")),
    ("Teach the parser to read times", ("times.py", "dates.py")),
    ("Draw charts", ("charts.py",)),
    ("Mend charts and dates", ("charts.py", "dates.py", "tests.py")),
    ("Format everything: parser, dates, charts", (*(f"f{i}.py" for i in range(40)), "dates.py")),
)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HistoryReader:
    repository = Repository(tmp_path / "project", monkeypatch)
    repository.step = 86_400
    for number, (message, files) in enumerate(LOG):
        repository.commit(message, dict.fromkeys(files, f"{number}\n"))
    return Index(repository.root).reader()


def plain_scores(query: dict[str, float]) -> list[float]:
    """BM25 of every message of LOG, as the formula says it."""
    texts = [{w: n for w, n in count_words(message).items() if w not in STOP_WORDS} for message, _ in LOG]
    mean = sum(sum(text.values()) for text in texts) / len(texts)
    scores: list[float] = []
    for text in texts:
        score = 0.0
        for word, weight in query.items():
            held = sum(word in other for other in texts)
            rarity = math.log(1 + (len(texts) - held + 0.5) / (held + 0.5))
            often = text.get(word, 0)
            length = 1 - 0.75 + 0.75 * sum(text.values()) / mean
            score += weight * rarity * often * 2.2 / (often + 1.2 * length)
        scores.append(score)
    return scores


def test_files_score_what_their_commits_score_less_the_more_files_they_have(reader: HistoryReader) -> None:
    query = dict.fromkeys(count_words("parser for dates"), 1.0) | {"chart": 0.5, "absent": 3.0}
    commits = reader.score_commits(query)
    backwards = reader.commits_of_paths(np.array([-1, *reversed(range(len(reader.paths)))]))
    best, total = backwards.highest(commits), backwards.summed(commits)
    assert (best[0], total[0]) == (0, 0)
    best, total = best[:0:-1], total[:0:-1]
    assert total.tolist() == reader.summed(commits).tolist()
    expected = plain_scores(query)
    assert commits == pytest.approx(expected[::-1], rel=1e-5)
    shares = [
        score / math.sqrt(len(f)) * min(1, 30 / len(f)) for score, (_, f) in zip(expected, LOG, strict=True)
    ]
    for path, index in reader.path_index.items():
        own = [share for share, (_, files) in zip(shares, LOG, strict=True) if path in files]
        assert best[index] == pytest.approx(max(own), rel=1e-5)
        assert total[index] == pytest.approx(sum(own), rel=1e-5)
    explained = reader.explain(commits, "dates.py")
    assert explained is not None
    assert explained.subject == "Mend the parser of dates"
    assert explained.files == 2
    assert reader.explain(reader.score_commits({"absent": 1.0}), "dates.py") is None


def test_age_halves_what_a_commit_counts(reader: HistoryReader) -> None:
    ages = [(reader.now - commit.time) / 86_400 for commit in reader.commits_of("dates.py")]
    charts = reader.commits_of_paths(np.array([reader.path_index["charts.py"]]))
    assert charts.highest(reader.by_age(2.0))[0] > 0
    assert reader.by_age(2.0).max() == 1
    assert reader.by_age(1.0).min() == pytest.approx(0.5 ** max(ages), rel=1e-4)
    assert sorted(reader.newness.tolist(), reverse=True)[0] == 1
    assert len(set(reader.newness.tolist())) == len(reader)


def test_a_file_scores_by_all_messages_of_the_commits_that_changed_it(reader: HistoryReader) -> None:
    scores = reader.score_messages({"chart": 1.0})
    spoken = {path for path, index in reader.path_index.items() if scores[index] > 0}
    said = {path for message, files in LOG for path in files if "chart" in count_words(message)}
    assert spoken == said
    assert not reader.score_messages({"absent": 1.0}).any()
    assert not reader.score_messages({}).any()
    assert reader.holding(["absent"]).sum() == 0
    assert reader.holding(["chart", "absent"]).sum() == sum("chart" in count_words(m) for m, _ in LOG)


def test_commits_that_count_more_tell_more_of_what_changes_together(reader: HistoryReader) -> None:
    dates, tests = reader.path_index["dates.py"], reader.path_index["tests.py"]
    alike = reader.together_in(dates, np.ones(len(reader), np.float32))
    assert alike[dates] == 0
    assert 0 < alike[tests] <= 1
    commits = reader.score_commits(dict.fromkeys(count_words("charts"), 1.0))
    assert reader.together_in(dates, commits)[tests] > alike[tests]


def test_files_that_change_together_are_found_without_the_sweeping_commits(reader: HistoryReader) -> None:
    found = reader.changes_with("dates.py")
    assert [(one.path, one.commits) for one in found] == [("tests.py", 2)]
    (tests,) = found
    assert tests.confidence == pytest.approx(2 / 3)
    assert tests.lift == pytest.approx(2 * 4 / (3 * 2))
    assert tests.score == pytest.approx(2 / (math.sqrt(6) + 2))
    assert reader.changes_with("f1.py") == []
    assert reader.changes_with("dates.py", 0) == []
    (dates,) = reader.changes_with("tests.py")
    assert (dates.path, dates.confidence) == ("dates.py", 1.0)


def test_how_often_and_how_lately_a_file_changed(reader: HistoryReader) -> None:
    assert [reader.frequency(path) for path in ("dates.py", "charts.py", "f1.py", "none.py")] == [4, 2, 1, 0]
    charts, dates, swept = (reader.recency(path) for path in ("charts.py", "dates.py", "f1.py"))
    assert swept == 0
    assert charts == dates
    assert charts is not None
    assert charts > 0
    assert reader.focused_counts[reader.path_index["dates.py"]] == 3
    ids = [commit.id for commit in reader.commits_of("charts.py")]
    assert all(len(one) == 16 for one in ids)
    assert [commit.subject for commit in reader.commits_of("charts.py", 1)] == ["Mend charts and dates"]


def test_a_refreshed_reader_answers_as_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(tmp_path / "project", monkeypatch)
    repository.commit("Begin", {"a.py": "1"})
    index = Index(repository.root)
    reader = index.reader()
    assert not reader.refresh(index.connection)
    repository.commit("Mend the parser", {"b.py": "1"})
    index.update()
    assert reader.refresh(index.connection)
    fresh = HistoryReader.load(index.connection)
    assert reader.paths == fresh.paths == ("a.py", "b.py")
    query = {"parser": 1.0}
    assert reader.score_commits(query).tolist() == fresh.score_commits(query).tolist()
    assert reader.score_messages(query).tolist() == fresh.score_messages(query).tolist()
    assert reader.newness.tolist() == fresh.newness.tolist()
    assert reader.head == fresh.head == repository.git("rev-parse", "HEAD")
    repository.git("reset", "-q", "--hard", "HEAD~1")
    index.update()
    assert reader.refresh(index.connection)
    assert reader.paths == ("a.py",)


names = st.sampled_from([b"a", b"b/c", "ü".encode(), b"\xff\n", b"d e"])
changes = st.tuples(st.sampled_from([b"A", b"M", b"D"]), names, st.just(b"")) | st.tuples(
    st.just(b"R"), names, names
)
commits = st.builds(
    LogCommit,
    st.integers(0, 2**160 - 1).map("{:040x}".format),
    st.integers(0, 2**33),
    st.sampled_from(
        [b"Mend parser", b"", "Größe ändern".encode(), b"Add parser to printer\n\nBecause.", b"R100"]
    ),
    st.lists(changes, max_size=4).map(tuple),
)


Row = tuple[int, int, str, list[tuple[int, int]], list[tuple[int, bytes, bytes]]]


def rows_of(builder: ColumnsBuilder) -> list[Row]:
    """What a builder holds, read back from its bytes commit by commit."""
    columns = unpack_columns(pack_columns(builder.build()))
    return columns_as_rows(columns)


def columns_as_rows(columns: Columns) -> list[Row]:
    """Columns as one list a commit."""
    rows: list[Row] = []
    word = file = renamed = 0
    for i in range(len(columns.ids)):
        held = range(word, word := word + int(columns.word_counts[i]))
        changed: list[tuple[int, bytes, bytes]] = []
        for j in range(file, file := file + int(columns.file_counts[i])):
            old = b""
            if columns.kinds[j] == ord("R"):
                old = columns.paths[int(columns.before[renamed])]
                renamed += 1
            changed.append((int(columns.kinds[j]), columns.paths[int(columns.files[j])], old))
        words = sorted((int(columns.keys[columns.words[j]]), int(columns.occurrences[j])) for j in held)
        rows.append((int(columns.ids[i]), int(columns.times[i]), columns.subjects[i], words, changed))
    return rows


def built(log: list[LogCommit]) -> ColumnsBuilder:
    builder = ColumnsBuilder()
    for commit in log:
        builder.add(commit)
    return builder


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(commits, max_size=6), st.lists(commits, max_size=4))
def test_columns_survive_storing_and_merging_in_any_order(
    first: list[LogCommit], second: list[LogCommit]
) -> None:
    rows = rows_of(built(first))
    assert [(row[0], row[1]) for row in rows] == [(int(c.id[:16], 16), c.time) for c in first]
    assert [[old for _, _, old in row[4]] for row in rows] == [
        [c[2] for c in commit.changes] for commit in first
    ]
    together = first + second
    order = list(range(len(together)))[::-2]
    merged = merge_columns([built(first).build(), built(second).build()], np.array(order, np.int64))
    chosen = built([together[i] for i in order]).build()
    assert columns_as_rows(merged) == columns_as_rows(chosen)
    assert merged.paths == chosen.paths
    assert merged.keys.tolist() == chosen.keys.tolist()


def written(log: list[LogCommit]) -> bytes:
    """The log as git would write it."""
    out = b""
    for commit in log:
        out += b"\0".join([commit.id.encode(), str(commit.time).encode(), commit.message]) + b"\0"
        for number, (kind, path, old) in enumerate(commit.changes):
            status = kind + b"097" if kind == b"R" else kind
            fields = (status, old, path) if kind == b"R" else (status, path)
            out += (b"" if number else b"\n") + b"\0".join(fields) + b"\0"
    return out


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(commits, max_size=5), st.integers(1, 40))
def test_a_log_reads_the_same_wherever_its_pieces_end(log: list[LogCommit], size: int) -> None:
    text = written(log)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert list(parse_log(pieces)) == log
