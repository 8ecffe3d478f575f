"""The grammar that holds a model to the notation: what the codec writes is in it, and what is in it can be read."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tiny_gguf
from aiccl_sources import SOURCES
from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols
from aifirst_model.aiccl.codec import LANGUAGES, CodecError, Resolution
from aifirst_model.aiccl.grammar import document_grammar
from aifirst_model.open_model import open_model
from aifirst_model.request import Continuation, Grammar, Options
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import TextModel
from grammar_acceptor import Acceptor
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tiny_gguf import NUMBER, TOKENS, WIDTH, write_gguf

CODEC = CompilerCodec()
SYMBOLS = map_symbols(30)
RESOLUTIONS: tuple[Resolution, ...] = ("exact", "medium", "low")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grammar_takes_in_what_the_codec_writes(language: str) -> None:
    source = SOURCES[language]
    for resolution in RESOLUTIONS:
        accepts = Acceptor(document_grammar(language, resolution, SYMBOLS)).accepts
        for entries in (0, 30):
            if entries and resolution != "exact":
                continue
            document = CODEC.compress(source * (1 if entries == 0 else 3), language, resolution, entries).text
            assert accepts(document), document


def test_the_grammar_takes_in_maps_whose_meanings_look_like_the_notation() -> None:
    accepts = Acceptor(document_grammar("javascript", "exact", SYMBOLS)).accepts
    part = "\n  // no comment\n\\\\\n//x</c <com </comp\nétat<c\n/x\n\\\\é\n"
    source = "".join(f"f{number}(`{part}`);\n" for number in range(6))
    document = CODEC.compress(source, "javascript", "exact", 30)
    assert document.entries > 0
    assert accepts(document.text), document.text
    assert CODEC.is_same(CODEC.expand(document.text), source, "javascript")


@pytest.mark.parametrize(
    "broken",
    [
        "<comp:file unit.py>\nx\n</comp:code>", "<comp:file unit.py>\nx<comp:map>", "<comp:file unit.py>\n<<comp:y",
        "<comp:file unit.js>\nx\n", "<comp:map exact>\n{1}x\n</comp:map>\n<comp:file unit.py>\nx",
        "<comp:map exact>\n{0}x\nyé\né\n</comp:map>\n<comp:file unit.py>\nx", "prose <comp:file unit.py>\nx\n",
        "<comp:map exact>\n{0}x\n{0}y\n</comp:map>\n<comp:file unit.py>\nx", "<comp:file unit.py>\n</</comp:x",
    ],
)  # fmt: skip
def test_the_grammar_leaves_out_what_would_be_read_otherwise(broken: str) -> None:
    assert not Acceptor(document_grammar("python", "exact", SYMBOLS)).accepts(broken.format(*SYMBOLS))


@pytest.mark.parametrize(
    "broken",
    [
        '<comp:code id="low">\nunit.py\n  f()\n</comp:code>\n', '<comp:code id="low">\nunit.py\n (x)\n</comp:code>\n',
        '<comp:code id="low">\nunit.py\n f()\n   g()\n</comp:code>\n', '<comp:code id="low">\nunit.py\n f()\n',
        '<comp:code id="low">\nunit.py\n f()\n\tx\n</comp:code>\n', '<comp:code id="low">\n f()\n</comp:code>\n',
    ],
)  # fmt: skip
def test_a_line_of_low_stands_below_one_that_can_hold_it(broken: str) -> None:
    accepts = Acceptor(document_grammar("python", "low")).accepts
    assert accepts('<comp:code id="low">\nunit.py\tx\n f()\n  g()\treturn\n h()\n</comp:code>\n')
    assert not accepts(broken)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text("<\\/comp:xé\n\tअ f", max_size=24))
def test_text_that_the_grammar_takes_in_is_read_as_it_stands(text: str) -> None:
    document = f"<comp:file unit.py>\n{text}"
    if Acceptor(document_grammar("python", "exact")).accepts(document):
        assert (
            CODEC.read(document).expanded
            == text.replace("<\\comp:", "<comp:").replace("</\\comp:", "</comp:")
            or "\\" in text
        )
    else:
        assert "<comp:" in text or "</comp:" in text


def test_everything_that_a_random_model_writes_under_the_grammar_can_be_read(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="llama.cpp is missing: pip install 'aifirst[local]'")
    path = write_gguf(tmp_path / "random.gguf", _random_output())
    samples = asyncio.run(asyncio.wait_for(_sample(path), 240))
    assert sum(map(len, samples.values())) >= 200
    with_map = 0
    for resolution, texts in samples.items():
        for text in texts:
            document = CODEC.read(text)
            assert document.resolution == resolution
            with_map += bool(document.entries)
            if resolution == "exact":
                assert isinstance(CODEC.expand(text), str)
            else:
                CODEC.units(text)
    assert with_map >= 10
    assert sum(len(CODEC.units(text)) for text in samples["low"]) >= 10


def _random_output() -> NDArray[np.float32]:
    """Every token about as likely as any other, but what ends lines, maps and answers, and a tag's letters in turn."""
    output = np.random.default_rng(8).standard_normal((len(TOKENS), WIDTH)).astype(np.float32) * 0.05
    for token in ("Ċ", "<", "<|endoftext|>", "ĉ", "Ġ", "c"):
        output[NUMBER[token], 0] += 0.4
    before = tiny_gguf._embeddings()  # pyright: ignore[reportPrivateUsage] - the directions that tokens have
    before[:, 0] = 0
    for one, other in pairwise("</comp:map>"):
        output[NUMBER[other]] += before[NUMBER[one]] * 1.2
    for other, pull in (("<", 0.5), ("Ġ", 0.6)):
        output[NUMBER[other]] += before[NUMBER["Ċ"]] * pull
    return output


async def _sample(path: Path) -> dict[Resolution, list[str]]:
    """Whole answers of a model whose every token is about as likely as any other."""
    model = open_model(ModelSettings(backend="llama-cpp", model=str(path), context=2048, threads=1))
    found: dict[Resolution, list[str]] = {}
    try:
        for resolution in RESOLUTIONS:
            whole = document_grammar("python", resolution, SYMBOLS[:4])
            found[resolution] = await _whole_answers(model, whole, 65, 240)
        with_map = document_grammar("python", "exact", SYMBOLS[:4]).replace("root ::= map?", "root ::= map")
        found["exact"] += await _whole_answers(model, with_map, 12, 700)
    finally:
        await model.aclose()
    return found


async def _whole_answers(model: TextModel, grammar: str, wanted: int, most: int) -> list[str]:
    kept: list[str] = []
    for seed in range(400):
        options = Options(max_tokens=most, temperature=1.0, top_p=1.0, seed=seed, constraint=Grammar(grammar))
        answer = await model.generate(Continuation("x"), options)
        if answer.finish == "stop" and answer.text not in kept:
            kept.append(answer.text)
        if len(kept) == wanted:
            break
    return kept


def test_what_is_no_document_of_one_block_is_said() -> None:
    with pytest.raises(CodecError, match="blocks"):
        CODEC.read("abc")
    with pytest.raises(CodecError, match="no AICCL"):
        CODEC.read("<comp:file unit.py>\nx</comp:map>")
