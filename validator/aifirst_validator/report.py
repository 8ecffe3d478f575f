"""What a run of the validator knows at its end: findings, figures of every file, notices.

The formats and the command line are made from this value and read nothing else.
"""

from __future__ import annotations

import msgspec

from aifirst_validator.finding import Finding


class FileSummary(msgspec.Struct, frozen=True):
    """Figures of one file. `sizes` are the total tokens of its functions, in file order.

    `largest` is the qualified name, line and tokens of its largest function (or of its top-level code where
    it has no function). `marked` says that it carries a ticket or tag. `broken` says that some of it did not
    parse. `left_out` says why it was read but not judged (generated, vendored), empty where it was judged.
    """

    path: str
    language: str
    kind: str
    lines: int
    tokens: int
    glue_tokens: int
    sizes: tuple[int, ...]
    largest: tuple[str, int, int]
    marked: bool = False
    broken: bool = False
    left_out: str = ""


class Notice(msgspec.Struct, frozen=True):
    """Something about the run that is not a finding: a file left out, a setting overruled.

    `path` is empty where it is about the whole run.
    """

    code: str
    path: str
    message: str
    next_step: str = ""


class Report(msgspec.Struct, frozen=True):
    """The result of a run, in a fixed order: findings by place, files and notices by path.

    `suppressed` counts findings silenced by a comment, `known` those in the baseline. `preset` and `root`
    say what was judged; `revision` is what the change was judged against, empty for a whole project.
    `seconds` is wall time, `reread` the number of files that were not in the cache. `baseline` is
    the file of known findings that the settings name, relative to the root. `configured` says that the
    project has settings of its own.
    """

    root: str
    preset: str
    tokenizer: str
    findings: tuple[Finding, ...]
    files: tuple[FileSummary, ...]
    notices: tuple[Notice, ...] = ()
    suppressed: int = 0
    known: int = 0
    revision: str = ""
    seconds: float = 0.0
    reread: int = 0
    baseline: str = ""
    configured: bool = False

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return sum(finding.severity == "warning" for finding in self.findings)

    @property
    def clean(self) -> bool:
        """Whether no finding is an error or a warning; notes do not count."""
        return not self.errors and not self.warnings
