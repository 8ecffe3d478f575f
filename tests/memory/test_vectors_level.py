"""Level 3: whatever order of changes led there, it holds and finds what a fresh index does."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from aifirst_memory.embedding.quantise import restored, unpacked
from aifirst_memory.vectors.part import GLUE, TICKET, UNIT
from aifirst_memory.vectors.segment import load_segments, segment_sizes
from hypothesis import given, settings
from vectors_project import VectorsProject

FUNCTIONS = [
    "def open_socket(host, port):\n    return connect((host, port))\n",
    'def parse_date(text):\n    """Read a calendar date like 2024-05-01."""\n    return strptime(text)\n',
    "def draw_circle(canvas, radius):\n    canvas.arc(0, 0, radius)\n",
    "# Passwords are hashed against guessing.\ndef check_password(user, raw):\n    return hmac(user, raw)\n",
    "class Cache:\n    size = 10\n\n    def evict(self):\n        self.entries.popitem()\n",
    "",
]
TICKET_BAR = "# " + "=" * 76
TICKET_TEXT = f"""{TICKET_BAR}
# @TAG:TICKET:safe-division
# TICKET: Divide without raising
{TICKET_BAR}
# CONTEXT: Averages over groups that may be empty
# PROBLEM: a ZeroDivisionError stops the report
# REQUIREMENTS:
#   - FR1: return the default when the divisor is 0
# DESIGN DECISION: a default argument
{TICKET_BAR}
"""
QUERIES = ["read a date from text", "guess the password", "evict the oldest entry of the cache", "zebra"]

_text = st.lists(st.sampled_from(FUNCTIONS), max_size=3).map("\n\n".join)
_path = st.sampled_from(["a.py", "b.py", "pkg/c.py", "pkg/d.py"])
_step = st.one_of(
    st.tuples(st.just("write"), _path, _text),
    st.tuples(st.just("remove"), _path),
    st.tuples(st.just("rename"), _path, _path),
    st.tuples(st.just("finish")),
)


def found_by(project: VectorsProject) -> list[list[tuple[str, int, int]]]:
    """What every query finds, ids translated to names, in an order that equal scores cannot change."""
    reader = project.reader()
    result: list[list[tuple[str, int, int]]] = []
    for query in QUERIES:
        hits = reader.search(project.embed(query), 100)
        rows = zip(hits.units.tolist(), hits.kinds.tolist(), hits.scores.tolist(), strict=True)
        result.append(
            sorted((project.unit_name(unit), kind, round(score * 1e5)) for unit, kind, score in rows)
        )
    return result


@given(st.lists(_step, max_size=12))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_any_series_of_changes_ends_where_a_fresh_index_begins(steps: list[tuple[str, ...]]) -> None:
    project = VectorsProject()
    watching = project.reader()
    for step in steps:
        if step[0] == "write":
            project.write({step[1]: step[2]})
        elif step[0] == "remove":
            project.remove(step[1])
        elif step[0] == "rename":
            project.rename(step[1], step[2])
        else:
            project.finish()
        watching.refresh(project.connection)
    fresh = VectorsProject()
    fresh.write(project.texts, initial=True)
    fresh.finish()
    assert list(project.level.dump(project.connection)) == list(fresh.level.dump(fresh.connection))
    assert found_by(project) == found_by(fresh)
    again = project.reader()
    for query in QUERIES:
        vector = project.embed(query)
        assert np.allclose(watching.score_units(vector), again.score_units(vector), atol=1e-6)
    assert len(watching) == len(again)


def test_a_unit_its_glue_and_a_ticket_have_vectors() -> None:
    project = VectorsProject()
    project.write({"a.py": "\n\n".join([TICKET_TEXT, *FUNCTIONS[:5]])})
    lines = [line.split("\t")[:3] for line in project.level.dump(project.connection)]
    assert ["a.py", "parse_date", "unit"] in lines
    assert ["a.py", "check_password", "glue"] in lines
    assert ["a.py", "open_socket", "glue"] not in lines
    assert [line for line in lines if line[2] == "ticket"] == [["a.py", "", "ticket"]]
    hits = project.reader().search(project.embed("divide by zero"), 1, [TICKET])
    assert hits.units.tolist() == [project.stored["a.py"].first_unit]
    assert hits.scores[0] > 0.4


def test_a_file_with_nothing_in_it_has_no_vector() -> None:
    project = VectorsProject()
    project.write({"__init__.py": ""})
    assert list(project.level.dump(project.connection)) == []
    assert len(project.reader()) == 0
    assert project.reader().search(project.embed("anything"), 5).units.tolist() == []


def test_one_saved_file_writes_its_own_vectors_only() -> None:
    project = VectorsProject()
    project.write({f"m{i}.py": "\n\n".join(FUNCTIONS) for i in range(40)}, initial=True)
    project.finish()
    project.write({"m7.py": FUNCTIONS[0]})
    project.finish()
    sizes = sorted(size.count for size in segment_sizes(project.connection))
    assert len(sizes) == 2
    assert sizes[0] == 2 < 20 * sizes[0] < sizes[1]


def test_what_piles_up_is_merged() -> None:
    project = VectorsProject()
    project.write({f"m{i}.py": "\n\n".join(FUNCTIONS) for i in range(40)}, initial=True)
    project.finish()
    for number in range(30):
        project.write({"m7.py": FUNCTIONS[number % 5]})
        project.finish()
        assert len(segment_sizes(project.connection)) <= 10
    for number in range(20):
        project.write({f"m{number}.py": FUNCTIONS[0]})
    project.finish()
    assert len(segment_sizes(project.connection)) == 1
    assert project.connection.execute("SELECT count(*) FROM vectors_dead").fetchone()[0] == 0


def test_small_changes_are_merged_without_reading_what_is_large() -> None:
    project = VectorsProject()
    project.write({f"m{i}.py": "\n\n".join(FUNCTIONS) for i in range(60)}, initial=True)
    project.finish()
    (large,) = [one.number for one in segment_sizes(project.connection)]
    project.connection.execute(
        "UPDATE vectors_segment SET vectors = x'00' WHERE segment = ?", (large,)
    )  # who reads it fails
    for number in range(9):
        project.write({f"n{number}.py": FUNCTIONS[0]})
        project.finish()
    assert [one.number == large for one in segment_sizes(project.connection)] == [True, False]


def test_scores_are_exact_and_the_best_of_a_units_vectors() -> None:
    project = VectorsProject()
    project.write({"a.py": "\n\n".join(FUNCTIONS[:3]), "b.py": FUNCTIONS[3]})
    project.write({"a.py": "\n\n".join(FUNCTIONS[1:5])})
    vector = project.embed("read a date")
    expected: dict[int, float] = {}
    gone = range(1, 5)
    for _, segment in load_segments(project.connection):
        for unit, row in zip(
            segment.owners.tolist(), restored(unpacked(segment.rows, segment.dimension)), strict=True
        ):
            if unit not in gone:
                expected[unit] = max(expected.get(unit, -1.0), float(row @ vector))
    scores = project.reader().score_units(vector)
    assert scores.dtype == np.float32
    assert set(np.flatnonzero(scores).tolist()) <= set(expected)
    assert np.allclose([scores[unit] for unit in expected], list(expected.values()), atol=0.01)


def test_a_search_can_be_for_some_kinds_only() -> None:
    project = VectorsProject()
    project.write({"a.py": "\n\n".join(FUNCTIONS)})
    reader = project.reader()
    vector = project.embed("hashed passwords")
    everything = reader.search(vector, 100)
    for kind in (UNIT, GLUE, TICKET):
        hits = reader.search(vector, 100, [kind])
        rows = everything.kinds == kind
        assert hits.units.tolist() == everything.units[rows].tolist()
        assert hits.scores == pytest.approx(everything.scores[rows])
    assert (np.diff(everything.scores) <= 1e-6).all()


def test_similar_units_come_without_the_unit_itself() -> None:
    project = VectorsProject()
    project.write(
        {"a.py": FUNCTIONS[0], "b.py": FUNCTIONS[0].replace("host", "address"), "c.py": FUNCTIONS[2]}
    )
    unit = project.stored["a.py"].first_unit + 1
    hits = project.reader().similar(unit, 2)
    assert project.unit_name(int(hits.units[0])) == "b.py::open_socket"
    assert unit not in hits.units.tolist()
    assert project.reader().similar(999, 2).units.tolist() == []


def test_the_vector_of_a_file_is_the_weighted_mean_of_its_units() -> None:
    project = VectorsProject()
    project.write({"a.py": "\n\n".join(FUNCTIONS), "b.py": ""})
    reader = project.reader()
    stored = project.stored["a.py"]
    from vectors_project import reading_of

    units = reading_of("a.py", project.texts["a.py"]).units
    expected = np.zeros(project.embedder.dimension)
    for index, unit in enumerate(units):
        vector = reader.unit_vector(stored.first_unit + index)
        if vector is not None:
            expected += np.sqrt(unit.tokens) * vector
    found = reader.file_vector(project.connection, stored.file_id)
    assert found is not None
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-5)
    assert reader.file_vector(project.connection, project.stored["b.py"].file_id) is None
    assert reader.file_vector(project.connection, 999) is None
