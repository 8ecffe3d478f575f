"""The server that the extension brings along, as it is packed: a Python without a single package runs it, offline."""

from __future__ import annotations

import json
import lzma
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from bundled_session import BundledSession
from packed_extension import find_npm, pack_extension

MOST_BYTES = 15_000_000
PATIENCE = 240.0
"""Seconds for what takes one: machines differ, and the first start compiles all that it imports."""


@pytest.fixture(scope="module")
def package() -> Path:
    """The package, made from the sources as they are."""
    return pack_extension(find_npm())


@pytest.fixture(scope="module")
def bundled(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the packed server."""
    place = tmp_path_factory.mktemp("extension")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(place)  # noqa: S202  # our own package
    return place / "extension/bundled"


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with the standard library and nothing else."""
    place = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    return str(place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a unit over the limit, one that uses it, and files that nothing may import."""
    place = tmp_path_factory.mktemp("project")
    body = "".join(f"    sum{number} = price + {number} * len('part {number}')\n" for number in range(90))
    (place / "prices.py").write_text(
        f'def total_price(price):\n    """Add up a quote."""\n{body}    return double(sum1)\n\n\n'
        'def double(price):\n    """Return twice the price."""\n    return price * 2\n'
    )
    (place / "orders.py").write_text(
        "from prices import total_price\n\n\ndef order():\n    return total_price(1)\n"
    )
    (place / "aifirst.toml").write_text("")
    _commit(place)
    for name in ("queue", "numpy", "msgspec", "aifirst_lsp_server"):
        (place / f"{name}.py").write_text("raise SystemExit('a file of the project was run')\n")
    return place


def _commit(project: Path) -> None:
    """Give the project a history, which the memory reads too."""
    git = ["git", "-C", str(project), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "Add up quotes"]):
        subprocess.run([*git, *command], check=True)


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server unpacks itself, with a space and a letter beyond ASCII in its path."""
    return tmp_path_factory.mktemp("storage") / "global störage"


@pytest.fixture(scope="module")
def session(bundled: Path, bare_python: str, storage: Path, project: Path) -> Iterator[BundledSession]:
    """A running server with the project open and indexed."""
    with BundledSession(bare_python, bundled, storage, project) as running:
        running.initialize()
        until = time.monotonic() + PATIENCE
        while not (running.request("aifirst/status")["indexed"]):
            assert time.monotonic() < until, running.errors()
            time.sleep(0.1)
        yield running
        assert running.end() == 0
        assert "is left out" not in running.errors(), running.errors()
        assert "Traceback" not in running.errors(), running.errors()


def test_the_package_is_small_and_has_what_it_needs_and_nothing_else(package: Path) -> None:
    assert package.stat().st_size < MOST_BYTES
    with zipfile.ZipFile(package) as archive:
        names = set(archive.namelist())
        notices = archive.read("extension/THIRD_PARTY_NOTICES.txt").decode()
    inside = {
        name.removeprefix("extension/bundled/") for name in names if name.startswith("extension/bundled/")
    }
    archives = {"arrays.tar.xz", "grammars.tar.xz", "server.tar.xz"}
    assert inside == {*archives, "manifest.json", "start.py", "unpack.py"}
    for name in (
        "numpy",
        "msgspec",
        "pygls",
        "tree-sitter-python",
        "cattrs",
        "tiktoken,",
        "vscode-languageclient",
    ):
        assert f"\n{name} " in notices or f"\n{name}\n" in notices, name
    assert "Permission is hereby granted" in notices


def test_the_archives_hold_every_version_of_python_and_no_files_that_nobody_runs(bundled: Path) -> None:
    found: set[str] = set()
    for path in bundled.glob("*.tar.xz"):
        with tarfile.open(fileobj=BytesIO(lzma.decompress(path.read_bytes()))) as archive:
            found.update(archive.getnames())
            assert {entry.mtime for entry in archive} == {0}
    unused = (".c", ".h", ".pyi", ".pyc", ".scm", ".typed")
    assert [name for name in found if name.endswith(unused) and not name.startswith("any/aifirst_")] == []
    assert not [name for name in found if "/tests/" in name or name.endswith("static.bin")]
    for tag in ("cp311", "cp312", "cp313", "cp314"):
        own = {name.split("/")[1] for name in found if name.startswith(f"{tag}/")}
        assert {"tree_sitter", "msgspec", "numpy"} <= own, tag
    assert "any/aifirst_codebase/tokens/o200k_base.vocabulary" in found


def test_findings_facts_and_fixes_come_from_a_bare_python(session: BundledSession) -> None:
    uri = session.open("prices.py")
    findings = session.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
    assert [finding["code"] for finding in findings] == ["AF101"]
    assert "tokens" in findings[0]["message"]
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 6}}
    assert "limit 700" in session.request("textDocument/hover", at)["contents"]["value"]
    assert session.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    assert session.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    actions = session.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": findings[0]["range"], "context": {"diagnostics": findings}},
    )
    assert actions
    assert session.request("aifirst/decompose", {"uri": uri, "position": at["position"]})["units"]


@pytest.mark.parametrize("mode", ["clean", "structural", "documented"])
def test_compiled_code_is_shown(session: BundledSession, mode: str) -> None:
    uri = session.open("prices.py")
    compiled = session.request("aifirst/compiled", {"uri": uri, "mode": mode, "minify": mode == "clean"})
    assert "def total_price" in compiled["text"]
    assert 0 < compiled["tokens"] <= compiled["source_tokens"]


@pytest.mark.parametrize("resolution", ["exact", "medium", "low", "outline", "meta"])
def test_aiccl_is_shown_at_every_resolution(session: BundledSession, resolution: str) -> None:
    uri = session.open("prices.py")
    assert "price" in session.request("aifirst/aiccl", {"uri": uri, "resolution": resolution})["text"]


def test_the_graph_the_memory_and_a_context_are_there(session: BundledSession, project: Path) -> None:
    uri = session.open("prices.py")
    at: dict[str, Any] = {"uri": uri, "position": {"line": 0, "character": 6}}
    impact = session.request("aifirst/impact", at)
    assert "orders.py::order" in {unit["id"] for unit in impact["units"]}
    assert "prices.py" in session.request("aifirst/graphPage", {})["html"]
    found = session.request("aifirst/search", {"query": "return twice the price"})["results"]
    assert found
    assert found[0]["path"] == "prices.py"
    assert "def total_price" in session.request("aifirst/context", {**at, "budget": 3000})["text"]
    references = session.request(
        "textDocument/references",
        {
            "textDocument": {"uri": uri},
            "position": {"line": 0, "character": 6},
            "context": {"includeDeclaration": False},
        },
    )
    assert (project / "orders.py").as_uri() in {place["uri"] for place in references}
    assert session.request("aifirst/tickets", {}) == {"tickets": []}
    assert session.request("aifirst/status")["model"] == "none"


def test_what_was_unpacked_is_used_again_and_what_is_damaged_is_refused(
    session: BundledSession, storage: Path, bundled: Path, bare_python: str, tmp_path: Path
) -> None:
    names = sorted(path.name for path in storage.iterdir())
    assert len(names) == 3
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    assert {name.split("-")[1] for name in names} == {tag}
    damaged = tmp_path / "bundled"
    shutil.copytree(bundled, damaged)
    with (damaged / "server.tar.xz").open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\0" * 100)
    command = [bare_python, "-I", "-S", str(damaged / "start.py"), str(tmp_path / "storage")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 3
    assert "is damaged: install the extension anew" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_was_emptied_is_unpacked_anew(
    bundled: Path, bare_python: str, project: Path, tmp_path: Path
) -> None:
    for harmed in (False, True):
        with BundledSession(bare_python, bundled, tmp_path / "storage", project) as running:
            running.initialize(trusted=False)
            assert running.end() == 0, running.errors()
        for folder in (tmp_path / "storage").glob("*-cp*"):
            assert len(list(folder.iterdir())) > 3
            if not harmed:
                shutil.rmtree(folder)
                folder.mkdir()


def test_a_python_that_cannot_run_it_is_told_why_in_one_line(
    bundled: Path, bare_python: str, tmp_path: Path
) -> None:
    other = tmp_path / "bundled"
    shutil.copytree(bundled, other)
    manifest = json.loads((other / "manifest.json").read_text())
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for change, told in (
        ({"pythons": ["3.99"]}, f"Python {version} is too new: the bundled server knows 3.99"),
        ({"machines": ["vax"]}, "the bundled server is for"),
    ):
        (other / "manifest.json").write_text(json.dumps({**manifest, **change}))
        command = [bare_python, "-I", "-S", str(other / "start.py"), str(tmp_path / "storage"), "--version"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 3
        assert done.stderr.startswith(told)
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "storage").exists()


def installed_pythons() -> list[str]:
    """Versions of Python on this machine that the bundled server knows, this one first."""
    found = {sys.version_info[1]: str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}")}
    for minor in (11, 12, 13, 14):
        managed = sorted((Path.home() / ".pyenv/versions").glob(f"3.{minor}.*/bin/python3"))
        for python in [*map(str, managed), shutil.which(f"python3.{minor}")]:
            if python is not None and minor not in found and _runs(python, minor):
                found[minor] = python
    return list(found.values())


def _runs(python: str, minor: int) -> bool:
    """Whether it is what its name says: one of a version manager may only say that it is not installed."""
    told = subprocess.run([python, "-I", "--version"], capture_output=True, text=True)
    return told.stdout.startswith(f"Python 3.{minor}.")


@pytest.mark.parametrize("python", installed_pythons())
def test_every_installed_version_of_python_runs_it(
    bundled: Path, project: Path, tmp_path: Path, python: str
) -> None:
    with BundledSession(python, bundled, tmp_path, project) as running:
        running.initialize(trusted=False)
        uri = running.open("prices.py")
        findings = running.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
        assert [finding["code"] for finding in findings] == ["AF101"]
        assert "price" in running.request("aifirst/aiccl", {"uri": uri, "resolution": "exact"})["text"]
        assert running.end() == 0
        assert "is left out" not in running.errors()
