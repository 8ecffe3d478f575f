"""Real llama.cpp with a model that is known by heart: what it writes, its probabilities, its constraints, its end."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.answer import Token, collect
from aifirst_model.backends.llama_cpp import LlamaCpp
from aifirst_model.backends.openai_compatible import OpenAiCompatible
from aifirst_model.errors import (
    BrokenAnswerError,
    ModelError,
    RequestRefusedError,
    SettingsError,
    TooLongError,
    UnsupportedError,
)
from aifirst_model.open_model import open_model
from aifirst_model.request import Chat, Continuation, Grammar, Infill, JsonSchema, Message, Options, Prompt
from aifirst_model.serving.served_file import served_file
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import TextModel
from alphabet_checkpoint import write_gguf_adapter
from tiny_gguf import NUMBER, TOKENS, following, log_probabilities, write_gguf

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
HELLO = Chat((Message("user", "Hello"),))


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("xllamacpp", reason="llama.cpp is missing: pip install 'aifirst[local]'")
    return write_gguf(tmp_path_factory.mktemp("model") / "alphabet.gguf")


def _with(gguf: Path, use: Callable[[LlamaCpp], Coroutine[Any, Any, None]], **more: Any) -> None:
    async def run() -> None:
        given: dict[str, Any] = {"context": 2048, "threads": 1, **more}
        model = open_model(ModelSettings(backend="llama-cpp", model=str(gguf), **given))
        assert isinstance(model, LlamaCpp)
        try:
            await use(model)
        finally:
            await model.aclose()

    asyncio.run(asyncio.wait_for(run(), 120))


def test_the_model_is_what_it_is_said_to_be() -> None:
    for token in range(len(TOKENS)):
        assert int(log_probabilities(token).argmax()) == following(token)


def test_every_kind_of_prompt_is_answered_whole_and_in_pieces(gguf: Path) -> None:
    prompts: list[tuple[Prompt, str]] = [
        (Continuation("say q"), "rstuvwxyz"), (Continuation("1 + "), ALPHABET), (HELLO, ALPHABET),
        (Infill("def add(a, b):\n    return ", "\n"), ALPHABET), (Infill("x", "y"), ALPHABET),
    ]  # fmt: skip

    async def use(model: LlamaCpp) -> None:
        for prompt, expected in prompts:
            whole = await model.generate(prompt)
            streamed = await collect(model.stream(prompt))
            assert (whole.text, whole.finish) == (streamed.text, streamed.finish) == (expected, "stop")
        cut = await model.generate(Continuation("a"), Options(max_tokens=3))
        assert (cut.text, cut.finish) == ("bcd", "length")
        assert (await model.generate(Continuation("a"), Options(stop=("fg",)))).text == "bcde"

    _with(gguf, use)
    _with(gguf, use, cache_type="q8_0")


def test_log_probabilities_are_those_of_the_model(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        for prompt in (Continuation("q"), HELLO, Infill("x", "y")):
            for answer in (
                await model.generate(prompt, Options(max_tokens=5, alternatives=3)),
                await collect(model.stream(prompt, Options(max_tokens=5, alternatives=3))),
            ):
                before = {"Continuation": "q", "Chat": "Ċ", "Infill": "<|fim_middle|>"}[type(prompt).__name__]
                assert len(answer.tokens) == 5
                for token in answer.tokens:
                    expected = log_probabilities(NUMBER[before])
                    assert token.log_probability == pytest.approx(float(expected.max()), abs=2e-3)
                    best = sorted(expected, reverse=True)[:3]
                    assert [one for _, one in token.alternatives] == pytest.approx(best, abs=2e-2)
                    before = token.text

    _with(gguf, use)


def test_a_constraint_holds(gguf: Path) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}
    schema["additionalProperties"] = False

    async def use(model: LlamaCpp) -> None:
        options = Options(constraint=Grammar('root ::= "no" | "yes"'))
        assert (await model.generate(Continuation("q"), options)).text in ("no", "yes")
        answer = await model.generate(HELLO, Options(constraint=JsonSchema(schema)))
        assert json.loads(answer.text)["a"] in (1, 2)

    _with(gguf, use)


def test_a_constraint_that_cannot_be_read_is_told(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        with pytest.raises(RequestRefusedError, match=r"parse grammar.*: correct the grammar or the schema"):
            await model.generate(Continuation("w"), Options(constraint=Grammar("no grammar")))
        given: dict[str, Any] = {"type": {"enum": ["type"]}, "a": {"anyOf": [{"type": "nothing"}]}}
        with pytest.raises(UnsupportedError, match="there is no type 'nothing'"):
            await model.generate(Continuation("w"), Options(constraint=JsonSchema({"properties": given})))

    _with(gguf, use)


def test_tokens_are_counted_as_the_model_reads_them(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        assert [await model.count_tokens(text) for text in ("", "abc", "ä", "<|im_end|>")] == [0, 3, 2, 1]

    _with(gguf, use)


def test_a_stream_that_is_closed_ends_the_generation_and_the_next_one_works(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        endless = Options(max_tokens=2000, constraint=Grammar('root ::= ("a" "b"){900}'))
        async with aclosing(model.stream(Continuation("z"), endless)) as pieces:
            assert (await anext(pieces)).text == "a"
        task = asyncio.ensure_future(model.generate(Continuation("z"), endless))
        await asyncio.wait({task}, timeout=0.05)
        task.cancel()
        await asyncio.wait({task})
        assert (await model.generate(Continuation("w"))).text == "xyz"

    _with(gguf, use)


def test_a_prompt_that_is_too_long_is_refused_with_the_reason(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        with pytest.raises(ModelError, match="context"):
            await model.generate(Continuation("a" * 5000))
        assert (await model.generate(Continuation("w"))).text == "xyz"

    _with(gguf, use)


def test_a_process_that_was_killed_is_started_anew(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        assert (await model.generate(Continuation("w"))).text == "xyz"
        process = model._process  # pyright: ignore[reportPrivateUsage]  # what a crash would end
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        assert (await model.generate(Continuation("w"))).text == "xyz"
        await model.aclose()
        assert (await model.generate(Continuation("w"))).text == "xyz"

    _with(gguf, use)


def test_nobody_without_the_key_is_answered(gguf: Path) -> None:
    async def use(model: LlamaCpp) -> None:
        await model.generate(Continuation("w"))
        inner = model._model  # pyright: ignore[reportPrivateUsage]  # its address is told to nobody else
        assert inner is not None
        url = str(inner._client.address)  # pyright: ignore[reportPrivateUsage]
        assert url.startswith("http://127.0.0.1:")
        other = OpenAiCompatible(ModelSettings(url=url, model="alphabet", key_variable="", attempts=1))
        with pytest.raises(ModelError, match="401"):
            await other.generate(Continuation("w"))
        await other.aclose()

    _with(gguf, use)


def test_a_file_that_is_none_is_told(gguf: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(gguf.read_bytes()[:100_000])

    async def use(model: LlamaCpp) -> None:
        with pytest.raises(
            BrokenAnswerError,
            match=r"cannot load .*cut\.gguf .*is cut off \(the tensor output\.weight is not whole",
        ):
            await model.generate(Continuation("w"))

    _with(cut, use)


def test_a_file_in_the_cache_is_found_by_the_hubs_name(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--Owner--Letters" / "snapshots" / "main"
    folder.mkdir(parents=True)
    (folder / "letters.Q8_0.gguf").symlink_to(gguf)
    (folder / "big-00002-of-00002.gguf").symlink_to(gguf)
    named = ModelSettings(backend="llama-cpp", model="Owner/Letters")
    assert open_model(named).name == "letters.Q8_0"
    assert served_file("Owner/Letters").path == folder / "letters.Q8_0.gguf"
    (folder / "letters.F16.gguf").symlink_to(gguf)
    with pytest.raises(
        SettingsError, match=r"several GGUF files \(letters\.F16\.gguf, letters\.Q8_0\.gguf\)"
    ):
        open_model(named)
    with pytest.raises(SettingsError, match="No such file"):
        open_model(ModelSettings(backend="llama-cpp", model="Owner/Other"))


def test_only_a_gguf_is_loaded(tmp_path: Path) -> None:
    for name, data, told in (
        ("a.bin", b"\x80\x04pickle", "no GGUF"),
        ("b.gguf", b"", "no GGUF"),
        ("c", None, r"^the model's file \S*c cannot be read"),
    ):
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(SettingsError, match=told):
            open_model(ModelSettings(backend="llama-cpp", model=str(tmp_path / name)))


def test_adapters_are_chosen_with_each_request(gguf: Path, tmp_path: Path) -> None:
    adapters = (
        str(write_gguf_adapter(tmp_path / "m.gguf")),
        str(write_gguf_adapter(tmp_path / "t.gguf", "t")),
    )

    async def use(model: LlamaCpp) -> None:
        process = None
        for adapter, expected in (
            (None, "m"),
            ("t", "t"),
            ("", "a"),
            (adapters[0], "m"),
            ("t.gguf", "t"),
            ("", "a"),
        ):
            for prompt in (Continuation("1 "), HELLO, Infill("x", "y")):
                answer = await model.generate(prompt, Options(adapter=adapter))
                assert answer.text == ALPHABET[ALPHABET.index(expected) :]
            process = process or model._process  # pyright: ignore[reportPrivateUsage]  # nothing is loaded again
            assert model._process is process  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(UnsupportedError, match="'x' is none of its adapters"):
            await model.generate(HELLO, Options(adapter="x"))

    _with(gguf, use, adapters=adapters)


def test_tokens_are_guessed_ahead_and_the_answer_stays_the_same(gguf: Path) -> None:
    prompt = Continuation(f"{ALPHABET} 12 {ALPHABET} 12 abc")

    async def use(model: LlamaCpp) -> None:
        for answer in (await model.generate(prompt), await collect(model.stream(prompt))):
            assert answer.text == ALPHABET[3:]
            assert answer.usage is not None
            guessed.append(answer.usage.guessed)
            assert 0 <= answer.usage.accepted <= answer.usage.guessed
            if answer.usage.guessed:
                assert answer.usage.accepted > 10
                with pytest.raises(
                    UnsupportedError, match=r"log-probabilities with llama\.cpp, as it is set"
                ):
                    await model.generate(
                        prompt, Options(alternatives=1)
                    )  # it would tell 0 of what was guessed

    guessed: list[int] = []
    _with(gguf, use)
    assert guessed == [0, 0]
    _with(gguf, use, prompt_lookup=True, draft_tokens=8)
    _with(gguf, use, draft_model=str(gguf), draft_tokens=8)
    assert len(guessed) == 6
    assert min(guessed[2:]) > 10


def test_several_requests_are_answered_at_once_where_the_settings_say_so(gguf: Path) -> None:
    slots: list[int] = []

    async def use(model: LlamaCpp) -> None:
        answers = await asyncio.gather(*(model.generate(Continuation("a" * 1500)) for _ in range(4)))
        assert [answer.text for answer in answers] == [ALPHABET[1:]] * 4
        inner = model._model  # pyright: ignore[reportPrivateUsage]  # what the server says of itself
        assert inner is not None
        told = await inner._client.ask_whole("GET", "/props", most=1 << 20)  # pyright: ignore[reportPrivateUsage]
        slots.append(json.loads(told)["total_slots"])

    _with(gguf, use)
    _with(gguf, use, parallel=3)
    assert slots == [1, 3]


def test_an_adapter_or_draft_that_does_not_fit_is_told(gguf: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(gguf.read_bytes()[:5000])

    async def use(model: LlamaCpp) -> None:
        with pytest.raises(BrokenAnswerError, match=r"alphabet\.gguf with .*cut\.gguf .*belong together"):
            await model.generate(Continuation("w"))

    _with(gguf, use, adapters=(str(cut),))
    _with(gguf, use, draft_model=str(cut))
    (tmp_path / "a.safetensors").write_bytes(b"12345678")
    with pytest.raises(SettingsError, match="no GGUF"):
        open_model(
            ModelSettings(backend="llama-cpp", model=str(gguf), adapters=(str(tmp_path / "a.safetensors"),))
        )


def test_the_probabilities_of_a_text_are_those_of_the_model(gguf: Path, tmp_path: Path) -> None:
    text = "abcxyz" * 100  # more than is read at once

    async def use(model: LlamaCpp) -> None:
        scores = await model.score(text)
        assert [token.text for token in scores] == list(text)
        assert math.isnan(scores[0].log_probability)
        for before, token in zip(text, scores[1:], strict=False):
            expected = float(log_probabilities(NUMBER[before])[NUMBER[token.text]])
            assert token.log_probability == pytest.approx(expected, abs=1e-3)
        assert model._process is None  # pyright: ignore[reportPrivateUsage]  # no server was started to count and to score
        assert await model.count_tokens("abc\u00e9") == await model.count_tokens("abc") + 2
        assert await model.score("") == ()
        assert model.capabilities.context == 2048
        with pytest.raises(TooLongError, match=r"cannot read 2400 tokens at once: there is room for 2048"):
            await model.score(text * 4)
        task = asyncio.create_task(model.score(text))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [token.text for token in await model.score("xyz")] == list("xyz")

    _with(gguf, use)


def test_an_adapter_changes_the_probabilities_of_a_text(gguf: Path, tmp_path: Path) -> None:
    adapter = write_gguf_adapter(tmp_path / "m.gguf")
    told: list[float] = []

    async def use(model: LlamaCpp) -> None:
        told.append((await model.score("1 m"))[-1].log_probability)

    _with(gguf, use)
    _with(gguf, use, adapters=(str(adapter),))
    assert told[0] < -1
    assert told[1] > -0.1
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(adapter.read_bytes()[:200])
    with pytest.raises(
        BrokenAnswerError, match=r"probabilities of a text with alphabet\.gguf \(the adapter .*cut\.gguf"
    ):
        _with(gguf, use, adapters=(str(cut),))


def test_a_file_and_its_checkpoint_score_a_text_alike(tiny_llama: Path, tmp_path: Path) -> None:
    """Llama's texts begin with a token of their own, so the first token has a probability, too."""
    from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
    from aifirst_model.export.export_gguf import export_gguf

    path = export_gguf(open_checkpoint(tiny_llama), tmp_path / "tiny.gguf", "F16")
    text = "def read(path):\n    return caf\u00e9  # \u65e5\u672c\n"

    async def score(model: TextModel) -> tuple[Token, ...]:
        try:
            return await model.score(text)
        finally:
            await model.aclose()

    ours, theirs = (
        asyncio.run(score(open_model(settings)))
        for settings in (
            ModelSettings(backend="llama-cpp", model=str(path), threads=1),
            ModelSettings(backend="transformers", model=str(tiny_llama), threads=1),
        )
    )
    assert [token.text for token in ours] == [token.text for token in theirs]
    chances = [token.log_probability for token in theirs]
    assert [token.log_probability for token in ours] == pytest.approx(chances, abs=0.02)


def test_what_is_read_is_kept_as_the_settings_say(tiny_qwen2: Path, tmp_path: Path) -> None:
    """Coarser numbers change the probabilities a little; those of one kind are the same each time."""
    from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
    from aifirst_model.export.export_gguf import export_gguf

    path = export_gguf(open_checkpoint(tiny_qwen2), tmp_path / "tiny.gguf", "F16")
    told: dict[str, list[float]] = {}

    def use_of(name: str) -> Callable[[LlamaCpp], Coroutine[Any, Any, None]]:
        async def use(model: LlamaCpp) -> None:
            options = Options(max_tokens=8, alternatives=0)
            answer = await model.generate(Continuation("def read(path):\n    with open("), options)
            told[name] = [token.log_probability for token in answer.tokens]

        return use

    for name in ("f16", "f16 again", "q8_0", "q4_0"):
        _with(path, use_of(name), cache_type=name.partition(" ")[0])
    assert told["f16"] == told["f16 again"]
    assert told["q8_0"] != told["f16"]
    assert told["q4_0"] not in (told["f16"], told["q8_0"])
    assert told["q8_0"][0] == pytest.approx(told["f16"][0], abs=0.1)
