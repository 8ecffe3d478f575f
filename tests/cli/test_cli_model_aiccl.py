"""AICCL by models and pairs of it on the command line: expand --model, compress --model, dataset aiccl and prove."""

from __future__ import annotations

import json

import pytest
from aifirst_model.dataset.folder import DatasetWriter
from aifirst_model.dataset.record import Text
from command_run import Aifirst, Write

SOURCE = "def total(items, rate):\n    if not items:\n        raise EmptyError(rate)\n    return sum(items) * rate\n"
SCRIPT = "export const total = (items, rate) => {\n  // c\n  return items.length * rate;\n};\n"
LICENCE = (
    "Permission is hereby granted, free of charge, to any person. The above copyright notice and this permission notice "
    "shall be included.\n"
)


def _scripted(write: Write, *answers: str) -> dict[str, str]:
    steps = [{"answer": answer} for answer in answers]
    write("script.json", json.dumps({"version": 1, "steps": steps}))
    return {"AIFIRST_MODEL_BACKEND": "scripted", "AIFIRST_MODEL_SCRIPT": "script.json"}


@pytest.fixture
def document(write: Write, aifirst: Aifirst) -> str:
    """Two files at `low`."""
    write("aifirst.toml", "")
    write("shop/cart.py", SOURCE)
    write("shop/other.py", "def other(rate):\n    return round(rate)\n")
    assert aifirst("compress", "shop", "-r", "low", "-o", "shop.aiccl").code == 0
    return "shop.aiccl"


def test_a_model_writes_the_code_of_a_low_document_and_what_is_unproved_is_said(
    document: str, aifirst: Aifirst, write: Write
) -> None:
    env = _scripted(write, SOURCE, "def other(rate):\n    return round(rate * 2)\n")
    ran = aifirst("expand", document, "--model", "-o", "drafted", env=env)
    assert (ran.code, ran.out) == (0, "2 files written to drafted\n")
    assert ran.err.count("everything it leaves out was written by the model and is unproved") == 2
    assert (aifirst.folder / "drafted/shop/cart.py").read_text() == SOURCE
    assert "round(rate * 2)" in (aifirst.folder / "drafted/shop/other.py").read_text()


def test_code_that_is_told_otherwise_is_given_and_the_exit_code_says_so(
    document: str, aifirst: Aifirst, write: Write
) -> None:
    env = _scripted(
        write, "def (", SOURCE.replace("raise", "return"), "def other(rate):\n    return round(rate)\n"
    )
    ran = aifirst("expand", document, "--model", "--tries", "2", "-f", "json", env=env)
    assert ran.code == 1
    told = json.loads(ran.out)
    assert [(part["path"], part["proof"], part["tries"]) for part in told["parts"]] == [
        ("shop/cart.py", "in part", 2), ("shop/other.py", "same lines", 1),
    ]  # fmt: skip
    assert told["parts"][0]["missing"]
    assert "unproved: 0% of the lines agree" in ran.err


def test_without_a_model_or_for_an_exact_document_the_next_step_is_said(
    document: str, aifirst: Aifirst, write: Write
) -> None:
    ran = aifirst(
        "expand", document, "--model", env={"AIFIRST_MODEL_BACKEND": "llama-cpp", "AIFIRST_MODEL": "no.gguf"}
    )
    assert ran.code == 2
    assert "cannot be read" in ran.err
    assert aifirst("compress", "shop", "-o", "exact.aiccl").code == 0
    env = _scripted(write, "x")
    assert "Leave --model out" in aifirst("expand", "exact.aiccl", "--model", env=env).err
    wrong = aifirst("expand", document, "--model", "--merge", document, env=env)
    assert (wrong.code, "leave --merge" in wrong.err) == (2, True)


def test_a_models_smaller_text_is_taken_only_where_it_is_the_same_program(
    aifirst: Aifirst, write: Write
) -> None:
    write("aifirst.toml", "")
    write("one.js", SCRIPT)
    write("two.js", SCRIPT.replace("total", "other"))
    small = "export const total=(items,rate)=>{return items.length*rate;};"
    env = _scripted(write, f"<comp:file unit.js>\n{small}", f"<comp:file unit.js>\n{small}")
    ran = aifirst("compress", "--model", "one.js", "two.js", env=env)
    assert ran.code == 0
    assert "the model's text was proved and smaller in 1 of 2 files" in ran.err
    assert small in ran.out
    assert "other = (items, rate)" in ran.out
    wrong = aifirst("compress", "--model", "-r", "low", "one.js", env=env)
    assert (wrong.code, "--model are for --resolution exact" in wrong.err) == (2, True)


def test_pairs_are_made_proved_and_found_to_be_changed(aifirst: Aifirst, write: Write) -> None:
    pytest.importorskip("rensa", reason="rensa is missing: pip install 'aifirst[train]'")
    write("shop/LICENSE", LICENCE)
    body = "".join(
        f"def step_{n}(value, limit_{n}):\n    '''Check {n}.\n\n    It is told at length why {n} cannot be more.'''\n"
        f"    if value is None or value > limit_{n}:\n        raise Error{n}(value)\n    return call_{n}(value)\n\n\n"
        for n in range(14)
    )
    write("shop/steps.py", body)
    write("closed/steps.py", body.replace("step", "stop"))
    none = aifirst("model", "dataset", "aiccl", "closed", "-o", "none")
    assert (none.code, (aifirst.folder / "none").exists()) == (2, False)
    assert "no pair was made: 1 files have no licence that is known" in none.err
    assert "say so with --own" in none.err
    with DatasetWriter(aifirst.folder / "others") as others:
        others.write("train", Text("def f(): ..."))
        others.finish()
    assert "holds no pairs of AICCL. Give a dataset" in aifirst("model", "dataset", "prove", "others").err
    made = aifirst("model", "dataset", "aiccl", "shop", "closed", "-o", "pairs", "--target", "6")
    assert made.code == 0, made.err
    assert "pairs: 6 pairs both ways: 12 train" in made.out
    assert "1 files have no licence that is known" in made.out
    proved = aifirst("model", "dataset", "prove", "pairs")
    assert proved.code == 0, proved.out
    assert "proved" in proved.out
    told = json.loads(aifirst("model", "dataset", "prove", "pairs", "-f", "json").out)
    assert (told["failed"], sum(row["samples"] for row in told["rows"])) == (0, 12)
    lines = (aifirst.folder / "pairs/train.jsonl").read_text()
    (aifirst.folder / "pairs/train.jsonl").write_text(lines.replace("is None", "is True", 1))
    assert "its SHA-256 differs" in aifirst("model", "dataset", "prove", "pairs").err


def test_a_split_with_nothing_to_ask_is_said(aifirst: Aifirst, write: Write) -> None:
    write("code/LICENSE", LICENCE)
    write("code/a.py", SOURCE)
    made = aifirst("model", "dataset", "make", "code", "--exact-only", "--tasks", "code,file", "-o", "set")
    assert made.code == 0, made.err
    ran = aifirst("model", "dataset", "try", "set", "-o", "t.jsonl", env=_scripted(write, "x"))
    assert ran.code == 2
    assert "set holds nothing in its split test. Name another with --split" in ran.err


def test_answers_are_tried_judged_again_and_mended(aifirst: Aifirst, write: Write) -> None:
    pytest.importorskip("rensa", reason="rensa is missing: pip install 'aifirst[train]'")
    write("shop/LICENSE", LICENCE)
    write(
        "shop/cart.py",
        "# A long comment about what a cart is, and why nobody may take anything out of it.\n" + SOURCE,
    )
    made = aifirst("model", "dataset", "aiccl", "shop", "-o", "pairs", "--target", "1")
    assert made.code == 0, made.err
    samples = [json.loads(line) for line in (aifirst.folder / "pairs/train.jsonl").read_text().splitlines()]
    right = [sample["messages"][1]["content"] for sample in samples]
    env = _scripted(write, "garbage", right[1])
    tried = aifirst(
        "model",
        "dataset",
        "try",
        "pairs",
        "--split",
        "train",
        "-o",
        "trials.jsonl",
        "--failures",
        "failures",
        env=env,
    )
    assert tried.out == "1 of 2 answers are right\n  1 format mismatch\n", tried.err
    env = _scripted(write, "YES", "YES")
    judged = aifirst("model", "dataset", "rejudge", "trials.jsonl", "-o", "judged.jsonl", env=env)
    assert "scripted passes 2 of 2: 0 false alarms, 1 missed failures" in judged.out
    env = _scripted(write, "It is no document.", right[0])
    mended = aifirst(
        "model",
        "dataset",
        "critique",
        "failures/failures.jsonl",
        "-o",
        "mended.jsonl",
        "--samples",
        "more.jsonl",
        env=env,
    )
    assert mended.out == "1 of 1 answers are right\n"
    assert (aifirst.folder / "more.jsonl").read_text().count("\n") == 2
    told = json.loads(
        aifirst(
            "model", "dataset", "rejudge", "trials.jsonl", "-o", "x.jsonl", "--by", "codec", "-f", "json"
        ).out
    )
    assert (told["trials"], told["passed"], told["judges"]) == (2, 1, [])
