"""`aifirst init`: writes what is missing, keeps what is there."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from command_run import STALE, Aifirst, Write

WRITTEN = [
    "aifirst.toml",
    ".pre-commit-config.yaml",
    ".github/workflows/aifirst.yml",
    ".vscode/extensions.json",
]


def files_of(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and ".aifirst" not in path.parts
    }


def test_a_dry_run_says_what_init_then_does(aifirst: Aifirst, folder: Path) -> None:
    ran = aifirst("init", "--dry-run", "--preset", "full")
    assert ran.code == 0
    assert [line.removeprefix("would write ") for line in ran.out.splitlines()[:4]] == WRITTEN
    assert files_of(folder) == set()
    ran = aifirst("init", "--preset", "full")
    assert ran.code == 0
    assert files_of(folder) == set(WRITTEN)
    assert tomllib.loads((folder / "aifirst.toml").read_text())["preset"] == "full"
    assert aifirst("check").code == 0


def test_what_is_there_is_kept_and_shown_how_to_add_to(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("aifirst.toml", 'preset = "legacy"\n')
    write(".pre-commit-config.yaml", "repos: []\n")
    write(".vscode/extensions.json", '{"recommendations": ["a.b"]}')
    ran = aifirst("init")
    assert "kept     aifirst.toml (it is there already)" in ran.out
    assert '           preset = "balanced"' in ran.out
    assert "             - id: aifirst" in ran.out
    assert (folder / "aifirst.toml").read_text() == 'preset = "legacy"\n'
    assert (folder / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    extensions = json.loads((folder / ".vscode/extensions.json").read_text())
    assert extensions == {"recommendations": ["a.b", "aifirst.aifirst"]}
    again = aifirst("init").out
    assert "wrote" not in again
    aifirst("init", "--force")
    assert tomllib.loads((folder / "aifirst.toml").read_text())["preset"] == "balanced"


def test_a_table_in_pyproject_is_not_overruled(aifirst: Aifirst, write: Write, folder: Path) -> None:
    write("pyproject.toml", '[tool.aifirst]\npreset = "legacy"\n')
    ran = aifirst("init")
    assert "kept     [tool.aifirst] in pyproject.toml" in ran.out
    assert not (folder / "aifirst.toml").exists()


def test_with_a_baseline_an_old_codebase_is_clean_from_the_first_day(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    write("a.py", STALE)
    assert "would judge the project" in aifirst("init", "--baseline", "--dry-run").out
    assert files_of(folder) == {"a.py"}
    ran = aifirst("init", "--baseline")
    assert "wrote    aifirst-baseline.json (it knows 1 finding; commit it)\n" in ran.out
    assert aifirst("check").code == 0


def test_a_baseline_that_is_there_is_kept_or_replaced_and_it_is_said(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    write("a.py", STALE)
    aifirst("init", "--baseline")
    before = (folder / "aifirst-baseline.json").read_bytes()
    write("b.py", STALE)
    kept = "kept     aifirst-baseline.json (it is there and knows 1 finding; --force judges anew)\n"
    assert kept in aifirst("init", "--baseline").out
    told = aifirst("init", "--baseline", "--force", "--dry-run").out
    assert "would judge the project and replace aifirst-baseline.json\n" in told
    assert "would replace aifirst.toml\n" in told
    assert (folder / "aifirst-baseline.json").read_bytes() == before
    told = aifirst("init", "--baseline", "--force").out
    assert "replaced aifirst-baseline.json (it knew 1, now it knows 2 findings; commit it)\n" in told
    assert aifirst("check").code == 0
    write("aifirst-baseline.json", "mine")
    ran = aifirst("init", "--baseline", "--force")
    assert (ran.code, "is there and is no baseline, so it is kept." in ran.err) == (2, True)
    assert (folder / "aifirst-baseline.json").read_text() == "mine"


def test_the_baseline_of_the_settings_is_the_one_that_is_written(
    aifirst: Aifirst, write: Write, folder: Path
) -> None:
    write("a.py", STALE)
    write("aifirst.toml", 'baseline = "known.json"\n')
    assert "wrote    known.json (it knows 1 finding; commit it)\n" in aifirst("init", "--baseline").out
    assert not (folder / "aifirst-baseline.json").exists()


def test_who_sets_up_is_told_how_to_come_by_the_extension_and_what_other_editors_run(
    aifirst: Aifirst,
) -> None:
    ran = aifirst("init")
    assert (
        "aifirst.aifirst, which is not published yet: the sources make it, in vscode-extension\n" in ran.out
    )
    assert "any other editor runs `aifirst lsp`\n" in ran.out


def test_a_link_that_leaves_the_project_is_not_written_through(
    aifirst: Aifirst, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / ".github").symlink_to(outside)
    ran = aifirst("init", "--force")
    assert (ran.code, "leads out of the project by a link" in ran.err) == (2, True)
    assert list(outside.iterdir()) == []
