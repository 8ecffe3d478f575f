"""A dataset's report as text for a person: the splits, what each step did, and what the samples are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aifirst_model.dataset.folder import Manifest
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.survey import Survey

_MOST_ROWS = 12


def show_manifest(manifest: Manifest) -> str:
    """The splits and the steps, in lines without an end of the last."""
    sizes = " · ".join(f"{split} {file.samples:,}" for split, file in manifest.files.items())
    return "\n".join([f"{manifest.samples:,} samples: {sizes}", "", *_steps(manifest.steps)])


def show_survey(survey: Survey) -> str:
    """The samples by task, language, category, level, licence and project, each with its share."""
    whole = sum(survey.samples.values()) or 1
    lines = [
        f"{sum(survey.tokens.values()):,} o200k tokens, the longest sample {survey.longest_tokens:,}; "
        f"{100 * survey.ascii_texts / whole:.0f} % of the samples in ASCII"
    ]
    if survey.prose:
        lines.append(
            f"{survey.prose:,} answers in prose, {100 * survey.english / survey.prose:.2f} % of them in English"
        )
    for field, counts in survey.by.items():
        rows = list(counts.items())
        shown = [(name or "(none)", count) for name, count in rows[:_MOST_ROWS]]
        if len(rows) > _MOST_ROWS:
            shown.append((f"{len(rows) - _MOST_ROWS} more", sum(count for _, count in rows[_MOST_ROWS:])))
        lines += ["", field]
        width = max((len(name) for name, _ in shown), default=0)
        lines += [f"  {name:<{width}}  {count:>9,}  {100 * count / whole:5.1f} %" for name, count in shown]
    return "\n".join(lines)


def _steps(steps: Sequence[StepReport]) -> Iterator[str]:
    yield f"{'step':<14} {'in':>10} {'out':>10} {'seconds':>8}"
    for step in steps:
        yield f"{step.name:<14} {step.came:>10,} {step.went:>10,} {step.seconds:>8.1f}"
        for reason, count in step.dropped.items():
            if count:
                yield f"    {count:>10,} dropped: {reason}"
        if step.counts:
            figures = ", ".join(f"{name} {count:,}" for name, count in step.counts.items())
            yield f"    {figures}"
        for sentence in step.told:
            yield f"    {sentence}"
