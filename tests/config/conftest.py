"""A project on disk from a few lines of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from aifirst_codebase.config import ProjectConfig, load_config

Project = Callable[..., ProjectConfig]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Writes the files, by root-relative path, and loads them; nested aifirst.toml are the folder files."""

    def load(
        files: Mapping[str, str | bytes],
        overrides: Mapping[str, object] | None = None,
        isolated: bool = False,
    ) -> ProjectConfig:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        nested = [name for name in files if name.endswith("/aifirst.toml")]
        return load_config(tmp_path, overrides=overrides, folder_files=nested, isolated=isolated)

    return load
