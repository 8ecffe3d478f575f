"""A project to judge, in a temporary folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_validator.engine import Job, judge_project
from aifirst_validator.report import Report
from engine_projects import Judge, long_function


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project: settings, two files, one of them with a finding."""
    (tmp_path / "aifirst.toml").write_text(
        'preset = "balanced"\n[limits]\nunit_tokens = 30\nunit_tokens_error = 500\n'
    )
    (tmp_path / "short.py").write_text("def add(left, right):\n    return left + right\n")
    (tmp_path / "long.py").write_text(long_function("score", 10))
    return tmp_path


@pytest.fixture
def judge() -> Judge:
    """Judge a folder in this process."""

    def run(root: Path, **job: object) -> Report:
        return judge_project(Job(root, **job))  # type: ignore[arg-type]

    return run
