"""Fetching a model from a hub here: what is cut goes on, what is wrong is not kept, pickles are not fetched."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from aifirst_model.checkpoint.hub_cache import find_snapshot
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.errors import CheckpointError
from aifirst_model.library.hub import Hub, PullError
from aifirst_model.library.pull_model import plan_pull, pull
from checkpoint_folder import write_checkpoint
from fake_hub import COMMIT, FakeHub

NAME = "Owner/Model"


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def _full_disk(path: Path) -> _Usage:
    return _Usage(10**9, 10**9 - 50, 50)


def _no_wait(seconds: float) -> None:
    """Between tries."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    folder = write_checkpoint(tmp_path / "origin")
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    files |= {
        "pytorch_model.bin": b"\x80\x04evil",
        "evil.py": b"1/0",
        "onnx/model.onnx": b"x",
        "README.md": b"# A model",
    }
    for name in (
        "HF_TOKEN",
        "HF_HUB_OFFLINE",
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "http_proxy",
        "HTTP_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(time, "sleep", _no_wait)
    with FakeHub(files) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        yield running


def _pull(name: str = NAME, gguf: str = "") -> Path:
    asked = Hub()
    return pull(asked, plan_pull(asked, name, gguf))


def _weights(hub: FakeHub) -> list[int]:
    """Where each request for the weights began."""
    return [one.first for one in hub.asked if one.path == "/network/model.safetensors"]


def _blobs(tmp_path: Path) -> list[str]:
    blobs = tmp_path / "cache" / "hub" / "models--Owner--Model" / "blobs"
    return sorted(path.name for path in blobs.iterdir()) if blobs.is_dir() else []


def test_a_model_is_fetched_whole_and_found_by_its_name(hub: FakeHub, tmp_path: Path) -> None:
    asked = Hub()
    plan = plan_pull(asked, NAME)
    names = ["README.md", "config.json", "model.safetensors", "tokenizer.json"]
    assert [file.name for file in plan.files] == names
    assert (plan.model.licence, plan.left_out, plan.here) == ("apache-2.0", ("pytorch_model.bin",), 0)
    assert plan.size == sum(len(hub.files[name]) for name in names)
    assert not (tmp_path / "cache").exists()
    told: list[tuple[int, int]] = []
    folder = pull(asked, plan, lambda done, whole: told.append((done, whole)))
    assert told == sorted(told)
    assert told[-1] == (plan.size, plan.size)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: hub.files[name] for name in names
    }
    assert open_checkpoint(NAME).folder == folder
    assert hashlib.sha256(hub.files["model.safetensors"]).hexdigest() in _blobs(tmp_path)
    assert [*(tmp_path / "cache" / "hub" / ".aifirst-pull").iterdir()] == []
    before = len(hub.asked)
    assert _pull() == folder  # all is here: only the hub's list is asked for
    assert len(hub.asked) == before + 1
    assert not any(one.path.endswith((".bin", ".py", ".onnx")) for one in hub.asked)


def test_a_download_that_was_cut_goes_on(hub: FakeHub, tmp_path: Path) -> None:
    size = len(hub.files["model.safetensors"])
    hub.cut = [50, 20]
    folder = _pull()
    assert _weights(hub) == [0, 50, 70]
    assert (folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert size > 70


def test_what_one_command_left_the_next_one_goes_on_with(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut = [60, *[0] * 10]
    with pytest.raises(PullError, match="goes on where this one stopped"):
        _pull()
    with pytest.raises(CheckpointError, match="aifirst model pull"):
        open_checkpoint(NAME)
    hub.cut = []
    hub.asked.clear()
    assert plan_pull(Hub(), NAME).here > 60
    _pull()
    assert _weights(hub) == [60]
    assert open_checkpoint(NAME).parameters == 76


def test_a_server_without_ranges_is_read_from_the_beginning(hub: FakeHub) -> None:
    hub.cut, hub.ignores_ranges = [50], True
    folder = _pull()
    assert (folder / "model.safetensors").read_bytes() == hub.files["model.safetensors"]


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_file_with_another_checksum_is_not_kept(hub: FakeHub, tmp_path: Path, name: str) -> None:
    hub.wrong = {name}
    with pytest.raises(PullError, match=f"{name} does not have the checksum"):
        _pull()
    kept = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert hub.files[name] not in [path.read_bytes() for path in kept]
    with pytest.raises(CheckpointError):
        open_checkpoint(NAME)
    hub.wrong = set()
    _pull()
    assert open_checkpoint(NAME).architecture == "qwen2"


def test_gguf_files_are_chosen_by_a_part_of_their_name(hub: FakeHub) -> None:
    hub.files = {"a-q4_k_m.gguf": b"GGUF1", "a-q8_0.gguf": b"GGUF2", "README.md": b"#"}
    with pytest.raises(PullError, match=r"has GGUF files: a-q4_k_m\.gguf, a-q8_0\.gguf: say which: --gguf"):
        plan_pull(Hub(), NAME)
    assert sorted(path.name for path in _pull(gguf="Q8_0").iterdir()) == ["README.md", "a-q8_0.gguf"]


def test_weights_that_are_there_twice_are_fetched_once(hub: FakeHub) -> None:
    hub.files["consolidated.safetensors"] = hub.files["model.safetensors"] + b"2"
    assert "consolidated.safetensors" not in [file.name for file in plan_pull(Hub(), NAME).files]


def test_pickles_alone_are_refused(hub: FakeHub) -> None:
    del hub.files["model.safetensors"]
    with pytest.raises(PullError, match="pickles only"):
        plan_pull(Hub(), NAME)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (403, "accept them at .*HF_TOKEN"),
        (401, "no model Owner/Model"),
        (404, "check its name"),
        (500, "answered 500"),
    ],
)
def test_a_hub_that_refuses_is_told(hub: FakeHub, status: int, told: str) -> None:
    hub.status = status
    with pytest.raises(PullError, match=told):
        plan_pull(Hub(), NAME)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "cannot be reached"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 0\r\n\r\n",
            "an address that is none",
        ),
        (b"garbage\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[[[[[[[[[", "another form than a hub"),
    ],
)
def test_a_hub_that_sends_garbage_is_told(hub: FakeHub, raw: bytes, told: str) -> None:
    hub.raw = raw
    with pytest.raises(PullError, match=told):
        plan_pull(Hub(), NAME)


def test_two_do_not_fetch_one_model_at_once(hub: FakeHub, tmp_path: Path) -> None:
    asked = Hub()
    plan = plan_pull(asked, NAME)
    met: list[str] = []

    def again(done: int, whole: int) -> None:
        with pytest.raises(PullError, match="another process fetches this model: wait") as caught:
            pull(asked, plan)
        met.append(str(caught.value))

    assert pull(asked, plan, again).is_dir()
    assert met
    assert pull(asked, plan).is_dir()


def test_the_token_goes_to_the_hub_and_not_where_it_sends(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    _pull()
    _pull("old")  # a model that was renamed: the hub sends to itself
    assert "/api/models/old/revision/main" in [one.path for one in hub.asked]
    for one in hub.asked:
        assert one.token == (None if one.path.startswith("/network/") else "Bearer hf_secret")


@pytest.mark.parametrize("place", ["/dev/zero", "~nobody-is-called-so/token"])
def test_a_token_that_cannot_be_read_is_none(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("HF_TOKEN_PATH", place)
    assert Hub().find(NAME).files
    assert {one.token for one in hub.asked} == {None}
    monkeypatch.setenv("HF_TOKEN", "two\nlines")
    with pytest.raises(PullError, match="correct HF_TOKEN"):
        Hub().find(NAME)


def test_a_cache_of_nobody_is_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", "~nobody-is-called-so/hub")
    assert find_snapshot("owner/model") is None


def test_a_licence_of_its_own_is_told_by_its_name(hub: FakeHub) -> None:
    hub.licence = "other"
    assert plan_pull(Hub(), NAME).model.licence == "qwen-research"


def test_without_network_or_when_told_so_nothing_is_asked(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = hub.address
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(PullError, match=r"127\.0\.0\.1:9 cannot be reached .*check the network"):
        plan_pull(Hub(), NAME)
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    with pytest.raises(PullError, match="correct HF_ENDPOINT"):
        Hub()
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PullError, match="unset it"):
        Hub()
    assert hub.asked == []


def test_names_of_files_that_lead_elsewhere_are_left_out(hub: FakeHub, tmp_path: Path) -> None:
    hub.files |= {"../../evil.safetensors": b"x", "/etc/config.json": b"x", "sub/tokenizer.json": b"x"}
    hub.files |= {"model\0.safetensors": b"x", "LICENSE\x1b[31m\n": b"x", f"{'x' * 300}.safetensors": b"x"}
    assert [file.name for file in plan_pull(Hub(), NAME).files] == [
        "README.md", "config.json", "model.safetensors", "tokenizer.json",
    ]  # fmt: skip


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", _full_disk)
    with pytest.raises(PullError, match=r"the disk has no room: [\d.]+ \w+ are to come, 50 bytes are free"):
        _pull()
    assert [one.path for one in hub.asked] == ["/api/models/Owner/Model/revision/main"]


def _limited(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _command(*arguments: str, limit: int = 1 << 30) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aifirst_cli", "model", "pull", *arguments], capture_output=True, text=True, timeout=120,
        check=False, stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: _limited(limit),
    )  # fmt: skip


def test_a_disk_that_is_full_is_told_and_what_came_is_gone_on_with(hub: FakeHub, tmp_path: Path) -> None:
    hub.files["LICENSE"] = b"x" * 300_000
    full = _command(NAME, "--yes", limit=100_000)
    assert full.returncode == 2
    assert "the disk is full" in full.stderr
    assert "goes on where this one stopped" in full.stderr
    again = _command(NAME, "--yes")
    assert (again.returncode, again.stderr.count("here already")) == (0, 1)
    assert again.stdout.strip().endswith(COMMIT)


def test_the_command_prints_the_path_of_a_gguf_file(hub: FakeHub) -> None:
    hub.files = {"a-q4_k_m-00001-of-00002.gguf": b"GGUF1", "a-q4_k_m-00002-of-00002.gguf": b"GGUF2"}
    told = _command(NAME, "--gguf", "q4_k_m", "--yes").stdout.strip()
    assert told.endswith("a-q4_k_m-00001-of-00002.gguf")
    assert Path(told).read_bytes() == b"GGUF1"


def test_the_command_says_what_it_will_do_and_asks(hub: FakeHub, tmp_path: Path) -> None:
    asked = _command(NAME)
    assert asked.returncode == 2
    assert "nobody is there to be asked" in asked.stderr
    assert "licence  apache-2.0" in asked.stderr
    assert "in 4 files" in asked.stderr
    assert "pytorch_model.bin: pickles are never fetched" in asked.stderr
    assert not (tmp_path / "cache").exists()
    dry = _command(NAME, "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, "")
    assert not (tmp_path / "cache").exists()
    broken = _command("no such name")
    assert (broken.returncode, "give it as owner/model" in broken.stderr) == (2, True)
