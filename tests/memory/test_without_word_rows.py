"""A memory where the rows of the embedder did not come along: all is there but searching by meaning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_memory.history.subject_vectors import subject_embedder
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest
from aifirst_memory.update import UpdateRequest, update_memory
from history_repository import Repository


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    missing = tmp_path / "static.bin"
    # The modules that keep the name are imported here, before it is changed, so that none keeps the changed one.
    for module in ("opened", "embedding.open_embedder", "embedding.static", "embedding.identity"):
        monkeypatch.setattr(f"aifirst_memory.{module}.SHIPPED", missing)
    subject_embedder.cache_clear()
    yield Repository(tmp_path / "project", monkeypatch)
    subject_embedder.cache_clear()


def test_code_and_past_commits_are_found_by_their_words(repository: Repository) -> None:
    code = 'def add_prices(prices):\n    """Sum up a quote."""\n    return sum(prices)\n'
    repository.commit("Round every discount", {"quotes.py": code})
    report = update_memory(UpdateRequest(repository.root))
    assert report.history is not None
    assert report.history.commits == 1
    with Memory.open(repository.root) as memory:
        assert memory.embedder is None
        found = memory.search(SearchRequest("sum up a quote")).results
        assert found[0].path == "quotes.py"
        assert memory.connection.execute("SELECT count(*) FROM history_subjects").fetchone() == (0,)
        assert [result.path for result in memory.search(SearchRequest("discount")).results] == ["quotes.py"]


def test_where_they_are_there_again_every_file_is_read_anew_and_the_history_with_the_next_commit(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("Add code", {"a.py": "x = 1\n"})
    assert update_memory(UpdateRequest(repository.root)).read == 1
    assert update_memory(UpdateRequest(repository.root)).read == 0
    monkeypatch.undo()
    subject_embedder.cache_clear()
    assert update_memory(UpdateRequest(repository.root)).read == 1
    repository.commit("Add more code", {"a.py": "x = 2\n"})
    update_memory(UpdateRequest(repository.root))
    with Memory.open(repository.root) as memory:
        assert memory.embedder is not None
        assert memory.connection.execute("SELECT count(*) FROM history_subjects").fetchone() == (2,)
