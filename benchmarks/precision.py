"""How many findings real projects get, and whether a person agrees with them.

Two steps. `sheet` judges project folders under their preset's defaults, prints findings per 1,000 lines by
rule, draws a seeded sample, equally from every project as far as it has findings, and writes a sheet with
the lines around each. A person reads every finding there, and writes `justified` or `not` into the column
`verdict` and a reason beside it. `table` prints what came out, and can write the sheet without the
projects' code, to be kept.

Projects are fetched by hand, at any version: `pip download --no-deps --no-binary :all: flask`, `npm pack
express`, `git clone`. A folder is named after its project.

Run: python benchmarks/precision.py sheet FOLDER... --out sheet.tsv [--sample 100] [--seed 7]
     python benchmarks/precision.py table sheet.tsv [--keep precision_sample.tsv]
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from aifirst_codebase.discovery import read_source
from aifirst_codebase.source import SourceFile
from aifirst_validator.engine import Job, judge_project
from aifirst_validator.finding import Finding
from aifirst_validator.report import Report

ABOVE, BELOW = 4, 7
"""Lines of context around the line of a finding."""
VERDICTS = ("justified", "not")


@dataclass(frozen=True, slots=True)
class Row:
    """One finding of the sample; the last three columns are for the reader."""

    project: str
    path: str
    line: int
    rule: str
    message: str
    verdict: str = ""
    reason: str = ""
    context: str = ""


def main() -> None:
    """Make the sheet, or print the table of a filled one."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = options.add_subparsers(dest="step", required=True)
    sheet = steps.add_parser("sheet", help="judge projects and draw the sample")
    sheet.add_argument("folders", type=Path, nargs="+", help="one folder a project")
    sheet.add_argument("--out", type=Path, required=True, help="where the sheet goes")
    sheet.add_argument("--sample", type=int, default=100, help="findings to draw")
    sheet.add_argument("--seed", type=int, default=7)
    table = steps.add_parser("table", help="print the result of a filled sheet")
    table.add_argument("sheet", type=Path)
    table.add_argument("--keep", type=Path, help="write the verdicts without the projects' code here")
    chosen = options.parse_args()
    if chosen.step == "sheet":
        make_sheet(chosen.folders, chosen.out, chosen.sample, chosen.seed)
    else:
        show_verdicts(chosen.sheet, chosen.keep)


def make_sheet(folders: Sequence[Path], out: Path, size: int, seed: int) -> None:
    """Judge the projects, print their rates, write the sample to `out`."""
    reports = {folder.name: judge_project(Job(folder, use_cache=False, isolated=True)) for folder in folders}
    for name, report in reports.items():
        show_rates(name, report)
    rows: list[Row] = []
    for name, findings in draw({n: r.findings for n, r in reports.items()}, size, seed).items():
        root = Path(reports[name].root)
        rows += [Row(name, f.path, f.line, f.rule, f.message, context=context_of(root, f)) for f in findings]
    write_rows(out, rows, [field.name for field in fields(Row)])
    print(
        f"\n{len(rows)} findings in {out}: fill in the column verdict ({' or '.join(VERDICTS)}) and reason."
    )


def show_rates(name: str, report: Report) -> None:
    """Print a project's findings per 1,000 lines of code, by rule."""
    judged = [file for file in report.files if not file.left_out and file.kind == "code"]
    lines = sum(file.lines for file in judged) or 1
    by_rule = Counter(finding.rule for finding in report.findings)
    print(
        f"{name:12} {len(judged):5} files {lines:8} lines of code {len(report.findings):5} findings", end=""
    )
    print(f"{1000 * len(report.findings) / lines:7.2f} a 1,000 lines  (", end="")
    print(", ".join(f"{rule} {1000 * n / lines:.2f}" for rule, n in by_rule.most_common()), end=")\n")


def draw(findings: Mapping[str, Sequence[Finding]], size: int, seed: int) -> dict[str, list[Finding]]:
    """Findings drawn by `seed`: as many from each project, but for those that have fewer."""
    left, chosen = size, dict[str, list[Finding]]()
    order = sorted(findings, key=lambda name: (len(findings[name]), name))
    for at, name in enumerate(order):
        count = min(len(findings[name]), left // (len(order) - at))
        picked = random.Random(f"{seed}:{name}").sample(range(len(findings[name])), count)  # noqa: S311  a sample, no secret
        chosen[name] = [findings[name][index] for index in sorted(picked)]
        left -= count
    return {name: chosen[name] for name in findings}


def context_of(root: Path, finding: Finding) -> str:
    """The lines around a finding, numbered, as it was read."""
    source = read_source(root, finding.path)
    if not isinstance(source, SourceFile):
        return source.reason.message
    lines = source.text.split("\n")
    first = max(finding.line - 1 - ABOVE, 0)
    shown = enumerate(lines[first : finding.line + BELOW], first + 1)
    return "\n".join(f"{'>' if n == finding.line else ' '}{n:5} {text.rstrip()[:160]}" for n, text in shown)


def write_rows(path: Path, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Write the columns of the rows as tab-separated values."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, delimiter="\t", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def row_of(record: Mapping[str, str]) -> Row:
    """The row that a line of a sheet holds."""
    given = (record["message"], record["verdict"].strip(), record["reason"])
    return Row(record["project"], record["path"], int(record["line"]), record["rule"], *given)


def show_verdicts(sheet: Path, keep: Path | None) -> None:
    """Print the share of justified findings by project and by rule; ends with 1 where a verdict is missing."""
    with sheet.open(encoding="utf-8", newline="") as text:
        rows = [row_of(record) for record in csv.DictReader(text, delimiter="\t")]
    unread = [row for row in rows if row.verdict not in VERDICTS]
    for row in unread:
        print(f"{row.project}: {row.path}:{row.line}: {row.rule} has no verdict", file=sys.stderr)
    if unread:
        sys.exit(1)
    for by in ("project", "rule"):
        every = Counter(str(getattr(row, by)) for row in rows)
        good = Counter(str(getattr(row, by)) for row in rows if row.verdict == "justified")
        print(f"\n| {by} | findings read | justified |\n|---|---:|---:|")
        for key in sorted(every):
            print(f"| {key} | {every[key]} | {good[key]} |")
        print(f"| all | {len(rows)} | {good.total()} |")
    if keep is not None:
        write_rows(keep, rows, [field.name for field in fields(Row) if field.name != "context"])


if __name__ == "__main__":
    main()
