"""What the tests of changes share: a repository, and no configuration but the one a test writes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from git_repository import Repository


@pytest.fixture(autouse=True)
def own_git_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code under test reads nobody's configuration, and no repository from the environment."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """An empty repository without a commit."""
    return Repository(tmp_path / "project")
