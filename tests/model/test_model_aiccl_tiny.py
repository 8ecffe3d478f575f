"""A real small model in llama.cpp behind AICCL: held to the notation it is read, and it never passes unjudged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols
from aifirst_codebase.tokens import get_counter
from aifirst_model.aiccl.codec import CodecError, Resolution
from aifirst_model.aiccl.compress_by_model import CompressOptions, closed_document, compress_by_model
from aifirst_model.aiccl.expand_by_model import ExpandOptions, expand_by_model
from aifirst_model.aiccl.grammar import document_grammar
from aifirst_model.aiccl.judge_answer import judge_answer
from aifirst_model.aiccl.prompt_format import ask_to_compress, chat_of
from aifirst_model.aiccl.rejudge import ModelJudge
from aifirst_model.aiccl.self_critique import CritiqueOptions, improve
from aifirst_model.aiccl.trials import Trial
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.open_model import open_model
from aifirst_model.request import Grammar, Options
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import TextModel

CODEC = CompilerCodec()
COUNT = get_counter("o200k_base").count
SOURCE = "def total(items, rate):\n    # c\n    return sum(items) * rate\n"


@pytest.fixture(scope="module")
def gguf(tiny_qwen2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("xllamacpp", reason="llama.cpp is missing: pip install 'aifirst[local]'")
    pytest.importorskip("gguf", reason="gguf is missing: pip install 'aifirst[train]'")
    return export_gguf(open_checkpoint(tiny_qwen2), tmp_path_factory.mktemp("aiccl") / "tiny.gguf", "F16")


@asynccontextmanager
async def _opened(gguf: Path) -> AsyncGenerator[TextModel]:
    model = open_model(ModelSettings(backend="llama-cpp", model=str(gguf), context=1024, threads=1))
    try:
        yield model
    finally:
        await model.aclose()


def _with(gguf: Path, use: Callable[[TextModel], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with _opened(gguf) as model:
            await use(model)

    asyncio.run(asyncio.wait_for(run(), 240))


def test_under_the_grammar_every_answer_is_read_and_without_it_none_is(gguf: Path) -> None:
    async def use(model: TextModel) -> None:
        resolutions: tuple[Resolution, ...] = ("exact", "medium", "low")
        for resolution in resolutions:
            grammar = Grammar(
                document_grammar("python", resolution, map_symbols(30) if resolution == "exact" else ())
            )
            question = chat_of(ask_to_compress(SOURCE, "python", resolution))
            for seed in range(3):
                held = await model.generate(
                    question, Options(max_tokens=60, temperature=1.0, seed=seed, constraint=grammar)
                )
                text = held.text if held.is_whole else closed_document(held.text, resolution, "python")
                assert CODEC.read(text).resolution == resolution
                free = await model.generate(question, Options(max_tokens=60, temperature=1.0, seed=seed))
                with pytest.raises(CodecError):
                    CODEC.read(free.text)

    _with(gguf, use)


def test_its_wrong_answers_are_judged_and_never_taken(gguf: Path) -> None:
    async def use(model: TextModel) -> None:
        made = await compress_by_model(
            model,
            SOURCE,
            "python",
            "exact",
            CODEC,
            COUNT,
            CompressOptions(max_tokens=40, symbols=map_symbols(4)),
        )
        assert not made.is_models
        assert CODEC.is_same(CODEC.expand(made.document.text), SOURCE, "python")
        low = CODEC.compress(SOURCE, "python", "low", 0).text
        drafted = await expand_by_model(model, low, "python", CODEC, ExpandOptions(tries=2, max_tokens=40))
        assert drafted.proof in ("nothing", "in part")
        question = ask_to_compress(SOURCE, "python")
        trial = Trial(
            "a", question, "", "garbage", model.name, verdicts=(judge_answer(question, "garbage", CODEC),)
        )
        mended = await improve(
            trial, model, CODEC, CritiqueOptions(rounds=1, critique_tokens=20, max_tokens=30)
        )
        assert (mended.passed, mended.rounds, len(mended.verdicts)) == (False, 1, 2)
        judged = await ModelJudge(model, Options(max_tokens=8)).judge(trial)
        assert judged is not None
        assert judged.by == model.name

    _with(gguf, use)
