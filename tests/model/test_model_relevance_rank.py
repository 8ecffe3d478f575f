"""The trees_in_use ranker: what it says of lines, and the measures that it is judged by."""

from __future__ import annotations

import numpy as np
import pytest
from aifirst_memory.context.asked_lines import read_asked, word_sources
from aifirst_model.relevance.line_features import learnt_features, line_features
from aifirst_model.relevance.line_layout import KINDS, layout
from aifirst_model.relevance.line_words import line_words
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


@pytest.mark.parametrize(
    ("kind", "begin", "other"),
    [
        ("comment", "#x|# note|//|/*|* |*/|*|-- x|\"\"\"x|'''", "#[x]|*x|--x|\"x|\'x"),
        ("close", ")|];|}, ]|end|end x|fi|done", "fi x|done()|endless|) x"),
        ("leave", "return|return x|break|continue;|yield x", "returned|breaks"),
        ("fail", "raise|throw x|panic(|assert x|except|catch (|} catch|rescue|try:|finally {", "tryst|raises"),
        ("branch", "if(|elif|} else {|else:|for|foreach|while|switch|case 1|match x|when|unless|until|with|do {|loop {"
         "|select {|default:", "iffy|dog|formal|selected|cased"),
        ("bring", "import x|from x|use x|using x|require x|package x|#include|# include|namespace x|export *|export {",
         "useful|exported"),
        ("define", "@x|def x|class x|func x|fn x|function x|interface x|struct x|enum x|type x|trait x|impl x|module x"
         "|mod x|pub fn x|public static class x|private def x|protected def|final class x|async def x|export class x"
         "|abstract class|override func", "define|public x|static x|async x|modest|typed"),
    ],
)  # fmt: skip
def test_the_kind_of_a_line_is_told_by_how_it_begins(kind: str, begin: str, other: str) -> None:
    lines = [f"\t {one}".encode() for one in begin.split("|")]
    assert {KINDS[number - 1] for number in layout(lines).kind.tolist()} == {kind}
    assert kind not in {
        KINDS[number - 1]
        for number in layout([one.encode() for one in other.split("|")]).kind.tolist()
        if number
    }


INDENTED = st.sampled_from([b"", b" ", b"a", b" a", b"  a", b"\ta", b"\t", b"\t  a", b"        a", b"    a"])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(INDENTED, max_size=14))
def test_a_line_stands_under_the_nearest_line_above_that_stands_less_far_in(lines: list[bytes]) -> None:
    form = layout(lines)
    far = [far_in(line) for line in lines]
    for at, own in enumerate(far):
        before = [other for other in range(at) if 0 <= far[other] < (own if own >= 0 else 99)]
        assert form.parent[at] == max(before, default=-1)
        assert form.depth[at] == (form.depth[max(before)] + 1 if before else 0)
        behind = [other for other in range(at + 1, len(far)) if 0 <= far[other] <= own]
        assert form.end[at] == (min(behind, default=len(lines)) if own >= 0 else at + 1)
        assert form.paragraph[at] == sum(width < 0 for width in far[: at + 1])


def far_in(line: bytes) -> int:
    """Columns before the text, a tab being four; -1 for a line without any."""
    return len(line[:-1]) + 3 * line.count(b"\t") if line.strip() else -1


def test_what_a_line_says_does_not_hang_on_the_lines_around_it() -> None:
    asked = read_asked("send the data of the connection with a timeout", lambda _: 0.1)
    lines = [*TEXT, b" ".join(TEXT) * 3, b"", b"\xc3\xa9t\xc3\xa9 = connection.timeout " * 20]
    together = line_words(asked, lines, word_sources())
    for at, line in enumerate(lines):
        alone = line_words(asked, [line], word_sources())
        assert together.said[at].tolist() == alone.said[0].tolist()
        assert together.near[at] == pytest.approx(alone.near[0], abs=1e-5)
        assert together.mean[at] == pytest.approx(alone.mean[0], abs=1e-5)
        assert len(alone.identifiers) == (together.lines == at).sum()
    assert together.said.any()


def test_measures_are_those_worked_out_by_hand() -> None:
    scores = np.array([0.1, 0.9, 0.5, 0.4])
    assert measure(scores, np.array([0, 1, 0, 1], np.int8)) == (pytest.approx((1 + 2 / 3) / 2), 0.5, 1.0)
    assert measure(scores, np.array([1, 0, 0, 0], np.int8)) == (0.25, 0.0, 0.0)


def test_an_interval_holds_its_mean_and_closes_where_projects_agree() -> None:
    apart = intervals({"a": [Measures(0.2, 0.2, 0.0)], "b": [Measures(0.8, 0.8, 1.0)] * 3})[0]
    assert apart == (pytest.approx(0.65), pytest.approx(0.2), pytest.approx(0.8))
    alike = intervals({name: [Measures(0.5, 0.5, 1.0)] for name in "abc"})[0]
    assert alike == (0.5, 0.5, 0.5)
