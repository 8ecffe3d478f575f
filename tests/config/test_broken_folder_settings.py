"""A folder's own settings that cannot be used: told, left out whole, and the run goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_codebase.config import ConfigError, load_config
from aifirst_validator.engine import Job, judge_project, judge_text

BROKEN = {
    "syntax": ("[limits\nunit_tokens = 5\n", "sub/aifirst.toml:1:8: Not valid TOML"),
    "unknown": ("limits.unit_tokens = 5\nlimit.x = 1\n", "sub/aifirst.toml:2:1: Unknown"),
    "value": ('limits.unit_tokens = 5\npreset = "loud"\n', "sub/aifirst.toml:2:1: preset is"),
    "bytes": (b"\xff\xfe\0", "sub/aifirst.toml:1: The file is not UTF-8."),
}


def write(root: Path, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture(params=BROKEN)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A project with a broken file in `sub`, a sound one below it, and how the notice starts."""
    text, told = BROKEN[request.param]
    write(tmp_path, "aifirst.toml", "limits.unit_tokens = 40\n")
    write(tmp_path, "sub/aifirst.toml", text)
    write(tmp_path, "sub/below/aifirst.toml", "limits.unit_tokens = 9\n")
    return tmp_path, told


def test_it_is_told_and_the_rest_of_the_settings_stand(broken: tuple[Path, str]) -> None:
    root, told = broken
    config = load_config(root, folder_files=["sub/aifirst.toml", "sub/below/aifirst.toml"])
    (warning,) = config.warnings
    assert str(warning).startswith(told)
    assert "None of this folder's settings are used." in str(warning)
    assert config.for_path("sub/a.py").limits.unit_tokens == 40
    assert config.for_path("sub/below/a.py").limits.unit_tokens == 9


def test_a_run_over_the_project_goes_on_with_a_notice(broken: tuple[Path, str]) -> None:
    root, told = broken
    write(root, "sub/a.py", "def add(left, right):\n    return left + right\n" * 3)
    for report in (
        judge_project(Job(root)),
        judge_text(root, "sub/a.py", b"def add(left, right):\n    return left + right\n", {}),
    ):
        (notice,) = (n for n in report.notices if n.code == "config")
        assert notice.message.startswith(told)
        assert "sub/a.py" in [file.path for file in report.files]


def test_the_project_file_still_ends_the_run_and_every_mistake_is_told(tmp_path: Path) -> None:
    write(tmp_path, "aifirst.toml", "[limits\n")
    write(tmp_path, "sub/aifirst.toml", "x = 1\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, folder_files=["sub/aifirst.toml"])
    assert [problem.path for problem in caught.value.problems] == ["aifirst.toml", "sub/aifirst.toml"]
    assert "None of this folder's" not in str(caught.value)
