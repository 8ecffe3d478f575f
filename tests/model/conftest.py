"""What the tests of models share: the tiny checkpoints, made once and kept in pytest's cache."""

from __future__ import annotations

from collections.abc import Generator
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


@pytest.fixture(scope="session")
def training_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset of conversations, texts and gaps, for reading only."""
    pytest.importorskip("torch", reason="PyTorch is missing: pip install 'aifirst[train]'")
    from training_material import write_dataset

    return write_dataset(tmp_path_factory.mktemp("data") / "mixed")


@pytest.fixture
def one_thread() -> Generator[None]:
    """PyTorch computes in one thread while the test runs: the sums of several come out in another order."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
