"""AF401, edit rule E1: an edit keeps the glue of the code that stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from aifirst_codebase.config.settings import Preset, Severity
from aifirst_codebase.tokens import get_counter

from aifirst_validator.changes.change import ChangeSet
from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.glue_survival import WHOLE, Survival, measure_survival
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Example

_FEW_TOKENS = 60
_FEW_BLOCKS = 3
_STAYED = 0.7

_BEFORE = '''# @TAG:COMPONENT:rank-fusion

def fuse(ranks, k):
    """Fuse ranked lists by reciprocal rank, see docs/specs/fusion.md."""
    # WHY: a document at rank 0 must not divide by zero
    k = max(k, 1)
    # STEP 1: add up what every list gives to a document
    scores = {}
    for place, name in enumerate(ranks):
        # EDGE CASE: a name may occur twice in one list
        scores[name] = scores.get(name, 0) + 1 / (k + place)
    return scores
'''


class GluePreserved(ChangeRule):
    """Models that edit code drop comments they did not need for the edit: the reasons are gone, and the next
    edit is made without them. An edit keeps the glue of the code that it keeps.

    Counted are the comment blocks and docstrings whose code is still there after the edit, over the whole
    file: `edits.glue_kept` of them, of their tokens, and of every marker (`WHY`, `STEP`, `EDGE CASE`, …) must
    be left. A comment counts as kept where its code still has one, or where its text moved elsewhere in the
    same change, so rewording is free. Comments of deleted code, resolved TODOs and code that was commented
    out do not count.

    In a file without tickets and tags only a clear loss is reported, as a warning: an edit of code that drops
    several comments at once in units whose code mostly stayed.
    """

    code: ClassVar[str] = "AF401"
    name: ClassVar[str] = "glue-preserved"
    summary: ClassVar[str] = "An edit dropped comments of code that it kept."
    severity: ClassVar[Severity] = "error"
    by_preset: ClassVar[dict[Preset, Severity]] = {"legacy": "warning", "prototype": "off"}
    edit_rule: ClassVar[str] = "E1"
    valid = (
        Example(
            _BEFORE.replace("max(k, 1)", "max(k, 60)").replace("at rank 0 must not", "at rank 0 may never"),
            before=_BEFORE, title="A comment was reworded",
        ),
        Example(
            _BEFORE.replace("    # WHY: a document at rank 0 must not divide by zero\n    k = max(k, 1)\n", ""),
            before=_BEFORE, title="A comment went with its code",
        ),
    )  # fmt: skip
    invalid = (
        Example(
            _BEFORE.replace("    # WHY: a document at rank 0 must not divide by zero\n", "")
            .replace("        # EDGE CASE: a name may occur twice in one list\n", "")
            .replace("return scores", "return dict(scores)"),
            lines=(5,), before=_BEFORE,
        ),
    )  # fmt: skip

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """At most one problem, where the first lost comment's code stands now."""
        if changed.both is None or not changed.is_code or not changed.changed:
            return
        in_scope = changed.applies(changed.settings.edits.scope)
        if not in_scope and not changed.code_changed:
            return
        survival = _survival(changed, change)
        said = _broken(survival, changed) if in_scope else _clear_loss(survival, changed)
        if not said:
            return
        start, end = _place(survival, changed)
        lost = "; ".join(f'"{_first_words(block.text)}"' for block in survival.lost[:3])
        suggestion = f"Put back what is still true: {lost}." if lost else "Put back what is still true."
        yield Problem(start, end, said, suggestion, None if in_scope else "warning", anchor="glue")


def _survival(changed: ChangedFile, change: ChangeSet) -> Survival:
    if changed.both is None:
        return Survival()
    return measure_survival(
        *changed.both, changed.pairs, changed.changed, changed.code_lines,
        get_counter(changed.settings.tokenizer).count,
        lambda text: change.texts.stands_in(changed.path, text) or change.texts.stands_beside(changed.path, text),
    )  # fmt: skip


def _broken(survival: Survival, changed: ChangedFile) -> str:
    """Which of the measures an AI-First file fails; empty where none."""
    least = changed.settings.edits.glue_kept
    failed: list[str] = []
    if survival.blocks_kept < least * survival.blocks:
        failed.append(f"{survival.blocks_kept} of {survival.blocks} comments")
    if survival.tokens_kept < least * survival.tokens:
        failed.append(f"{survival.tokens_kept} of {survival.tokens} glue tokens")
    failed += [f"{kept} of {n} {kind}" for kind, n, kept in survival.markers if kept < least * n]
    if not failed and survival.stripped:
        names = [changed.units_after([index])[0].name or "the module" for index in survival.stripped]
        return f"the edit dropped every comment of {', '.join(names)}"
    if not failed:
        return ""
    return f"of the glue whose code stayed, {', '.join(failed)} are left; edits.glue_kept is {least:.0%}"


def _clear_loss(survival: Survival, changed: ChangedFile) -> str:
    """What an edit of an ordinary file lost, where that is beyond doubt; empty otherwise."""
    clear = [
        (block, unit)
        for block, unit, stayed in zip(survival.lost, survival.units, survival.stayed, strict=True)
        if stayed >= _STAYED
    ]
    lost = [block for block, _ in clear]
    tokens = sum(block.tokens for block in lost)
    if len(lost) < _FEW_BLOCKS or tokens < _FEW_TOKENS:
        return ""
    in_one_unit = max(Counter(unit for _, unit in clear).values())
    whole_file = survival.blocks_kept < changed.settings.edits.glue_kept * survival.blocks
    if not whole_file and not survival.stripped and in_one_unit < _FEW_BLOCKS:
        return ""
    return f"the edit dropped {len(lost)} comments ({tokens} tokens) of code that it kept"


def _place(survival: Survival, changed: ChangedFile) -> tuple[int, int]:
    after = changed.after
    if after is None:
        return 0, 0
    if not survival.lost:
        unit = after.units[changed.changed[0].after]
        return unit.name_start, unit.name_end
    line = survival.places[0]
    if line == WHOLE:
        unit = after.units[survival.units[0]]
        return unit.name_start, unit.name_end
    text = after.lines.line_text(line)
    start = after.lines.line_start(line) + len(text) - len(text.lstrip())
    return start, after.lines.line_end(line)


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 70 else words[:67] + "..."
