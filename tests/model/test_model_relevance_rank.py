"""The trees_in_use ranker: what it says of lines, and the measures that it is judged by."""

from __future__ import annotations

import numpy as np
import pytest
from aifirst_memory.context.asked_lines import read_asked, word_sources
from aifirst_model.relevance.line_features import learnt_features, line_features
from aifirst_model.relevance.line_layout import KINDS, layout
from aifirst_model.relevance.measures import Measures, intervals, measure
from aifirst_model.relevance.rank import score_lines, trees_in_use
from hypothesis import given, settings
from hypothesis import strategies as st

SOURCE = b"""def load(path, cache):
    name = path.name
    if name in cache:
        return cache[name]
    with open(path) as file:
        data = file.read()

    lines = data.splitlines()
    total = 0
    for line in lines:
        total += len(line)
    print(total)

    try:
        connection = connect(HOST)
        connection.settimeout(10)
        connection.send(data)
    except OSError:
        retry(connection)
    return data
"""
TEXT = SOURCE.split(b"\n")


def best(question: str, count: int = 3) -> set[bytes]:
    scores = score_lines(read_asked(question, lambda _: 0.05), TEXT, word_sources())
    return {TEXT[int(at)].strip() for at in np.argsort(-scores, kind="stable")[:count]}


def test_lines_that_the_question_is_about_come_first() -> None:
    assert b"connection.settimeout(10)" in best("the timeout of the connection is too short")
    assert b"total += len(line)" in best("count the length of every line in total")
    assert b"if name in cache:" in best("look in the cache by name first")


def test_every_feature_that_the_trees_ask_for_is_there() -> None:
    columns = line_features(read_asked("the cache", lambda _: 0.1), TEXT, word_sources())
    assert set(trees_in_use().features) == set(learnt_features(columns))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=25),
    st.text(max_size=40),
)
def test_any_text_and_question_has_a_finite_score_for_each_line(lines: list[bytes], question: str) -> None:
    asked = read_asked(question, lambda _: 0.0)
    scores = score_lines(asked, lines, word_sources())
    assert scores.shape == (len(lines),)
    assert np.isfinite(scores).all()
    assert scores.tolist() == score_lines(asked, lines, word_sources()).tolist()


def test_layout_tells_nesting_paragraphs_and_kinds() -> None:
    form = layout(TEXT)
    assert [TEXT[at].strip() for at in np.flatnonzero(form.parent == 9)] == [b"total += len(line)"]
    assert form.end[13] == 17
    assert form.paragraph[8] == form.paragraph[11] == 1
    assert KINDS[form.kind[3] - 1] == "leave"
    assert KINDS[form.kind[9] - 1] == "branch"
    assert form.kind[12] == -1


def test_measures_are_those_worked_out_by_hand() -> None:
    scores = np.array([0.1, 0.9, 0.5, 0.4])
    assert measure(scores, np.array([0, 1, 0, 1], np.int8)) == (pytest.approx((1 + 2 / 3) / 2), 0.5, 1.0)
    assert measure(scores, np.array([1, 0, 0, 0], np.int8)) == (0.25, 0.0, 0.0)


def test_an_interval_holds_its_mean_and_closes_where_projects_agree() -> None:
    apart = intervals({"a": [Measures(0.2, 0.2, 0.0)], "b": [Measures(0.8, 0.8, 1.0)] * 3})[0]
    assert apart == (pytest.approx(0.65), pytest.approx(0.2), pytest.approx(0.8))
    alike = intervals({name: [Measures(0.5, 0.5, 1.0)] for name in "abc"})[0]
    assert alike == (0.5, 0.5, 0.5)
