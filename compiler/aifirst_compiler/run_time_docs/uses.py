"""What Python files read of their own documentation and annotations when they run.

Names are the last part of a dotted one. `name` stands for objects of that name in any file, `path::name` for those of
one file, `path::` for the file's own docstring. A name that several objects share keeps all of theirs: too much stays
rather than too little.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec


class UnknownRead(msgspec.Struct, frozen=True, order=True):
    """A place that reads documentation of objects nobody can tell."""

    path: str
    line: int


class RunTimeUses(msgspec.Struct, frozen=True):
    """`documented` objects have their docstring read, `annotated` ones their annotations.

    `members` are classes all of whose methods are read. `prefixes` are pairs of a class, empty for any, and how the
    names of its functions begin that are read. `modules` are files of which everything is read. `doctests` are files
    whose examples are run, `*` for all. `required` are folders in which documentation is demanded when it is built.
    `handed` are names that stand for a value somewhere and are not called, None where nobody looked for them; `plain`
    classes none of whose bases and decorators read annotations. `annotated_prefixes` and `annotated_modules` are to
    annotations what `prefixes` and `modules` are to documentation; the module `*` stands for all.
    """

    documented: frozenset[str] = frozenset()
    annotated: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    prefixes: frozenset[tuple[str, str]] = frozenset()
    modules: frozenset[str] = frozenset()
    doctests: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    handed: frozenset[str] | None = None
    plain: frozenset[str] = frozenset()
    annotated_prefixes: frozenset[tuple[str, str]] = frozenset()
    annotated_modules: frozenset[str] = frozenset()
    unknown: frozenset[UnknownRead] = frozenset()

    @property
    def digest(self) -> str:
        """A digest of all uses."""
        return blake2b(msgspec.json.encode(self, order="deterministic"), digest_size=16).hexdigest()
