"""The backend transformers with a model that is known by heart: every kind of request, against what must come out."""

from __future__ import annotations

import asyncio
import errno
import json
import math
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.answer import Piece, Token, collect
from aifirst_model.backends import local_weights
from aifirst_model.backends.transformers_local import TransformersModel
from aifirst_model.backends.written_text import WrittenText
from aifirst_model.checkpoint.load_pretrained import told_lack_of_memory
from aifirst_model.errors import (
    BrokenAnswerError,
    CheckpointError,
    NoMemoryError,
    SettingsError,
    UnsupportedError,
)
from aifirst_model.fill_tokens import fill_tokens_among, fill_tokens_of
from aifirst_model.heavy import heavy
from aifirst_model.library.machine_memory import MachineMemory
from aifirst_model.open_model import open_model
from aifirst_model.request import Chat, Continuation, Grammar, Infill, JsonSchema, Message, Options, Prompt
from aifirst_model.settings import ModelSettings
from alphabet_checkpoint import write_checkpoint_folder, write_peft_adapter
from tiny_gguf import NUMBER, log_probabilities

pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"
)

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
HELLO = Chat((Message("user", "Hello"),))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint_folder(tmp_path_factory.mktemp("transformers") / "alphabet")


def _with(folder: Path, use: Callable[[TransformersModel], Coroutine[Any, Any, None]], **more: Any) -> None:
    async def run() -> None:
        model = open_model(
            ModelSettings(backend="transformers", model=str(folder), threads=1, device="cpu", **more)
        )
        assert isinstance(model, TransformersModel)
        try:
            await use(model)
        finally:
            await model.aclose()

    asyncio.run(asyncio.wait_for(run(), 120))


def test_every_kind_of_prompt_is_answered_whole_and_in_pieces(folder: Path) -> None:
    prompts: list[tuple[Prompt, str]] = [
        (Continuation("say q"), "rstuvwxyz"), (Continuation("1 + "), ALPHABET), (HELLO, ALPHABET),
        (Infill("def add(a, b):\n    return ", "\n"), ALPHABET), (Infill("x", "y"), ALPHABET),
    ]  # fmt: skip

    async def use(model: TransformersModel) -> None:
        for prompt, expected in prompts:
            whole = await model.generate(prompt)
            pieces = [piece async for piece in model.stream(prompt)]
            assert (whole.text, whole.finish) == (expected, "stop")
            assert "".join(piece.text for piece in pieces) == expected
            assert [piece.finish for piece in pieces] == [None] * (len(pieces) - 1) + ["stop"]
            assert len(pieces) == len(expected) + 1
        cut = await model.generate(Continuation("a"), Options(max_tokens=3))
        assert (cut.text, cut.finish) == ("bcd", "length")
        assert cut.usage is not None
        assert (cut.usage.prompt, cut.usage.answer) == (1, 3)
        stopped = await model.generate(Continuation("a"), Options(stop=("fg", "zz")))
        assert (stopped.text, stopped.finish) == ("bcde", "stop")

    _with(folder, use)


def test_log_probabilities_and_scores_are_those_of_the_model(folder: Path) -> None:
    async def use(model: TransformersModel) -> None:
        for options in (
            Options(max_tokens=5, alternatives=3),
            Options(max_tokens=5, alternatives=3, stop=("r", "sx")),
        ):
            answer = await model.generate(Continuation("m"), options)
            before = "m"
            assert "".join(token.text for token in answer.tokens) == answer.text
            for token in answer.tokens:
                expected = log_probabilities(NUMBER[before])
                assert token.log_probability == pytest.approx(float(expected.max()), abs=1e-4)
                best = sorted(expected, reverse=True)[:3]
                assert [one for _, one in token.alternatives] == pytest.approx(best, abs=1e-4)
                before = token.text
        text = "abcxyz" * 100  # more than is read at once
        scores = await model.score(text)
        assert [token.text for token in scores] == list(text)
        assert math.isnan(scores[0].log_probability)
        for before, token in zip(text, scores[1:], strict=False):
            expected = float(log_probabilities(NUMBER[before])[NUMBER[token.text]])
            assert token.log_probability == pytest.approx(expected, abs=1e-3)
        assert await model.score("") == ()

    _with(folder, use)


def test_chance_follows_seed_temperature_and_top_p(folder: Path) -> None:
    async def use(model: TransformersModel) -> None:
        async def draw(**given: Any) -> str:
            return (await model.generate(Continuation("q"), Options(max_tokens=12, **given))).text

        assert await draw(temperature=30.0, seed=1) == await draw(temperature=30.0, seed=1)
        assert await draw(temperature=30.0, seed=1) != await draw(temperature=30.0, seed=2)
        assert await draw(temperature=30.0, top_p=1e-9, seed=3) == "rstuvwxyz"
        assert await draw(temperature=1e-3, seed=3) == "rstuvwxyz"
        assert await draw(temperature=None) == "rstuvwxyz"

    _with(folder, use)


def test_a_constraint_holds(folder: Path) -> None:
    pytest.importorskip("llguidance", reason="llguidance is missing: pip install 'aifirst[train]'")
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}
    schema["additionalProperties"] = False

    async def use(model: TransformersModel) -> None:
        options = Options(constraint=Grammar('root ::= "no" | "yes"'))
        assert (await model.generate(Continuation("m"), options)).text in ("no", "yes")
        repeated = await model.generate(
            Continuation("z"), Options(constraint=Grammar('root ::= ("ab" | "xa"){20}'))
        )
        assert len(repeated.text) == 40
        assert repeated.text.replace("ab", "").replace("xa", "") == ""
        answer = await model.generate(HELLO, Options(constraint=JsonSchema(schema), alternatives=1))
        assert json.loads(answer.text)["a"] in (1, 2)
        for broken in (Grammar("root ::= ("), JsonSchema({"type": "no such type"})):
            with pytest.raises(UnsupportedError, match="cannot read the constraint"):
                await model.generate(HELLO, Options(constraint=broken))
        assert (await model.generate(Continuation("w"))).text == "xyz"

    _with(folder, use)


def test_adapters_are_chosen_with_each_request(folder: Path, tmp_path: Path) -> None:
    adapters = (
        str(write_peft_adapter(tmp_path / "m", folder)),
        str(write_peft_adapter(tmp_path / "t", folder, "t")),
    )

    async def use(model: TransformersModel) -> None:
        for adapter, expected in (
            (None, "m"),
            ("t", "t"),
            ("", "a"),
            (adapters[0], "m"),
            ("t", "t"),
            ("", "a"),
        ):
            answer = await model.generate(Continuation("1 "), Options(adapter=adapter))
            assert answer.text == ALPHABET[ALPHABET.index(expected) :]
        with pytest.raises(UnsupportedError, match="'x' is none of its adapters"):
            await model.generate(Continuation("1"), Options(adapter="x"))

    _with(folder, use, adapters=adapters)
    with pytest.raises(SettingsError, match="is an adapter"):
        open_model(ModelSettings(backend="transformers", model=adapters[0]))


def test_an_adapter_for_another_model_is_told(folder: Path, tmp_path: Path) -> None:
    adapter = write_peft_adapter(tmp_path / "other", folder)
    path = adapter / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"shape": [1, 64]', b'"shape": [2, 32]'))

    async def use(model: TransformersModel) -> None:
        with pytest.raises(CheckpointError, match=r"other does not fit the model .*it was made for"):
            await model.generate(Continuation("w"))

    _with(folder, use, adapters=(str(adapter),))
    with pytest.raises(CheckpointError, match="no folder"):
        open_model(
            ModelSettings(backend="transformers", model=str(folder), adapters=(str(tmp_path / "none"),))
        )


def test_a_stream_that_is_closed_ends_the_generation_and_the_next_one_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_checkpoint_folder(tmp_path)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["eos_token_id"]  # so nothing ends by itself
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    written: list[int] = []
    feed = WrittenText.feed

    def counted(self: WrittenText, number: int, token: Token | None) -> Piece | None:
        written.append(number)
        return feed(self, number, token)

    monkeypatch.setattr(WrittenText, "feed", counted)
    endless = Options(max_tokens=4000)

    async def use(model: TransformersModel) -> None:
        async with aclosing(model.stream(Continuation("z"), endless)) as pieces:
            await anext(pieces)
        assert (await model.generate(Continuation("w"), Options(max_tokens=3))).text == "xyz"
        assert len(written) < 2000
        task = asyncio.ensure_future(model.generate(Continuation("z"), endless))
        while len(written) < 10:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        waiting = [
            asyncio.ensure_future(model.generate(Continuation("w"), Options(max_tokens=3))) for _ in range(3)
        ]
        assert [(await one).text for one in waiting] == ["xyz"] * 3
        assert len(written) < 2000
        left = asyncio.ensure_future(model.generate(Continuation("z"), endless))
        await asyncio.sleep(0.01)
        await model.aclose()
        with pytest.raises(BrokenAnswerError, match="closed while it answered"):
            await left
        assert (await model.generate(Continuation("w"), Options(max_tokens=3))).text == "xyz"
        assert len(written) < 2500

    _with(folder, use)


def test_the_event_loop_goes_on_meanwhile(folder: Path) -> None:
    async def use(model: TransformersModel) -> None:
        task = asyncio.ensure_future(model.generate(Continuation("a"), Options(temperature=1e6, seed=4)))
        turns = 0
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        assert turns > 20

    _with(folder, use)


def test_tokens_are_counted_as_the_model_reads_them(folder: Path) -> None:
    async def use(model: TransformersModel) -> None:
        counts = [await model.count_tokens(text) for text in ("", "abc", "\u00e4", "<|im_end|>", "a" * 9000)]
        assert counts == [0, 3, 2, 1, 9000]

    _with(folder, use)


def test_what_cannot_be_asked_is_told(tmp_path: Path) -> None:
    bare = write_checkpoint_folder(tmp_path / "bare", template=False)

    async def use(model: TransformersModel) -> None:
        with pytest.raises(UnsupportedError, match="it has no chat template"):
            await model.generate(HELLO)
        with pytest.raises(UnsupportedError, match="cannot read 5000 tokens: its context has room for 4096"):
            await model.generate(Continuation("a" * 5000))
        with pytest.raises(UnsupportedError, match="no tokens"):
            await model.generate(Continuation(""))
        with pytest.raises(UnsupportedError, match="lone surrogate"):
            await model.generate(Continuation("a\ud800"))
        assert (await model.generate(Continuation("w"))).text == "xyz"

    _with(bare, use)
    told = json.loads((bare / "tokenizer_config.json").read_text(encoding="utf-8"))
    told["chat_template"] = "{{ raise_exception('only one side may speak') }}"
    (bare / "tokenizer_config.json").write_text(json.dumps(told), encoding="utf-8")

    async def chat(model: TransformersModel) -> None:
        with pytest.raises(UnsupportedError, match="only one side may speak"):
            await model.generate(HELLO)

    _with(bare, chat)


def test_a_gap_is_filled_in_a_chat_where_the_model_has_no_tokens_for_one(tmp_path: Path) -> None:
    folder = write_checkpoint_folder(tmp_path)
    told = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    for token in told["added_tokens"]:
        token["content"] = token["content"].replace("fim", "none")
    (folder / "tokenizer.json").write_text(json.dumps(told), encoding="utf-8")

    async def use(model: TransformersModel) -> None:
        answer = await model.generate(Infill("x", "y"))
        assert (answer.text, answer.in_chat) == (ALPHABET, True)
        assert [piece.text async for piece in model.stream(Infill("x", "y"))] == [ALPHABET]

    _with(folder, use)


def test_weights_that_lack_a_tensor_are_not_filled_by_chance(tmp_path: Path) -> None:
    folder = write_checkpoint_folder(tmp_path)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"lm_head.weight"', b'"xx_head.weight"'))

    async def use(model: TransformersModel) -> None:
        with pytest.raises(CheckpointError, match=r"lacks 1 of the model's tensors \(lm_head\.weight\)"):
            await model.generate(Continuation("w"))

    _with(folder, use)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("hidden_act", "nothing", "cannot be loaded .*'nothing'"),
        ("rms_norm_eps", "x", "cannot be loaded .*rms_norm_eps"),
        (
            "intermediate_size",
            7,
            r"do not match config\.json: model\.layers\.0\.mlp\.\w+\.weight has the shape \d+ x",
        ),
    ],
)
def test_settings_that_contradict_the_weights_are_told_in_a_line(
    tmp_path: Path, name: str, value: object, told: str
) -> None:
    folder = write_checkpoint_folder(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {name: value}))

    async def use(model: TransformersModel) -> None:
        with pytest.raises(CheckpointError, match=told):
            await model.generate(Continuation("w"))

    _with(folder, use)


def test_a_chat_template_that_is_broken_is_told(tmp_path: Path) -> None:
    folder = write_checkpoint_folder(tmp_path)
    (folder / "chat_template.jinja").write_text("{% for one in messages %}{% endif %}")

    async def use(model: TransformersModel) -> None:
        with pytest.raises(
            UnsupportedError, match=r"the model cannot be asked in a chat: its chat template is broken"
        ):
            await model.generate(HELLO)

    _with(folder, use)


def test_an_adapter_of_another_model_is_told_also_where_its_shapes_fit(folder: Path, tmp_path: Path) -> None:
    other = write_checkpoint_folder(tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"model_type": "llama"}))
    adapter = write_peft_adapter(tmp_path / "m", other)

    async def use(model: TransformersModel) -> None:
        with pytest.raises(
            CheckpointError, match=r"was made for .*other, which is another \(llama, 1 layers\)"
        ):
            await model.generate(Continuation("w"))

    _with(folder, use, adapters=(str(adapter),))


def test_weights_that_are_larger_than_the_memory_are_not_loaded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_weights, "read_memory", lambda: MachineMemory(200_000, 150_000))

    async def use(model: TransformersModel) -> None:
        with pytest.raises(
            NoMemoryError, match=r"does not suffice for .*of weights, 150\.0 kB free.*dtype bfloat16"
        ):
            await model.generate(Continuation("w"))

    _with(folder, use)


def test_memory_that_runs_out_while_computing_is_told() -> None:
    torch = heavy("torch", "train")
    for error in (
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("not enough memory: you tried"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        MemoryError(),
    ):
        with (
            pytest.raises(NoMemoryError, match="memory does not suffice for coder"),
            told_lack_of_memory("coder"),
        ):
            raise error
    with pytest.raises(RuntimeError, match="of another kind"), told_lack_of_memory("coder"):
        raise RuntimeError("of another kind")


def test_a_family_is_told_by_its_vocabulary() -> None:
    for name in ("Qwen2.5-Coder-7B", "codegemma-2b", "starcoder2-3b", "deepseek-coder-1.3b"):
        family = fill_tokens_of(name)
        assert family is not None
        assert fill_tokens_among({*family.spelled, *family.ends, "<eos>", "a"}) == family
    llama = fill_tokens_among({"\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>", "\u2581<EOT>"})
    assert llama == fill_tokens_of("CodeLlama-7b")
    assert fill_tokens_among({"<|fim_prefix|>", "<|fim_suffix|>"}) is None


def test_code_that_a_model_brings_along_is_not_run(tmp_path: Path) -> None:
    folder = write_checkpoint_folder(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {
        "model_type": "mine",
        "auto_map": {"AutoConfig": "mine.Mine", "AutoModelForCausalLM": "mine.Mine"},
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n", encoding="utf-8")

    async def use(model: TransformersModel) -> None:
        with pytest.raises(CheckpointError, match="code that a model brings along is never run"):
            await model.generate(Continuation("w"))

    _with(folder, use)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["tiny_qwen2", "tiny_llama"])
def test_greedy_answers_and_scores_equal_those_of_transformers(
    name: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(name)
    library, torch = heavy("transformers", "train"), heavy("torch", "train")
    tokenizer = library.AutoTokenizer.from_pretrained(str(folder))
    plain = library.AutoModelForCausalLM.from_pretrained(str(folder), dtype="float32").eval()

    async def use(model: TransformersModel) -> None:
        for prompt in (
            "def read(path):\n    ",
            "import os\n\nclass ",
            "for line in caf\u00e9: # \u65e5\u672c\n",
        ):
            read = tokenizer(prompt, return_tensors="pt")
            length = read["input_ids"].shape[1]
            expected = plain.generate(**read, max_new_tokens=40, do_sample=False)[0, length:]
            answer = await model.generate(Continuation(prompt), Options(max_tokens=40))
            streamed = await collect(model.stream(Continuation(prompt), Options(max_tokens=40)))
            assert answer.text == streamed.text == tokenizer.decode(expected, skip_special_tokens=True)
            with torch.inference_mode():
                logits = plain(**read).logits[0].float().log_softmax(-1)
            numbers = read["input_ids"][0]
            known = [float("nan"), *(float(logits[at, numbers[at + 1]]) for at in range(length - 1))]
            scores = [token.log_probability for token in await model.score(prompt)]
            assert scores == pytest.approx(known[length - len(scores) :], abs=1e-3, nan_ok=True)
            assert len(scores) == await model.count_tokens(prompt)
            assert math.isnan(scores[0]) == (
                name == "tiny_qwen2"
            )  # Llama's texts begin with a token of their own

    _with(folder, use)
