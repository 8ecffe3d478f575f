"""`aifirst model dataset` on the command line: made, shown, checked, cut and mixed; wrong use is said."""

from __future__ import annotations

import json

import pytest
from command_run import Aifirst, Write

LICENCE = (
    "Permission is hereby granted, free of charge, to any person. The above copyright notice and this permission notice "
    "shall be included.\n"
)


def _source(name: str, number: int) -> str:
    return (
        f"def {name}_{number}(rows, rate):\n"
        f'    """Take the rows that a person of {name} gave and find rate {number}."""\n'
        f"    {name} = [row * {number} for row in rows if row]\n    return sum({name}) * rate + {number}\n"
    )


@pytest.fixture
def projects(write: Write) -> list[str]:
    """Three small projects under a permissive licence, one with a secret."""
    for name in ("apples", "pears", "plums"):
        write(f"{name}/LICENSE", LICENCE)
        for number in range(4):
            write(f"{name}/part{number}.py", _source(name, number))
    write(
        "plums/keys.py", 'TOKEN = "ghp_' + 'aB3dE6fG8hJ2kL5mN7pQ9rS1tU4vW6xY8zA2"\n\n\n' + _source("keys", 7)
    )
    return ["apples", "pears", "plums"]


def test_a_dataset_is_made_shown_checked_and_cut(projects: list[str], aifirst: Aifirst) -> None:
    made = aifirst("model", "dataset", "make", *projects, "-o", "data", "--exact-only", "--split", "60,20,20")
    assert made.code == 0, made.err
    assert "secrets masked in files 1" in made.out
    told = json.loads(aifirst("model", "dataset", "report", "data", "--format", "json").out)
    counts = told["survey"]["samples"]
    assert min(counts.values()) > 0
    assert sum(counts.values()) == sum(file["samples"] for file in told["manifest"]["files"].values())
    shown = aifirst("model", "dataset", "report", "data").out
    assert "docstring-to-body" in shown
    assert "MIT" in shown
    checked = aifirst("model", "dataset", "check", "data")
    assert (checked.code, checked.out) == (0, f"{sum(counts.values())} samples are sound\n")
    cut = aifirst(
        "model", "dataset", "split", "data/train.jsonl", "--count", "7", "--id-every", "5", "-o", "chunks"
    )
    assert cut.code == 0
    summary = json.loads((aifirst.folder / "chunks/summary.json").read_text())
    assert [chunk["samples"] for chunk in summary["chunks"][:-1]] == [7] * (len(summary["chunks"]) - 1)
    assert (
        b"".join(path.read_bytes() for path in sorted((aifirst.folder / "chunks").glob("*.jsonl")))
        == (aifirst.folder / "data/train.jsonl").read_bytes()
    )
    assert list(summary["ids"]) == [str(number) for number in range(5, summary["samples"] + 1, 5)]


def test_two_datasets_become_one_with_shares(projects: list[str], aifirst: Aifirst) -> None:
    for project in projects[:2]:
        assert aifirst("model", "dataset", "make", project, "-o", f"{project}.data", "--exact-only").code == 0
    mixed = aifirst(
        "model", "dataset", "mix", "apples.data", "pears.data", "-o", "both", "--exact-only",
        "--shares", "docstring-to-body=50,project-question=50", "--format", "json",
    )  # fmt: skip
    assert mixed.code == 0, mixed.err
    mix = json.loads(mixed.out)["steps"][-1]
    assert mix["counts"]["docstring-to-body"] == mix["counts"]["project-question"] > 0


def test_a_changed_dataset_is_refused_and_a_leak_is_found(
    projects: list[str], aifirst: Aifirst, write: Write
) -> None:
    assert aifirst("model", "dataset", "make", *projects, "-o", "data", "--exact-only").code == 0
    train = aifirst.folder / "data/train.jsonl"
    train.write_bytes(train.read_bytes()[:-9])
    refused = aifirst("model", "dataset", "check", "data")
    assert refused.code == 2
    assert "train.jsonl has" in refused.err
    assert "make the dataset again" in refused.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("make", "-o", "data"), "nothing to make a dataset of"),
        (("make", "nowhere", "-o", "data"), "nowhere is no folder"),
        (("make", "apples", "-o", "pears"), "which would be lost"),
        (("make", "apples", "-o", "data", "--tasks", "fil"), "there is no task 'fil'"),
        (("make", "apples", "-o", "data", "--split", "90,10"), "--split takes three numbers"),
        (("make", "apples", "-o", "data", "--shares", "much"), "the shares 'much' cannot be read"),
        (("make", "apples", "-o", "data", "--add", "none.jsonl"), "none.jsonl cannot be read"),
        (("make", "apples", "-o", "data", "--config", "none.toml"), "none.toml cannot be read"),
        (("make", "apples", "-o", "data", "--benchmark", "apples/LICENSE"), "cannot be read"),
        (("report", "apples"), "apples is no dataset"),
        (("mix", "apples", "-o", "data"), "apples is no dataset"),
        (("split", "apples/part0.py", "--count", "2", "-o", "c"), "part0.py:1 is no sample"),
        (("split", "apples/part0.py", "-o", "c"), "either --count or --size"),
        (("split", "apples/part0.py", "--size", "big", "-o", "c"), "is no size"),
    ],
)
def test_what_cannot_be_is_said_with_the_next_step(
    projects: list[str], aifirst: Aifirst, arguments: tuple[str, ...], told: str
) -> None:
    ran = aifirst("model", "dataset", *arguments)
    assert ran.code == 2
    assert told in ran.err
    assert not (aifirst.folder / "data").exists()


def test_lines_that_are_no_samples_are_passed_over_where_that_is_asked(
    aifirst: Aifirst, write: Write
) -> None:
    good = '{"kind":"text","text":"x = 1"}\n'
    write("mine.jsonl", good + "broken\n" + good)
    ran = aifirst("model", "dataset", "split", "mine.jsonl", "--size", "1kB", "--no-strict", "-o", "chunks")
    assert (ran.code, ran.out) == (0, "mine.jsonl: 2 samples in 1 chunks, 1 lines passed over\n")
    assert (aifirst.folder / "chunks/mine-00001.jsonl").read_text() == good * 2
