"""Which symbols each map of a document makes visible: its own, and those of the maps it uses.

Maps are taken in the order in which they use one another. Of several used maps the one named first wins, and a
map's own entry wins over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.maps.table import Budget, Table, expand_sigils
from aifirst_compiler.aiccl.maps.templates import Template, read_templates
from aifirst_compiler.aiccl.maps.version import fits
from aifirst_compiler.aiccl.notation.document import Map, Use

PATTERNS = "patterns"
"""The map of a project's patterns, which blocks use that name none."""
_MAX_SYMBOLS = 2_000_000
"""Symbols of all tables together: chains of maps that copy one another would grow with the square of their number."""


class Tables:
    """The tables of a document's maps, each made when it is first wanted.

    `own` are the maps of the document with the lines that they begin on, `further` those that lie elsewhere, such as
    the project's; a map of the document stands before another of the same name.
    """

    def __init__(self, own: Iterable[tuple[int, Map]], further: Iterable[Map], budget: Budget) -> None:
        self._maps: dict[str, Map] = {}
        for line, part in own:
            if part.name in self._maps:
                which = f"map {part.name}" if part.name else "a map without a name"
                raise AicclError(
                    f"{which} stands twice in the document", "join the two, or give one another name", line, 1
                )
            self._maps[part.name] = part
        for part in further:
            self._maps.setdefault(part.name, part)
        patterns = self._maps.get(PATTERNS)
        if patterns is not None and patterns.holes and not patterns.uses and "" in self._maps:
            self._maps[PATTERNS] = msgspec.structs.replace(patterns, uses=(Use(""),))
        self._budget = budget
        self._made: dict[str, Table] = {}
        self._symbols = 0

    def of_code(self, uses: tuple[Use, ...]) -> Table:
        """The table of a block of code: of the maps it uses, or of the map without a name."""
        if not uses:
            name = PATTERNS if PATTERNS in self._maps and self._maps[PATTERNS].holes else ""
            return self._table(Use(name)) if name in self._maps else Table()
        if len(uses) == 1:
            return self._table(uses[0])
        return self._joined([self._table(use) for use in uses])

    def _table(self, wanted: Use) -> Table:
        for use in self._in_order(wanted):
            if use.name not in self._made:
                part = self._maps[use.name]
                self._made[use.name] = self._make(part, [self._made[parent.name] for parent in part.uses])
        return self._made[wanted.name]

    def _in_order(self, wanted: Use) -> list[Use]:
        """The maps that must be made for one, each behind those that it uses. AicclError for a cycle."""
        order: list[Use] = []
        state: dict[str, bool] = {}  # False while what a map uses is being visited, True behind that
        stack: list[tuple[Use, bool]] = [(wanted, False)]
        while stack:
            use, left = stack.pop()
            if left:
                state[use.name] = True
                order.append(use)
                continue
            part = self._checked(use)
            if use.name in self._made or state.get(use.name):
                continue
            if use.name in state:
                raise AicclError(
                    f"map {use.name} uses itself, directly or through others",
                    "take one `uses` of that circle out",
                )
            state[use.name] = False
            stack.append((use, True))
            stack.extend((parent, False) for parent in reversed(part.uses))
        return order

    def _checked(self, use: Use) -> Map:
        part = self._maps.get(use.name)
        if part is None:
            known = ", ".join(sorted(name for name in self._maps if name)) or "none"
            raise AicclError(
                f"map {use.name} is used and not there (there are: {known})",
                "add the map to the document, or give the file that holds it",
            )
        if use.version and not fits(part, use.version):
            raise AicclError(
                f"the document was made with version {use.version} of map {use.name}, and this is version "
                f"{part.version or 'none'}",
                "make the document again from its source, or take that version of the map from version control",
            )
        return part

    def _joined(self, parents: Sequence[Table]) -> Table:
        """The parents' symbols; of one that several have, that of the first."""
        sigils: dict[str, str] = {}
        words: dict[str, str] = {}
        templates: dict[str, Template] = {}
        for parent in reversed(parents):
            sigils.update(parent.sigils)
            words.update(parent.words)
            templates.update(parent.templates)
        self._symbols += len(sigils) + len(words) + len(templates)
        if self._symbols > _MAX_SYMBOLS:
            raise AicclError("the document's maps hold too many symbols", "let fewer maps use one another")
        return Table(sigils, words, templates)

    def _make(self, part: Map, parents: list[Table]) -> Table:
        above = self._joined(parents)
        if part.holes:
            self._symbols += len(part.entries)
            return Table(above.sigils, above.words, above.templates | read_templates(part.entries))
        sigils, words = dict(above.sigils), dict(above.words)
        for symbol, meaning, literal in part.entries:
            if literal:
                sigils[symbol] = meaning
            elif part.exact:
                sigils[symbol] = expand_sigils(meaning, sigils, self._budget)
            else:
                words[symbol] = above.expand(meaning, self._budget)
        self._symbols += len(sigils) + len(words)
        return Table(sigils, words, above.templates)
