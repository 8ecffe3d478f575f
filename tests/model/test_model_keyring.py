"""Keys from the system's keyring, by keyring's own machinery in a child process with a backend of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from aifirst_model.errors import NeedsExtraError, SettingsError
from aifirst_model.system_keyring import read_keyring

_HERE: Final = Path(__file__).parent
_PROGRAM: Final = """
import asyncio, os, sys
from aifirst_model.errors import ModelError
from aifirst_model.open_model import open_model
from aifirst_model.request import Continuation
from aifirst_model.settings import read_environment
from answering_server import AnsweringServer, completion
import msgspec

async def main():
    async with AnsweringServer(completion("yes")) as server:
        settings = msgspec.structs.replace(read_environment(os.environ), url=server.address, model="m", server="openai")
        model = open_model(settings)
        try:
            for _ in range(2):
                await model.generate(Continuation("q"))
        except ModelError as error:
            print(f"{type(error).__name__}: {error}")
        await model.aclose()
        print([one.headers.get("authorization") for one in server.asked])

asyncio.run(main())
"""


@pytest.fixture
def keyring() -> None:
    """Skips where keyring is not installed, as a small installation has it."""
    pytest.importorskip("keyring", reason="keyring is missing: pip install 'aifirst[keyring]'")


def _ask(tmp_path: Path, backend: str, place: str = "keyring:aifirst/hosted", **more: str) -> str:
    stored = tmp_path / "keys.json"
    stored.write_text(json.dumps({"aifirst": {"hosted": "k-123", "odd": "a b\n"}}), encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIFIRST_")},
        "PYTHONPATH": os.pathsep.join([str(_HERE), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHON_KEYRING_BACKEND": f"file_keyring.{backend}", "FILE_KEYRING": str(stored),
        "AIFIRST_MODEL_KEY_FROM": place, **more,
    }  # fmt: skip
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.mark.usefixtures("keyring")
def test_the_key_comes_from_the_keyring_unless_the_environment_has_one(tmp_path: Path) -> None:
    assert "['Bearer k-123', 'Bearer k-123']" in _ask(tmp_path, "FileKeyring")
    assert "['Bearer k-env', 'Bearer k-env']" in _ask(tmp_path, "LockedKeyring", AIFIRST_MODEL_KEY="k-env")


@pytest.mark.parametrize(
    ("backend", "place", "told"),
    [
        (
            "LockedKeyring",
            "keyring:aifirst/hosted",
            "keyring is locked: unlock it, or set the environment variable",
        ),
        ("BrokenKeyring", "keyring:aifirst/hosted", "does not answer (InitError)"),
        (
            "FileKeyring",
            "keyring:aifirst/other",
            "no key other of aifirst: store it: keyring set aifirst other",
        ),
        ("FileKeyring", "keyring:aifirst/odd", "has no place in a header"),
    ],
)
@pytest.mark.usefixtures("keyring")
def test_a_keyring_without_the_key_is_told_and_nothing_is_sent(
    tmp_path: Path, backend: str, place: str, told: str
) -> None:
    said = _ask(tmp_path, backend, place)
    assert told in said
    assert said.endswith("[]\n")
    assert "secret" not in said
    assert "a b" not in said


@pytest.mark.usefixtures("keyring")
def test_a_machine_without_a_keyring_is_told(tmp_path: Path) -> None:
    said = _ask(tmp_path, "FileKeyring", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    assert (
        "has no keyring that can be used: install one, or set the environment variable AIFIRST_MODEL_KEY"
        in said
    )


def test_a_place_that_is_none_and_a_package_that_is_missing_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("aifirst/hosted", "keyring:", "keyring:aifirst", "keyring:/x", "env:X/Y"):
        with pytest.raises(SettingsError, match="keyring:SERVICE/NAME"):
            read_keyring(place, "KEY")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(NeedsExtraError, match=r"pip install 'aifirst\[keyring\]'"):
        read_keyring("keyring:a/b", "KEY")
