"""Packed files have the numbers that llama.cpp's own llama-quantize writes, and bad files are told."""

from __future__ import annotations

import hashlib
import shutil
import struct
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.export.ggml_library import pack, unpacked
from aifirst_model.export.gguf_file import read_gguf
from aifirst_model.export.number_kinds import KINDS, NUMBER_KINDS, NUMBERED, Kind, Shape, choose, kind_of
from aifirst_model.export.quantize_gguf import quantize_gguf
from random_checkpoint import config, tensors, write_checkpoint

gguf: Any = pytest.importorskip("gguf", reason="gguf is missing: pip install 'aifirst[train]'")
pytest.importorskip("xllamacpp", reason="xllamacpp is missing: pip install 'aifirst[local]'")

WHOLE = config("qwen2", 256, 96, 9)
"""Rows of 256, which K quants take, and of 96, which they do not."""
ODD = config("llama", 64, 80, 3)
"""Rows of 64, and of 80, which no block divides."""
LLAMA_QUANTIZE: dict[tuple[str, Kind], str] = {
    ("qwen2", "Q8_0"): "52ae886cc834d86025faa9a8480e61340fcdc547f8970585e43e53d5a0f6bc34",
    ("qwen2", "Q5_K_M"): "74c12008d4f2c12fbf2d6adfd40d346898867874195bac9943bcbfd3820ab0d1",
    ("qwen2", "Q4_K_M"): "d48421deaddfd1cf5520ae45139f9ffa95ea98ee85e6652bb0b9c10b808c5d6d",
    ("llama", "Q8_0"): "da3c50fec3d6d262dc4997fdeb35014021e1de76fd512f6bdbf91be86be97c66",
    ("llama", "Q5_K_M"): "f30456e4f7bda7ffb9c173e35c3a18b1652574ae6dcb0d6d3c34cdc219a93792",
    ("llama", "Q4_K_M"): "f76afbc4c7e02e4f478e46d824623a611fc5e33f6577b7a633cbfca4f2c23f6e",
}
"""What llama-quantize (llama.cpp of 1 October 2026, built for x86-64) made of the F16 files of these two models:
`digest` of its files. `benchmarks/model/export.py --llama-quantize` compares again, byte by byte."""


def digest(path: Path) -> str:
    """Of the names, kinds and numbers of all tensors."""
    found = hashlib.sha256()
    for tensor in sorted(gguf.GGUFReader(path).tensors, key=lambda one: one.name):
        found.update(f"{tensor.name} {tensor.tensor_type.name}\n".encode())
        found.update(np.ascontiguousarray(tensor.data).tobytes())
    return found.hexdigest()


@pytest.fixture(scope="module")
def f16(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The two models as F16 files."""
    place = tmp_path_factory.mktemp("packed")
    models = {told["model_type"]: write_checkpoint(place / told["model_type"], told) for told in (WHOLE, ODD)}
    return {name: export_gguf(open_checkpoint(one), place / f"{name}.gguf") for name, one in models.items()}


@pytest.mark.skipif(
    sys.platform != "linux" or struct.calcsize("P") != 8,
    reason="the numbers were recorded on x86-64 under Linux; another machine may round otherwise",
)
@pytest.mark.parametrize(("architecture", "kind"), LLAMA_QUANTIZE)
def test_a_packed_file_has_the_numbers_of_llama_quantize(
    f16: dict[str, Path], tmp_path: Path, architecture: str, kind: Kind
) -> None:
    packed = quantize_gguf(f16[architecture], tmp_path / "packed.gguf", kind)
    assert digest(packed) == LLAMA_QUANTIZE[architecture, kind]


def test_the_settings_of_a_packed_file_are_those_of_the_first(f16: dict[str, Path], tmp_path: Path) -> None:
    before = read_gguf(f16["qwen2"]).fields
    after = read_gguf(quantize_gguf(f16["qwen2"], tmp_path / "packed.gguf", "Q4_K_M")).fields
    changed = {name for name in before | after if before[name] != after[name]}
    assert changed == {"general.file_type"}
    assert after["general.file_type"].value == 15


def test_packing_while_exporting_and_packing_the_file_agree(f16: dict[str, Path], tmp_path: Path) -> None:
    """They do where the model's numbers are the same as F16, as this one's are."""
    model = open_checkpoint(f16["qwen2"].parent / "qwen2")
    at_once = export_gguf(model, tmp_path / "once.gguf", "Q5_K_M")
    assert digest(at_once) == LLAMA_QUANTIZE["qwen2", "Q5_K_M"]


def test_packed_numbers_are_near_those_of_the_checkpoint(f16: dict[str, Path], tmp_path: Path) -> None:
    """Read by the `gguf` package's own code, which shares nothing with what packs."""
    wanted = tensors(WHOLE)
    errors: dict[Kind, float] = {"Q8_0": 0.0003, "Q5_K_M": 0.003, "Q4_K_M": 0.006}
    for kind, error in errors.items():
        reader = gguf.GGUFReader(quantize_gguf(f16["qwen2"], tmp_path / f"{kind}.gguf", kind))
        held = {one.name: gguf.quants.dequantize(one.data, one.tensor_type) for one in reader.tensors}
        for ours, name in (
            ("blk.4.ffn_up.weight", "mlp.up_proj"),
            ("blk.4.attn_q.weight", "self_attn.q_proj"),
        ):
            away = np.abs(held[ours] - wanted[f"model.layers.4.{name}.weight"])
            assert 0 < away.max() < error, (kind, ours)


def test_each_kind_of_block_has_the_size_that_ggml_gives_it() -> None:
    for kind in NUMBERED.values():
        block, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType(kind.number)]
        assert (kind.block, kind.bytes) == (block, size), kind.name
        assert kind.name == gguf.GGMLQuantizationType(kind.number).name


def test_shortened_numbers_are_rounded_as_pytorch_rounds_them() -> None:
    torch: Any = pytest.importorskip("torch")
    drawn = np.random.default_rng(3).standard_normal((50, 64), np.float32)
    drawn[0, :3] = (1.00390625, 1.01171875, -0.0)  # halfway, to even on both sides
    data = np.frombuffer(pack(drawn, NUMBER_KINDS["BF16"]), np.uint8)
    theirs = torch.from_numpy(drawn).bfloat16().float().numpy()
    assert np.array_equal(unpacked(data, NUMBER_KINDS["BF16"]).reshape(drawn.shape), theirs)


@pytest.mark.parametrize(
    ("number", "kind", "told"),
    [
        (float("inf"), "F16", "infinite"),
        (float("nan"), "Q8_0", "infinite"),
        (70000.0, "F16", "export as BF16"),
    ],
)
def test_numbers_that_a_kind_cannot_hold_are_told(number: float, kind: str, told: str) -> None:
    rows = np.full((2, 32), number, np.float32)
    with pytest.raises(ExportError, match=told):
        pack(rows, NUMBER_KINDS[kind])


def test_a_70b_model_keeps_the_values_finer() -> None:
    shape = Shape(layers=80, shares_output=False, is_grouped=True)
    kinds = [choose("Q4_K_M", f"blk.{layer}.attn_v.weight", (1024, 8192), shape).name for layer in range(80)]
    assert set(kinds) == {"Q5_K", "Q6_K"}
    assert kinds[:11] == ["Q6_K"] * 10 + ["Q5_K"]


def test_kinds_are_known_by_any_spelling_and_others_told() -> None:
    assert [kind_of(kind.lower()) for kind in KINDS] == list(KINDS)
    with pytest.raises(ExportError, match="Q4_K_M"):
        kind_of("Q3_K_S")


def test_a_file_that_is_packed_already_is_refused(f16: dict[str, Path], tmp_path: Path) -> None:
    packed = quantize_gguf(f16["llama"], tmp_path / "once.gguf", "Q8_0")
    with pytest.raises(ExportError, match="packed already"):
        quantize_gguf(packed, tmp_path / "twice.gguf", "Q8_0")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["once.gguf"]


@pytest.mark.parametrize("kept", [0, 3, 20, 100, 5_000, 200_000, -1])
def test_a_file_that_is_cut_off_is_told_and_nothing_is_left(
    f16: dict[str, Path], tmp_path: Path, kept: int
) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(f16["llama"].read_bytes()[:kept])
    with pytest.raises(ExportError, match=r"cut off|no GGUF|cannot be read"):
        quantize_gguf(cut, tmp_path / "out.gguf", "Q8_0")
    assert [one.name for one in tmp_path.iterdir()] == ["cut.gguf"]


@pytest.mark.parametrize("place", [8, 16, 24, 40])
def test_a_file_with_senseless_counts_is_told(f16: dict[str, Path], tmp_path: Path, place: int) -> None:
    data = bytearray(f16["llama"].read_bytes())
    data[place : place + 8] = b"\xff" * 8
    (tmp_path / "bad.gguf").write_bytes(data)
    with pytest.raises(ExportError, match="broken"):
        read_gguf(tmp_path / "bad.gguf")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="No such file"):
        read_gguf(tmp_path / "none.gguf")


def test_a_full_disk_is_told_before_the_work(
    f16: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(_: Path) -> SimpleNamespace:
        return SimpleNamespace(free=1000)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with pytest.raises(ExportError, match="make room"):
        quantize_gguf(f16["llama"], tmp_path / "out.gguf", "Q8_0")
    assert not list(tmp_path.iterdir())
