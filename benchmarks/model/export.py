"""Exports of checkpoints: size, time, memory, agreement with the original, and equality with llama.cpp's own programs.

    python benchmarks/model/export.py CHECKPOINT... --texts PATH --out FOLDER
        [--llama-quantize PROGRAM] [--llama-cpp SOURCES] [--shaped-like-05b]

`--llama-quantize` compares every byte of the packed files; `--llama-cpp` runs convert_hf_to_gguf.py of that folder (its
pre-tokenizer is told, since it knows only published models) and compares settings and tensors; `--shaped-like-05b` makes
a model of Qwen2.5-0.5B's shape from random numbers and measures time and memory of its export.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.export.agreement import compare, cut_windows, read_original
from aifirst_model.export.compare_texts import read_texts
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.export.export_int8 import export_int8
from aifirst_model.export.export_onnx import export_onnx
from aifirst_model.export.number_kinds import KINDS
from aifirst_model.export.quantize_gguf import quantize_gguf
from aifirst_model.export.report import size_of
from aifirst_model.heavy import heavy

_CONVERT = """\
import runpy, sys
sources, pre = sys.argv[1:3]
sys.path[:0] = [sources, sources + "/gguf-py"]
import conversion.base
conversion.base.TextModel.get_vocab_base_pre = lambda self, tokenizer: pre
sys.argv = [sources + "/convert_hf_to_gguf.py", *sys.argv[3:]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
_PRE = {"qwen2": "qwen2", "llama": "llama-bpe"}


def main() -> None:
    """Measure what is asked for."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("checkpoints", nargs="*", type=Path)
    options.add_argument("--texts", type=Path)
    options.add_argument("--out", required=True, type=Path)
    options.add_argument("--llama-quantize")
    options.add_argument("--llama-cpp")
    options.add_argument("--shaped-like-05b", action="store_true")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for folder in given.checkpoints:
        if given.texts:
            _agreement(folder, given.texts, given.out)
        if given.llama_quantize:
            _same_bytes(folder, given.out, given.llama_quantize)
        if given.llama_cpp:
            _same_settings(folder, given.out, given.llama_cpp)
    if given.shaped_like_05b:
        _large(given.checkpoints[0], given.out)


def _agreement(folder: Path, texts: Path, out: Path) -> None:
    checkpoint = open_checkpoint(folder)
    read = read_texts((texts,), 60_000)
    windows = cut_windows(checkpoint, read)
    original = read_original(checkpoint, windows, 1)
    print(
        f"{checkpoint.architecture}, {checkpoint.parameters:,} parameters, {checkpoint.weight_bytes:,} bytes"
    )
    made: list[tuple[str, Path]] = [
        (kind, export_gguf(checkpoint, out / f"{folder.name}.{kind}.gguf", kind)) for kind in KINDS
    ]
    made.append(("ONNX float32", export_onnx(checkpoint, out / f"{folder.name}.onnx").parent))
    made.append(("ONNX INT8", export_int8(made[-1][1], out / f"{folder.name}.int8").parent))
    for name, path in made:
        found = compare(original, path, windows, checkpoint, read, 1)
        print(
            f"| {name} | {size_of(path):,} | {size_of(path) / checkpoint.weight_bytes:.0%} | {found.top1:.2%} | "
            f"{found.perplexity_exported:.3f} ({found.perplexity_exported / found.perplexity_original - 1:+.3%}) | "
            f"{found.tokens_per_second:,.0f} |"
        )


def _same_bytes(folder: Path, out: Path, program: str) -> None:
    for kind in ("F16", "BF16", "F32"):
        plain = export_gguf(open_checkpoint(folder), out / "plain.gguf", kind)
        for packed in ("Q8_0", "Q5_K_M", "Q4_K_M"):
            ours = quantize_gguf(plain, out / "ours.gguf", packed)
            theirs = out / "theirs.gguf"
            subprocess.run([program, str(plain), str(theirs), packed], check=True, capture_output=True)
            same = ours.read_bytes() == theirs.read_bytes()
            print(f"{folder.name} {kind} to {packed}: {'the same bytes' if same else 'OTHER BYTES'}")


def _same_settings(folder: Path, out: Path, sources: str) -> None:
    checkpoint = open_checkpoint(folder)
    theirs = out / "theirs.gguf"
    subprocess.run(
        [sys.executable, "-c", _CONVERT, sources, _PRE[checkpoint.architecture], str(folder), "--outfile", str(theirs),
         "--outtype", "f16"], check=True, capture_output=True,
    )  # fmt: skip
    ours, other = _read(export_gguf(checkpoint, out / "ours.gguf")), _read(theirs)
    differs = sorted(name for name in ours[0] | other[0] if ours[0].get(name) != other[0].get(name))
    same = sum(name in other[1] and np.array_equal(value, other[1][name]) for name, value in ours[1].items())
    print(
        f"{folder.name}: {same} of {len(ours[1])} tensors the same as convert_hf_to_gguf.py's {len(other[1])}"
    )
    for name in differs:
        print(f"    {name}: {str(ours[0].get(name))[:40]} | {str(other[0].get(name))[:40]}")


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    reader = heavy("gguf", "train").GGUFReader(path)
    fields = {name: one.contents() for name, one in reader.fields.items() if not name.startswith("GGUF.")}
    return fields, {one.name: one.data for one in reader.tensors}


def _large(like: Path, out: Path) -> None:
    """Of Qwen2.5-0.5B's shape; its tokenizer is the small one's."""
    folder = out / "shaped-like-05b"
    folder.mkdir(exist_ok=True)
    told = json.loads((like / "config.json").read_text())
    told |= {
        "vocab_size": 151_936, "hidden_size": 896, "intermediate_size": 4864, "num_hidden_layers": 24,
        "num_attention_heads": 14, "num_key_value_heads": 2, "max_position_embeddings": 32_768,
    }  # fmt: skip
    for path in like.iterdir():
        if path.suffix in (".json", ".jinja"):
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "config.json").write_text(json.dumps(told))
    _write_random(folder / "model.safetensors", told)
    for kind in ("F16", "Q8_0", "Q5_K_M", "Q4_K_M"):
        program = (
            "import resource, sys, time; from pathlib import Path\n"
            "from aifirst_model.checkpoint.open_checkpoint import open_checkpoint\n"
            "from aifirst_model.export.export_gguf import export_gguf\n"
            "most = [0]\n"
            "def tell(done, total):\n"
            "    lines = Path('/proc/self/status').read_text().splitlines()\n"
            "    most[0] = max(most[0], int(next(l for l in lines if l.startswith('RssAnon')).split()[1]))\n"
            "begun, used = time.monotonic(), time.process_time()\n"
            "path = export_gguf(open_checkpoint(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], report=tell)\n"
            "print(path.stat().st_size, time.process_time() - used, time.monotonic() - begun, most[0])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder), str(out / "large.gguf"), kind], stdout=subprocess.PIPE,
            text=True, check=True, env=os.environ,
        )  # fmt: skip
        size, used, took, memory = done.stdout.split()
        print(
            f"| {kind} | {int(size) / 1e6:,.0f} MB | {float(used):.1f} s of processor | {float(took):.1f} s | "
            f"{int(memory) / 1000:,.0f} MB |",
            flush=True,
        )
        (out / "large.gguf").unlink()


def _write_random(path: Path, told: dict[str, Any]) -> None:
    """Random numbers of bfloat16, written tensor by tensor."""
    width, inner, keys = told["hidden_size"], told["intermediate_size"], told["num_key_value_heads"] * 64
    shapes: dict[str, list[int]] = {
        "model.embed_tokens.weight": [told["vocab_size"], width],
        "model.norm.weight": [width],
    }
    for layer in range(told["num_hidden_layers"]):
        start = f"model.layers.{layer}."
        for name, shape in (
            ("self_attn.q_proj.weight", [width, width]), ("self_attn.q_proj.bias", [width]),
            ("self_attn.k_proj.weight", [keys, width]), ("self_attn.k_proj.bias", [keys]),
            ("self_attn.v_proj.weight", [keys, width]), ("self_attn.v_proj.bias", [keys]),
            ("self_attn.o_proj.weight", [width, width]), ("mlp.gate_proj.weight", [inner, width]),
            ("mlp.up_proj.weight", [inner, width]), ("mlp.down_proj.weight", [width, inner]),
            ("input_layernorm.weight", [width]), ("post_attention_layernorm.weight", [width]),
        ):  # fmt: skip
            shapes[start + name] = shape
    header: dict[str, Any] = {}
    place = 0
    for name, shape in shapes.items():
        size = int(np.prod(shape)) * 2
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [place, place + size]}
        place += size
    data = json.dumps(header).encode()
    draw = np.random.default_rng(1)
    with path.open("wb") as stream:
        stream.write(len(data).to_bytes(8, "little") + data)
        for shape in shapes.values():
            numbers = draw.standard_normal(int(np.prod(shape)), np.float32) * np.float32(0.02)
            stream.write((numbers.view(np.uint32) >> 16).astype(np.uint16).tobytes())


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"{time.monotonic() - begun:.0f} s in all")
