"""A build that is sparing with memory stores what any build stores, also where it is interrupted and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_memory.dependencies import build_run
from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.update import UpdateRequest, update_memory
from dependency_project import dump, make_files

FILES = {
    **{
        f"m{number}.py": (
            f"from m{max(number - 1, 0)} import A as B, f as g\n\n\nclass A{'(B)' if number else ''}:\n"
            f"    def act(self):\n        return self.act()\n\n\ndef f(a: A):\n    return a.act(), g, B\n"
        )
        for number in range(12)
    },
    "test_m.py": "from m3 import A, f\n\n\ndef test_f():\n    assert f(A())\n",
    "a.js": "import {b} from './b.js';\nexport function a() { return b(); }\n",
    "b.js": "export function b() { return 1; }\n",
}


def _made(root: Path, *, sparing: bool) -> list[str]:
    update_memory(UpdateRequest(make_files(root, FILES)))
    update_dependencies(root, sparing=sparing)
    return dump(root)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_run, "_MOST_AT_ONCE", 1)
    monkeypatch.setattr(build_run, "_SPARING_FILES", 2)


def test_a_sparing_build_stores_the_same_graph(tmp_path: Path) -> None:
    assert _made(tmp_path / "sparing", sparing=True) == _made(tmp_path / "whole", sparing=False)


def test_a_sparing_build_that_ends_after_reading_and_in_resolving_goes_on_from_there(tmp_path: Path) -> None:
    whole, root = _made(tmp_path / "whole", sparing=False), tmp_path / "parts"
    update_memory(UpdateRequest(make_files(root, FILES)))
    seen: list[tuple[str, int, int]] = []

    def stop_at(wanted: str, at: int) -> None:
        def look(phase: str, done: int, total: int) -> None:
            seen.append((phase, done, total))
            if phase == wanted and done >= at:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            update_dependencies(root, sparing=True, progress=look)

    stop_at("read", len(FILES))
    assert {phase for phase, _, _ in seen} == {"read"}
    stop_at("resolve", 6)
    seen.clear()
    update_dependencies(
        root, sparing=True, progress=lambda phase, done, total: seen.append((phase, done, total))
    )
    assert {phase for phase, _, _ in seen} == {"resolve"}
    assert {total for _, _, total in seen} == {len(FILES) - 6}
    assert dump(root) == whole
