"""Contexts are the same with kept texts as without, and a unit that changed is never given as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from aifirst_memory.context import candidate
from aifirst_memory.context.memory_sources import Contexts, assemble_context
from aifirst_memory.context.request import ContextRequest, WantedResolution
from aifirst_memory.memory import Memory
from aifirst_memory.shadow import keep
from context_files import PYTHON
from index_project import make_project, update
from shadow_project import change_database

LOWER: tuple[WantedResolution, ...] = ("auto", "medium", "low", "outline")
KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


def _project(tmp_path: Path) -> Path:
    files = {f"shop/part{number}.py": PYTHON.replace("renew", f"renew_{number}") for number in range(6)}
    root = make_project(tmp_path / "project", files)
    update(root)
    return root


def _answers(root: Path) -> list[str]:
    """Contexts in a tight budget, from an open memory that keeps what it makes."""
    with Memory.open(root) as memory:
        contexts = Contexts(memory)
        texts = [
            contexts.assemble(ContextRequest("renew the session", budget=600, resolution=resolution)).text
            for resolution in LOWER
        ]
        contexts.keep()
    return texts


def _kept(root: Path) -> int:
    with closing(sqlite3.connect(root / ".aifirst/memory.db")) as database:
        return int(database.execute("SELECT count(*) FROM shadow_text").fetchone()[0])


def test_a_context_of_kept_texts_is_the_context_without_and_renders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _project(tmp_path)
    before = _answers(root)
    assert _kept(root) > 10
    rendered: list[str] = []
    render = candidate.render

    def render_told(*arguments: object) -> str:
        rendered.append(str(arguments[2]))
        return render(*arguments)  # pyright: ignore[reportArgumentType]  # passed on as they are

    monkeypatch.setattr(candidate, "render", render_told)
    assert _answers(root) == before
    assert set(rendered) <= {"exact"}


def test_a_unit_that_changed_is_given_as_it_is(tmp_path: Path) -> None:
    root = _project(tmp_path)
    _answers(root)
    path = root / "shop/part3.py"
    path.write_text(path.read_text().replace("renew_3(self, seconds", "renew_3(self, minutes"))
    stale = _answers(root)
    update(root)
    after = _answers(root)
    change_database(root, "DELETE FROM shadow_text")
    assert after == _answers(root)
    assert any("renew_3(self, minutes" in text for text in after)
    assert not any("renew_3(self, seconds" in text for text in (*stale, *after))


def test_a_damaged_text_is_made_anew(tmp_path: Path) -> None:
    root = _project(tmp_path)
    before = _answers(root)
    change_database(root, "UPDATE shadow_text SET text = x'00ff'")
    assert _answers(root) == before
    assert _answers(root) == before


def test_another_tokenizer_counts_anew(tmp_path: Path) -> None:
    root = _project(tmp_path)
    _answers(root)
    many = _kept(root)
    (root / "aifirst.toml").write_text("tokenizer = 'cl100k_base'\n")
    update(root)
    with_kept = _answers(root)
    assert _kept(root) >= many * 3 // 2, "a count by one tokenizer is none by another"
    change_database(root, "DELETE FROM shadow_text")
    assert _answers(root) == with_kept


def test_texts_are_kept_after_a_single_context_too_and_secrets_are_masked_in_them(tmp_path: Path) -> None:
    root = make_project(
        tmp_path / "project", {"shop/pay.py": f'def pay(x):\n    call(x, "{KEY}")\n    return 1\n' + PYTHON}
    )
    update(root)
    with Memory.open(root) as memory:
        answer = assemble_context(memory, ContextRequest("pay", budget=300, resolution="medium"))
    assert "masked" in answer.text
    assert _kept(root) > 0
    assert all(KEY.encode() not in one.read_bytes() for one in (root / ".aifirst").iterdir())


def test_the_texts_that_came_first_go_where_room_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _project(tmp_path)
    before = _answers(root)
    many = _kept(root)
    change_database(root, "DELETE FROM shadow_text")
    monkeypatch.setattr(keep, "_LEAST_ROOM", 600)
    assert _answers(root) == before
    assert 0 < _kept(root) < many
    assert _answers(root) == before
