"""Questions about a project with answers that its source gives: where something is, what it does, which tests use it.

Only what is certain is answered: a name that is defined once, documentation as it stands, a test that calls the name
in its own code. A test that reaches it through something else is not told, and the answer says `call`, not `cover`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.pairs.material import Material, ask, draw
from aifirst_model.dataset.record import About, Sample

_CALL = re.compile(r"(?<!def )(?<!func )(?<!function )(?<!class )\b([A-Za-z_]\w{3,80})\s*\(")
_SENTENCE = re.compile(r"(?s)(.+?[.!?])(?=\s|\Z)")
_MOST_TESTS: Final = 12
_MOST_NAMES: Final = 40
_SHORTEST_NAME: Final = 4


class _Place(msgspec.Struct, frozen=True):
    """A definition; `said` is the first sentence of its documentation."""

    name: str
    kind: str
    line: int
    said: str
    about: About


class ProjectFacts:
    """What the documents of one project define; add them all, then ask for the questions."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._places: dict[str, list[_Place]] = {}
        self._tests: dict[str, list[str]] = {}
        self._files: list[tuple[About, list[str]]] = []

    def add(self, material: Material) -> None:
        """Take in what a document of code defines and, for a test, what it calls."""
        if material.language.kind != "code" or not material.reading.parsed:
            return
        reading = material.reading
        names: list[str] = []
        for index, unit in enumerate(reading.units):
            if unit.kind not in ("function", "class") or "#" in unit.name or "<" in unit.name:
                continue
            if material.is_test:
                self._add_calls(
                    material.slice(unit.code_start, unit.code_end), f"{material.path}::{unit.name}", unit.kind
                )
                continue
            names.append(unit.name)
            short = re.split(r"\.|::", unit.name)[-1]
            if len(short) < _SHORTEST_NAME or short.startswith("__"):
                continue
            said = _SENTENCE.match(material.said_about(index))
            sentence = " ".join(said[1].split()) if said is not None and is_english(said[1]) else ""
            self._places.setdefault(short, []).append(
                _Place(
                    unit.name,
                    unit.kind,
                    reading.lines.line_of(unit.name_start) + 1,
                    sentence,
                    material.describe(unit),
                )
            )
        if names:
            self._files.append((material.about, names))

    def _add_calls(self, code: str, test: str, kind: str) -> None:
        if kind == "function":
            for name in sorted(set(_CALL.findall(code))):
                self._tests.setdefault(name, []).append(test)

    def questions(self) -> Iterator[Sample]:
        """A question a definition that has one name of its own, in order of the names, then one a file."""
        for short, places in sorted(self._places.items()):
            if len(places) == 1:
                yield self._question(short, places[0])
        for about, names in self._files:
            if 2 <= len(names) <= _MOST_NAMES:
                listed = "\n".join(f"- `{name}`" for name in names)
                yield ask(
                    f"What does `{about.path}` of {self._project} define?",
                    f"`{about.path}` defines:\n\n{listed}",
                    msgspec.structs.replace(about, task="project-question"),
                )

    def _question(self, short: str, place: _Place) -> Sample:
        about = msgspec.structs.replace(place.about, task="project-question")
        where = f"the {place.kind} `{place.name}` in `{about.path}`"
        tests = self._tests.get(short, [])
        kinds = ["where"] + ["what"] * (2 if place.said else 0) + ["tests"] * (2 if tests else 0)
        kind = kinds[draw(self._project, about.path, place.name)(len(kinds))]
        if kind == "what":
            return ask(f"What does `{short}` of {self._project} do?", f"{place.said} It is {where}.", about)
        if kind == "tests":
            listed = "\n".join(f"- `{test}`" for test in tests[:_MOST_TESTS])
            more = f"\n\nAnd {len(tests) - _MOST_TESTS} more." if len(tests) > _MOST_TESTS else ""
            return ask(
                f"Which tests of {self._project} call `{short}`?",
                f"`{short}` is {where}. It is called by name in:\n\n{listed}{more}", about,
            )  # fmt: skip
        return ask(
            f"Where is `{short}` defined in {self._project}?", f"It is {where}, line {place.line}.", about
        )
