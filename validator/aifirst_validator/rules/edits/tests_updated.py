"""AF407, edit rule E7: changed behaviour comes with a changed test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.match_units import last_name
from aifirst_validator.changes.testing_paths import is_test_path
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = """# @TAG:COMPONENT:retry

def delay(attempt):
    return 2 ** attempt
"""
_AFTER = _BEFORE.replace("2 ** attempt", "min(2 ** attempt, 60)")
_TEST = "from retry import delay\n\ndef test_delay_doubles():\n    assert delay(2) == 4\n"
_TEST_MORE = _TEST + "\ndef test_delay_has_a_limit():\n    assert delay(99) == 60\n"
_WORD = re.compile(r"\w+")


class TestsUpdated(ChangeRule):
    """A test that was green before and after a change of behaviour says nothing about the change. Where the
    code of a function changes, at least one test file changes with it that names the function or its module.

    Judged in the files of `edits.tests_required`. Comments, formatting and pure renames inside a function are
    no behaviour.
    """

    # pytest would collect a class of this name where a test imports it.
    __test__ = False
    code: ClassVar[str] = "AF407"
    name: ClassVar[str] = "tests-updated"
    summary: ClassVar[str] = "Behaviour changed and no test did."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {"gradual": "warning", "legacy": "off", "prototype": "off"}
    edit_rule: ClassVar[str] = "E7"
    valid = (
        Example(
            _AFTER, path="retry.py", before=_BEFORE, files=(("tests/test_retry.py", _TEST_MORE),),
            before_files=(("tests/test_retry.py", _TEST),),
        ),
        Example(
            _BEFORE.replace("def", "# WHY: the queue needs air\ndef"), path="retry.py", before=_BEFORE,
            title="Only glue changed",
        ),
    )  # fmt: skip
    invalid = (
        Example(_AFTER, path="retry.py", lines=(3,), before=_BEFORE, files=(("tests/test_retry.py", _TEST),)),
    )

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem, at the first changed function."""
        after = changed.after
        if changed.both is None or after is None or not changed.is_code or is_test_path(changed.path):
            return
        if not changed.applies(changed.settings.edits.tests_required):
            return
        functions = [p.after for p in changed.code_changed if after.units[p.after].kind == "function"]
        functions += [index for index in changed.added if after.units[index].kind == "function"]
        if not functions:
            return
        names = {last_name(after.units[index]) for index in functions} | {_stem(changed.path)}
        if any(_tests_one_of(names, other) for other in change.files):
            return
        first = after.units[min(functions)]
        more = f" (and {len(functions) - 1} more)" if len(functions) > 1 else ""
        yield Problem(
            first.name_start, first.name_end,
            f"the behaviour of {first.name}{more} changed and no test that names it or its module did",
            "Add or change a test that fails without this edit.", anchor="tests",
        )  # fmt: skip


def _tests_one_of(names: set[str], other: ChangedFile) -> bool:
    source = other.source_after
    if source is None or not is_test_path(other.path):
        return False
    words = frozenset(_WORD.findall(source.text))
    # Most names are one word; the others (operators, file names with a dash) are searched for as they are.
    return not words.isdisjoint(names) or any(
        (not name.isidentifier() and re.search(rf"\b{re.escape(name)}\b", source.text))
        or (len(name) > 2 and name in _stem(other.path))
        for name in names
    )


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
