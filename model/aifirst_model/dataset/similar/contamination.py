"""Which samples hold a benchmark's problems, so that who is measured on it has not seen the answers.

Three rules, each a run of tokens that both texts have:

* a prompt: 13 words in a row (Brown et al., "Language Models are Few-Shot Learners", 2020, appendix C), signs left out;
* a solution: half of its runs of 8 tokens, signs too, where it has at least 16 tokens, so that a change of a line
  does not hide it;
* a renamed solution: 24 tokens in a row with every name replaced by one sign and keywords kept, of which there are four.

As in the paper, a run that more than ten problems share is nobody's. Not found: a solution of fewer than 16 tokens,
one that is written in another way, one in another language.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from aifirst_model.dataset.record import Sample, texts_of
from aifirst_model.dataset.similar.benchmark_texts import Problem
from aifirst_model.dataset.similar.shingles import Numbers, TokenNumbers, rolled, tokens_of

RULES: Final = "4"
"""Which rules these are: another number for others, so that what older ones found is not taken for theirs."""
WORDS: Final = 13
RUN: Final = 8
SHARE: Final = 0.5
RENAMED: Final = 24
_SHORTEST: Final = 16
_DIFFERENT: Final = 9
_KEYWORDS: Final = 4
_LETTERED: Final = 6
_SHARED_BY: Final = 10
_COMMENT = re.compile(r"(?m)#.*$")
_KEPT: Final = frozenset(keyword.kwlist) | {
    "len", "range", "sum", "max", "min", "sorted", "set", "list", "dict", "str", "int", "map", "filter", "abs", "zip",
    "append",
}  # fmt: skip


class Contamination:
    """Knows the problems; asks of each sample whether it holds one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        self._known = TokenNumbers()
        self._words_known = _WordNumbers()
        self._renamed_known = _RenamedNumbers()
        self._prompts = _Runs((self._runs_of_words(one.prompt) for one in problems), is_shared_dropped=True)
        self._solutions = _Runs(
            (self._solution(tokens_of(one.solution), RUN, _SHORTEST) for one in problems),
            is_shared_dropped=False,
        )
        self._renamed = _Runs(
            (self._telling_runs(_renamed(tokens_of(_COMMENT.sub("", one.solution)))) for one in problems),
            is_shared_dropped=True,
        )
        self._sizes = self._solutions.sizes

    def found_in(self, sample: Sample) -> tuple[int, str] | None:
        """The number of the first problem that a sample holds and by which rule, None where it holds none."""
        tokens = tokens_of("\n".join(texts_of(sample)))
        hit = self._prompts.owners(rolled(self._words_of(tokens), WORDS))
        if hit:
            return min(hit), "prompt"
        numbers = self._known.of(tokens)
        for problem, count in sorted(self._solutions.owners(rolled(numbers, RUN)).items()):
            if count >= SHARE * self._sizes[problem]:
                return problem, "solution"
        hit = self._renamed.owners(rolled(self._renamed_known.of(tokens), RENAMED))
        return (min(hit), "renamed solution") if hit else None

    def _words_of(self, tokens: Sequence[str]) -> Numbers:
        """The numbers of the words among tokens, signs left out."""
        numbers = self._words_known.of(tokens)
        return numbers[numbers != 0]

    def _runs_of_words(self, prompt: str) -> Numbers:
        """The runs of a prompt's words that are more than a list of numbers."""
        words = _words(tokens_of(prompt))
        runs = rolled(self._words_known.of(words), WORDS)
        telling = [
            sum(len(word) > 1 and word[0].isalpha() for word in set(words[at : at + WORDS])) >= _LETTERED
            for at in range(len(runs))
        ]
        return runs[np.array(telling, np.bool_)]

    def _solution(self, tokens: Sequence[str], length: int, shortest: int) -> Numbers:
        return rolled(self._known.of(tokens), length) if len(tokens) >= shortest else np.zeros(0, np.uint64)

    def _telling_runs(self, tokens: Sequence[str]) -> Numbers:
        """The runs of a renamed solution that are more than a list of values: they have keywords, and many signs."""
        runs = rolled(self._renamed_known.of(tokens), RENAMED)
        windows = [tokens[at : at + RENAMED] for at in range(len(runs))]
        telling = [
            len(set(window)) >= _DIFFERENT and sum(token in _KEPT for token in window) >= _KEYWORDS
            for window in windows
        ]
        return runs[np.array(telling, np.bool_)]


def _is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] == "_"


def _words(tokens: Iterable[str]) -> list[str]:
    return [token.lower() for token in tokens if _is_word(token)]


def _renamed(tokens: Iterable[str]) -> list[str]:
    """The tokens with one sign for every name that is no keyword or common function."""
    return [_as_renamed(token) for token in tokens]


def _as_renamed(token: str) -> str:
    return token if token in _KEPT or not (token[0].isalpha() or token[0] == "_") else "\0name"


class _WordNumbers(TokenNumbers):
    """Numbers of words in lower case, 0 for a sign."""

    def number_of(self, token: str) -> int:
        """The number of a token that is asked about for the first time."""
        return super().number_of(token.lower()) if _is_word(token) else 0


class _RenamedNumbers(TokenNumbers):
    """Numbers in which all names are one."""

    def number_of(self, token: str) -> int:
        """The number of a token that is asked about for the first time."""
        return super().number_of(_as_renamed(token))


class _Runs:
    """The runs of many problems, each with the problems that have it."""

    def __init__(self, runs: Iterable[Numbers], *, is_shared_dropped: bool) -> None:
        unique = [np.unique(one) for one in runs]
        self.sizes = [len(one) for one in unique]
        shared = Counter[int]()
        if is_shared_dropped:
            for one in unique:
                shared.update(one.tolist())
        self._owners: dict[int, list[int]] = {}
        for problem, one in enumerate(unique):
            for run in one.tolist():
                if shared[run] <= _SHARED_BY:
                    self._owners.setdefault(run, []).append(problem)
        self._all = np.array(sorted(self._owners), np.uint64)

    def owners(self, runs: Numbers) -> dict[int, int]:
        """How many different runs of each problem are among these."""
        found: dict[int, int] = {}
        if not len(self._all) or not len(runs):
            return found
        places = np.searchsorted(self._all, runs)
        places[places == len(self._all)] = 0
        for run in set(runs[self._all[places] == runs].tolist()):
            for problem in self._owners[run]:
                found[problem] = found.get(problem, 0) + 1
        return found
