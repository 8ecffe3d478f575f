"""BM25 over whole files, the words of the path counted with those of the text."""

from __future__ import annotations

from benchmarks.localisation.bm25 import Document, document_of, score_documents
from benchmarks.localisation.ranker import by_score
from benchmarks.localisation.repository import Question
from benchmarks.localisation.words import count_words, query_words

TITLE = "BM25, files"
SLOW = False


def rank(question: Question) -> list[str]:
    """Files by their score."""
    tree = question.tree
    texts = question.repository.facts("file-words-1", Document, words_of_file, tree)
    documents = [with_path(path, text) for path, text in zip(tree, texts, strict=True)]
    return by_score(dict(zip(tree, score_documents(query_words(question.text), documents), strict=True)))


def words_of_file(_path: str, data: bytes) -> Document:
    """The word counts of a file's text."""
    return document_of(count_words(data.decode("utf-8", "replace")))


def with_path(path: str, text: Document) -> Document:
    """The document of a text together with the words of its path."""
    counts = dict(text.counts)
    for word, times in count_words(path).items():
        counts[word] = counts.get(word, 0) + times
    return document_of(counts)
