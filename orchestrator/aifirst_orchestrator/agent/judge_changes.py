"""Judges an agent's changes before they are written: the rules for edits, and what the changes bring in of the others."""

from __future__ import annotations

from collections.abc import Mapping

from aifirst_validator.change_engine import judge_texts

from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.generate.flaw import Flaw


def judge_changes(workspace: Workspace, overrides: Mapping[str, object]) -> tuple[Flaw, ...]:
    """What the rules call an error in the changes; the rules for edits are for agents, so their warnings count too."""
    if not workspace.touched:
        return ()
    report = judge_texts(
        workspace.root, workspace.before(), dict(workspace.changed), overrides,
        load_source=workspace.source, list_paths=lambda: workspace.paths,
    )  # fmt: skip
    return tuple(
        Flaw(finding.rule, f"{finding.path}: {finding.message}", finding.suggestion, finding.line)
        for finding in report.findings
        if finding.severity == "error" or (finding.severity == "warning" and finding.rule.startswith("AF4"))
    )
