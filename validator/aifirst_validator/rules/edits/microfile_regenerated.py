"""AF409, edit rule E9: a small file is regenerated from its specification, not reworked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.find_spec import find_specs
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_STEPS = "".join(f"    total += weights[{n}] * ranks[{n}]\n" for n in range(18))
_HEAD = "# @TAG:COMPONENT:fusion\n# @TAG:SPEC:fusion\n\ndef fuse(ranks, weights):\n    total = 0\n"
_BEFORE = f"{_HEAD}{_STEPS}    return total\n"
_AFTER = _BEFORE.replace("total +=", "total = total +")


class MicrofileRegenerated(ChangeRule):
    """A file of 20 to 50 lines holds one operation. When an edit changes more than `edits.max_changed` of
    it, the operation is another one: its specification should say so first, and the file be generated from
    it anew, so that both stay the same.

    Accepted where the specification that the file names changes in the same change. Comments do not count
    as changed lines. The lengths are `edits.microfile_lines`.
    """

    code: ClassVar[str] = "AF409"
    name: ClassVar[str] = "microfile-regenerated"
    summary: ClassVar[str] = "A microfile was reworked without a change of its specification."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {"gradual": "warning", "legacy": "off", "prototype": "off"}
    edit_rule: ClassVar[str] = "E9"
    valid = (
        Example(_BEFORE.replace("return total", "return round(total, 6)"), before=_BEFORE),
        Example(
            _AFTER, before=_BEFORE, files=(("specs/fusion.md", "Ranks are added one by one.\n"),),
            before_files=(("specs/fusion.md", "Ranks are added.\n"),),
        ),
    )  # fmt: skip
    invalid = (Example(_AFTER, lines=(1,), before=_BEFORE),)

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        if not changed.in_edit_scope or not changed.behaviour_changed:
            return
        shortest, longest = changed.settings.edits.microfile_lines
        lines = len(changed.code_lines[0])
        limit = changed.settings.edits.max_changed
        if not shortest <= lines <= longest or changed.changed_share <= limit:
            return
        if any(path in change.by_path for path in find_specs(changed, change)):
            return
        yield Problem(
            0, 0,
            f"the edit changes {changed.changed_lines} of the {lines} lines ({changed.changed_share:.0%}), "
            f"edits.max_changed is {limit:.0%}, and no specification changed",
            "Change the specification and regenerate the file from it.", anchor="regenerate",
        )  # fmt: skip
