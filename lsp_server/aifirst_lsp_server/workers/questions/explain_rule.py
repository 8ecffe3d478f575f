"""The page of a rule: what it wants, why, and examples, as `aifirst rules` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """A rule by its code."""

    rule: str


Answer = str


def answer(_: Desk, question: Question) -> Answer:
    """The page as Markdown. Raises `ExpectedError` for a rule that nobody knows."""
    from aifirst_validator.rule_pages import rule_page
    from aifirst_validator.rule_set import RuleSetError, load_rules

    from aifirst_lsp_server.workers.desk import ExpectedError

    try:
        rule = next((one for one in load_rules().all if one.code == question.rule), None)
    except RuleSetError as error:
        raise ExpectedError(str(error), "Uninstall the plug-in or install its newer version.") from error
    if rule is None:
        raise ExpectedError(f"There is no rule {question.rule}.", "`aifirst rules` lists them.")
    return rule_page(rule)
