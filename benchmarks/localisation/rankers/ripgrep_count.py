"""How often the words of the query occur in a file, as `rg --ignore-case --count-matches` counts them.

What a person, or an agent with a shell, does first. Every word of at least three characters that is no
stop word is searched for as it is written, anywhere in a line; the counts are added up. The counting is
done here: one ripgrep process a word and a query would measure process starts.
"""

from __future__ import annotations

from benchmarks.localisation.ranker import by_score
from benchmarks.localisation.repository import Question
from benchmarks.localisation.words import written_words

TITLE = "ripgrep, matches of the query's words"
SLOW = False


def rank(question: Question) -> list[str]:
    """Files by the number of matches."""
    words = [word.encode() for word in written_words(question.text)]
    texts = question.repository.blobs(question.tree)
    return by_score({path: count(data, words) for path, data in zip(question.tree, texts, strict=True)})


def count(data: bytes, words: list[bytes]) -> float:
    """How many matches all words have together, whatever their case."""
    lowered = data.lower()
    return float(sum(map(lowered.count, words)))
