"""AF405, edit rule E5: an edit changes what it is for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.find_identifier_renames import find_identifier_renames
from aifirst_validator.changes.line_diff import Hunk
from aifirst_validator.changes.record import EditRecord, PlannedChange, clean_path
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_BEFORE = """# @TAG:COMPONENT:totals

def total(prices, tax):
    amount = 0
    for price in prices:
        amount = amount + price
    return amount * tax
"""
_PLAN = """
intent = "Round the total in example.py:7."
[plan]
files_to_modify = ["example.py"]
[[plan.changes]]
file = "example.py"
line = 7
action = "modify"
details = "round to cents"
"""
_ROUNDED = _BEFORE.replace("return amount * tax", "return round(amount * tax, 2)")


class ChangeMinimal(ChangeRule):
    """Models like to improve what they pass by. Every line that changes without need must be reviewed, hides
    the line that matters, and may break.

    With a plan (`--plan`): every changed line of code lies in a planned change or in a unit that one touches,
    every changed file is planned, and no identifier is renamed that the plan does not rename.

    Without one, in files that carry a ticket or a tag: an edit of more than `edits.max_changed` of the file's
    lines is a warning (write it as a regeneration from the specification, or in steps), and so is a local
    name that was only renamed. Short files are left to edit rule E9. Comments never count as changed lines.
    """

    code: ClassVar[str] = "AF405"
    name: ClassVar[str] = "change-minimal"
    summary: ClassVar[str] = "An edit changed more than it was for."
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {"prototype": "off"}
    edit_rule: ClassVar[str] = "E5"
    valid = (
        Example(_ROUNDED, before=_BEFORE),
        Example(_ROUNDED, before=_BEFORE, plan=_PLAN),
        Example(
            _BEFORE.replace("amount", "amount_net"), before=_BEFORE,
            plan=_PLAN + 'renames = { amount = "amount_net" }\n',
        ),
    )  # fmt: skip
    invalid = (
        Example(_BEFORE.replace("amount", "sum_of_prices"), lines=(3,), before=_BEFORE),
        Example(
            _ROUNDED.replace("# @TAG:COMPONENT:totals\n", "# @TAG:COMPONENT:totals\nimport os\n"), lines=(2,),
            before=_BEFORE, plan=_PLAN,
        ),
        Example(_ROUNDED, lines=(1,), before=_BEFORE, plan=_PLAN.replace("example.py", "other.py")),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """A problem for an unplanned file, each unplanned hunk, each unplanned rename, and the size."""
        plan = change.plan
        if plan is not None and plan.planned_files:
            if {changed.path, changed.old_path}.isdisjoint(plan.planned_files):
                yield Problem(
                    0, 0, f"{changed.path} changed and the plan does not name it",
                    "Add it to the plan's files, or leave it as it was.", "error", anchor="file",
                )  # fmt: skip
                return
            yield from _unplanned_hunks(changed, plan)
        if changed.both is None or not changed.is_code:
            return
        if plan is not None or changed.in_edit_scope:
            yield from _renames(changed, plan)
        if changed.in_edit_scope and (plan is None or plan.mode != "creator"):
            yield from _size(changed)


def _unplanned_hunks(changed: ChangedFile, plan: EditRecord) -> Iterator[Problem]:
    before, after = changed.before, changed.after
    if before is None or after is None or plan.plan is None:
        return
    wanted = [one for one in plan.plan.changes if clean_path(one.file) in {changed.path, changed.old_path}]
    if not wanted or any(one.line <= 0 for one in wanted):
        return
    units = {before.unit_at(before.lines.line_start(line)) for one in wanted for line in _planned_lines(one)}
    new = changed.code_lines[1]
    for hunk in changed.hunks:
        if _is_glue(changed, hunk) or any(_meets(hunk, one) for one in wanted):
            continue
        at = before.lines.line_start(hunk.before_start)
        if before.unit_at(min(at, max(len(before.data) - 1, 0))) in units - {0}:
            continue
        start, end = (
            after.lines.line_start(hunk.after_start),
            after.lines.line_end(max(hunk.after_end - 1, 0)),
        )
        yield Problem(
            start, max(start, end), "the plan does not have this change",
            "Take it back, or plan it.", "error", anchor=f"hunk {new[hunk.after_start : hunk.after_end][:1]}",
        )  # fmt: skip


def _is_glue(changed: ChangedFile, hunk: Hunk) -> bool:
    """Whether the hunk holds no code on either side."""
    old, new = changed.code_lines
    return not any(old[hunk.before_start : hunk.before_end]) and not any(
        new[hunk.after_start : hunk.after_end]
    )


def _planned_lines(one: PlannedChange) -> tuple[int, int]:
    return one.line - 1, max(one.end_line, one.line) - 1


def _meets(hunk: Hunk, one: PlannedChange) -> bool:
    """Whether the hunk touches the planned lines; an insertion beside them does too."""
    first, last = _planned_lines(one)
    return hunk.before_start <= last + 1 and max(hunk.before_end, hunk.before_start + 1) >= first


def _renames(changed: ChangedFile, plan: EditRecord | None) -> Iterator[Problem]:
    planned: set[tuple[str, str]] = set()
    if plan is not None and plan.plan is not None:
        planned = {(old, new) for one in plan.plan.changes for old, new in one.renames.items()}
    after = changed.after
    for pair in changed.code_changed if after is not None else ():
        unit = after.units[pair.after]  # pyright: ignore[reportOptionalMemberAccess] - the loop is empty then
        for old, new in find_identifier_renames(
            changed.tokens_before(pair.before), changed.tokens_after(pair.after)
        ):
            if (old, new) not in planned:
                yield Problem(
                    unit.name_start, unit.name_end, f"{old} was renamed to {new} without a plan for it",
                    f"Keep {old}, or rename in a change of its own.",
                    "error" if plan is not None else None, anchor=f"rename {old} {new}",
                )  # fmt: skip


def _size(changed: ChangedFile) -> Iterator[Problem]:
    limit = changed.settings.edits.max_changed
    lines = len(changed.code_lines[0])
    if lines <= changed.settings.edits.microfile_lines[1] or changed.changed_share <= limit:
        return
    yield Problem(
        0, 0,
        f"the edit changes {changed.changed_lines} of {lines} lines ({changed.changed_share:.0%}), "
        f"edits.max_changed is {limit:.0%}",
        "Split it into steps, or change the specification and regenerate the file.", anchor="size",
    )  # fmt: skip
