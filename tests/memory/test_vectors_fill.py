"""An embedder that reads texts fills in what is missing, later and in batches."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from aifirst_codebase.reading import Reading
from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.level import StoredFile
from aifirst_memory.vectors.fill import fill_vectors, pending_files
from numpy.typing import NDArray
from vectors_project import VectorsProject, reading_of


class TextEmbedder:
    """Embeds a text as a bag of hashed letters triples; fails when asked a given time."""

    name = "a-test:1"
    dimension = 32

    def __init__(self, fails_at: int = 0) -> None:
        self.calls = 0
        self.fails_at = fails_at

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        if self.calls == self.fails_at:
            raise EmbedderError("gone")
        result = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for at in range(len(text) - 2):
                result[row, zlib.crc32(text[at : at + 3].encode()) % self.dimension] += 1
        return result / np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1)


TEXTS = {
    "a.py": '"""Reads calendar dates from strings."""\n\ndef parse(text):\n    return strptime(text)\n',
    "b.py": "def draw(canvas):\n    canvas.arc(0, 0, 5)\n",
    "c.py": "",
}


def fill(project: VectorsProject, embedder: TextEmbedder) -> list[int]:
    def read_again(file: StoredFile) -> Reading | None:
        text = project.texts[file.path]
        return None if text == "changed since" else reading_of(file.path, text)

    return list(fill_vectors(project.connection, embedder, read_again))


def test_files_wait_for_an_embedder_that_reads_texts() -> None:
    embedder = TextEmbedder()
    project = VectorsProject(embedder)
    project.write(TEXTS)
    assert embedder.calls == 0
    assert [file.path for file in pending_files(project.connection)] == ["a.py", "b.py", "c.py"]
    assert pending_files(project.connection)[0] == project.stored["a.py"]
    assert fill(project, embedder) == [0]
    assert embedder.calls == 1
    assert pending_files(project.connection) == []
    lines = [line.split("\t")[:4] for line in project.level.dump(project.connection)]
    assert ["b.py", "draw", "unit", "a-test:1"] in lines
    assert {line[0] for line in lines} == {"a.py", "b.py"}
    hits = project.reader().search(project.embed("b.py draw canvas arc"), 1)
    assert project.unit_name(int(hits.units[0])) == "b.py::draw"


def test_a_changed_or_removed_file_waits_as_it_is_now() -> None:
    embedder = TextEmbedder()
    project = VectorsProject(embedder)
    project.write(TEXTS)
    project.remove("b.py")
    project.write({"a.py": "def other():\n    return 1\n"})
    fill(project, embedder)
    project.write({"a.py": TEXTS["a.py"]})
    assert [file.path for file in pending_files(project.connection)] == ["a.py"]
    fill(project, embedder)
    assert {line.split("\t")[1] for line in project.level.dump(project.connection)} == {"", "parse"}


def test_a_file_that_changed_since_stays_for_the_next_run() -> None:
    embedder = TextEmbedder()
    project = VectorsProject(embedder)
    project.write(TEXTS)
    project.texts["b.py"] = "changed since"
    fill(project, embedder)
    assert [file.path for file in pending_files(project.connection)] == ["b.py"]


def test_what_was_made_before_a_failure_stays() -> None:
    project = VectorsProject(TextEmbedder())
    project.write({f"m{i:02}.py": TEXTS["b.py"] for i in range(40)})
    with pytest.raises(EmbedderError, match="gone"):
        fill(project, TextEmbedder(fails_at=3))
    assert len(pending_files(project.connection)) == 8
    fill(project, TextEmbedder())
    assert len(project.reader()) == 40


def test_filling_ends_where_embedding_at_once_would(tmp_path: Path) -> None:
    embedder = TextEmbedder()
    step_by_step, at_once = VectorsProject(embedder), VectorsProject(embedder)
    for path, text in TEXTS.items():
        step_by_step.write({path: text})
        fill(step_by_step, embedder)
        step_by_step.finish()
    at_once.write(TEXTS)
    fill(at_once, embedder)
    first, second = (list(project.level.dump(project.connection)) for project in (step_by_step, at_once))
    assert first == second != []
