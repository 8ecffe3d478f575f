"""Fixtures of pytest: a test's parameter holds what the fixture of its name gives, as everyone who reads tests knows."""

from __future__ import annotations

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.bind_names import last_name, plain_name
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.forms import Parameter
from aifirst_memory.dependencies.python.results import Results
from aifirst_memory.dependencies.python.values import NOTHING, Values, joined


class Fixtures(Results):
    """Finds what fixtures give."""

    def fixture_values(self, facts: FunctionFacts, parameter: Parameter, path: str) -> Values:
        """What the fixture named by a parameter gives to a test or to another fixture; nothing for other functions."""
        name = plain_name(facts.name)
        if parameter.sort not in (forms.ORDINARY, forms.KEYWORD) or parameter.default is not None:
            return NOTHING
        if not name.startswith("test") and not _is_fixture(facts):
            return NOTHING
        # A fixture may extend the one of the same name further up.
        start = path.rpartition("/")[0] if name == parameter.name else path
        key = ("fixture", start, parameter.name)
        return self.at_depth(key, self._fixture, start, parameter.name)

    def _fixture(self, start: str, name: str) -> Values:
        folder = start
        while True:
            path = folder if folder.endswith(".py") else f"{folder}/conftest.py".removeprefix("/")
            facts = self._fixture_facts(path, name)
            if facts is not None:
                found = self.result((values.FUNCTION, path, facts.name, None), facts, {}, None)
                if facts.flags & forms.GENERATOR:
                    return joined(value[2][0] for value in found if value[0] == values.OBJECT and value[2])
                return self.awaited_result(found)
            if not folder:
                return NOTHING
            # The file's own folder comes after the file itself.
            folder = folder.rpartition("/")[0]

    def _fixture_facts(self, path: str, name: str) -> FunctionFacts | None:
        for binding in self.bindings(path, name) or ():
            facts = (
                self.function(path, binding[1]) if binding[0] == forms.B_DEFINED and not binding[2] else None
            )
            if facts is not None and _is_fixture(facts):
                return facts
        return None

    def awaited_result(self, found: Values) -> Values:
        """A result, or what waiting for it gives."""
        waited = [
            value[2][0]
            for value in found
            if value[0] == values.OBJECT and value[1] == "awaitable" and value[2]
        ]
        return joined(waited) if waited else found


def _is_fixture(facts: FunctionFacts) -> bool:
    return any(last_name(form) in ("fixture", "yield_fixture") for form in facts.decorators)
