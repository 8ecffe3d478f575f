"""What onnxruntime says of an export is what transformers says of the checkpoint, at any batch and length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.export.agreement import agreement, open_session, run_onnx
from aifirst_model.export.compare_texts import read_texts
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.export.export_int8 import export_int8
from aifirst_model.export.export_onnx import export_onnx
from aifirst_model.heavy import heavy
from random_checkpoint import config, write_checkpoint

torch: Any = pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
pytest.importorskip("onnxruntime", reason="onnxruntime is missing: pip install 'aifirst[train]'")
pytestmark = pytest.mark.filterwarnings("ignore")

TEXT = Path(__file__).read_text("utf-8")[:3000]


@pytest.fixture(scope="module", params=["qwen2", "llama"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A checkpoint, and the folder of its ONNX model."""
    folder: Path = request.getfixturevalue(f"tiny_{request.param}")
    out = tmp_path_factory.mktemp("onnx") / "model"
    export_onnx(open_checkpoint(folder), out)
    return folder, out


def original(folder: Path) -> tuple[Any, Any]:
    transformers = heavy("transformers", "train")
    model = transformers.AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, local_files_only=True
    )
    return model.eval(), transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)


def test_logits_are_equal_at_any_batch_length_and_memory(exported: tuple[Path, Path]) -> None:
    folder, out = exported
    model, tokenizer = original(folder)
    ids = np.array(tokenizer(TEXT)["input_ids"])
    session = open_session(out / "model.onnx", 1)
    for batch, first, second in ((1, 1, 1), (1, 40, 3), (3, 7, 20), (5, 2, 1)):
        rows = ids[: batch * (first + second)].reshape(batch, -1)
        with torch.inference_mode():
            wanted = model(input_ids=torch.tensor(rows)).logits.numpy()
        begun, held = run_onnx(session, rows[:, :first], None)
        ended, held = run_onnx(session, rows[:, first:], held)
        assert held[0].shape[2] == first + second
        assert np.allclose(np.concatenate([begun, ended], axis=1), wanted, atol=2e-4), (batch, first, second)


def test_a_batch_that_is_filled_up_gives_each_row_what_it_gets_alone(exported: tuple[Path, Path]) -> None:
    folder, out = exported
    _, tokenizer = original(folder)
    session = open_session(out / "model.onnx", 1)
    long, short = (tokenizer(text)["input_ids"] for text in ("def main(argv):\n    return 0", "import os"))
    fill = len(long) - len(short)
    rows = np.array([long, [0] * fill + short])
    mask = np.array([[1] * len(long), [0] * fill + [1] * len(short)])
    together, _ = run_onnx(session, rows, None, mask)
    alone, _ = run_onnx(session, np.array([short]), None)
    assert np.allclose(together[1, -1], alone[0, -1], atol=2e-4)


def test_whole_numbers_of_8_bits_say_nearly_the_same(exported: tuple[Path, Path], tmp_path: Path) -> None:
    folder, out = exported
    packed = export_int8(out, tmp_path / "int8")
    assert packed.stat().st_size < 0.6 * (out / "model.onnx").stat().st_size
    assert (tmp_path / "int8" / "tokenizer.json").is_file()
    model = open_checkpoint(folder)
    exact = agreement(model, out, [TEXT], window=128, threads=1)
    near = agreement(model, tmp_path / "int8", [TEXT], window=128, threads=1)
    assert exact.top1 == 1.0
    assert exact.perplexity_exported == pytest.approx(exact.perplexity_original, rel=1e-4)
    assert 0.9 < near.top1 < 1.0
    assert near.perplexity_exported == pytest.approx(near.perplexity_original, rel=0.03)


def test_agreement_of_gguf_files_falls_with_their_bits_and_sees_another_model(
    tiny_qwen2: Path, tmp_path: Path
) -> None:
    model = open_checkpoint(tiny_qwen2)
    found = {
        kind: agreement(
            model, export_gguf(model, tmp_path / f"{kind}.gguf", kind), [TEXT], window=128, threads=1
        )
        for kind in ("F32", "Q8_0", "Q4_K_M")
    }
    assert found["F32"].perplexity_exported == pytest.approx(found["F32"].perplexity_original, rel=1e-3)
    assert 1 >= found["F32"].top1 >= found["Q8_0"].top1 >= found["Q4_K_M"].top1 > 0.85
    assert {one.same_tokens for one in found.values()} == {1.0}
    assert found["F32"].places == found["Q4_K_M"].places > 500
    weights = heavy("safetensors.torch", "train").load_file(tiny_qwen2 / "model.safetensors")
    name = "model.layers.0.mlp.down_proj.weight"
    other = tmp_path / "other"
    other.mkdir()
    for path in tiny_qwen2.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    weights[name] = weights[name].flip(0)
    heavy("safetensors.torch", "train").save_file(weights, other / "model.safetensors", {"format": "pt"})
    wrong = agreement(
        model, export_gguf(open_checkpoint(other), tmp_path / "o.gguf"), [TEXT], window=128, threads=1
    )
    assert wrong.top1 < 0.8


def test_other_tokens_are_told(tiny_qwen2: Path, tmp_path: Path) -> None:
    """The file says that words are cut as GPT-2 does, which parts a bracket from the word behind it."""
    model = open_checkpoint(tiny_qwen2)
    path = export_gguf(model, tmp_path / "wrong.gguf", pre_tokenizer="gpt-2")
    found = agreement(model, path, ["def f(self):", "no bracket"], threads=1)
    assert found.same_tokens == 0.5
    right = export_gguf(model, tmp_path / "right.gguf")
    texts = ["a text that tells of <|im_end|> and of <|endoftext|>"]
    assert agreement(model, right, texts, threads=1).same_tokens == 1.0, "both read them as text"


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model", config("qwen2", 64, 96, 1))
    (tmp_path / "out").mkdir()
    with pytest.raises(ExportError, match="there already"):
        export_onnx(open_checkpoint(folder), tmp_path / "out")
    with pytest.raises(ExportError, match=r"no model\.onnx"):
        export_int8(tmp_path / "out", tmp_path / "int8")
    (folder / "config.json").write_text(json.dumps(config("gemma", 64, 96, 1)))
    with pytest.raises(ExportError, match="gemma cannot"):
        export_onnx(open_checkpoint(folder), tmp_path / "new")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model", "out"]


def test_texts_to_compare_on_are_read_up_to_a_limit_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a" * 30)
    (tmp_path / "b.bin").write_bytes(b"\0" * 30)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "c").write_text("c")
    (tmp_path / "d.py").write_text("d" * 30)
    assert read_texts((tmp_path,), most=40) == ["a" * 30, "d" * 10]
    with pytest.raises(ExportError, match="no text"):
        read_texts((tmp_path / "b.bin",))
    with pytest.raises(ExportError, match="cannot be read"):
        read_texts((tmp_path / "none",))
