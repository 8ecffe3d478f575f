"""Where the bundled server unpacks itself, and what it says of a bundle or a call that cannot be used.

With the programs as they are packed and a small archive each, so that nothing need be packed for it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

PROGRAMS = Path(__file__).parents[2] / "vscode-extension/pack/bundled"
TAG = f"cp{sys.version_info[0]}{sys.version_info[1]}"
SERVER = "import os, sys\n\ndef main(options):\n    import aifirst_lsp_server\n    print(os.getcwd(), *sys.path[:2])\n"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle whose server tells where it runs."""
    place = tmp_path / "bundled"
    place.mkdir()
    for name in ("start.py", "unpack.py"):
        shutil.copyfile(PROGRAMS / name, place / name)
    serve = SERVER + "    return 0\n"
    digests = {
        "server": _archive(
            place / "server.tar.xz",
            {"any/aifirst_lsp_server/__init__.py": "", "any/aifirst_lsp_server/main.py": serve},
        ),
        "grammars": _archive(place / "grammars.tar.xz", {f"{TAG}/grammar.txt": "it", "cp27/other.txt": "no"}),
        "arrays": _archive(place / "arrays.tar.xz", {"any/array.txt": "1"}),
    }
    about = {
        "archives": digests,
        "machines": [platform.machine().lower()],
        "pythons": [f"{sys.version_info[0]}.{sys.version_info[1]}"],
        "system": sys.platform,
        "version": "1.2.3",
    }
    (place / "manifest.json").write_text(json.dumps(about))
    return place


def _archive(path: Path, files: dict[str, str]) -> str:
    """Pack files; the digest of the archive."""
    with tarfile.open(path, "w:xz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _start(bundle: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", "-B", str(bundle / "start.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


def _unpack(bundle: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundled_unpack", bundle / "unpack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("harm", ["emptied", "unfinished", "a file", "a dangling link"])
def test_what_is_not_there_whole_is_unpacked_anew(bundle: Path, tmp_path: Path, harm: str) -> None:
    storage = tmp_path / "storage"
    assert _start(bundle, str(storage)).returncode == 0
    (server,) = storage.glob("server-*")
    if harm == "unfinished":
        (server / "unpacked").unlink()
        (server / "aifirst_lsp_server/main.py").unlink()
    else:
        shutil.rmtree(server)
    if harm == "emptied":
        server.mkdir()
    elif harm == "a file":
        server.touch()
    elif harm == "a dangling link":
        server.symlink_to(tmp_path / "nowhere")
    done = _start(bundle, str(storage))
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name.split("-")[0] for path in storage.iterdir()} == {"server", "grammars"}
    assert (server / "aifirst_lsp_server/main.py").is_file()


def test_what_is_there_whole_is_left_as_it_is(bundle: Path, tmp_path: Path) -> None:
    unpack = _unpack(bundle)
    place = unpack.unpacked(tmp_path / "storage", "grammars")
    assert sorted(path.name for path in place.iterdir()) == ["grammar.txt", "unpacked"]
    (place / "grammar.txt").write_text("mine")
    (bundle / "grammars.tar.xz").unlink()
    assert unpack.unpacked(tmp_path / "storage", "grammars") == place
    assert (place / "grammar.txt").read_text() == "mine"


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", "null", '{"archives": []}', "\xff"])
def test_a_manifest_that_cannot_be_used_is_told_in_one_sentence(
    bundle: Path, tmp_path: Path, text: str | None
) -> None:
    manifest = bundle / "manifest.json"
    manifest.unlink() if text is None else manifest.write_bytes(text.encode("latin-1"))
    for options in ([], ["--version"]):
        done = _start(bundle, str(tmp_path / "storage"), *options)
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr == f"{manifest} is missing or damaged: install the extension anew\n"
    assert not (tmp_path / "storage").exists()


@pytest.mark.parametrize("key", ["version", "system", "pythons", "machines", "archives"])
def test_a_manifest_that_lacks_something_is_damaged(bundle: Path, tmp_path: Path, key: str) -> None:
    manifest = bundle / "manifest.json"
    about = json.loads(manifest.read_text())
    for lacking in ({name: about[name] for name in about if name != key}, {**about, key: None}):
        manifest.write_text(json.dumps(lacking))
        done = _start(bundle, str(tmp_path / "storage"))
        assert done.returncode == 3
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("missing", ["unpack.py", "server.tar.xz"])
def test_a_bundle_without_one_of_its_files_is_told_in_one_sentence(
    bundle: Path, tmp_path: Path, missing: str
) -> None:
    (bundle / missing).unlink()
    done = _start(bundle, str(tmp_path / "storage"))
    assert done.returncode == 3
    assert missing in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [[], [""], ["--version"], ["", "--version"]])
def test_a_call_without_a_place_to_unpack_is_told_in_one_sentence(
    bundle: Path, tmp_path: Path, arguments: list[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    done = _start(bundle, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("the bundled server is not told where to unpack itself")
    assert len(done.stderr.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_relative_place_stays_where_it_is_when_the_server_goes_elsewhere(
    bundle: Path, tmp_path: Path
) -> None:
    done = _start(bundle, "storage", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    _, *places = done.stdout.split()
    assert [Path(place).parent for place in places] == [tmp_path / "storage"] * 2


def test_only_what_older_versions_unpacked_long_ago_is_taken_away(bundle: Path, tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    unpack = _unpack(bundle)
    unpack.unpacked(storage, "grammars")
    digest = unpack.read_manifest()["archives"]["arrays"][:12]
    old = ["server-cp311-0123456789ab", "arrays-cp312-0123456789ab", "unfinished-a1_b2c3d"]
    kept = [
        "userdata", "server", "arrays", f"arrays-cp399-{digest}", "serverlogs", "my-unfinished-text",
    ]  # fmt: skip
    for name in (*old, *kept):
        (storage / name).mkdir()
    for path in storage.iterdir():
        os.utime(path, (1, 1))
    (storage / "server-cp311-ba9876543210").mkdir()
    unpack.unpacked(storage, "server")
    left = {path.name for path in storage.iterdir()}
    assert left.isdisjoint(old)
    assert {*kept, "server-cp311-ba9876543210"} <= left
    assert len([name for name in left if name.startswith("grammars-")]) == 1
