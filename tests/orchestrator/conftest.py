"""The sandbox of this machine, opened once; where there is none, what needs it is skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.bubblewrap_tools import find_bubblewrap, why_not_built
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError


@pytest.fixture(scope="session")
def sandbox() -> Bubblewrap:
    try:
        made = Bubblewrap(find_bubblewrap())
        assert made.run(Job(command=("true",))).passed
    except SandboxRefusedError as refusal:
        pytest.skip(f"{refusal} {why_not_built() or ''}")
    return made


@pytest.fixture(scope="session")
def watched_sandbox(sandbox: Bubblewrap) -> Bubblewrap:
    """The same without control groups, as for a user who may make none."""
    return Bubblewrap(sandbox.tools, use_control_groups=False)


@pytest.fixture(scope="session")
def go_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder in which Go's own packages are built, once for all tests: it takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder
