"""The tokenizer file that a project's settings name: inside the project or refused, whichever way it is judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from aifirst_codebase.tokens import TokenizerError
from aifirst_validator.change_engine import judge_pair
from aifirst_validator.engine import Job, judge_project, judge_text
from aifirst_validator.report import Report

WAYS: dict[str, Callable[[Path], Report]] = {
    "project": lambda root: judge_project(Job(root)),
    "text": lambda root: judge_text(root, "a.py", b"x = 1\n", {}),
    "pair": lambda root: judge_pair(root / "a.py", root / "b.py", {}),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("tokenizer", "told"),
    [
        ("\\u0000/x", "cannot be the path of a file"),
        ("loop/x.json", "o200k_base|tokenizer.json"),
        ("../outside.json", "lies outside the project"),
        ("/", "lies outside the project"),
        ("missing.json", "does not exist"),
    ],
)
def test_one_that_cannot_be_used_is_a_settings_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, tokenizer: str, told: str
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outside.json").write_text("{}")
    (root / "loop").symlink_to("loop")
    (root / "aifirst.toml").write_text(f'tokenizer = "{tokenizer}"\n')
    for name in ("a.py", "b.py"):
        (root / name).write_text("x = 1\n")
    with pytest.raises(TokenizerError, match=told):
        WAYS[way](root)
