"""What a model's folder is found to be, and that what is broken, cut off, mixed up or a pickle is told before loading."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.checkpoint.hub_cache import list_snapshots
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.errors import CheckpointError
from checkpoint_folder import CONFIG, SHAPES, TOKENIZER, safetensors, write_checkpoint, write_json
from hypothesis import given, settings
from hypothesis import strategies as st


def test_a_folder_is_read_for_what_it_is(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model")
    (folder / "README.md").write_text(
        "---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\nlicense: mit\n", encoding="utf-8"
    )
    (folder / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
    found = open_checkpoint(folder)
    assert (found.folder, found.architecture, found.dtype, found.context) == (folder, "qwen2", "bfloat16", 64)
    assert found.parameters == 10 * 4 + 8 * 4 + 4
    assert found.weight_bytes == (folder / "model.safetensors").stat().st_size
    assert (found.vocabulary, found.tied_embeddings, found.licence) == (10, True, "apache-2.0")
    assert (found.layers, found.key_value_heads, found.head_width) == (1, 1, 2)
    assert (found.has_chat_template, found.adapter_of, found.quantisation) == (True, None, "")
    assert open_checkpoint(str(folder)).weights == (folder / "model.safetensors",)


def test_a_model_in_shards_is_one(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, tie_word_embeddings=False)
    (folder / "model.safetensors").unlink()
    (folder / "one.safetensors").write_bytes(safetensors({"model.embed_tokens.weight": (10, 4)}))
    (folder / "two.safetensors").write_bytes(safetensors({"lm_head.weight": (10, 4)}))
    places = {"model.embed_tokens.weight": "one.safetensors", "lm_head.weight": "two.safetensors"}
    write_json(folder / "model.safetensors.index.json", {"weight_map": places})
    found = open_checkpoint(folder)
    assert (found.parameters, found.tied_embeddings) == (80, False)
    assert [one.name for one in found.weights] == ["one.safetensors", "two.safetensors"]
    write_json(
        folder / "model.safetensors.index.json", {"weight_map": places | {"model.norm": "two.safetensors"}}
    )
    with pytest.raises(CheckpointError, match=r"two\.safetensors lacks the tensor model\.norm"):
        open_checkpoint(folder)
    (folder / "two.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"missing: .*two\.safetensors"):
        open_checkpoint(folder)
    for name in ("../one.safetensors", "\0.safetensors", "\ud800.safetensors", "\x1b[31m.safetensors"):
        write_json(folder / "model.safetensors.index.json", {"weight_map": {"a": name}})
        with pytest.raises(CheckpointError, match="names no safetensors files beside it"):
            open_checkpoint(folder)


def test_an_adapter_tells_its_base(tmp_path: Path) -> None:
    write_json(
        tmp_path / "adapter_config.json", {"peft_type": "LORA", "base_model_name_or_path": "Qwen/Qwen2.5"}
    )
    with pytest.raises(CheckpointError, match=r"no weights \(no adapter_model\.safetensors\)"):
        open_checkpoint(tmp_path)
    (tmp_path / "adapter_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(CheckpointError, match="pickles only"):
        open_checkpoint(tmp_path)
    (tmp_path / "adapter_model.safetensors").write_bytes(safetensors({"a.lora_A.weight": (2, 4)}))
    found = open_checkpoint(tmp_path)
    assert (found.architecture, found.adapter_of, found.parameters) == ("lora", "Qwen/Qwen2.5", 8)


def test_a_hubs_name_is_found_in_the_cache_and_never_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.delenv("HUGGINGFACE_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(CheckpointError, match="`aifirst model pull Owner/Some-Model` fetches it"):
        open_checkpoint("Owner/Some-Model")
    place = tmp_path / "hub" / "models--Owner--Some-Model"
    folder = write_checkpoint(place / "snapshots" / "abc123")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc123", encoding="ascii")
    assert open_checkpoint("Owner/Some-Model").folder == folder
    assert open_checkpoint("Owner/Some-Model@abc123").folder == folder
    assert [*list_snapshots()] == [("Owner/Some-Model", folder)]
    with pytest.raises(CheckpointError, match="aifirst model pull"):
        open_checkpoint("Owner/Some-Model@v2")
    (place / "refs" / "main").write_text("../../../..", encoding="ascii")
    with pytest.raises(CheckpointError, match="aifirst model pull"):
        open_checkpoint("Owner/Some-Model")
    for name in ("../models--Owner--Some-Model", "a/b/c", "/nowhere", "a b", ""):
        with pytest.raises(CheckpointError):
            open_checkpoint(name)


def _edit_tokenizer(**more: Any) -> Callable[[Path], None]:
    return lambda folder: write_json(folder / "tokenizer.json", TOKENIZER | more)


def _only_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-3])


def _header(value: Any) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        told = json.dumps(value).encode()
        (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(told)) + told + bytes(32))

    return write


BROKEN: list[tuple[Callable[[Path], object], str]] = [
    (_only_pickle, r"pickles only \(pytorch_model\.bin\).*convert"),
    (lambda folder: (folder / "model.safetensors").unlink(), "no weights"),
    (_cut, r"cut off \(149 of 152 bytes"),
    (lambda folder: (folder / "model.safetensors").write_bytes(b""), "does not fit"),
    (lambda folder: (folder / "model.safetensors").write_bytes(b"\xff" * 99), "does not fit"),
    (lambda folder: (folder / "model.safetensors").write_bytes(struct.pack("<Q", 9) + b"not json!"), "no list"),
    (_header({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 7]}}), "contradicts"),
    (_header({"a": {"dtype": "BF16", "shape": [16], "data_offsets": [-32, 0]}}), "contradicts"),
    (_header({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}), "24 bytes follow"),
    (lambda folder: (folder / "config.json").write_text("{", encoding="utf-8"), r"config\.json is broken"),
    (lambda folder: (folder / "config.json").write_text("[]", encoding="utf-8"), "holds no object"),
    (lambda folder: (folder / "config.json").write_bytes(b"\xff{}"), r"config\.json is broken"),
    (lambda folder: (folder / "config.json").unlink(), r"no config\.json"),
    (lambda folder: write_json(folder / "config.json", {"vocab_size": 10}), "model_type"),
    (lambda folder: write_json(folder / "config.json", CONFIG | {"vocab_size": 11}), "10 rows of embedding for 11"),
    (lambda folder: write_json(folder / "config.json", CONFIG | {"eos_token_id": [1, 10]}), "eos_token_id is number 10"),
    (lambda folder: (folder / "tokenizer.json").unlink(), "has no tokenizer"),
    (lambda folder: (folder / "tokenizer.json").write_text("{}", encoding="utf-8"), "tokenizer cannot be read"),
    (_edit_tokenizer(model={"vocab": {"a": 0, "far": 99}}), "'far' has number 99, the model has 10"),
    (_edit_tokenizer(model={"vocab": [["a", 0.1]] * 11}), "'a', 0.1.* has number 10"),
    (_edit_tokenizer(added_tokens=[{"id": 10, "content": "<new>"}]), "'<new>' has number 10"),
    (
        lambda folder: write_json(
            folder / "tokenizer_config.json", {"added_tokens_decoder": {"12": {"content": "<x>"}}}
        ),
        "'<x>' is number 12",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("breaks", "told"), BROKEN, ids=[told for _, told in BROKEN])
def test_what_cannot_be_loaded_is_told(tmp_path: Path, breaks: Callable[[Path], object], told: str) -> None:
    folder = write_checkpoint(tmp_path)
    breaks(folder)
    with pytest.raises(CheckpointError, match=told):
        open_checkpoint(folder)


def test_shapes_that_no_file_can_have_are_told_at_once(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path)
    for shape in ([2**63 - 1] * 100_000, [10**19]):
        tensor = {"dtype": "NEW", "shape": shape, "data_offsets": [0, 4]}
        header = json.dumps({"model.embed_tokens.weight": tensor}).encode()
        (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + b"1234")
        with pytest.raises(CheckpointError, match="contradicts itself"):
            open_checkpoint(folder)


def test_settings_that_cannot_be_are_not_told_on(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, max_position_embeddings=10**40, num_hidden_layers=True)
    (folder / "README.md").write_text("---\n" + " \n" * 50_000, encoding="utf-8")
    found = open_checkpoint(folder)
    assert (found.context, found.layers, found.licence) == (0, 0, None)
    write_checkpoint(folder, model_type="\x1b[31mqwen2")
    with pytest.raises(CheckpointError, match="model_type or vocab_size is missing or odd"):
        open_checkpoint(folder)


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    for name, told in (
        ("a.gguf", "llama-cpp"), ("model.safetensors", "the folder that it is in"), ("a.pt", "is a pickle"),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(b"GGUF")
        with pytest.raises(CheckpointError, match=told):
            open_checkpoint(tmp_path / name)
    with pytest.raises(
        CheckpointError, match=r"is no checkpoint but holds GGUF: ask .*a\.gguf by the backend llama-cpp"
    ):
        open_checkpoint(tmp_path)
    (tmp_path / "a.gguf").unlink()
    with pytest.raises(CheckpointError, match=r"is no checkpoint \(it has no config\.json\)"):
        open_checkpoint(tmp_path)


def test_padding_tokens_beyond_the_tokenizer_are_fine(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path, vocab_size=16, pad_token_id=-1)
    (folder / "model.safetensors").write_bytes(safetensors(SHAPES | {"model.embed_tokens.weight": (16, 4)}))
    assert open_checkpoint(folder).vocabulary == 16


@settings(derandomize=True, max_examples=150)
@given(place=st.integers(0, 400), byte=st.integers(0, 255))
def test_whatever_byte_is_wrong_there_is_no_other_error(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "damaged"
    write_checkpoint(folder)
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        path = folder / name
        whole = path.read_bytes()
        at = place % len(whole)
        path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
        with contextlib.suppress(CheckpointError):
            open_checkpoint(folder)
        path.write_bytes(whole)
