"""What is exported says what the checkpoint says: tokens, settings, weights, and the greedy answers of llama.cpp."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aifirst_model.backends.llama_process import Load
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.export.export_adapter import export_adapter
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.export.model_settings import rope_factors
from aifirst_model.export.sentencepiece_file import Piece, read_pieces
from aifirst_model.export.vocabulary import read_vocabulary
from aifirst_model.heavy import heavy
from aifirst_model.serving.server_process import start_llama
from random_checkpoint import SPECIAL, config, tensors, tokenizer_json, write_checkpoint

gguf: Any = pytest.importorskip("gguf", reason="gguf is missing: pip install 'aifirst[train]'")
torch: Any = pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
pytest.importorskip("xllamacpp", reason="xllamacpp is missing: pip install 'aifirst[local]'")
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"
)

PROMPTS = (
    "def main(", "import os\nimport sys\n", "class Stack:\n    def __init__(self):\n", "for i in range(10):\n    ",
    "    return ", "if __name__ == ", "try:\n    import ", "raise ValueError(", "with open(path) as f:\n    ",
    "# Copyright (c) ", '"""Return the ', "x = [", "self.", "def __repr__(self):\n    return ",
    "from collections import ", "while True:\n    ", "    if not isinstance(", "print(f\"{", "assert len(",
    "é, 日本 and 12345 ",
)  # fmt: skip
TOKENS = 24
TIE = 0.05
"""Nats between the two likeliest tokens, under which F16's rounding may choose either."""


def ask(address: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    from urllib.request import Request, urlopen

    asked = Request(  # noqa: S310  a server of this test
        f"{address}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(asked, timeout=120) as answer:  # noqa: S310  the same
        return json.load(answer)


def loaded(folder: Path) -> tuple[Any, Any]:
    """The checkpoint and its tokenizer, by transformers."""
    transformers = heavy("transformers", "train")
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True
    )
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)


def greedy(model: Any, ids: list[int]) -> tuple[list[int], list[float]]:
    """The likeliest tokens one after the other, and by how many nats each was before the next best."""
    found: list[int] = []
    leads: list[float] = []
    with torch.inference_mode():
        for _ in range(TOKENS):
            best = model(input_ids=torch.tensor([ids + found]), use_cache=False).logits[0, -1].topk(2)
            found.append(int(best.indices[0]))
            leads.append(float(best.values[0] - best.values[1]))
    return found, leads


@pytest.mark.parametrize("architecture", ["qwen2", "llama"])
def test_llama_cpp_cuts_and_continues_texts_as_transformers_does(
    request: pytest.FixtureRequest, tmp_path: Path, architecture: str
) -> None:
    """The tokens of every prompt are the same; so are the greedy answers, but after a place where two are as likely."""
    folder: Path = request.getfixturevalue(f"tiny_{architecture}")
    path = export_gguf(open_checkpoint(folder), tmp_path / "model.gguf")
    model, tokenizer = loaded(folder)
    server = start_llama(Load(str(path), "", 256, 1, "f16"))
    whole = 0
    try:
        for prompt in PROMPTS:
            ids = tokenizer(prompt)["input_ids"]
            assert ask(server.address, "/tokenize", {"content": prompt, "add_special": True})["tokens"] == ids
            body = {
                "prompt": ids, "n_predict": TOKENS, "temperature": 0, "return_tokens": True, "cache_prompt": False,
                "ignore_eos": False, "samplers": ["temperature"],
            }  # fmt: skip
            told: list[int] = ask(server.address, "/completion", body)["tokens"]
            wanted, leads = greedy(model, ids)
            ends = [at for at, token in enumerate(wanted) if token in tokenizer.all_special_ids]
            wanted = wanted[: ends[0]] if ends else wanted
            other = next(
                (at for at, pair in enumerate(zip(told, wanted, strict=False)) if pair[0] != pair[1]), None
            )
            assert other is None or leads[other] < TIE, (prompt, told, wanted, other)
            whole += other is None and len(told) >= len(wanted)
    finally:
        server.stop()
    assert whole >= len(PROMPTS) - 2


@pytest.mark.parametrize("architecture", ["qwen2", "llama"])
def test_every_weight_and_setting_is_in_the_file(tmp_path: Path, architecture: str) -> None:
    """Llama's queries and keys have the order of llama.cpp: neighbouring pairs instead of halves."""
    told = config(architecture, 64, 96, 2, rope_theta=50000.0)
    folder = write_checkpoint(tmp_path / "model", told)
    reader = gguf.GGUFReader(export_gguf(open_checkpoint(folder), tmp_path / "model.gguf", "F32"))
    held = {one.name: one.data for one in reader.tensors}
    given = tensors(told)
    wanted = given["model.layers.1.self_attn.k_proj.weight"]
    if (
        architecture == "llama"
    ):  # 2 heads of 16: row 2i of a head is row i of its first half, row 2i+1 of its second
        wanted = np.stack(
            [wanted[head * 16 + half * 8 + at] for head in range(2) for at in range(8) for half in range(2)]
        )
    assert np.array_equal(held["blk.1.attn_k.weight"], wanted)
    assert np.array_equal(held["token_embd.weight"], given["model.embed_tokens.weight"])
    assert ("output.weight" in held) == (architecture == "llama")
    assert len(held) == len(given)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    assert fields[f"{architecture}.rope.freq_base"] == 50000.0
    assert fields[f"{architecture}.attention.head_count_kv"] == 2
    assert fields["tokenizer.ggml.pre"] == "qwen2"
    assert fields["tokenizer.ggml.tokens"][256:262] == ["in", "int", *SPECIAL]
    assert fields["tokenizer.ggml.tokens"][-1] == "[PAD319]"
    assert fields["tokenizer.ggml.merges"] == ["i n", "in t"]
    assert fields["tokenizer.ggml.token_type"][255:263] == [1, 1, 1, 3, 3, 3, 3, 5]
    assert [fields[f"tokenizer.ggml.fim_{one}_token_id"] for one in ("pre", "suf", "mid")] == [259, 260, 261]
    assert fields["tokenizer.ggml.eos_token_id"] == 258
    assert fields["tokenizer.ggml.add_bos_token"] is False


def test_numbers_of_bfloat16_are_exported_unchanged(tmp_path: Path) -> None:
    told = config("qwen2", 64, 96, 1)
    folder = write_checkpoint(tmp_path / "model", told)
    given = {name: torch.from_numpy(value).bfloat16() for name, value in tensors(told).items()}
    heavy("safetensors.torch", "train").save_file(given, folder / "model.safetensors")
    for kind in ("BF16", "F32"):
        reader = gguf.GGUFReader(export_gguf(open_checkpoint(folder), tmp_path / f"{kind}.gguf", kind))
        held = {one.name: gguf.quants.dequantize(one.data, one.tensor_type) for one in reader.tensors}
        wanted = given["model.layers.0.mlp.up_proj.weight"].float().numpy()
        assert np.array_equal(held["blk.0.ffn_up.weight"], wanted), kind


def test_ways_to_reach_further_are_told(tmp_path: Path) -> None:
    """Llama 3's factors against transformers' own computation; YaRN and linear by their settings."""
    rope = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 64, "rope_theta": 500000.0}  # fmt: skip
    told = config("llama", 64, 96, 1, rope_parameters=rope)
    transformers = heavy("transformers", "train")
    plain = transformers.LlamaConfig(**{key: value for key, value in told.items() if key != "model_type"})
    compute = heavy("transformers.modeling_rope_utils", "train").ROPE_INIT_FUNCTIONS["llama3"]
    theirs = compute(plain, "cpu")[0].numpy()
    places = np.arange(0, 16, 2) / 16
    ours = rope_factors(told)
    assert ours is not None
    assert np.allclose(theirs, 500000.0**-places / ours, rtol=1e-5)
    assert len(set(ours.tolist())) > 2
    folder = write_checkpoint(tmp_path / "llama3", told)
    reader = gguf.GGUFReader(export_gguf(open_checkpoint(folder), tmp_path / "l.gguf"))
    assert np.array_equal({one.name: one.data for one in reader.tensors}["rope_freqs.weight"], ours)
    yarn = {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 128}
    folder = write_checkpoint(tmp_path / "yarn", config("qwen2", 64, 96, 1, rope_scaling=yarn))
    fields = gguf.GGUFReader(export_gguf(open_checkpoint(folder), tmp_path / "y.gguf")).fields
    assert fields["qwen2.rope.scaling.type"].contents() == "yarn"
    assert fields["qwen2.rope.scaling.factor"].contents() == 4.0
    assert fields["qwen2.rope.scaling.original_context_length"].contents() == 128


def test_an_adapter_says_in_llama_cpp_what_it_says_in_peft(tiny_llama: Path, tmp_path: Path) -> None:
    """Put on by llama.cpp it gives the probabilities that peft gives, and taken off those of the base."""
    peft = heavy("peft", "train")
    model, tokenizer = loaded(tiny_llama)
    adapted = peft.get_peft_model(model, peft.LoraConfig(
        r=4, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "down_proj"], use_rslora=True,
        init_lora_weights=False, task_type="CAUSAL_LM"))  # fmt: skip
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_" in name:
                weight.copy_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(5)) * 0.05)
    adapted.save_pretrained(tmp_path / "adapter")
    base = open_checkpoint(tiny_llama)
    path = export_gguf(base, tmp_path / "base.gguf", "F32")
    lora = export_adapter(open_checkpoint(tmp_path / "adapter"), base, tmp_path / "lora.gguf")
    ids = tokenizer("def main(argv):\n    return ")["input_ids"]
    with torch.inference_mode():
        on = torch.log_softmax(adapted(input_ids=torch.tensor([ids])).logits[0, -1], -1)
        with adapted.disable_adapter():
            off = torch.log_softmax(adapted(input_ids=torch.tensor([ids])).logits[0, -1], -1)
    server = start_llama(Load(str(path), "", 256, 1, "f16", adapters=(str(lora),)))
    try:
        for scale, wanted in ((1.0, on), (0.0, off)):
            body = {
                "prompt": ids,
                "n_predict": 1,
                "temperature": 0,
                "n_probs": 5,
                "lora": [{"id": 0, "scale": scale}],
            }
            told = ask(server.address, "/completion", body)["completion_probabilities"][0]["top_logprobs"]
            assert told[0]["id"] == int(wanted.argmax())
            for one in told:
                assert one["logprob"] == pytest.approx(float(wanted[one["id"]]), abs=0.02)
    finally:
        server.stop()
    assert float((on - off).abs().max()) > 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"use_dora": True}, "DoRA"),
        ({"modules_to_save": ["lm_head"]}, "whole tensors"),
        ({"peft_type": "IA3"}, "kind IA3"),
    ],
)
def test_an_adapter_that_llama_cpp_cannot_apply_is_refused(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    folder = write_checkpoint(tmp_path / "base", config("llama", 64, 96, 1))
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    settings = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "base_model_name_or_path": str(folder)}
    (adapter / "adapter_config.json").write_text(json.dumps(settings | changed))
    save = heavy("safetensors.numpy", "train").save_file
    name = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"
    save({name.format("A"): np.ones((2, 64), np.float32), name.format("B"): np.ones((64, 2), np.float32)},
         adapter / "adapter_model.safetensors")  # fmt: skip
    with pytest.raises(ExportError, match=told):
        export_adapter(open_checkpoint(adapter), open_checkpoint(folder), tmp_path / "out.gguf")
    assert not (tmp_path / "out.gguf").exists()


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def sentencepiece_model(pieces: list[Piece]) -> bytes:
    """As the format's definition says; a field that is not known stands before them."""
    data = b"\x12\x03abc"
    for piece in pieces:
        text = piece.text.encode()
        inner = b"\x0a" + varint(len(text)) + text + b"\x15" + np.float32(piece.score).tobytes()
        inner += b"\x18" + varint(piece.kind) if piece.kind != 1 else b""
        data += b"\x0a" + varint(len(inner)) + inner
    return data


def test_a_sentencepiece_file_is_read_and_a_broken_one_told(tmp_path: Path) -> None:
    pieces = [Piece("<unk>", 0.0, 2), Piece("<s>", 0.0, 3), Piece("<0x0A>", 0.0, 6), Piece("▁the" * 50, -1.5)]
    path = tmp_path / "tokenizer.model"
    path.write_bytes(sentencepiece_model(pieces))
    assert read_pieces(path) == pieces
    vocabulary = read_vocabulary(tmp_path, 5)
    assert vocabulary.texts == [*(piece.text for piece in pieces), "[PAD4]"]
    assert (vocabulary.kinds, vocabulary.scores) == ([2, 3, 6, 1, 5], [0.0, 0.0, 0.0, -1.5, -10000.0])
    whole = path.read_bytes()
    for kept in range(6, len(whole), 7):
        path.write_bytes(whole[:kept])
        try:
            assert len(read_pieces(path)) < len(pieces)
        except ExportError:
            continue


def test_a_tokenizer_of_pieces_cuts_texts_in_llama_cpp_as_it_does_here(tmp_path: Path) -> None:
    """TinyLlama's kind: pieces with `▁`, bytes for what is not known; from tokenizer.json alone."""
    tokenizers = heavy("tokenizers", "train")
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))],
        show_progress=False,
    )  # fmt: skip
    inner = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    inner.normalizer = tokenizers.normalizers.Sequence(
        [tokenizers.normalizers.Prepend("▁"), tokenizers.normalizers.Replace(" ", "▁")]
    )
    source = Path(__file__).read_text("utf-8")
    inner.train_from_iterator(source.split("\n"), trainer)
    told = json.loads(inner.to_str())
    told["added_tokens"] = [
        one for one in told["added_tokens"] if one["id"] < 3
    ]  # bytes are pieces like others
    folder = write_checkpoint(tmp_path / "model", config("llama", 64, 96, 1, vocab_size=400, bos_token_id=1))
    (folder / "tokenizer.json").write_text(json.dumps(told))
    given = {
        name: value if value.shape[0] != 320 else np.resize(value, (400, 64))
        for name, value in tensors(config("llama", 64, 96, 1)).items()
    }
    heavy("safetensors.numpy", "train").save_file(given, folder / "model.safetensors")
    path = export_gguf(open_checkpoint(folder), tmp_path / "model.gguf")
    again = tokenizers.Tokenizer.from_str(json.dumps(told))
    server = start_llama(Load(str(path), "", 64, 1, "f16"))
    try:
        for text in (
            "def test_it(tmp_path: Path) -> None:",
            "two  spaces and\nlines",
            "日本 é",
            "return tokenizer",
        ):
            tokens = ask(server.address, "/tokenize", {"content": text, "add_special": False})["tokens"]
            assert tokens == again.encode(text, add_special_tokens=False).ids, text
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"model_type": "gpt_neox"}, "gpt_neox cannot be exported"),
        ({"rope_scaling": {"type": "dynamic", "factor": 2.0}}, "positions of the kind 'dynamic'"),
        ({"num_hidden_layers": 3}, r"lacks the tensor blk\.2"),
        ({"quantization_config": {"quant_method": "gptq"}}, "packed already"),
        ({"intermediate_size": None}, "lacks intermediate_size"),
        ({"hidden_size": 96}, "hidden_size is 96, the embedding is of the shape"),
        ({"rms_norm_eps": "a"}, "rms_norm_eps is 'a'"),
        ({"num_attention_heads": -2}, "num_attention_heads is -2"),
    ],
)
def test_a_model_that_cannot_be_exported_is_told(tmp_path: Path, what: dict[str, Any], told: str) -> None:
    folder = write_checkpoint(tmp_path / "model", config("qwen2", 64, 96, 2))
    (folder / "config.json").write_text(json.dumps(config("qwen2", 64, 96, 2) | what))
    with pytest.raises(ExportError, match=told):
        export_gguf(open_checkpoint(folder), tmp_path / "out.gguf")
    assert not list(tmp_path.glob("out*"))


def test_a_tokenizer_that_cuts_in_an_unknown_way_is_refused_unless_named(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model", config("qwen2", 64, 96, 1))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(r"\p{N}{2}|\S+|\s+")))
    with pytest.raises(ExportError, match="qwen2, llama-bpe, gpt-2"):
        export_gguf(open_checkpoint(folder), tmp_path / "out.gguf")
    path = export_gguf(open_checkpoint(folder), tmp_path / "out.gguf", pre_tokenizer="deepseek-coder")
    assert gguf.GGUFReader(path).fields["tokenizer.ggml.pre"].contents() == "deepseek-coder"


def test_a_model_needs_no_more_memory_than_a_piece_of_a_tensor(tmp_path: Path) -> None:
    """The embedding is 256 MB; held whole it would be 384 MB as numbers and as F16."""
    told = config("qwen2", 64, 96, 1)
    folder = write_checkpoint(tmp_path / "model", told)
    rows = 1_000_000
    (folder / "config.json").write_text(json.dumps(told | {"vocab_size": rows}))
    given = {name: torch.from_numpy(value).half() for name, value in tensors(told).items()}
    given["model.embed_tokens.weight"] = torch.zeros(rows, 64, dtype=torch.float32)
    heavy("safetensors.torch", "train").save_file(given, folder / "model.safetensors")
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from aifirst_model.checkpoint.open_checkpoint import open_checkpoint\n"
        "from aifirst_model.export.export_gguf import export_gguf\n"
        "from aifirst_model.export.vocabulary import Vocabulary\n"
        "import aifirst_model.export.export_gguf as e\n"
        "e.read_vocabulary = lambda *_: Vocabulary('gpt2', 'qwen2', ['a'], [1])\n"
        "e.add_vocabulary = lambda *_: None\n"
        "import numpy, gguf; from aifirst_model.export.ggml_library import ggml_library; ggml_library()\n"
        "peak = lambda: int(next(l for l in open('/proc/self/status') if l.startswith('RssAnon')).split()[1])\n"
        "before = peak(); most = [0]\n"
        "def tell(done, total): most[0] = max(most[0], peak())\n"
        f"export_gguf(open_checkpoint({str(folder)!r}), Path({str(tmp_path / 'out.gguf')!r}), 'F16', report=tell)\n"
        "print(most[0] - before)"
    )
    if sys.platform != "linux":
        pytest.skip("how much memory a process holds of its own is read from /proc")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-800:]
    assert int(done.stdout) < 190_000, done.stdout
    shutil.rmtree(tmp_path / "model")


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model", config("qwen2", 256, 96, 2))
    one = export_gguf(open_checkpoint(folder), tmp_path / "one.gguf", "Q4_K_M").read_bytes()
    assert one == export_gguf(open_checkpoint(folder), tmp_path / "two.gguf", "Q4_K_M").read_bytes()
