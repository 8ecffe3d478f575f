"""What is alike is found, measured against comparing every pair; a benchmark's problems are found where they say so."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.lines import SampleWriter
from aifirst_model.dataset.record import About, Conversation, Gap, Message, Sample, Text, texts_of
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.benchmark_texts import Problem, read_problems
from aifirst_model.dataset.similar.contamination import Contamination
from aifirst_model.dataset.similar.duplicates import (
    EXACT,
    EXACT_ACROSS,
    NEAR,
    NEAR_ACROSS,
    Verdicts,
    describe,
    find_exact,
    find_near,
)
from aifirst_model.dataset.similar.shingles import TokenNumbers, jaccard, rolled, shingles_of, tokens_of
from hypothesis import given, settings
from hypothesis import strategies as st

HUMANEVAL = Path(__file__).parents[3] / "shared" / "data" / "HumanEval.jsonl.gz"
WORDS = [f"word{number}" for number in range(400)]


def _verdicts(tmp_path: Path, samples: list[Sample], splits: list[int] | None = None) -> list[int]:
    path = tmp_path / "samples.jsonl"
    with SampleWriter(path) as writer:
        for sample in samples:
            writer.write(sample)
    with SampleStore([path]) as store:
        described = describe(store, np.array(splits or [0] * len(samples), np.uint8))
        verdicts: Verdicts = find_near(store, described, find_exact(described))[0]
    return [int(verdict) for verdict in verdicts]


def _text(words: list[str], path: str = "a.py", task: str = "code") -> Text:
    return Text(" ".join(words), About(task=task, project="p", path=path))


def _families(seed: int, families: int, of_each: int) -> list[list[str]]:
    """Texts of 60 to 200 words, in families whose members differ by more and more words."""
    draw = random.Random(seed)  # noqa: S311 -- the same texts every time
    texts: list[list[str]] = []
    for _ in range(families):
        first = [draw.choice(WORDS) for _ in range(draw.randrange(60, 200))]
        texts.append(first)
        for member in range(1, of_each):
            other = list(first)
            for _ in range(member):
                other[draw.randrange(len(other))] = draw.choice(WORDS)
            texts.append(other)
    draw.shuffle(texts)
    return texts


@settings(derandomize=True, max_examples=80)
@given(st.lists(st.sampled_from("abc(1+"), max_size=30), st.lists(st.sampled_from("abc(1+"), max_size=30))
def test_the_likeness_is_that_of_the_sets_of_shingles(one: list[str], other: list[str]) -> None:
    known = TokenNumbers()

    def plain(tokens: list[str]) -> set[tuple[str, ...]]:
        return {tuple(tokens[at : at + 5]) for at in range(max(1, len(tokens) - 4))} if tokens else set()

    first, second = plain(one), plain(other)
    exact = len(first & second) / len(first | second) if first | second else 1.0
    assert jaccard(shingles_of(" ".join(one), known), shingles_of(" ".join(other), known)) == pytest.approx(
        exact
    )


def test_numbers_of_tokens_do_not_depend_on_the_process() -> None:
    assert TokenNumbers().of(["def", "f"]).tolist() == [5346529856746473847, 3356884383628365531]


def test_runs_are_as_many_as_fit() -> None:
    numbers = TokenNumbers().of(tokens_of("a b c d e f"))
    assert [len(rolled(numbers, length)) for length in (1, 5, 6, 7)] == [6, 2, 1, 0]


@settings(derandomize=True, max_examples=80)
@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 26))
def test_a_run_has_the_same_number_wherever_it_stands_and_no_other_has_it(
    tokens: list[str], length: int
) -> None:
    runs = [tuple(tokens[at : at + length]) for at in range(len(tokens) - length + 1)]
    numbers = rolled(TokenNumbers().of(tokens), length).tolist()
    assert len(numbers) == len(runs)
    assert len(set(zip(runs, numbers, strict=True))) == len(set(runs)) == len(set(numbers))


def test_near_duplicates_are_those_that_comparing_every_pair_finds(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    texts = _families(seed=7, families=40, of_each=8)
    known = TokenNumbers()
    sets = [shingles_of(" ".join(words), known) for words in texts]
    kept: list[int] = []
    expected: list[int] = []
    for number, one in enumerate(sets):
        repeats = any(jaccard(one, sets[other]) >= 0.8 for other in kept)
        expected.append(NEAR if repeats else 0)
        if not repeats:
            kept.append(number)
    found = _verdicts(tmp_path, [_text(words, f"{number}.py") for number, words in enumerate(texts)])
    same = [EXACT if one == EXACT else two for one, two in zip(found, expected, strict=True)]
    assert found == same
    assert 40 < expected.count(NEAR) < 300


def test_the_same_sample_again_is_an_exact_duplicate_and_training_keeps_it(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    a, b = _text(WORDS[:50]), _text(WORDS[50:100])
    assert _verdicts(tmp_path, [a, b, a, a]) == [0, 0, EXACT, EXACT]
    assert _verdicts(tmp_path, [a, b, a], [2, 0, 0]) == [EXACT_ACROSS, 0, 0]
    assert _verdicts(tmp_path, [a, a, b], [2, 1, 0]) == [EXACT_ACROSS, 0, 0]


def test_a_near_duplicate_over_the_border_is_dropped_from_what_is_measured_on(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    words = WORDS[:120]
    near = [*words[:60], "changed", *words[61:]]
    one, other = _text(words, "a.py"), _text(near, "b.py")
    assert _verdicts(tmp_path, [one, other], [0, 0]) == [0, NEAR]
    assert _verdicts(tmp_path, [one, other], [2, 0]) == [NEAR_ACROSS, 0]
    other_task = Conversation(
        (Message("user", " ".join(near[:100])), Message("assistant", " ".join(near[100:]))),
        About(task="docstring-to-body"),
    )
    assert _verdicts(tmp_path, [one, other_task], [0, 0]) == [0, 0]
    assert _verdicts(tmp_path, [one, other_task], [0, 1]) == [0, NEAR_ACROSS]


def test_two_gaps_of_one_file_stay_and_of_two_files_that_are_alike_one_goes(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    words = WORDS[:120]

    def gap(at: int, path: str) -> Gap:
        about = About(task="fill", project="p", path=path)
        return Gap(
            " ".join(words[:at]) + " ", " ".join(words[at : at + 5]), " " + " ".join(words[at + 5 :]), about
        )

    assert _verdicts(tmp_path, [gap(20, "a.py"), gap(70, "a.py")]) == [0, 0]
    assert _verdicts(tmp_path, [gap(20, "a.py"), gap(70, "b.py")]) == [0, NEAR]


def test_nothing_at_all_has_no_duplicates(tmp_path: Path) -> None:
    pytest.importorskip("rensa")
    assert _verdicts(tmp_path, []) == []


PROBLEM = Problem(
    "own:1",
    "def count_vowels(text: str) -> int:\n"
    '    """Count how many vowels there are in a text that somebody gives us here."""\n',
    "    total = 0\n    for letter in text.lower():\n        if letter in 'aeiou':\n"
    "            total += 1\n    return total\n",
)


def _found(*texts: str) -> list[str]:
    search = Contamination([PROBLEM])
    hits = [search.found_in(Text(text)) for text in texts]
    return [hit[1] if hit is not None else "" for hit in hits]


def test_prompts_and_solutions_of_a_benchmark_are_found_where_they_say_so() -> None:
    solution = "def count_vowels(text):\n" + PROBLEM.solution
    renamed = (
        solution.replace("total", "n")
        .replace("letter", "ch")
        .replace("text", "word")
        .replace("count_vowels", "f")
    )
    changed = solution.replace("total += 1", "total = total + 1")
    other = "def count_vowels(text):\n    return len([c for c in text if c in VOWELS])\n"
    assert _found(solution, "x = 1\n" * 50 + solution, PROBLEM.prompt + other, changed, renamed) == [
        "solution", "solution", "prompt", "solution", "renamed solution",
    ]  # fmt: skip
    assert _found(other, "def f():\n    return 1\n") == ["", ""], (
        "written in another way, it is not found, as the docs say"
    )


def test_a_run_that_many_problems_share_is_nobodys() -> None:
    shared = "Return the answer to the question that was asked of you as a whole number please"
    problems = [Problem(f"own:{number}", f"{shared} {number}", "") for number in range(11)]
    assert Contamination(problems).found_in(Text(shared)) is None
    assert Contamination(problems[:10]).found_in(Text(shared)) == (0, "prompt")


def _humaneval() -> list[Problem]:
    if not HUMANEVAL.is_file():
        pytest.skip("HumanEval is not here; it is given by path and never downloaded")
    return read_problems(HUMANEVAL)


def _rows(problems: list[Problem]) -> Iterator[tuple[Problem, Text]]:
    for problem in problems:
        yield problem, Text(problem.prompt + problem.solution)


def test_every_problem_of_humaneval_is_found_in_itself() -> None:
    problems = _humaneval()
    assert len(problems) == 164
    search = Contamination(problems)
    assert [problem.name for problem, text in _rows(problems) if search.found_in(text) is None] == []


def test_a_benchmark_is_read_as_it_is_published_or_refused(tmp_path: Path) -> None:
    row = {"task_id": 11, "text": "Write a function.", "code": "def f(): pass"}
    (tmp_path / "mbpp.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "sanitized.json").write_text(json.dumps([{"task_id": 2, "prompt": "Do it.", "code": "x"}]))
    (tmp_path / "h.jsonl.gz").write_bytes(
        gzip.compress(json.dumps({"prompt": "p", "canonical_solution": "s"}).encode())
    )
    assert read_problems(tmp_path / "mbpp.jsonl") == [
        Problem("mbpp:11", "Write a function.", "def f(): pass")
    ]
    assert read_problems(tmp_path / "sanitized.json") == [Problem("sanitized:2", "Do it.", "x")]
    assert read_problems(tmp_path / "h.jsonl.gz") == [Problem("h:0", "p", "s")]
    (tmp_path / "cut.gz").write_bytes((tmp_path / "h.jsonl.gz").read_bytes()[:-9])
    (tmp_path / "other.jsonl").write_text('{"a": 1}\n')
    for name, wrong in (
        ("cut.gz", "cannot be read"),
        ("other.jsonl", "no field that is known"),
        ("no", "cannot be read"),
    ):
        with pytest.raises(DatasetError, match=wrong):
            read_problems(tmp_path / name)


def test_a_store_gives_samples_by_number_as_in_order(tmp_path: Path) -> None:
    samples = [_text([f"größe{number}"] * (number + 1)) for number in range(30)]
    for name, part in (("a", samples[:10]), ("b", []), ("c", samples[10:])):
        with SampleWriter(tmp_path / name) as writer:
            for sample in part:
                writer.write(sample)
    with SampleStore([tmp_path / name for name in "abc"]) as store:
        assert list(store) == samples
        assert [store.at(number) for number in (29, 0, 10, 9)] == [
            samples[29],
            samples[0],
            samples[10],
            samples[9],
        ]
        assert len(store) == 30
    assert texts_of(samples[0]) == ("größe0",)
