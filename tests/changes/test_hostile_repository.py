"""A repository's own configuration names programs; none of them runs while a change is worked out."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from aifirst_validator.changes.git import change_of_index, change_of_revision
from aifirst_validator.changes.git_command import ChangeError
from git_repository import ENVIRONMENT, Repository

ONE = "def one():\n    return 1\n"


def hostile(repository: Repository, trap: Path) -> None:
    """Fill .git/config with every program that git would run for a diff, all of them touching `trap`."""
    script = repository.root / ".git" / "evil.sh"
    script.write_text(f'#!/bin/sh\necho "$0 $@" >> "{trap}"\ncat\n')
    script.chmod(0o755)
    hooks = repository.root / ".git" / "evil-hooks"
    hooks.mkdir()
    for hook in (
        "post-index-change",
        "fsmonitor-watchman",
        "pre-commit",
        "reference-transaction",
        "post-checkout",
    ):
        (hooks / hook).write_text(f'#!/bin/sh\necho {hook} >> "{trap}"\n')
        (hooks / hook).chmod(0o755)
    settings = {
        "core.fsmonitor": str(script), "core.hooksPath": str(hooks), "core.pager": str(script),
        "core.editor": str(script), "core.sshCommand": str(script), "core.askPass": str(script),
        "core.gitProxy": str(script), "core.alternateRefsCommand": str(script), "diff.external": str(script),
        "diff.evil.command": str(script), "diff.evil.textconv": str(script), "pager.diff": str(script),
        "filter.evil.clean": str(script), "filter.evil.smudge": str(script), "filter.evil.required": "true",
        "filter.a=b.c.clean": str(script), "filter.proc.process": str(script),
        "alias.diff": f"!{script}", "alias.rev-parse": f"!{script}", "credential.helper": f"!{script}",
        "gpg.program": str(script), "log.showSignature": "true", "uploadpack.packObjectsHook": str(script),
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "core.quotePath": "true",
        "diff.orderFile": "no-such-order", "status.relativePaths": "false", "diff.renames": "copies",
    }  # fmt: skip
    for name, value in settings.items():
        repository.git("config", name, value)
    (repository.root / ".git" / "info").mkdir(exist_ok=True)
    (repository.root / ".git" / "info" / "attributes").write_text("*.py diff=evil filter=evil\n")


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """The file that exists once a program of the repository ran."""
    return tmp_path / "sprung"


@pytest.fixture
def repository(tmp_path: Path, trap: Path) -> Repository:
    """A repository with a modified file whose configuration is hostile."""
    made = Repository(tmp_path / "hostile")
    made.commit(
        {"a.py": ONE, "b.py": ONE, ".gitattributes": "*.py diff=evil filter=a=b.c\nb.py filter=proc\n"}
    )
    hostile(made, trap)
    made.write({"a.py": ONE + "# more\n", "b.py": ONE + "# x\n", "new.py": ONE})
    return made


def test_the_traps_do_spring_for_plain_git(repository: Repository, trap: Path) -> None:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", **ENVIRONMENT}
    subprocess.run(
        ["git", "diff", "HEAD"],
        cwd=repository.root,
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert trap.exists()


def test_no_program_of_the_repository_runs(repository: Repository, trap: Path) -> None:
    with change_of_revision(repository.root, "HEAD") as change:
        assert [changed.path for changed in change.files] == ["a.py", "b.py", "new.py"]
        for changed in change.files:
            assert changed.after is not None
            assert changed.hunks
        assert change.paths == (".gitattributes", "a.py", "b.py", "new.py")
    with change_of_index(repository.root) as change:
        assert change.files == ()
    with change_of_revision(repository.root, "HEAD...") as change:
        assert len(change.files) == 3
    assert not trap.exists()


def test_a_lazy_clone_fetches_nothing(repository: Repository, trap: Path) -> None:
    script = repository.root / ".git" / "evil.sh"
    repository.git("config", "extensions.partialClone", "origin")
    repository.git("config", "core.repositoryFormatVersion", "1")
    repository.git("config", "remote.origin.url", f"ext::{script}")
    repository.git("config", "remote.origin.promisor", "true")
    repository.git("config", "remote.origin.uploadpack", str(script))
    repository.git("config", "protocol.ext.allow", "always")
    blob = repository.git("rev-parse", "HEAD:a.py").decode().strip()
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    try:
        with change_of_revision(repository.root, "HEAD") as change:
            assert change.by_path["a.py"].before is None
    except ChangeError:
        pass
    assert not trap.exists()


def test_a_git_that_lies_in_the_project_is_not_run(
    repository: Repository, trap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = repository.root / "git"
    script.write_text(f'#!/bin/sh\ntouch "{trap}"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{repository.root}:/usr/bin:/bin")
    with pytest.raises(ChangeError, match="lies in the project itself"):
        change_of_revision(repository.root, "HEAD")
    assert not trap.exists()


def test_a_work_tree_elsewhere_is_not_read(repository: Repository, tmp_path: Path, trap: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.py").write_text("KEY = 'x'\n")
    repository.git("config", "core.worktree", str(elsewhere))
    try:
        with change_of_revision(repository.root, "HEAD") as change:
            assert "secret.py" not in change.paths
            assert all("KEY" not in (c.after.text if c.after else "") for c in change.files)
    except ChangeError:
        pass
    assert not trap.exists()
