"""What a hostile project or an unlucky model cannot do to who works on a task: refused by a sentence, never half done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from aifirst_orchestrator.agent.test_runners.find_runners import find_runners
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.edits.apply_edits import apply_edits
from aifirst_orchestrator.edits.edit import Edit, EditError
from aifirst_orchestrator.edits.read_edits import read_edits


def project(root: Path, **files: str) -> Path:
    root.mkdir()
    (root / ".git").mkdir()
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text)
    return root


@pytest.mark.parametrize(
    "edits",
    [
        [Edit("made", "", "x = 1\n"), Edit("made/more.py", "", "x = 1\n")],
        [Edit("made/more.py", "", "x = 1\n"), Edit("made", "", "x = 1\n")],
        [Edit("z" * 300 + ".py", "", "x = 1\n")],
        [Edit("ä" * 130 + ".py", "", "x = 1\n")],
        [Edit("/".join(["z" * 200] * 30), "", "x = 1\n")],
    ],
)
def test_what_no_disk_can_hold_is_refused_before_anything_is_changed(
    tmp_path: Path, edits: list[Edit]
) -> None:
    workspace = Workspace(project(tmp_path / "p", a__py="x = 1\n"))
    with pytest.raises(EditError, match=r"a file and a folder|longer than a path can be"):
        workspace.change(edits)
    assert workspace.touched == ()


@pytest.mark.parametrize(
    "diff",
    [
        "diff --git a/p.png b/p.png\nnew file mode 100644\nGIT binary patch\nliteral 5\nzcmZ\n",
        "diff --git a/p.png b/p.png\nnew file mode 100644\nBinary files /dev/null and b/p.png differ\n",
        "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n",
    ],
)
def test_a_diff_of_no_text_makes_nothing_else_instead(diff: str) -> None:
    with pytest.raises(EditError, match="only files of text"):
        read_edits(diff)


def test_a_hunk_at_a_line_of_thousands_of_digits_is_an_edit_that_fails() -> None:
    edits = read_edits(f"--- a/a.py\n+++ b/a.py\n@@ -{'9' * 5000},1 +1 @@\n+x\n")
    with pytest.raises(EditError):
        apply_edits(edits, lambda _: "x = 1\n")


def test_of_thousands_of_hunks_that_are_not_there_a_few_are_looked_for() -> None:
    read: list[str] = []

    def reading(path: str) -> str:
        read.append(path)
        return "x = 1\n"

    diff = "--- a/a.py\n+++ b/a.py\n" + "".join(f"@@\n-nothing like {i}\n+x\n" for i in range(5000))
    with pytest.raises(EditError) as error:
        apply_edits(read_edits(diff), reading)
    assert len(read) < 20
    assert len(str(error.value)) < 4000


def test_a_link_for_packages_shows_no_other_folder_of_this_machine(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir()
    root = project(tmp_path / "p", package__json='{"scripts": {"test": "node --test"}}')
    (root / "node_modules").symlink_to(private)
    runner = find_runners(Workspace(root))[0]
    assert private not in runner.chain.visible
    assert not runner.chain.links
    others = tmp_path / "other/node_modules"
    others.mkdir(parents=True)
    (root / "node_modules").unlink()
    (root / "node_modules").symlink_to(others)
    assert find_runners(Workspace(root))[0].chain.links == {"node_modules": others}


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for rustc is a script of sh")
def test_a_project_brings_no_compiler_that_is_started_to_find_out_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs, home = tmp_path / "bin", tmp_path / "rustup"
    programs.mkdir()
    (home / "toolchains/nightly-x86").mkdir(parents=True)
    for name in (
        "cargo",
        "rustc",
    ):  # as rustup does, it takes the tool chain of the folder that it is started in
        (programs / name).write_text(
            f'#!/bin/sh\necho "$PWD ${{RUSTUP_TOOLCHAIN:-default}}" > {tmp_path}/told\n'
        )
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("RUSTUP_HOME", str(home))

    def told(text: str) -> str:
        (root / "rust-toolchain.toml").write_text(text)
        find_runners(Workspace(root))
        return (tmp_path / "told").read_text().strip()

    root = project(tmp_path / "p", Cargo__toml="[package]\n")
    monkeypatch.chdir(root)
    assert told(f'[toolchain]\npath = "{root}"\n') == "/ default"
    assert told('[toolchain]\nchannel = "../p"\n') == "/ default"
    assert told('[toolchain]\nchannel = "1.99"\n') == "/ default"
    assert told('[toolchain]\nchannel = "nightly"\n') == "/ nightly"
