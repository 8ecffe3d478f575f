"""What the tests of models share: the tiny checkpoints, made once and kept in pytest's cache."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_checkpoint import Architecture, cached_tiny


@pytest.fixture(scope="session")
def tiny_qwen2(request: pytest.FixtureRequest) -> Path:
    """A checkpoint of Qwen2's architecture, for reading only: who changes it copies the folder first."""
    return _tiny(request, "qwen2")


@pytest.fixture(scope="session")
def tiny_llama(request: pytest.FixtureRequest) -> Path:
    """A checkpoint of Llama's architecture, for reading only."""
    return _tiny(request, "llama")


def _tiny(request: pytest.FixtureRequest, architecture: Architecture) -> Path:
    pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
    return cached_tiny(request.config.cache.mkdir("tiny_checkpoint"), architecture)
