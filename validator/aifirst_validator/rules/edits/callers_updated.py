"""AF404, edit rule E4: what relies on a changed name changes with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.callers import broken_callers, broken_imports
from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = "def area(width, height):\n    return width * height\n"
_AFTER = "def area(width, height, unit):\n    return unit.scaled(width * height)\n"
_CALLER = "from shapes import area\n\nprint(area(2, 3))\n"


class CallersUpdated(ChangeRule):
    """A changed signature or a removed name breaks the files that use it, and an edit of one file does not
    show them.

    Judged for Python, and only where the breakage is certain: a call of a plain name that this file or an
    import binds to the changed function and to nothing else, with too many arguments, an unknown keyword or
    a missing one; an import of a name that the module had before and does not bind any more. Methods,
    decorated functions, unpacked arguments and imports inside `try` are not judged.
    """

    code: ClassVar[str] = "AF404"
    name: ClassVar[str] = "callers-updated"
    summary: ClassVar[str] = "A signature or name changed and what uses it did not."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {"prototype": "warning"}
    edit_rule: ClassVar[str] = "E4"
    valid = (
        Example(
            _AFTER, path="shapes.py", before=_BEFORE,
            files=(("report.py", _CALLER.replace("3)", "3, METRES)")),), before_files=(("report.py", _CALLER),),
        ),
        Example(
            _AFTER.replace("unit)", "unit=METRES)"), path="shapes.py", before=_BEFORE,
            files=(("report.py", _CALLER),), title="The new parameter has a default",
        ),
    )  # fmt: skip
    invalid = (
        Example(_AFTER, path="shapes.py", lines=(1,), before=_BEFORE, files=(("report.py", _CALLER),)),
        Example(
            _BEFORE.replace("area", "surface"), path="shapes.py", lines=(1,), before=_BEFORE,
            files=(("report.py", _CALLER),), title="The old name is still imported",
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem at each changed signature with broken calls, and for each removed name still imported."""
        reading = changed.before or changed.after
        if reading is None or reading.language.name != "python":
            return
        for index, calls in broken_callers(changed, change):
            unit = changed.units_after([index])[0]
            yield Problem(
                unit.name_start, unit.name_end,
                f"{unit.name} changed its parameters and {_listed(calls)}",
                "Change the calls too, or give the new parameter a default.", anchor=f"calls {unit.name}",
            )  # fmt: skip
        for name, at, places in broken_imports(changed, change):
            yield Problem(
                at, at, f"{name} is gone and still imported by {', '.join(places[:5])}",
                "Change the imports too, or keep the name as an alias.", anchor=f"import {name}",
            )  # fmt: skip


def _listed(calls: list[tuple[str, str]]) -> str:
    shown = "; ".join(f"{place} ({why})" for place, why in calls[:5])
    more = f" and {len(calls) - 5} more" if len(calls) > 5 else ""
    return f"{len(calls)} {'calls do' if len(calls) > 1 else 'call does'} not fit: {shown}{more}"
