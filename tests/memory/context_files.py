"""Files of several languages for the tests of contexts, and candidates made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.file_text import FileText, text_of_reading

count: Callable[[str], int] = get_counter().count

PYTHON = '''\
"""Sessions: who is logged in, and until when."""

import time

LIMIT = 3600


class Session(Base):
    """One person's visit.

    More about it.
    """

    seconds: int = LIMIT
    name = "none"

    @property
    def is_over(self) -> bool:
        # Whether it ran out.
        return time.time() > self.until

    def renew(self, seconds: int = LIMIT, *, force: bool = False) -> int:
        """Make it last longer."""
        if self.is_over and not force:
            raise SessionOverError("too late")
        for listener in self.listeners:
            listener.told(self)
        while self.waiting:
            self.until = time.time() + seconds
        return seconds


def log_in(name, password):
    """Start a session.

    :param name: who
    """
    user = find_user(name)
    if not user.check(password):
        raise WrongPasswordError(name)

    def inner():
        return 1

    return Session(user)
'''
TYPESCRIPT = """\
// Carts.
import { Item } from "./item";

/** Holds what is to be bought. */
export class Cart {
  private items: Item[] = [];

  /** Add one thing. */
  add(item: Item, times = 1): void {
    if (times < 1) {
      throw new RangeError("times");
    }
    this.items.push(item);
  }
}

export const total = (cart: Cart): number => {
  return cart.sum();
};
"""
GO = """\
package shop

// Price of a thing.
func (c *Cart) Price(name string) (int, error) {
	if name == "" {
		return 0, errors.New("no name")
	}
	return c.prices[name], nil
}
"""
MARKDOWN = "# Shop\n\nWhat it is for.\n\n## Carts\n\nA cart holds items. It has a total.\n\nMore of it.\n"
FILES = {
    "src/session.py": PYTHON, "src/cart.ts": TYPESCRIPT, "src/price.go": GO, "README.md": MARKDOWN,
}  # fmt: skip


def reading_of(path: str, text: str) -> Reading:
    """A reading as the index would make it."""
    source = decode_source(path, text.encode())
    language = language_of(path, source.data)
    assert language is not None
    return read(source, language, get_counter())


def file_of(path: str, text: str | None = None) -> FileText:
    """A file in hand."""
    return text_of_reading(reading_of(path, FILES[path] if text is None else text))


def candidates_of(files: Sequence[FileText], *, named: int = 0) -> list[Candidate]:
    """Every unit of the files in turn, the first ones as named."""
    units = [(file, index) for file in files for index in range(len(file.units))]
    return [
        Candidate(
            file, index, count, rank=rank, score=1 / (1 + rank / 5), step="search", reasons=("says cart",),
            named=rank < named,
        )
        for rank, (file, index) in enumerate(units)
    ]  # fmt: skip
