"""Compressing and expanding by a model with the codec as judge: what is proved is taken, what is not is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiccl_sources import SOURCES
from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols
from aifirst_codebase.tokens import get_counter
from aifirst_model.aiccl.codec import CodecError
from aifirst_model.aiccl.compress_by_model import CompressOptions, closed_document, compress_by_model
from aifirst_model.aiccl.convert import Converter
from aifirst_model.aiccl.expand_by_model import ExpandOptions, expand_by_model, mended, what_is_unproved
from aifirst_model.aiccl.prompt_format import ask_to_compress, read_question
from aifirst_model.answer import Answer, Piece
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Grammar, Options, Prompt
from aifirst_model.text_model import Capabilities

CODEC = CompilerCodec()
COUNT = get_counter("o200k_base").count
T = TypeVar("T")
SOURCE = "def total(items, rate):\n    if not items:\n        raise EmptyError(rate)\n    return sum(items) * rate\n"
LOW = CODEC.compress(SOURCE, "python", "low", 0).text


class _Model:
    """Answers in turn; the last one again where more is asked."""

    name = "turns"

    def __init__(self, *answers: str | Answer, grammar: bool = True) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[Prompt, Options]] = []
        self.capabilities = Capabilities(grammar=grammar)

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        self.asked.append((prompt, options))
        given = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return given if isinstance(given, Answer) else Answer(given, "stop")

    async def stream(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> AsyncGenerator[Piece, None]:
        yield Piece((await self.generate(prompt, options)).text)

    async def count_tokens(self, text: str) -> int:
        return len(text)

    async def score(self, text: str) -> tuple[Any, ...]:
        raise NotImplementedError(text)

    async def aclose(self) -> None:
        return None


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def test_the_first_answer_that_is_told_in_the_same_lines_is_taken() -> None:
    other = SOURCE.replace("if not items", "if len(items) == 0")
    model = _Model(
        "def total(x): return 1\n", "```python\n" + SOURCE.replace("items) *", "items) -") + "```\n", SOURCE
    )
    made = _run(expand_by_model(model, LOW, "python", CODEC))
    assert (made.proof, made.score, made.tries, made.missing, made.added) == ("same lines", 1.0, 2, (), ())
    assert "```" not in made.code
    assert [options.temperature for _, options in model.asked] == [0.0, 0.7]
    prompt = model.asked[0][0]
    assert isinstance(prompt, Chat)
    assert read_question(prompt.messages[0].content) == ("python", "expand", LOW)
    assert "everything it leaves out was written by the model and is unproved" in what_is_unproved(
        made, "low"
    )
    one = _run(expand_by_model(_Model(other), LOW, "python", CODEC, ExpandOptions(tries=1)))
    assert (one.proof, len(one.missing), len(one.added)) == ("in part", 1, 1)
    assert 0 <= one.score < 1
    assert what_is_unproved(one, "low").startswith("unproved: 0% of the lines agree")


def test_the_best_of_the_tries_is_taken_and_a_broken_one_never_beats_one_that_parses() -> None:
    two = SOURCE + "\n\ndef other():\n    return 1\n"
    document = CODEC.compress(two, "python", "low", 0).text
    made = _run(
        expand_by_model(_Model("def (", SOURCE, "def x(:"), document, "python", CODEC, ExpandOptions(tries=3))
    )
    assert made.code == SOURCE
    assert (made.proof, made.tries) == ("in part", 3)
    assert made.score == pytest.approx(2 / 3)
    nothing = _run(expand_by_model(_Model("def ("), document, "python", CODEC, ExpandOptions(tries=2)))
    assert (nothing.proof, nothing.score, nothing.code) == ("nothing", 0.0, "def (\n")
    assert what_is_unproved(nothing, "low") == "unproved: the model's answer does not parse"
    with pytest.raises(CodecError, match="blocks"):
        _run(expand_by_model(_Model("x"), "no document", "python", CODEC))


def test_an_exact_document_is_proved_by_its_tree_alone() -> None:
    document = CODEC.compress(SOURCE, "python").text
    made = _run(
        expand_by_model(_Model(SOURCE.replace("rate\n", "rates\n"), SOURCE), document, "python", CODEC)
    )
    assert (made.proof, made.tries, made.code) == ("same tree", 2, SOURCE)


def test_a_cut_end_is_mended_where_the_rest_then_parses() -> None:
    assert mended(SOURCE + "\ndef half(", "python", CODEC) == SOURCE + "\n"
    cut = "func f(a int) int {\n\tif a > 1 {\n\t\treturn a\n\t}\n\tret"
    assert CODEC.parses(mended(cut, "go", CODEC), "go")
    assert mended("no code at all (", "java", CODEC) == "no code at all (\n"


def test_a_smaller_document_of_the_same_program_is_taken_from_the_model() -> None:
    source = SOURCES["javascript"]
    own = CODEC.compress(source, "javascript")
    body = "if(!this.items.length)return 0;return this.items.map((item)=>item.price*rate)</c/.x;"
    small = f"class Cart{{total(rate){{{body}}}}}"
    model = _Model(f"<comp:file unit.js>\n{small}")
    made = _run(
        compress_by_model(
            model, source, "javascript", "exact", CODEC, COUNT, CompressOptions(symbols=map_symbols(4))
        )
    )
    assert (made.is_models, made.is_proved, made.why) == (True, True, "proved and smaller")
    assert made.document.tokens == COUNT(made.document.text) < own.tokens
    constraint = model.asked[0][1].constraint
    assert isinstance(constraint, Grammar)
    assert "entry4 ::= " in constraint.text
    prompt = model.asked[0][0]
    assert isinstance(prompt, Chat)
    assert prompt.messages[0].content == ask_to_compress(source, "javascript")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("<comp:file unit.js>\nclass Cart{total(rate){return 0}}", "its answer was another program"),
        ("<comp:map exact>\n", "its answer was no document"),
        ("own", "its answer was no smaller"),
    ],
)
def test_what_is_not_proved_or_not_smaller_is_never_taken(answer: str, why: str) -> None:
    source = SOURCES["javascript"]
    own = CODEC.compress(source, "javascript")
    model = _Model(own.text if answer == "own" else answer, grammar=False)
    made = _run(compress_by_model(model, source, "javascript", "exact", CODEC, COUNT))
    assert (made.document, made.is_models, made.why) == (own, False, why)
    assert model.asked[0][1].constraint is None


def test_code_that_does_not_parse_is_told_by_the_model_alone_and_that_is_said() -> None:
    broken = "def total(items:\n    return sum(items)\n"
    line = '<comp:code id="low">\nunit.py\n total(items)\treturn sum\n</comp:code>\n'
    made = _run(compress_by_model(_Model(line), broken, "python", "low", CODEC, COUNT))
    assert (made.is_models, made.is_proved, made.document.text) == (True, False, line)
    with pytest.raises(CodecError, match="does not parse"):
        _run(compress_by_model(_Model(line), broken, "python", "exact", CODEC, COUNT))
    with pytest.raises(CodecError, match="does not parse"):
        _run(compress_by_model(_Model("garbage"), broken, "python", "low", CODEC, COUNT))


def test_an_answer_that_was_cut_is_closed() -> None:
    cut = '<comp:code id="low">\nunit.py\n f()\treturn\n g(a'
    assert CODEC.units(closed_document(cut, "low", "python")) == ("f",)
    assert closed_document("<comp:file unit.py>\nx", "exact", "python") == "<comp:file unit.py>\nx"
    model = _Model(Answer(cut, "length"))
    made = _run(compress_by_model(model, "def f(:\n", "python", "low", CODEC, COUNT))
    assert CODEC.units(made.document.text) == ("f",)


def test_wherever_an_answer_is_cut_what_is_closed_can_be_read() -> None:
    source = "".join(f"    self.items.append(Thing(self.rate, {number}))\n" for number in range(9))
    exact = CODEC.compress(f"def total(self):\n{source}", "python", "exact", 30).text
    assert exact.startswith("<comp:map exact>")
    for end in range(len(exact) + 1):
        assert CODEC.read(closed_document(exact[:end], "exact", "python")).block == "unit.py"
    for end in range(len(LOW) + 1):
        assert CODEC.units(closed_document(LOW[:end], "low", "python")) in ((), ("total",))


def test_texts_files_and_folders_are_converted(tmp_path: Path) -> None:
    converter = Converter(CODEC, COUNT)
    for language, source in SOURCES.items():
        text = f"<?php\n{source}" if language == "php" else source
        assert converter.detect_language(text) == language, language
    assert converter.detect_language("") == converter.detect_language("{{{{ ((((") == ""
    assert converter.detect_language("x", "a.rs") == "rust"
    made = _run(converter.convert_text(SOURCE))
    assert made.document is not None
    assert (made.language, CODEC.is_same(CODEC.expand(made.document.text), SOURCE, "python")) == (
        "python",
        True,
    )
    assert _run(converter.convert_text("{{{{ ((((")).why == "it is in no language that is known: name one"
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/cart.py").write_text(SOURCE)
    (tmp_path / "shop/half.py").write_text("def (")
    (tmp_path / "notes.md").write_text("# Notes\n")

    async def folder() -> list[tuple[str, bool, str]]:
        return [
            (one.path, one.document is not None, one.why)
            async for one in converter.convert_folder(tmp_path, "low")
        ]

    cart, half = _run(folder())
    assert cart == ("shop/cart.py", True, "")
    assert half[:2] == ("shop/half.py", False)
    assert "does not parse" in half[2]
    assert _run(converter.convert_file(tmp_path / "notes.md")).why == "it is in no language that is known"
    with pytest.raises(CodecError, match="cannot be read"):
        _run(converter.convert_file(tmp_path / "gone.py"))
