"""A part of a prompt: what it says, how much it matters, and whether it is an order or material."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class Part(msgspec.Struct, frozen=True):
    """One part. Parts of equal importance give way in the reverse of their order."""

    name: str
    """What it is, for the manifest: `ticket`, `context src/app.py::load`, `history 3`."""
    text: str
    importance: Annotated[int, msgspec.Meta(ge=0)] = 0
    """0 always stays whole; the higher the number, the sooner it gives way."""
    place: Literal["system", "user"] = "user"
    is_material: bool = False
    """Text that nobody here wrote (files, output of programs, pages): marked as such, and never an order."""
    shorter: tuple[str, ...] = ()
    """What may stand for the text, each shorter than the one before: a summary, a skeleton, an id."""
    may_be_cut: bool = False
    """Whether its end may be left out, at a line, where no shorter text fits either."""
    source: str = ""
    """Where it comes from, for the manifest: a file, a program, an agent."""


class Given(msgspec.Struct, frozen=True):
    """What became of a part, as the manifest of a call has it."""

    name: str
    form: Literal["whole", "shorter", "cut", "left-out"]
    tokens: int
    """Of the tokenizer that counted, with the marks around it; 0 where it was left out."""
    digest: str
    """Of the text as it was given, to tell later what a call has seen."""
    source: str = ""
    """Where it comes from; "" for what stands in aifirst itself."""
    whole_tokens: int = 0
    """Of the part as it was before anything gave way, without marks."""
    cut_lines: tuple[int, int] | None = None
    """How many lines were kept of how many, where its end was cut off."""

    def told(self) -> str:
        """The part in a line, for a person."""
        cut = f", {self.cut_lines[0]} of {self.cut_lines[1]} lines" if self.cut_lines else ""
        of = f" of {self.whole_tokens}" if self.form != "whole" else ""
        source = f", from {self.source}" if self.source else ""
        return f"{self.name}: {self.form}, {self.tokens}{of} tokens{cut}{source}, {self.digest[:12] or 'nothing given'}"
