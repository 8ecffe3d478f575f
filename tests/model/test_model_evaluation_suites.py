"""Suites are read by path, questions are put as each kind of model wants them, answers are cut by parsing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.evaluation.ask_problem import ask_problem, choose_shots
from aifirst_model.evaluation.cut_answer import cut_answer
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.given_answers import read_given
from aifirst_model.evaluation.problem import Problem, SuiteName, read_suite
from aifirst_model.request import Chat, Continuation

PROMPT = (
    "from typing import List\n\n\n"
    'def add_all(a: List[int]) -> int:\n    """Sum up.\n    >>> add_all([1])\n    1\n    """\n'
)
HUMAN = {
    "task_id": "HumanEval/0", "prompt": PROMPT, "entry_point": "add_all", "canonical_solution": "    return sum(a)\n",
    "test": "\n\nMETADATA = {}\n\n\ndef check(candidate):\n    assert candidate([1, 2]) == 3\n",
}  # fmt: skip
MBPP = [
    {"task_id": 2, "text": "Write a function to find the shared elements.", "code": "def similar(a, b):\n  return a\n",
     "test_list": ["assert similar(1, 2) == 1"], "test_setup_code": "", "challenge_test_list": []},
    {"task_id": 11, "text": "Write a function to give the sum.", "code": "def sum(a, b):\r\n  return a + b\r\n",
     "test_list": ["assert sum(1, 2) == 3", "assert set([sum(0, 0)]) == {0}"],
     "test_setup_code": "start = 1", "challenge_test_list": []},
    {"task_id": 511, "prompt": "Write a function to give the root.",
     "code": "import math\ndef root(a):\n  return math.sqrt(a)",
     "test_imports": ["import math"], "test_list": ["assert math.isclose(root(4), 2)"], "source_file": "x"},
]  # fmt: skip


def write(path: Path, rows: list[Any]) -> Path:
    """The rows as lines, packed where the name says so."""
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def human(tmp_path: Path) -> Problem:
    """The one problem of a HumanEval file."""
    return read_suite("humaneval", write(tmp_path / "human.jsonl.gz", [HUMAN])).problems[0]


def test_humaneval_is_read_packed_or_not(tmp_path: Path) -> None:
    packed = human(tmp_path)
    plain = read_suite("humaneval", write(tmp_path / "human.jsonl", [HUMAN])).problems[0]
    assert packed == plain
    assert (plain.name, plain.entry, plain.prompt) == ("HumanEval/0", "add_all", PROMPT)
    assert plain.tests[0].endswith("check(candidate)\n")


def test_mbpp_is_read_whole_and_sanitized_and_split_by_number(tmp_path: Path) -> None:
    path = write(tmp_path / "mbpp.jsonl", MBPP)
    (test,) = read_suite("mbpp", path).problems
    assert (test.name, test.entry, test.after) == ("MBPP/11", "sum", "start = 1")
    every = read_suite("mbpp", path, split="all").problems
    assert [problem.name for problem in every] == ["MBPP/2", "MBPP/11", "MBPP/511"]
    assert every[2].own == "import math"
    assert every[2].task == "Write a function to give the root."
    listed = tmp_path / "sanitized-mbpp.json"
    listed.write_text(json.dumps(MBPP))
    assert read_suite("mbpp", listed, split="all").problems == every


def test_what_tests_use_is_imported_by_the_judge_though_only_the_solution_says_so(tmp_path: Path) -> None:
    row = MBPP[2] | {
        "test_imports": [],
        "code": "import math, re\nimport os\ndef root(a):\n  return math.sqrt(a)",
    }
    (problem,) = read_suite("mbpp", write(tmp_path / "mbpp.jsonl", [row]), split="all").problems
    assert problem.own == "import math, re"
    assert problem.after == ""


@pytest.mark.parametrize(
    ("suite", "text", "said"),
    [
        ("humaneval", "{", ":1: this is no JSON"),
        ("humaneval", "[]", "no problems"),
        ("humaneval", '{"task_id": "a"}', ":1: there is no text 'prompt'"),
        ("humaneval", "\n7", ":2: this is no object"),
        ("humaneval", "\n".join([json.dumps(HUMAN)] * 2), "a problem twice"),
        ("mbpp", '{"task_id": "x"}', "task_id is no number"),
        ("mbpp", json.dumps(MBPP[0]), "no problems"),
        ("mbpp", json.dumps(MBPP[1] | {"test_list": ["assert other() == 1"]}), "no function of the code"),
        ("mbpp", json.dumps(MBPP[1] | {"test_list": "x"}), "'test_list' is no list"),
    ],
)
def test_what_is_no_suite_is_told_with_its_line(
    tmp_path: Path, suite: SuiteName, text: str, said: str
) -> None:
    path = tmp_path / "suite.jsonl"
    path.write_text(text)
    with pytest.raises(EvaluationError, match=r": ") as told:
        read_suite(suite, path)
    assert said in str(told.value)


def test_a_file_that_is_missing_or_cut_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_suite("humaneval", tmp_path / "none.jsonl")
    packed = write(tmp_path / "human.jsonl.gz", [HUMAN])
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(EvaluationError, match="cannot be read"):
        read_suite("humaneval", packed)


def test_base_models_go_on_and_chat_models_are_asked(tmp_path: Path) -> None:
    problem = human(tmp_path)
    base = ask_problem(problem, "continuation")
    assert isinstance(base.prompt, Continuation)
    assert base.prompt.text == PROMPT.rstrip()
    assert len(base.stop) <= 4
    chat = ask_problem(problem, "chat").prompt
    assert isinstance(chat, Chat)
    assert PROMPT.rstrip() in chat.messages[0].content


def test_mbpp_shows_its_tests_and_solved_tasks_where_asked(tmp_path: Path) -> None:
    problems = read_suite("mbpp", write(tmp_path / "mbpp.jsonl", MBPP), split="all").problems
    (shot,) = choose_shots(problems, 1)
    question = ask_problem(problems[1], "continuation", (shot,))
    assert isinstance(question.prompt, Continuation)
    text = question.prompt.text
    assert text.count("[BEGIN]") == 2
    assert text.count("[DONE]") == 1
    assert text.endswith("assert sum(1, 2) == 3\nassert set([sum(0, 0)]) == {0}\n[BEGIN]\n")
    assert question.stop == ("[DONE]",)
    with pytest.raises(EvaluationError, match="to show before"):
        choose_shots(problems, 3)


BODY = "    return sum(a)\n"


@pytest.mark.parametrize(
    "answer",
    [
        BODY,
        "\n" + BODY,
        "\r\n    return sum(a)\r\n",
        "return sum(a)",
        BODY + "\n\nprint(add_all([1]))\n",
        BODY + "\n\ndef other():\n    return 1\n\n\nif __name__ == '__main__':\n    add_all(input())\n",
        BODY + "\nThis function adds up the numbers.\n",
        BODY + "\nx = 'cut of",
        BODY + "```\n\nHere is what it does.",
        PROMPT + BODY,
        "def add_all(a):\n    return sum(a)\n",
        "Sure! Here it is:\n\n```python\n" + PROMPT + BODY + "```\n\nIt adds. ```python\nadd_all([1])\n```\n",
        "```\ndef add_all(a):\n    return sum(a)\n",
        "First:\n```python\ndef help_me():\n    return 1\n```\nThen:\n```python\ndef add_all(a):\n    return sum(a)\n```",
        "```python\n    return sum(a)\n```",
    ],
)
@pytest.mark.parametrize("in_chat", [True, False])
def test_the_function_is_cut_out_of_what_a_model_writes(tmp_path: Path, answer: str, in_chat: bool) -> None:
    code = cut_answer(human(tmp_path), answer, in_chat=in_chat)
    made: dict[str, Any] = {}
    exec(compile(code, "answer", "exec"), made)  # noqa: S102  the texts stand above
    assert made["add_all"]([1, 2]) == 3
    assert "other" not in made
    assert "print" not in code
    assert "input" not in code


def test_what_the_function_needs_stays_wherever_it_stands(tmp_path: Path) -> None:
    answer = (
        "import sys\nsys.setrecursionlimit(5000)\nLIMIT = 3\nUNUSED = 4\n\n@staticmethod\ndef first(a):\n    return a\n\n"
        "def add_all(a):\n    return Helper(a).total\n\nadd_all.seen = {}\n\nclass Helper:\n"
        "    def __init__(self, a):\n        self.total = sum(a) + deep() * LIMIT\n\ndef deep(): return 0\n\nprint(1)\n"
    )
    code = cut_answer(human(tmp_path), answer, in_chat=True)
    for kept in (
        "setrecursionlimit",
        "LIMIT = 3",
        "class Helper",
        "def deep",
        "add_all.seen",
        "from typing import List",
    ):
        assert kept in code
    for gone in ("UNUSED", "def first", "staticmethod", "print"):
        assert gone not in code


@pytest.mark.parametrize(
    "answer", ["", "    pass\n", '    """Only words."""\n', "I cannot do that.", "    return (\n", "\0"]
)
def test_an_answer_without_the_function_stays_what_it_is(tmp_path: Path, answer: str) -> None:
    assert cut_answer(human(tmp_path), answer, in_chat=False) == PROMPT + answer


def test_what_mbpps_tests_take_from_the_answer_beside_the_function_stays(tmp_path: Path) -> None:
    code = "class Pair:\n    pass\n\ndef chain(arr):\n    return len(arr)\n\nclass Node:\n    pass\n"
    code += "\nclass Other:\n    pass\n"
    tests = ["assert chain([Pair(), Pair()]) == 2", "assert chain([root]) == 1"]
    row = MBPP[1] | {"code": code, "test_list": tests, "test_setup_code": "root = Node()"}
    (problem,) = read_suite("mbpp", write(tmp_path / "mbpp.jsonl", [row])).problems
    assert problem.entry == "chain"
    cut = cut_answer(problem, code, in_chat=False)
    assert cut == code.partition("\n\nclass Other")[0].replace("\n\n", "\n") + "\n"


def test_a_function_that_is_bound_by_assignment_is_one_to_test(tmp_path: Path) -> None:
    code = "def twice(n):\n  return lambda x: x * n\ndouble = twice(2)"
    row = MBPP[1] | {"code": code, "test_list": ["assert double(4) == 8"]}
    (problem,) = read_suite("mbpp", write(tmp_path / "mbpp.jsonl", [row])).problems
    assert problem.entry == "double"
    assert "double = twice(2)" in cut_answer(problem, str(row["code"]), in_chat=False)


def test_files_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    lines = write(tmp_path / "human.jsonl", [HUMAN])
    lines.write_bytes(mark + lines.read_bytes())
    assert [problem.name for problem in read_suite("humaneval", lines).problems] == ["HumanEval/0"]
    listed = tmp_path / "sanitized-mbpp.json"
    listed.write_bytes(mark + json.dumps(MBPP).encode())
    assert len(read_suite("mbpp", listed, split="all").problems) == 3
    answers = tmp_path / "answers.jsonl"
    answers.write_bytes(mark + b'{"task_id": "HumanEval/0", "completion": "    return 1"}\n')
    assert len(read_given(answers, read_suite("humaneval", lines), "continuation")) == 1


def test_mbpp_answers_are_code_by_themselves(tmp_path: Path) -> None:
    (problem,) = read_suite("mbpp", write(tmp_path / "mbpp.jsonl", MBPP)).problems
    assert cut_answer(
        problem, "def sum(a, b):\n    return a + b\nassert sum(1, 2) == 3\n", in_chat=False
    ) == ("def sum(a, b):\n    return a + b\n")
