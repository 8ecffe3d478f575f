"""BM25 over units (functions, methods, class headers, a module's own code); a file is as good as its best unit.

The words of the path count for each of its units.
"""

from __future__ import annotations

from benchmarks.localisation.bm25 import Document, document_of, score_documents
from benchmarks.localisation.ranker import best_per_path, by_score
from benchmarks.localisation.rankers.bm25_files import with_path
from benchmarks.localisation.repository import Question
from benchmarks.localisation.unit_texts import unit_texts
from benchmarks.localisation.words import count_words, query_words

TITLE = "BM25, units, the best of a file"
SLOW = False


def rank(question: Question) -> list[str]:
    """Files by the score of their best unit."""
    tree = question.tree
    files = question.repository.facts("unit-words-1", tuple[Document, ...], words_of_units, tree)
    paths = [path for path, units in zip(tree, files, strict=True) for _ in units]
    documents = [with_path(path, unit) for path, units in zip(tree, files, strict=True) for unit in units]
    return by_score(best_per_path(paths, score_documents(query_words(question.text), documents)))


def words_of_units(path: str, data: bytes) -> tuple[Document, ...]:
    """The word counts of every unit of a file."""
    return tuple(document_of(count_words(text)) for text in unit_texts(path, data))
