"""The lines that completers are measured on, the lookup that they are measured against, and the figures themselves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.adapt.adapt_error import AdaptError
from aifirst_model.adapt.adapt_project import adapt_recipe
from aifirst_model.adapt.adapt_report import Asked
from aifirst_model.adapt.adapt_steps import begin
from aifirst_model.adapt.line_gaps import AFTER, BEFORE, LineGaps, choose_gaps, line_gaps
from aifirst_model.adapt.prefix_lookup import PrefixLookup
from aifirst_model.adapt.score_lines import LineScore, compare_scores, score_line, summarise
from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.record import About, Gap, Text
from hypothesis import given, settings
from hypothesis import strategies as st

CODE = Path(__file__).read_text("utf-8")


def text(code: str, path: str = "a.py") -> Text:
    return Text(code, About(path=path, project="p", language="python"))


def gap(before: str, middle: str = "x", after: str = "\n") -> Gap:
    return Gap(before, middle, after)


def test_a_gap_with_what_stands_around_it_is_the_file() -> None:
    found = list(line_gaps(text(CODE)))
    assert len(found) > 50
    for one in found:
        whole = one.before + one.middle + one.after
        assert whole in CODE
        assert len(one.before) <= BEFORE
        assert len(one.after) <= AFTER
        line = CODE.splitlines()[int(one.about.category)]
        assert line.rstrip().endswith(one.middle)
        assert one.before.endswith(line[: len(line.rstrip()) - len(one.middle)])
        assert "\n" not in one.middle
        assert one.middle.strip()


@given(st.text(alphabet="ab (=\n\r\t#é", max_size=300))
@settings(derandomize=True, max_examples=80, deadline=None)
def test_any_text_is_cut_without_loss(code: str) -> None:
    if code:
        for one in line_gaps(text(code)):
            assert one.before + one.middle + one.after in code


def test_comments_and_short_lines_are_not_asked() -> None:
    code = (
        "# a comment that is long enough\nx = 1\n\nvalue = compute(one, two)\n// another long comment here\n"
    )
    assert [one.about.category for one in line_gaps(text(code))] == ["3"]


def test_the_same_gaps_are_chosen_every_time_and_from_many_files() -> None:
    texts = [text(CODE, f"{name}.py") for name in "abcdef"]
    first = choose_gaps(texts, 40)
    assert first == choose_gaps(texts[::-1], 40)
    assert len(first) == 40
    assert len({one.about.path for one in first}) > 4


def test_a_project_gives_gaps_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(CODE)
    source = LineGaps(Project(tmp_path, "p"), CollectSettings(is_own=True), every=3)
    found = list(source.samples())
    every = list(line_gaps(text(CODE, "one.py")))
    assert len(every) / 5 < len(found) < len(every) / 2
    before = source.key
    (tmp_path / "two.py").write_text("x = 1\n")
    assert source.key != before


def test_lookup_gives_what_most_often_follows_the_beginning() -> None:
    known = [
        text("    return self.value\n  return self.value\nreturn self.name\n"),
        text("return other\n", "b.py"),
    ]
    lookup = PrefixLookup(known)
    assert lookup.complete(gap("def f(self):\n        return self.")) == "value"
    assert lookup.complete(gap("return o")) == "ther"
    assert lookup.complete(gap("raise ")) == ""
    assert lookup.complete(gap("    ")) == ""


def test_lookup_sees_the_lines_around_the_gap_but_not_the_gap_itself() -> None:
    lookup = PrefixLookup([text("x = other\n")])
    around = gap("x = near\nx = near\nx = ", "right", "\nx = far\nx = far\nx = far\n")
    assert lookup.complete(around) == "far"
    assert lookup.complete(gap("x = near\nx = near\nx = ", "right", "\n")) == "near"
    assert lookup.complete(gap("y = 1\nx = ", "right", " right\n")) == "other"


def test_lookup_breaks_ties_by_the_text() -> None:
    assert PrefixLookup([text("go b\ngo a\n")]).complete(gap("go ")) == "a"


@pytest.mark.parametrize(
    ("wanted", "given_text", "exact", "similarity"),
    [
        ("abc", " abc \nmore", 1.0, 1.0), ("abc", "abd", 0.0, 2 / 3), ("abc", "", 0.0, 0.0),
        ("kitten", "sitting", 0.0, 1 - 3 / 7),
        ("ab", "ba", 0.0, 0.0),
    ],
)  # fmt: skip
def test_scores_are_those_counted_by_hand(
    wanted: str, given_text: str, exact: float, similarity: float
) -> None:
    found = score_line(wanted, given_text)
    assert (found.exact, found.similarity) == (exact, pytest.approx(similarity))


def test_perplexity_is_of_all_tokens_and_not_a_mean_of_lines() -> None:
    scores = [score_line("a", "a", [math.log(0.5)]), score_line("b", "c", [math.log(0.25)] * 3)]
    found = summarise("model", scores)
    assert found.perplexity == pytest.approx(math.exp((math.log(2) + 3 * math.log(4)) / 4))
    assert found.exact == 0.5
    assert found.perplexity is not None
    assert found.perplexity_interval is not None
    assert found.perplexity_interval[0] <= found.perplexity <= found.perplexity_interval[1]
    assert summarise("lookup", [score_line("a", "a")]).perplexity is None


def scores(exact: list[int], likely: list[float]) -> list[LineScore]:
    pairs = zip(exact, likely, strict=True)
    return [LineScore(float(one), float(one), chance, 1) for one, chance in pairs]


def test_the_adapted_one_is_better_only_beyond_chance() -> None:
    base = scores([0, 1] * 50, [-2.0, -3.0] * 50)
    same = compare_scores(base, base)
    assert (same.exact, same.is_better) == (0.0, False)
    lucky = compare_scores(scores([1, *[0, 1] * 49, 1], [-2.0, -3.0] * 50), base)
    assert lucky.exact > 0
    assert not lucky.is_better
    likelier = compare_scores(scores([0, 1] * 50, [-1.9, -2.9] * 50), base)
    assert likelier.is_better
    assert likelier.log_probability == pytest.approx(0.1)
    assert compare_scores(scores([1] * 100, [-4.0] * 100), base).is_better
    worse = compare_scores(scores([0] * 100, [-1.0] * 100), base)
    assert not worse.is_better


def test_a_folder_holds_one_work_only(tmp_path: Path) -> None:
    asked = Asked("p", "b", "Q8_0", 100, {})
    assert begin(tmp_path / "out", asked) is None
    assert begin(tmp_path / "out", asked) is None
    (tmp_path / "out" / "run").mkdir()
    with pytest.raises(AdaptError, match="another work"):
        begin(tmp_path / "out", Asked("p", "b", "Q8_0", 100, {"steps": 3}))
    with pytest.raises(AdaptError, match="something else"):
        begin(tmp_path, asked)


def test_the_recipe_asks_gaps_as_editors_do_and_takes_changes() -> None:
    changes: dict[str, Any] = {"steps": 7, "learning_rate": 0.001}
    recipe = adapt_recipe(changes)
    assert (recipe.tasks, recipe.suffix_first, recipe.steps, recipe.learning_rate) == (
        ("fill",),
        0.0,
        7,
        0.001,
    )
