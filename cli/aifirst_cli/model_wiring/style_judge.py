"""The validator as the evaluations' `StyleJudge`: each generated file by itself, under a preset and nothing else.

Settings files of the machine are not read, so that the same files score the same anywhere. What silences a finding from
within a file counts as what it silences, and what does not parse as an error: a model cannot score by either.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from aifirst_model.evaluation.protocols import StyleVerdict


class ValidatorJudge:
    """See `StyleJudge`."""

    def __init__(self, preset: str = "balanced") -> None:
        self._preset = preset

    @property
    def preset(self) -> str:
        """The preset's name."""
        return self._preset

    def judge(self, source: str, language: str) -> StyleVerdict | None:
        """The verdict on a text. None where no such language is judged."""
        from aifirst_codebase.languages import all_languages
        from aifirst_validator.engine import judge_text

        known = all_languages().get(language)
        if known is None or not known.data.extensions:
            return None
        overrides = {"preset": self._preset, "discovery.generated": True}
        path = f"answer{known.data.extensions[0]}"
        report = judge_text(
            Path(tempfile.gettempdir()), path, source.encode("utf-8", "replace"), overrides, isolated=True
        )
        (summary,) = report.files or (None,)
        if summary is None:
            return None
        codes = {finding.rule for finding in report.findings if finding.severity == "error"}
        if summary.broken:
            codes.add("syntax")
        if report.suppressed:
            codes.add("suppressed")
        errors = report.errors + summary.broken + report.suppressed
        ratio = summary.glue_tokens / summary.tokens if summary.tokens else 0.0
        return StyleVerdict(errors, report.warnings, ratio, summary.tokens, tuple(sorted(codes)))
