"""HotpotQA: read as published, paragraphs found by their words, answers compared as the paper does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.hotpot import rank_paragraphs, read_hotpot, score_answer
from aifirst_model.evaluation.hotpot_result import hotpot_result

ROWS: list[dict[str, Any]] = [
    {
        "_id": "a1", "type": "bridge", "level": "hard", "answer": "Chief of Protocol",
        "question": "Which office was held by the woman who played Corliss in Kiss and Tell?",
        "supporting_facts": [["Kiss and Tell", 0], ["Shirley", 1]],
        "context": [
            ["Granville", ["Granville is a town.", " It has a river."]],
            ["Kiss and Tell", ["Kiss and Tell is a film with Shirley as Corliss Archer."]],
            ["River", ["A river flows."]],
            ["Shirley", ["Shirley is a woman who played in films.", " She held the office of Chief of Protocol."]],
        ],
    },
    {
        "_id": "b2", "type": "comparison", "level": "easy", "answer": "yes", "question": "Are Granville and River towns?",
        "supporting_facts": [["Granville", 0], ["River", 0]],
        "context": [["Other", ["Nothing of it."]], ["Granville", ["A town."]], ["River", ["A town too."]]],
    },
]  # fmt: skip


def write(path: Path, rows: object = ROWS) -> Path:
    """The file."""
    path.write_text(json.dumps(rows))
    return path


def test_what_the_question_needs_comes_first(tmp_path: Path) -> None:
    first, second = read_hotpot(write(tmp_path / "hotpot.json"))
    assert {one.title for one in rank_paragraphs(first)[:2]} == {"Kiss and Tell", "Shirley"} == first.needed
    assert [one.title for one in rank_paragraphs(second)][-1] == "Other"
    assert first.paragraphs[3].text.endswith("films. She held the office of Chief of Protocol.")


@pytest.mark.parametrize(
    ("given", "right", "scores"),
    [
        ("The Chief of Protocol!", "chief of protocol", (1.0, 1.0)),
        ("a chief", "Chief of Protocol", (0.0, 2 * 1.0 * (1 / 3) / (1.0 + 1 / 3))),
        ("Yes.\nBecause", "yes", (1.0, 1.0)),
        ("yes it is", "yes", (0.0, 0.0)),
        ("no", "nothing", (0.0, 0.0)),
        ("", "x", (0.0, 0.0)),
    ],
)
def test_answers_are_compared_as_the_paper_does(given: str, right: str, scores: tuple[float, float]) -> None:
    assert score_answer(given, right) == pytest.approx(scores)


def test_figures_are_of_finding_and_of_answering(tmp_path: Path) -> None:
    questions = read_hotpot(write(tmp_path / "hotpot.json"))
    alone = asyncio.run(hotpot_result(None, questions, 1, 8, lambda _, __: None))
    assert (alone.subject, alone.metrics["paragraphs_found"].value) == ("BM25", 0.5)
    assert "answer_f1" not in alone.metrics
    model = Scripted(Script((Step("Chief", when="Protocol"), Step(fail="refused"))))
    told = asyncio.run(hotpot_result(model, questions, 2, 8, lambda _, __: None)).metrics
    assert (told["all_found"].value, told["answer_exact"].value, told["refused"].value) == (1.0, 0.0, 0.5)
    assert told["answer_f1"].value == pytest.approx(0.25)


BROKEN: list[Any] = [[], {}, [{"_id": "a"}], [ROWS[0] | {"context": []}], [ROWS[0] | {"answer": 1}]]


@pytest.mark.parametrize("rows", BROKEN)
def test_another_file_is_told(tmp_path: Path, rows: object) -> None:
    with pytest.raises(EvaluationError, match=r"hotpot\.json (is no file of|has no questions)"):
        read_hotpot(write(tmp_path / "hotpot.json", rows))
