"""How a sample becomes tokens: what is learned of it, how a gap is spelt, and what is left out or too long."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")

from aifirst_model.answer import Answer
from aifirst_model.dataset.folder import DatasetWriter, open_dataset
from aifirst_model.dataset.record import About, Conversation, Gap, Message, Preference, Text
from aifirst_model.errors import UnreachableError
from aifirst_model.heavy import heavy
from aifirst_model.training.estimate import estimate
from aifirst_model.training.format_sample import IGNORED, Formatter, Tokens
from aifirst_model.training.recipe_file import change_recipe
from aifirst_model.training.recipes import find_recipe
from aifirst_model.training.run_training import open_checkpoint
from aifirst_model.training.teach_dataset import TeachSettings, teach_dataset
from aifirst_model.training.token_table import fill_up, read_table, whole_batches, write_table
from aifirst_model.training.training_error import TrainingError
from training_material import quick, write_dataset

pytestmark = pytest.mark.filterwarnings("ignore")
CHAT = Conversation((Message("user", "Add."), Message("assistant", "return a + b")))
GAP = Gap("def f(a):\n    ", "return a", "\n\n\nf(1)\n")


def _tokenizer(folder: Path) -> Any:
    return heavy("transformers", "train").AutoTokenizer.from_pretrained(folder)


def _learned(tokenizer: Any, tokens: Tokens) -> str:
    assert all(label in (IGNORED, number) for label, number in zip(tokens.labels, tokens.ids, strict=True))
    return str(tokenizer.decode([label for label in tokens.labels if label != IGNORED]))


def test_of_a_conversation_the_answer_and_its_end_are_learned(tiny_qwen2: Path, tiny_llama: Path) -> None:
    for folder, end in ((tiny_qwen2, "<|im_end|>"), (tiny_llama, "<|eot_id|>")):
        tokenizer = _tokenizer(folder)
        [tokens] = Formatter(tokenizer, 64, 0.5, 0).pieces(CHAT)
        assert _learned(tokenizer, tokens) == f"return a + b{end}"
        turns = [{"role": turn.role, "content": turn.content} for turn in CHAT.messages]
        whole = tokenizer.apply_chat_template(turns, tokenize=False)
        assert whole.startswith(tokenizer.decode(tokens.ids))
        assert tokenizer.decode(tokens.ids).count("Add.") == 1


def test_a_gap_is_spelt_in_both_orders_and_only_its_middle_is_learned(tiny_qwen2: Path) -> None:
    tokenizer = _tokenizer(tiny_qwen2)
    for share, text in (
        (0.0, "<|fim_prefix|>def f(a):\n    <|fim_suffix|>\n\n\nf(1)\n<|fim_middle|>return a<|endoftext|>"),
        (1.0, "<|fim_prefix|><|fim_suffix|>\n\n\nf(1)\n<|fim_middle|>def f(a):\n    return a<|endoftext|>"),
    ):
        [tokens] = Formatter(tokenizer, 64, share, 0).pieces(GAP)
        assert tokenizer.decode(tokens.ids) == text
        assert _learned(tokenizer, tokens) == "return a<|endoftext|>"


@pytest.mark.parametrize(
    "template",
    ["{{ raise_exception('roles!') }}", "{% for i in range(10**9) %}{% endfor %}", "{{ 1 / 0 }}", "{% if"],
)
def test_a_chat_template_that_fails_is_told(tiny_qwen2: Path, template: str) -> None:
    tokenizer = _tokenizer(tiny_qwen2)
    tokenizer.chat_template = template
    with pytest.raises(TrainingError, match=r"chat template cannot write .*: correct chat_template\.jinja"):
        Formatter(tokenizer, 64, 0.5, 0).pieces(CHAT)


def test_a_long_gap_loses_the_context_furthest_from_it(tiny_qwen2: Path) -> None:
    tokenizer = _tokenizer(tiny_qwen2)
    long = Gap("first = 1\n" * 40, "return a", "\nlast = 2" * 40)
    [tokens] = Formatter(tokenizer, 48, 0.0, 0).pieces(long)
    text = tokenizer.decode(tokens.ids)
    assert len(tokens.ids) == 48
    assert tokens.is_cut
    assert "first = 1\n<|fim_suffix|>\nlast = 2" in text
    assert text.endswith("<|fim_middle|>return a<|endoftext|>")


def test_what_looks_like_a_special_token_in_a_sample_is_left_out(tiny_qwen2: Path) -> None:
    tokenizer = _tokenizer(tiny_qwen2)
    formatter = Formatter(tokenizer, 64, 0.0, 0)
    evil = Conversation((Message("user", "a<|im_end|>b"), Message("assistant", "c<|endoftext|>d")))
    [tokens] = formatter.pieces(evil)
    assert tokenizer.decode(tokens.ids).count("<|im_end|>") == 2
    assert _learned(tokenizer, tokens) == "cd<|im_end|>"
    assert formatter.pieces(Text("x<|fim_middle|>y"))[0].ids[:-1] == formatter.pieces(Text("xy"))[0].ids[:-1]


def test_a_text_is_learned_whole_and_an_answer_is_never_cut(tiny_qwen2: Path, tiny_llama: Path) -> None:
    tokenizer = _tokenizer(tiny_qwen2)
    formatter = Formatter(tokenizer, 16, 0.0, 0)
    text = "value = compute(value)\n" * 9
    parts = formatter.pieces(Text(text))
    assert len(parts) > 2
    assert "".join(_learned(tokenizer, part) for part in parts) == f"{text}<|endoftext|>"
    assert formatter.pieces(Conversation((Message("user", "x"), Message("assistant", text)))) == []
    assert formatter.preference(Preference((Message("user", "x"),), "y", text)) is None
    [first] = Formatter(_tokenizer(tiny_llama), 64, 0.0, 0).pieces(Text("x = 1"))
    assert _tokenizer(tiny_llama).decode(first.ids) == "<|begin_of_text|>x = 1<|end_of_text|>"
    with pytest.raises(TrainingError, match="no tokens for a gap"):
        Formatter(_tokenizer(tiny_llama), 64, 0.0, 0).pieces(GAP)


def test_a_table_has_full_windows_or_the_tasks_that_were_asked_for(tiny_qwen2: Path, tmp_path: Path) -> None:
    dataset, tokenizer = open_dataset(write_dataset(tmp_path / "data", count=18)), _tokenizer(tiny_qwen2)
    path = tmp_path / "t.arrow"
    report = write_table(path, dataset, "train", quick("continued", length=32), tokenizer)
    table = read_table(path)
    assert {len(row["input_ids"]) for row in table} == {32}
    assert report.rows == len(table) == report.tokens // 32
    batches = whole_batches(table, 7)
    assert len(table) % 7
    assert len(batches) == -(-len(table) // 7) * 7
    assert list(batches) == [*table, *table][: len(batches)]
    assert len(whole_batches(table, len(table))) == len(table)
    filled = fill_up(table, 7)
    assert len(filled) % 7 == 0
    assert all(set(row["labels"]) == {IGNORED} for row in list(filled)[len(table) :])
    with pytest.raises(TrainingError, match="none is of the tasks fill: set tasks"):
        write_table(path, dataset, "train", quick("coder_lora", tasks=["fill"]), tokenizer)
    with pytest.raises(TrainingError, match="the method dpo takes preferences"):
        write_table(path, dataset, "train", quick("dpo"), tokenizer)


def test_an_estimate_grows_with_what_is_asked_and_tells_what_does_not_fit(
    tiny_qwen2: Path, tmp_path: Path
) -> None:
    base, dataset = open_checkpoint(tiny_qwen2), open_dataset(write_dataset(tmp_path / "data", count=18))

    def of(name: str, **changes: object) -> Any:
        return estimate(quick(name, **changes), base, dataset, tmp_path)

    lora, whole = of("coder_lora"), of("continued")
    assert whole.optimizer == 12 * base.parameters
    assert lora.optimizer < whole.optimizer / 10
    assert of("qlora_base").weights < whole.weights
    assert of("continued", batch=8).activations > 1.5 * whole.activations
    assert of("continued", checkpoint_activations=True).activations < whole.activations
    assert (lora.steps, lora.fits) == (8, True)
    assert 0 < of("coder_lora", evaluate_every=8).evaluated < lora.evaluated
    assert of("coder_lora", evaluate_every=0).evaluated == 0
    assert not of("continued", batch=1 << 22).fits
    both = [estimate(quick("continued"), base, dataset, tmp_path, 2, shard=shard) for shard in (False, True)]
    assert [one.optimizer for one in both] == [12 * base.parameters, 6 * base.parameters]
    assert both[1].gradients * 2 == both[0].gradients
    assert both[1].weights > base.parameters * 2  # a half, and the layers that are whole while they compute
    assert both[1].gathered == 12 * base.parameters
    assert not msgspec.structs.replace(lora, main=lora.main_free + 1).fits
    epochs = estimate(change_recipe(find_recipe("coder_lora"), {"batch": 5}), base, dataset, tmp_path)
    assert epochs.steps == 9  # 15 samples, 3 a pass


class _Teacher:
    """Answers with what it was asked, cut off for one question; fails at its fourth request where asked to."""

    name = "echo"

    def __init__(self, fails: bool) -> None:
        self.asked, self.fails = 0, fails

    async def generate(self, prompt: Any, _: Any) -> Answer:
        self.asked += 1
        if self.fails and self.asked == 4:
            raise UnreachableError("cannot be reached", "start it")
        text = prompt.before if hasattr(prompt, "before") else prompt.messages[-1].content
        return Answer(f"taught {text}", "length" if text == "q2" else "stop")


def test_of_answers_that_are_all_cut_off_no_dataset_is_made(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path / "data") as writer:
        writer.write("train", Conversation((Message("user", "q2"), Message("assistant", "old"))))
        writer.finish()
    teacher: Any = _Teacher(fails=False)
    with pytest.raises(TrainingError, match=r"1 answers \(1 cut off\): let them be longer"):
        asyncio.run(
            teach_dataset(
                teacher,
                open_dataset(tmp_path / "data"),
                tmp_path / "taught",
                TeachSettings(64, 0.0, 2),
                lambda _, __: None,
            )
        )
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_teacher_that_fails_half_way_is_not_asked_again_for_what_it_answered(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path / "data") as writer:
        for number in range(6):
            writer.write("train", Conversation((Message("user", f"q{number}"), Message("assistant", "old"))))
        writer.write("validation", Gap("before", "old", "after"))
        writer.write("test", CHAT)
        writer.finish()
    dataset, out = open_dataset(tmp_path / "data"), tmp_path / "taught"
    settings = TeachSettings(at_once=2)
    seen: list[int] = []
    first, second = _Teacher(fails=True), _Teacher(fails=False)

    def ask(teacher: Any, given: TeachSettings = settings) -> Any:
        return asyncio.run(teach_dataset(teacher, dataset, out, given, lambda done, _: seen.append(done)))

    with pytest.raises(UnreachableError):
        ask(first)
    assert not out.exists()
    with pytest.raises(TrainingError, match="another teacher, or to other settings"):
        ask(second, TeachSettings(max_tokens=5))
    report = ask(second)
    assert second.asked == 7 - 3
    assert (report.came, report.went, report.dropped) == (8, 7, {"cut off": 1})
    answers = [
        s.messages[-1].content for s in open_dataset(out).samples("train") if isinstance(s, Conversation)
    ]
    assert answers == [f"taught q{number}" for number in (0, 1, 3, 4, 5)]
    [gap] = open_dataset(out).samples("validation")
    assert gap == Gap("before", "taught before", "after", About(source="teacher"))
    assert list(open_dataset(out).samples("test")) == [CHAT]
