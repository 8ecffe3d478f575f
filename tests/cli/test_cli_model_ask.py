"""`aifirst model ask`: every kind of question from the shell, the answer as it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_run import Aifirst


def script(folder: Path, *steps: dict[str, Any]) -> list[str]:
    """The options of a scripted model."""
    path = folder / "script.json"
    path.write_text(json.dumps({"version": 1, "steps": steps}))
    return ["--backend", "scripted", "--script", str(path)]


def test_a_text_is_gone_on_with_and_the_end_is_told(aifirst: Aifirst, folder: Path) -> None:
    model = script(folder, {"answer": "return 1\n", "when": "def one():"})
    ran = aifirst("model", "ask", "def one():", *model)
    assert (ran.code, ran.out) == (0, "return 1\n\n")
    assert "ended by itself, 3 tokens after 2; " in ran.err
    ran = aifirst("model", "ask", "def one():", *model, "--max-tokens", "1", "--probabilities", "0")
    assert ran.out == "return\n"
    assert " 90.48 %  'return'\ncut off by --max-tokens" in ran.err


def test_an_answer_for_programs_is_whole(aifirst: Aifirst, folder: Path) -> None:
    model = script(folder, {"answer": "red", "log_probability": -2.5})
    ran = aifirst(
        "model",
        "ask",
        "--chat",
        "Which?",
        "--system",
        "Be brief.",
        *model,
        "--probabilities",
        "2",
        "-f",
        "json",
    )
    told = json.loads(ran.out)
    assert (told["text"], told["finish"], told["usage"]["prompt"]) == ("red", "stop", 3)
    assert told["tokens"] == [{"text": "red", "log_probability": -2.5, "alternatives": []}]


@pytest.mark.parametrize(
    ("place", "before"),
    [
        ("a.py:2", "one\r\ntw\u00f6"),
        ("a.py:2:1", "one\r\n"),
        ("a.py:2:4", "one\r\ntw\u00f6"),
        ("a.py:1:2", "o"),
    ],
)
def test_a_gap_is_named_by_line_and_column(aifirst: Aifirst, folder: Path, place: str, before: str) -> None:
    (folder / "a.py").write_bytes(b"\xef\xbb\xbf" + "one\r\ntw\u00f6\r\nthree".encode())
    whole = "one\r\ntw\u00f6\r\nthree"
    # A scripted model is asked with what stands before the gap, a line's end, and what stands behind it.
    model = script(folder, {"answer": "here", "when": f"{before}\n{whole.removeprefix(before)}"})
    assert aifirst("model", "ask", "--gap", place, *model).out == "here\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Standard input is empty"),
        (["--gap", "a.py"], "names no line"),
        (["--gap", "a.py:9"], "a.py has 1 line, and no line 9"),
        (["--gap", "a.py:1:7"], "columns 1 to 4, not 7"),
        (["--gap", "none.py:1"], "none.py cannot be read (No such file or directory)"),
        (["--gap", "a.py:1", "x"], "Leave TEXT and --chat out"),
        (["x", "--system", "y"], "Add --chat"),
        (["x", "--schema", "a.py"], "a.py is no JSON"),
        (["x", "--schema", "a.json", "--grammar", "a.py"], "Give --schema or --grammar"),
        (
            ["x", "--model", "y"],
            "no model's server is named: give its address (AIFIRST_MODEL_URL), or another backend",
        ),
    ],
)
def test_what_cannot_be_asked_says_the_next_step(
    aifirst: Aifirst, folder: Path, options: list[str], told: str
) -> None:
    (folder / "a.py").write_text("one")
    (folder / "a.json").write_text("{}")
    ran = aifirst("model", "ask", *options)
    assert ran.code == 2
    assert told in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            [],
            "no model is named: give --url and --model for a server, or --backend llama-cpp --model FILE.gguf",
        ),
        (["--backend", "llama-cpp"], "no model is named: --backend llama-cpp needs --model FILE.gguf."),
    ],
)
def test_where_no_model_is_named_it_says_how_one_is(aifirst: Aifirst, options: list[str], said: str) -> None:
    ran = aifirst("model", "ask", "def one():", *options)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize("option", ["--temperature", "--top-p"])
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_what_is_no_number_to_count_with_is_wrong_use(aifirst: Aifirst, option: str, number: str) -> None:
    ran = aifirst("model", "ask", "x", option, number)
    assert ran.code == 2
    assert f"Invalid value for '{option}': " in ran.err


def test_the_adapter_that_shall_answer_is_asked_for_as_an_adapter(aifirst: Aifirst) -> None:
    server = ("--url", "http://127.0.0.1:9/v1", "--model", "m", "--server", "ollama")
    ran = aifirst("model", "ask", "x", *server, "--use", "mine")
    assert ran.code == 2
    assert "cannot give answers by an adapter" in ran.err


def test_what_was_written_before_a_failure_stays(aifirst: Aifirst, folder: Path) -> None:
    ran = aifirst("model", "ask", "x", *script(folder, {"answer": "half of", "fail": "broken"}))
    assert (ran.code, ran.out) == (2, "half of\n")
    assert "ended the connection before its answer was whole" in ran.err
