"""The models of this machine: found where programs keep them, told for what they are, and whether they fit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aifirst_cli.model_table import known_need, largest_fits
from aifirst_model.library import machine_memory
from aifirst_model.library.known_models import KNOWN_MODELS
from aifirst_model.library.local_models import list_local_models
from aifirst_model.library.machine_memory import Gpu, MachineMemory, read_memory
from aifirst_model.library.memory_fit import BYTES, Shape, estimate_need, weights_in
from alphabet_checkpoint import write_gguf_adapter, write_peft_adapter
from checkpoint_folder import write_checkpoint
from tiny_gguf import write_gguf


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "HF_HOME",
        "XDG_CACHE_HOME",
        "LLAMA_CACHE",
        "OLLAMA_MODELS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def _fill(home: Path) -> None:
    """One model in each place."""
    place = home / ".cache" / "huggingface" / "hub" / "models--Owner--Model"
    write_checkpoint(place / "snapshots" / "abc")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text("abc", encoding="ascii")
    for folder in (".cache/llama.cpp", ".lmstudio/models/a/b"):
        (home / folder).mkdir(parents=True)
        write_gguf(home / folder / f"{folder[1:3]}.gguf")
    (home / ".cache/llama.cpp" / "mmproj-x.gguf").write_bytes(b"GGUF")
    blobs, tags = home / ".ollama/models/blobs", home / ".ollama/models/manifests/registry/library/coder"
    blobs.mkdir(parents=True)
    tags.mkdir(parents=True)
    write_gguf(blobs / "sha256-12ab")
    kind = "application/vnd.ollama.image.model"
    for name, digest in (("7b", "sha256:12ab"), ("evil", "../../../../etc/passwd"), ("far", "/etc/passwd")):
        told = {"layers": [{"mediaType": kind, "digest": digest}, {"mediaType": "other", "digest": "x"}]}
        (tags / name).write_text(json.dumps(told), encoding="utf-8")
    (tags / "broken").write_text("{", encoding="utf-8")


def test_models_are_found_where_programs_keep_them(home: Path, tmp_path: Path) -> None:
    _fill(home)
    given = tmp_path / "given"
    folder = write_checkpoint(given / "runs" / "deep")
    write_peft_adapter(given / "adapter", folder)
    write_gguf_adapter(given / "lora.gguf")
    (given / "broken.gguf").write_bytes(b"GGUF\3")
    (given / "circle").symlink_to(given)
    found = {model.name: model for model in list_local_models([given, home / ".cache/llama.cpp" / "ca.gguf"])}
    assert {name: model.form for name, model in found.items()} == {
        "ca.gguf": "gguf", "lm.gguf": "gguf", "ollama coder:7b": "gguf", "Owner/Model": "checkpoint",
        f"{given}/runs/deep": "checkpoint", f"{given}/adapter": "adapter", f"{given}/lora.gguf": "adapter",
        f"{given}/broken.gguf": "broken",
    }  # fmt: skip
    assert "broken or cut off" in found[f"{given}/broken.gguf"].problem
    gguf = found["ollama coder:7b"]
    assert (gguf.architecture, gguf.shape.context, gguf.shape.layers) == ("qwen2", 4096, 1)
    assert (
        gguf.shape.parameters
        == 2 * 264 * 64 + 3 * 64 + 2 * 64 * 64 + 2 * 32 * 64 + 64 + 32 + 32 + 3 * 128 * 64
    )
    assert (gguf.shape.key_value_heads, gguf.shape.head_width) == (1, 32)
    assert found["Owner/Model"].shape == Shape(76, 1, 1, 2, 64)


def test_a_model_in_parts_is_one_and_a_missing_part_is_told(home: Path) -> None:
    for number in (1, 2):
        write_gguf(home / f"large-0000{number}-of-00002.gguf")
    (model,) = list_local_models([home])
    assert model.size == 2 * (home / "large-00001-of-00002.gguf").stat().st_size
    assert model.shape.parameters % 2 == 0
    (home / "large-00002-of-00002.gguf").unlink()
    (model,) = list_local_models([home])
    assert (model.form, "large-00002-of-00002.gguf cannot be read" in model.problem) == ("broken", True)


def test_the_need_is_worked_out_as_it_is_said(home: Path) -> None:
    need = estimate_need(Shape(1_000_000_000, 24, 2, 64, 32768), 2_000_000_000, 8192)
    assert need.cache == 2 * 24 * 2 * 64 * 2 * 8192
    assert need.room == 200_000_000 + 300_000_000
    assert need.whole == need.weights + need.cache + need.room
    assert estimate_need(Shape(1, context=100), 1).tokens == 100
    assert need.fits(int(need.whole / 0.9) + 2)
    assert not need.fits(need.whole)
    assert weights_in(Shape(10), "F16") == 20
    folder = write_checkpoint(home / "model")
    (model,) = list_local_models([folder])
    assert model.need().weights == 76 * 4  # bfloat16 is widened on a processor
    assert model.need(on_gpu=True).weights == model.size
    assert model.need().room == 76 * 4 // 10 + 900_000_000


def test_the_table_of_known_models_holds_together() -> None:
    names = [model.name for model in KNOWN_MODELS]
    assert len(set(names)) == len(names)
    for model in KNOWN_MODELS:
        needs = [known_need(model, kind, 8192).whole for kind in BYTES]
        assert needs == sorted(needs, reverse=True)
    sizes = [largest_fits(gigabytes * 10**9, 8192) for gigabytes in (0, 2, 8, 24, 96)]
    assert [found and found[0].name.rpartition("-")[2] for found in sizes] == [
        None,
        "1.5B",
        "7B",
        "14B",
        "32B",
    ]


def test_memory_is_read_from_the_system() -> None:
    memory = read_memory()
    assert 0 < memory.free <= memory.total
    assert MachineMemory(5, 3).gpus == ()


def _fake_driver(folder: Path, told: str, code: int = 0) -> str:
    """A folder with a program like NVIDIA's that tells this."""
    folder.mkdir(exist_ok=True)
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\nprintf '{told}'\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(folder)


def test_gpus_are_read_from_their_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "NVIDIA H200, 143771, 143000\\nNVIDIA, odd name, 8192, 100\\nbroken\\nGPU, [N/A], 5\\n"
    monkeypatch.setenv("PATH", _fake_driver(tmp_path / "driver", told))
    assert read_memory().gpus == (
        Gpu("NVIDIA H200", 143771 << 20, 143000 << 20), Gpu("NVIDIA, odd name", 8192 << 20, 100 << 20),
    )  # fmt: skip
    monkeypatch.setenv("PATH", _fake_driver(tmp_path / "driver", told, code=9))
    assert read_memory().gpus == ()


def test_a_container_has_what_its_limit_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_memory, "_GROUP", tmp_path)
    (tmp_path / "memory.max").write_text("100000000\n", encoding="ascii")
    (tmp_path / "memory.current").write_text("70000000\n", encoding="ascii")
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 20000000\n", encoding="ascii")
    memory = read_memory()
    assert (memory.total, memory.free) == (100_000_000, 50_000_000)
    (tmp_path / "memory.max").write_text("max\n", encoding="ascii")
    assert read_memory().total > 100_000_000


def test_doctor_says_what_fits_where(tmp_path: Path) -> None:
    environment = {
        "PATH": _fake_driver(tmp_path / "driver", "NVIDIA H200, 143771, 143000\\n"),
        "HOME": str(tmp_path),
    }
    told = subprocess.run(
        [sys.executable, "-m", "aifirst_cli", "doctor", str(tmp_path)], capture_output=True, text=True, timeout=120,
        check=False, env=environment,
    ).stdout  # fmt: skip
    assert (
        "NVIDIA H200 149.9 GB free of 150.8 GB: Qwen/Qwen2.5-Coder-32B fits as F16, by estimate (74.6 GB)"
        in told
    )


def test_the_command_tells_people_and_programs(home: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aifirst_cli", "model", "list", *arguments], capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    empty = run()
    assert (empty.returncode, "No model is here" in empty.stdout) == (0, True)
    _fill(home)
    told = run()
    assert told.returncode == 0
    assert "Owner/Model" in told.stdout
    assert "2 x layers x key-value heads x head width x 2 bytes x 8,192 tokens" in told.stdout
    value = json.loads(run("--format", "json", "--context", "1024").stdout)
    assert (value["version"], value["context"], len(value["known"])) == (1, 1024, len(KNOWN_MODELS))
    model = next(one for one in value["models"] if one["name"] == "Owner/Model")
    assert (model["form"], model["need"]["tokens"], model["fits"]) == ("checkpoint", 64, "yes")
    known = run("--known")
    assert all(one.name in known.stdout for one in KNOWN_MODELS)
    steering = tmp_path / "a\x1b[31m\nb"
    steering.mkdir()
    (steering / "broken.gguf").write_bytes(b"GGUF")
    assert f"{tmp_path}/a\\x1b[31m\\nb/broken.gguf  broken" in run(str(steering)).stdout
    odd = tmp_path / os.fsdecode(b"odd\xff")
    odd.mkdir()
    (odd / "broken.gguf").write_bytes(b"GGUF")
    shown = json.loads(run("--format", "json", str(odd)).stdout)["models"]
    assert [one["path"] for one in shown if one["form"] == "broken"] == [f"{tmp_path}/odd\\xff/broken.gguf"]
    (tmp_path / "broken.gguf").write_bytes(b"GGUF")
    broken = run(str(tmp_path / "broken.gguf"))
    assert (broken.returncode, "broken or cut off" in broken.stdout) == (1, True)
