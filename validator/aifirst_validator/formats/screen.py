"""The one screen of `aifirst check`: what state a project is in, and what to do next, at a glance.

Fits 24 lines of 80 columns; wider terminals get longer paths, narrower ones the columns one below the
other. The details are `aifirst validate`'s work.
"""

from __future__ import annotations

from itertools import zip_longest

from aifirst_validator.formats.figures import (
    BAND_LIMITS,
    Figures,
    RuleCount,
    UnitSize,
    figures_of,
    language_title,
    project_name,
)
from aifirst_validator.formats.terminal import PLAIN, Style, Terminal
from aifirst_validator.formats.visible_text import display_width, visible
from aifirst_validator.formats.wording import plural, severity_counts
from aifirst_validator.report import Report

_DEFAULT_WIDTH = 80
_WIDEST = 120
_SIDE_BY_SIDE = 72
_LEFT = 36
_BAR = 13
_RULES_SHOWN = 4
_UNITS_SHOWN = 5
_MANY = 50
_SIZES = ("up to 200", "201-500", "501-700", "701-1000", "over 1000")
_SIZE_STYLES: tuple[Style, ...] = ("good", "good", "good", "warning", "error")
_WITHIN = 3
"""How many of the bands lie within the recommended size of 700 tokens."""


def render_screen(report: Report, *, terminal: Terminal = PLAIN, path: str = ".") -> str:
    """The screen, with a newline at its end.

    `path` is what was checked, written for a shell, so that the commands it names can be pasted.
    """
    width = min(terminal.width or _DEFAULT_WIDTH, _WIDEST)
    figures = figures_of(report)
    blocks = [_head(report, figures, terminal, width), _verdict(report, figures, terminal, width)]
    if figures.units:
        blocks.append(_sizes_and_largest(figures, terminal, width))
    if figures.rules:
        blocks.append(_rules(figures.rules, terminal, width))
    blocks.append(
        _next(figures, terminal, width, path, configured=report.configured, notices=bool(report.notices))
    )
    lines = [f" {line}".rstrip() for block in blocks for line in [*block, ""]]
    return "\n".join(lines[:-1]) + "\n"


def _head(report: Report, figures: Figures, terminal: Terminal, width: int) -> list[str]:
    dot = " · " if terminal.unicode else ", "
    settings = f"{dot}preset {report.preset}{dot}{visible(report.tokenizer)}"
    room = max(width - 2 - display_width(settings), 10)
    title = terminal.paint(terminal.shorten(visible(project_name(report)), room), "strong")
    first = f"{title}{terminal.paint(terminal.shorten(settings, width - 12), 'faint')}"
    told = [dot.join(_facts(report, figures, named)) for named in (2, 1, 0)]
    facts = next((line for line in told if display_width(line) <= width - 2), told[-1])
    return [first, terminal.paint(terminal.shorten(facts, width - 2), "faint")]


def _facts(report: Report, figures: Figures, named: int) -> list[str]:
    """What was read, with so many of the languages by name."""
    facts = [f"{figures.files:,} {plural(figures.files, 'file')}"]
    told = [f"{visible(language_title(name))} {count:,}" for name, count in figures.languages[:named]]
    more = len(figures.languages) - len(told)
    if told:
        facts.append(", ".join(told) + (f" and {more} more" if more else ""))
    facts += [f"{_short(figures.lines)} lines", f"{_short(figures.tokens)} tokens"]
    if report.seconds:
        facts.append(f"{report.seconds:.1f} s")
    return facts


def _verdict(report: Report, figures: Figures, terminal: Terminal, width: int) -> list[str]:
    good, bad = ("✓", "✗") if terminal.unicode else ("OK:", "!")
    files = f"{figures.files:,} {plural(figures.files, 'file')}"
    if not figures.files:
        text, style = f"{bad} No source files were found here.", "warning"
    elif figures.errors or figures.warnings:
        counts = " and ".join(severity_counts(figures.errors, figures.warnings, 0))
        text, style = f"{bad} {counts} in {figures.found_in:,} of {files}.", "warning"
        if figures.errors:
            style = "error"
    else:
        text, style = f"{good} No errors, no warnings.", "good"
    aside = [f"{figures.notes:,} {plural(figures.notes, 'note')}"] if figures.notes else []
    for number, words in (
        (figures.fixable, "fixable"), (report.suppressed, "suppressed"), (report.known, "in the baseline"),
        (figures.left_out, f"{plural(figures.left_out, 'file')} left out"), (figures.broken, "with broken syntax"),
        (len(report.notices), plural(len(report.notices), "notice")),
    ):  # fmt: skip
        if number:
            aside.append(f"{number:,} {words}")
    lines = [terminal.paint(text, style)]
    if aside:
        joined = (" · " if terminal.unicode else ", ").join(aside)
        lines.append(terminal.paint(terminal.shorten(joined, width - 2), "faint"))
    return lines


def _sizes_and_largest(figures: Figures, terminal: Terminal, width: int) -> list[str]:
    left = [terminal.paint("Functions by tokens", "strong")]
    top = max(figures.bands)
    for name, count, style in zip(_SIZES, figures.bands, _SIZE_STYLES, strict=True):
        bar = terminal.paint(_bar(count / top, _BAR, terminal), style)
        left.append(f"{name:>10} {bar}{_share(count, figures.units):>8}")
    side_by_side = width >= _SIDE_BY_SIDE
    room = width - _LEFT - 3 if side_by_side else width - 2
    right = [terminal.paint("Largest", "strong")]
    right += [_largest_line(unit, terminal, room) for unit in figures.largest[:_UNITS_SHOWN]]
    if not side_by_side:
        lines = [*left, "", *right, ""]
    else:
        lines = [f"{_fill(a, _LEFT)}{b}" for a, b in zip_longest(left, right, fillvalue="")]
    return [*lines, _glue(figures, terminal, width)]


def _largest_line(unit: UnitSize, terminal: Terminal, room: int) -> str:
    limit_style: Style = "error" if unit.tokens > BAND_LIMITS[-1] else "warning"
    tokens = f"{unit.tokens:>6,}"
    if unit.tokens > BAND_LIMITS[_WITHIN - 1]:
        tokens = terminal.paint(tokens, limit_style)
    name = terminal.shorten(visible(unit.name), max((room - 8) // 2, 8))
    place = terminal.shorten_path(f"{visible(unit.path)}:{unit.line}", room - 8 - display_width(name))
    return f"{tokens} {place} {terminal.paint(name, 'faint')}"


def _glue(figures: Figures, terminal: Terminal, width: int) -> str:
    bar = terminal.paint(_bar(figures.glue_ratio, _BAR, terminal, full=True), "accent")
    meaning = terminal.shorten("comments and docstrings, of all tokens", width - _LEFT - 2)
    return _fill(f"{'Glue':>10} {bar}{figures.glue_ratio:>8.1%}", _LEFT) + meaning


def _rules(rules: tuple[RuleCount, ...], terminal: Terminal, width: int) -> list[str]:
    lines = [terminal.paint("Findings", "strong")]
    shown = rules if len(rules) <= _RULES_SHOWN else rules[: _RULES_SHOWN - 1]
    longest = max(len(rule.name) for rule in shown)
    for rule in shown:
        severity: Style = "error" if rule.severity == "error" else "note"
        if rule.severity == "warning":
            severity = "warning"
        place = f"{visible(rule.first.path)}:{rule.first.line}"
        place = terminal.shorten_path(place, width - 27 - longest)
        lines.append(
            f"{terminal.paint(f'{rule.severity:>9}', severity)} {rule.code} {rule.name:<{longest}}"
            f" {rule.count:>6,}  {terminal.paint(place, 'faint')}"
        )
    if len(shown) < len(rules):
        more = rules[len(shown) :]
        count = sum(rule.count for rule in more)
        lines.append(terminal.paint(f"{'':>9} {count:,} by {len(more)} more rules", "faint"))
    return lines


def _next(
    figures: Figures, terminal: Terminal, width: int, path: str, *, configured: bool, notices: bool
) -> list[str]:
    at = "" if path == "." else f" {visible(path)}"
    total = figures.errors + figures.warnings + figures.notes
    steps: list[tuple[str, str]] = []
    if not figures.files:
        steps.append(("aifirst config show", "which settings hold, and where each comes from"))
    if total:
        steps.append((f"aifirst validate{at}", "every finding, with its line of source"))
    elif notices:
        steps.append((f"aifirst validate{at}", "the notices, and what to do about each"))
    if figures.fixable:
        steps.append((f"aifirst validate{at} --fix", f"mend {figures.fixable:,} safely"))
    if total >= _MANY:
        steps.append((f"aifirst validate{at} --write-baseline", "from now on, only what is new"))
    if not total and figures.files and not configured:
        steps.append(("aifirst init", "keep it so: settings, pre-commit hook, CI workflow"))
    if len(steps) < 3 and figures.files:
        steps.append((f"aifirst report{at} -o report.html", "charts, files and findings on one page"))
    longest = max(len(command) for command, _ in steps)
    lines = [terminal.paint("Next", "strong")]
    for command, what in steps[:3]:
        what = terminal.paint(terminal.shorten(what, max(width - longest - 6, 12)), "faint")
        lines.append(f"  {terminal.paint(f'{command:<{longest}}', 'accent')}  {what}")
    return lines


def _bar(share: float, columns: int, terminal: Terminal, *, full: bool = False) -> str:
    """A bar of `share` of the columns, never empty above 0; `full` fills what is left with a track."""
    eighths = max(round(share * columns * 8), 1 if share else 0)
    if not terminal.unicode:
        whole = max(round(share * columns), 1 if share else 0)
        return ("#" * whole).ljust(columns, "." if full else " ")
    partial = " ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else ""
    return ("█" * (eighths // 8) + partial).ljust(columns, "░" if full else " ")


def _share(count: int, total: int) -> str:
    if 0 < count < total / 1000:
        return f"{count:,}"
    return f"{count / total:.1%}"


def _short(number: int) -> str:
    """The number in at most four digits: 950, 12.4k, 3.1M."""
    if number < 10_000:
        return f"{number:,}"
    if number < 999_950:
        return f"{number / 1000:.1f}k" if number < 99_950 else f"{number / 1000:.0f}k"
    return f"{number / 1_000_000:.1f}M"


def _fill(text: str, columns: int) -> str:
    """The text filled with spaces to `columns`, colour codes not counted."""
    plain = text
    while "\x1b[" in plain:
        start = plain.index("\x1b[")
        plain = plain[:start] + plain[plain.index("m", start) + 1 :]
    return text + " " * (columns - display_width(plain))
