"""Makes text of the tokens that a model writes, as far as it is certain: no half characters, no half stop texts.

What could still become a stop text is held back, with its tokens, until it cannot or the answer ends. That a token's text
depends on the ones before it (spaces, bytes of one character) is why a few of them are always decoded together; the way
is that of https://github.com/huggingface/text-generation-inference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aifirst_model.answer import Finish, Piece, Token, Usage

_BEFORE: Final = 6
"""Tokens of the prompt that the first one of the answer is decoded with."""
_HALF: Final = "\ufffd"


class WrittenText:
    """Fed token by token; says what is certain as pieces."""

    def __init__(
        self,
        decode: Callable[[list[int]], str],
        prompt: Sequence[int],
        stops: tuple[str, ...],
        *,
        is_whole: bool = False,
    ) -> None:
        """Where `is_whole` nobody waits for pieces: without stop texts, all is decoded at the end, in one."""
        self._decode = decode
        self._stops = tuple(stop for stop in stops if stop)
        self._numbers = list(prompt[-_BEFORE:])
        self._from = 0
        self._read = len(self._numbers)
        self._held = ""
        self._told = 0
        """Characters that were given out."""
        self._tokens: list[tuple[int, Token]] = []
        """Those not given out, with the character that each begins at."""
        self.is_stopped = False
        self._is_late = is_whole and not self._stops

    def feed(self, number: int, token: Token | None) -> Piece | None:
        """What this token makes certain, None for nothing; `is_stopped` where a stop text is reached."""
        if token is not None:
            self._tokens.append((self._told + len(self._held), token))
        self._numbers.append(number)
        if self._is_late:
            return None
        new = self._decode(self._numbers[self._from :])
        if new.endswith(_HALF):
            return None
        before = self._decode(self._numbers[self._from : self._read])
        self._held += new[len(before) :]
        self._from, self._read = self._read, len(self._numbers)
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.is_stopped = True
            self._held = self._held[: min(found)]
            return self._give(len(self._held))
        return self._give(len(self._held) - self._possible_stop())

    def finish(self, finish: Finish, usage: Usage) -> Piece:
        """The rest, as it is."""
        if not self.is_stopped:
            before = self._decode(self._numbers[self._from : self._read])
            self._held += self._decode(self._numbers[self._from :])[len(before) :]
            cut = min((at for stop in self._stops if (at := self._held.find(stop)) >= 0), default=None)
            if cut is not None:
                self._held, self.is_stopped, finish = self._held[:cut], True, "stop"
        rest = tuple(token for _, token in self._tokens) if not self.is_stopped else ()
        piece = self._give(len(self._held)) or Piece("")
        tokens = rest or piece.tokens
        return Piece(piece.text, tokens, "stop" if self.is_stopped else finish, usage)

    def _give(self, length: int) -> Piece | None:
        if length <= 0:
            return None
        text, self._held = self._held[:length], self._held[length:]
        self._told += length
        tokens = tuple(token for start, token in self._tokens if start < self._told)
        self._tokens = self._tokens[len(tokens) :]
        return Piece(text, tokens)

    def _possible_stop(self) -> int:
        """How many characters at the end are the beginning of a stop text."""
        most = min(len(self._held), max(map(len, self._stops), default=1) - 1)
        for length in range(most, 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stops):
                return length
        return 0
