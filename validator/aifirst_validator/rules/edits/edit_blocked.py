"""AF412, edit rule E12: an edit is saved only after the rules before it passed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

BLOCKING: Final = ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E11")
"""The edit rules that must pass before a file is written."""

_BEFORE = "# @TAG:COMPONENT:retry\n\ndef delay(attempt):\n    return 2 ** attempt\n"
_AFTER = _BEFORE.replace("2 ** attempt", "min(2 ** attempt, 60)")
_PLAN = """
intent = "Limit the delay in example.py:4."
[plan]
files_to_modify = ["example.py"]
[[plan.changes]]
file = "example.py"
line = 4
"""


class EditBlocked(ChangeRule):
    """The gate before a file is written: edit rules E1 to E8 and E11 must pass. Each of them reports what is
    wrong; this rule says once a file that the edit must not be saved, and which rules hold it back.

    It speaks where an edit record is given (`--plan`), because then somebody is about to save, and there also
    says when the record claims that its checks passed. Without a record the findings themselves are the
    verdict, and saying it again would only be noise.
    """

    code: ClassVar[str] = "AF412"
    name: ClassVar[str] = "edit-blocked"
    summary: ClassVar[str] = "The edit must not be saved: edit rules failed."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {"legacy": "warning", "prototype": "off"}
    edit_rule: ClassVar[str] = "E12"
    valid = (
        Example(_BEFORE.replace("# @TAG", "# Waits.\n# @TAG"), before=_BEFORE, plan=_PLAN),
        Example(_AFTER, before=_BEFORE, title="Without a record the findings of E7 say it"),
    )
    invalid = (Example(_AFTER, lines=(1,), before=_BEFORE, plan=_PLAN, title="E7: no test changed"),)

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem, at the top of the file."""
        from aifirst_validator.rule_set import load_rules

        if change.plan is None:
            return
        failed = [
            rule.edit_rule
            for rule in load_rules().change_rules
            if rule.edit_rule in BLOCKING
            and rule.severity_under(changed.settings) in {"error", "warning"}
            and any(problem.severity != "note" for problem in change.problems(rule, changed))
        ]
        if not failed:
            return
        listed = ", ".join(sorted(set(failed), key=BLOCKING.index))
        claimed = bool(change.plan.validation) and all(one.passed for one in change.plan.validation)
        said = ", although the record says that its checks passed" if claimed else ""
        yield Problem(
            0, 0, f"this edit must not be saved: {listed} failed{said}",
            "Correct the findings of these rules first.", anchor="blocked",
        )  # fmt: skip
