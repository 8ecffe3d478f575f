"""The scripted model: the same answers always, and every failure that servers know."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import msgspec
import pytest
from aifirst_model.answer import Answer, Token, Usage, collect
from aifirst_model.backends.scripted import Failure, Script, Scripted, Step
from aifirst_model.errors import (
    BrokenAnswerError,
    BusyError,
    KeyRefusedError,
    ModelError,
    RequestRefusedError,
    SettingsError,
    StalledError,
    UnreachableError,
)
from aifirst_model.open_model import open_model
from aifirst_model.request import Chat, Continuation, Infill, Message, Options
from aifirst_model.settings import ModelSettings, read_environment

ASK = Continuation("Hello there")


def _open(path: Path, *steps: Step) -> Scripted:
    path.write_bytes(msgspec.json.encode(Script(steps)))
    model = open_model(ModelSettings(backend="scripted", script=str(path)))
    assert isinstance(model, Scripted)
    return model


def test_steps_answer_in_their_order_and_what_fits_the_prompt(tmp_path: Path) -> None:
    model = _open(
        tmp_path / "s.json", Step("one", when="there"), Step("gap", when="middle", times=0), Step("two")
    )
    chat = Chat((Message("user", "the middle"),))

    async def ask() -> list[str]:
        prompts = [ASK, chat, ASK, Infill("mid", "dle"), chat]
        return [(await model.generate(prompt)).text for prompt in prompts[:3]] + [
            (await model.generate(prompts[4])).text
        ]

    assert asyncio.run(ask()) == ["one", "gap", "two", "gap"]
    assert model.asked[0] == (ASK, Options())
    with pytest.raises(RequestRefusedError, match=r"no step left for this prompt .*add one"):
        asyncio.run(model.generate(ASK))


def test_an_answer_comes_in_tokens_with_their_probabilities(tmp_path: Path) -> None:
    steps = Step("a bc\n d", log_probability=-0.5, times=0)
    model = _open(tmp_path / "s.json", steps)
    tokens = tuple(Token(text, -0.5) for text in ("a", " bc", "\n d"))
    assert asyncio.run(model.generate(ASK, Options(alternatives=0))) == Answer(
        "a bc\n d", "stop", tokens, Usage(2, 3)
    )
    assert asyncio.run(model.generate(ASK, Options(max_tokens=2))) == Answer(
        "a bc", "length", usage=Usage(2, 2)
    )
    assert asyncio.run(model.generate(ASK, Options(stop=("\n",)))).text == "a bc"
    assert asyncio.run(model.count_tokens("a bc\n d")) == 3


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        ("unreachable", UnreachableError), ("stalled", StalledError), ("broken", BrokenAnswerError),
        ("busy", BusyError), ("key-refused", KeyRefusedError), ("refused", RequestRefusedError),
    ],
)  # fmt: skip
def test_a_step_fails_as_it_says_after_its_answer(
    tmp_path: Path, failure: Failure, kind: type[ModelError]
) -> None:
    model = _open(tmp_path / "s.json", Step("half of", fail=failure))

    async def ask() -> list[str]:
        pieces = model.stream(ASK)
        texts = [(await anext(pieces)).text for _ in range(2)]
        with pytest.raises(kind, match="the script says so"):
            await anext(pieces)
        return texts

    assert asyncio.run(ask()) == ["half", " of"]


def test_a_step_that_stalls_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    model = _open(tmp_path / "s.json", Step("half", stall=True), Step("whole"))

    async def ask() -> None:
        task = asyncio.ensure_future(collect(model.stream(ASK)))
        await asyncio.wait({task}, timeout=0.05)
        assert not task.done()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert (await model.generate(ASK)).text == "whole"

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", r"^the script .*s\.json is none"), ("[]", "Expected `object`"), ('{"steps": [{"anser": "x"}]}', "anser"),
        ('{"steps": [{"fail": "funny"}]}', "funny"), ('{"steps": [{"pause": -1}]}', ">= 0"), ("[" * 100_000, "none"),
        ('{"version": 2, "steps": []}', "version"), ("\ud800", "none"),
    ],
    ids=range(8),
)  # fmt: skip
def test_a_script_that_is_none_says_where(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(SettingsError, match=told):
        open_model(ModelSettings(backend="scripted", script=str(path)))


def test_a_script_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="check its path"):
        open_model(ModelSettings(backend="scripted", script=str(tmp_path / "none")))
    with pytest.raises(SettingsError, match="AIFIRST_MODEL_SCRIPT"):
        open_model(ModelSettings(backend="scripted"))


def test_settings_come_from_the_environment() -> None:
    read = read_environment(
        {"AIFIRST_MODEL_URL": "http://h/v1", "AIFIRST_MODEL": "m", "AIFIRST_MODEL_SERVER": ""}
    )
    assert read == ModelSettings(url="http://h/v1", model="m")
    more = {
        "AIFIRST_MODEL_BACKEND": "llama-cpp", "AIFIRST_MODEL": "m.gguf", "AIFIRST_MODEL_CONTEXT": "4096",
        "AIFIRST_MODEL_CACHE_TYPE": "q8_0", "AIFIRST_MODEL_PROMPT_LOOKUP": "true", "AIFIRST_MODEL_DRAFT_MODEL": "d.gguf",
        "AIFIRST_MODEL_ADAPTERS": os.pathsep.join(("a.gguf", "b.gguf")), "AIFIRST_MODEL_READ_TIMEOUT": "2.5",
        "AIFIRST_MODEL_KEY": "secret",
    }  # fmt: skip
    assert read_environment(more) == ModelSettings(
        backend="llama-cpp", model="m.gguf", context=4096, cache_type="q8_0", prompt_lookup=True, draft_model="d.gguf",
        adapters=("a.gguf", "b.gguf"), read_timeout=2.5,
    )  # fmt: skip
    with pytest.raises(SettingsError, match=r"`int` >= 256.*correct one of AIFIRST_MODEL_CONTEXT"):
        read_environment({"AIFIRST_MODEL_CONTEXT": "5"})
    for field in ("THREADS", "CONTEXT"):
        with pytest.raises(SettingsError, match=f"`int` <= .*correct one of AIFIRST_MODEL_{field}"):
            read_environment({f"AIFIRST_MODEL_{field}": "100000000"})
    with pytest.raises(SettingsError, match="correct one of AIFIRST_MODEL_BACKEND"):
        read_environment({"AIFIRST_MODEL_BACKEND": "mind-reading"})
