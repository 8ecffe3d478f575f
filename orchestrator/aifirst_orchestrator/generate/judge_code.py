"""Judges generated code before anything runs: it parses, it is the unit, it is small enough, it breaks no rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from aifirst_codebase.tokens import get_counter
from aifirst_validator.engine import judge_text

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.registry import generated_language, language_of_path
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import UNIT_LIMIT, Ticket


def judge_unit(code: str, unit: SpecUnit) -> tuple[Flaw, ...]:
    """What is wrong with the code of one unit by itself."""
    language = generated_language(unit.language)
    flaw = language.unreadable(code)
    return (flaw,) if flaw else (*language.judge_unit(code, unit), *_check_size(code, unit.name))


def judge_tests(code: str, ticket: Ticket) -> tuple[Flaw, ...]:
    """What is wrong with the tests of a ticket: all that it names have to be there and check something."""
    language = language_of_path(ticket.path)
    flaw = language.unreadable(code)
    return (
        (flaw,)
        if flaw
        else (*language.judge_tests(code, ticket), *_check_size(code, "the tests", 2 * UNIT_LIMIT))
    )


def judge_file(root: Path, path: str, text: str, overrides: Mapping[str, object]) -> tuple[Flaw, ...]:
    """What the rules of the project say of a whole file, errors only; nothing of it is run."""
    report = judge_text(root, path, text.encode(), overrides)
    return tuple(
        Flaw(finding.rule, finding.message, finding.suggestion, finding.line)
        for finding in report.findings
        if finding.severity == "error"
    )


def _check_size(code: str, what: str, limit: int = UNIT_LIMIT) -> Iterator[Flaw]:
    tokens = get_counter().count(code)
    if tokens > limit:
        yield Flaw("size", f"{what} has {tokens} tokens, {limit} are the most", "write it shorter")
