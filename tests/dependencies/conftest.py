"""The real Neo4j that tests of the mirror share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from neo4j_server_process import Neo4jServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A server that is started once for all of them."""
    with Neo4jServer(tmp_path_factory.mktemp("neo4j") / "home") as started:
        yield started
