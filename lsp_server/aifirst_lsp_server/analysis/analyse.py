"""Analyses one text as if it stood in its file: what rules find, and the facts that features show.

Runs in the analyst. The text is what an editor has, decoded already, so no cookie and no mark is looked at. A text of no
known language, an ignored file and settings that cannot be used give an analysis that says so, never an exception.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
from aifirst_codebase.config import ConfigError
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages import language_of
from aifirst_codebase.positions import LineIndex
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenizerError
from aifirst_validator.engine import settings_of
from aifirst_validator.file_failure import failures_told
from aifirst_validator.finding import finding_order
from aifirst_validator.judge_file import FileResult, judge_reading, split_suppressed
from aifirst_validator.rule_set import RuleSetError, load_rules

from aifirst_lsp_server.analysis.analysis import (
    Analysis,
    FoundComment,
    FoundEdit,
    FoundGlue,
    FoundNotice,
    FoundProblem,
    FoundUnit,
    Limits,
)
from aifirst_lsp_server.analysis.find_anchors import find_anchors
from aifirst_lsp_server.analysis.find_imports import find_imports, imports_query
from aifirst_lsp_server.analysis.language_name import name_for_language
from aifirst_lsp_server.analysis.project_settings import ProjectSettings
from aifirst_lsp_server.analysis.remembered_counts import remembering_counter

if TYPE_CHECKING:
    from aifirst_codebase.config import Settings
    from aifirst_codebase.languages.language import Language
    from aifirst_validator.finding import Finding
    from aifirst_validator.report import Notice

    from aifirst_lsp_server.analysis.known_trees import KnownTrees
    from aifirst_lsp_server.analysis.other_facts import OtherFacts

_MEND_SETTINGS = "Mend the settings; `aifirst config show` tells where each value comes from."


def analyse(
    root: str,
    path: str,
    language_id: str,
    text: bytes,
    projects: ProjectSettings,
    others: OtherFacts | None = None,
    trees: KnownTrees | None = None,
    *,
    on_disk: bool = True,
) -> Analysis:
    """The analysis of a text at the root-relative `path`. `on_disk` False: no file stands for it, so none is ignored.

    `others` is what the project's other files say; without it the rules about the project as a whole are left out.
    `trees` are those of the texts before, which save parsing and change nothing else.
    """
    started = time.process_time()
    try:
        config = projects.config(root, path)
        is_out = on_disk and projects.leaves_out(root, path, config)
        source = SourceFile(path, text, "utf-8", "")
        settings, told = settings_of(config, source)
        counter = remembering_counter(settings.tokenizer)
    except (ConfigError, TokenizerError) as error:
        return _unusable_settings(path, text, error)
    if len(text) > settings.discovery.max_file_bytes:
        return Analysis(path, left_out="too-large", notices=_notices(told))
    language = language_of(name_for_language(path, language_id, text), text)
    if language is None:
        return Analysis(path, left_out="language", notices=_notices(told))
    known = None if trees is None else trees.of(root, path, language, text)
    reading = read(
        source,
        language,
        counter,
        doctests=settings.glue.doctests,
        further=imports_query(language),
        known=known,
    )
    left_out = "excluded" if is_out else ""
    if not left_out and not settings.discovery.generated and generated_reason(path, text):
        left_out = "generated"
    result = FileResult(None) if left_out else _judge(reading, settings, told)
    if others is not None and on_disk and result.summary is not None:
        result = msgspec.structs.replace(result, raw=(*result.raw, *others.judge(path, result.facts, config)))
    return _analysis(reading, settings, result, told, left_out, started)


def _unusable_settings(path: str, text: bytes, error: ConfigError | TokenizerError) -> Analysis:
    """Nothing is judged, and every text says why; the file that is at fault says where."""
    lines = LineIndex(text)
    found: list[FoundProblem] = []
    for problem in error.problems if isinstance(error, ConfigError) else ():
        if problem.path == path and problem.line is not None:
            start = lines.to_byte(problem.line - 1, (problem.column or 1) - 1)
            end = lines.line_end(problem.line - 1)
            found.append(
                FoundProblem("config", "", "error", start, end, "", problem.message, problem.next_step)
            )
    if not found:
        told = f"nothing is judged, since the settings cannot be used: {error}"
        found.append(FoundProblem("config", "", "error", 0, lines.line_end(0), "", told, _MEND_SETTINGS))
    notice = FoundNotice("config", str(error), _MEND_SETTINGS)
    return Analysis(path, left_out="settings", problems=tuple(found), notices=(notice,))


def _judge(reading: Reading, settings: Settings, told: list[Notice]) -> FileResult:
    """What the file rules say; a rule that fails costs the text's findings, and a notice says which."""
    with failures_told(reading.path, told):
        try:
            return judge_reading(reading, settings, load_rules())
        except RuleSetError as error:
            return FileResult(None, notices=(_plug_in_notice(error),))
    return FileResult(None)


def _plug_in_notice(error: RuleSetError) -> Notice:
    from aifirst_validator.report import Notice

    return Notice("plug-in", "", str(error), "Uninstall the plug-in, or mend it.")


def _analysis(
    reading: Reading,
    settings: Settings,
    result: FileResult,
    told: list[Notice],
    left_out: str,
    started: float,
) -> Analysis:
    lines = reading.lines
    standing, _ = split_suppressed(result.raw, result.suppressions)
    anchors = find_anchors(reading)
    limits = settings.limits
    return Analysis(
        path=reading.path, language=reading.language.name, kind=reading.language.kind, left_out=left_out,
        parsed=not reading.broken, tokens=reading.tokens, glue_tokens=reading.glue_tokens,
        units=found_units(reading),
        problems=tuple(found_problem(finding, lines) for finding in sorted(standing, key=finding_order)),
        notices=_notices([*told, *result.notices]),
        glue=tuple(FoundGlue(g.start, g.end, g.kind, g.unit) for g in reading.glue),
        comments=tuple(
            FoundComment(c.start, c.end, c.kind, c.own_line, c.kept, c.unit) for c in reading.comments
        ),
        tags=anchors.tags, tickets=anchors.tickets, markers=anchors.markers, references=anchors.references,
        assembly_lines=anchors.assembly_lines, imports=find_imports(reading),
        marked=result.summary is not None and result.summary.marked,
        limits=Limits(limits.unit_tokens, limits.unit_tokens_error, settings.glue.floor),
        preset=settings.preset, milliseconds=(time.process_time() - started) * 1000,
    )  # fmt: skip


def found_units(reading: Reading) -> tuple[FoundUnit, ...]:
    """The units of a reading as they cross processes."""
    line_of, path = reading.lines.line_of, reading.path
    return tuple(
        FoundUnit(
            f"{path}::{u.name}", u.name, u.kind, u.parent, u.start, u.end, u.code_start, u.code_end, u.name_start,
            u.name_end, line_of(u.code_start), line_of(max(u.code_end - 1, u.code_start)), u.tokens, u.total_tokens,
            u.glue_tokens, u.cyclomatic, u.nesting, u.lines,
        )
        for u in reading.units
    )  # fmt: skip


def found_problem(finding: Finding, lines: LineIndex, *, project: bool = False) -> FoundProblem:
    """A finding by bytes of the text that `lines` is of."""
    fix = finding.fix
    edits = () if fix is None else tuple(FoundEdit(edit.start, edit.end, edit.text) for edit in fix.edits)
    return FoundProblem(
        finding.rule, finding.name, finding.severity,
        lines.to_byte(finding.line - 1, finding.column - 1), lines.to_byte(finding.end_line - 1, finding.end_column - 1),
        finding.unit, finding.message, finding.suggestion, finding.fingerprint, edits,
        fix is not None and fix.safe, project,
    )  # fmt: skip


def _notices(told: list[Notice]) -> tuple[FoundNotice, ...]:
    return tuple(FoundNotice(notice.code, notice.message, notice.next_step) for notice in told)


def warm_up() -> None:
    """Load rules, the tokenizer and the grammar that most texts are in, before anybody waits for them."""
    text = b'"""."""\n\n\ndef f(a: int) -> int:\n    return a  # why\n'
    analyse("/", "warm_up.py", "python", text, ProjectSettings(), on_disk=False)


def language_named_in(path: str, language_id: str, text: bytes) -> Language | None:
    """The language that a text is analysed in."""
    return language_of(name_for_language(path, language_id, text), text)
