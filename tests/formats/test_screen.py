"""The one screen: it fits, it says what matters, it names commands that make sense next."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from aifirst_validator.formats.screen import render_screen
from aifirst_validator.formats.terminal import Terminal
from aifirst_validator.formats.visible_text import display_width
from aifirst_validator.report import FileSummary, Report


@pytest.fixture
def crowded(report: Report) -> Report:
    """Many rules, many languages, deep paths, long names: everything that could make the screen overflow."""
    findings = [
        msgspec.structs.replace(
            report.findings[number % 3],
            rule=f"AF{number:03}",
            name="a-rather-long-rule-name",
            path=f"{'deep/' * 30}f{number}.py",
        )
        for number in range(100, 160)
    ]
    files = [
        FileSummary(
            f"{'deep/' * 30}f{number}.py",
            f"language-{number % 30}",
            "code",
            90_000,
            12_345_678,
            99,
            (150, 300, 600, 800, 9999),
            ("A" * 80, 12, 99_999),
        )
        for number in range(200)
    ]
    return msgspec.structs.replace(
        report, findings=tuple(findings), files=tuple(files), root="/x/" + "p" * 200
    )


def test_an_ordinary_report_is_its_golden_screen(
    report: Report, expect_golden: Callable[[str, str], None]
) -> None:
    expect_golden("screen.txt", render_screen(report))


def test_the_screen_fits_24_lines_of_80_columns(crowded: Report) -> None:
    lines = render_screen(crowded, terminal=Terminal(width=80)).splitlines()
    assert len(lines) <= 24
    assert max(map(display_width, lines)) <= 80


def test_fewer_languages_are_named_where_the_facts_would_not_fit(report: Report) -> None:
    files = [
        FileSummary(f"f{number}", name, "code", 15_000, 120_000, 0, (), ("", 1, 0))
        for number, name in enumerate(("javascript", "markdown", "typescript"))
    ]
    read = msgspec.structs.replace(report, files=tuple(files), seconds=0.34)
    heads = [render_screen(read, terminal=Terminal(width=width)).splitlines()[1] for width in (100, 74, 50)]
    assert heads == [
        " 3 files · JavaScript 1, Markdown 1 and 1 more · 45.0k lines · 360k tokens · 0.3 s",
        " 3 files · JavaScript 1 and 2 more · 45.0k lines · 360k tokens · 0.3 s",
        " 3 files · 45.0k lines · 360k tokens · 0.3 s",
    ]


@pytest.mark.parametrize("width", [60, 71, 72, 100, 120, 300])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_than_the_terminal(crowded: Report, width: int, unicode: bool) -> None:
    text = render_screen(crowded, terminal=Terminal(width=width, unicode=unicode))
    assert max(map(display_width, text.splitlines())) <= width
    assert unicode or text.isascii()


def test_colour_moves_nothing(crowded: Report) -> None:
    import re

    coloured = render_screen(crowded, terminal=Terminal(colour=True, width=80))
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == render_screen(crowded, terminal=Terminal(width=80))


def test_hostile_names_are_shown_not_obeyed(hostile: Report) -> None:
    text = render_screen(hostile)
    assert not {"\x1b", "\x00", "\u202e"} & set(text)
    assert "\\udcff\\u202e.py" in text


def test_an_empty_project_is_told_what_to_look_at(empty: Report) -> None:
    text = render_screen(empty)
    assert "No source files were found here." in text
    assert "aifirst config show" in text
    assert "aifirst validate" not in text


def test_a_clean_project_is_told_so_and_how_to_stay_so(report: Report) -> None:
    text = render_screen(msgspec.structs.replace(report, findings=()))
    assert "✓ No errors, no warnings." in text
    assert "aifirst init" in text
    assert "Findings" not in text


def test_many_findings_suggest_a_baseline_and_few_do_not(report: Report, crowded: Report) -> None:
    assert "--write-baseline" in render_screen(crowded)
    assert "--write-baseline" not in render_screen(report)


def test_commands_name_the_path_that_was_checked(report: Report) -> None:
    text = render_screen(report, path="src/app")
    assert "aifirst validate src/app " in text
    assert "aifirst report src/app -o report.html" in text
    assert "aifirst validate --fix" not in text


def test_left_out_files_are_counted_but_not_measured(report: Report) -> None:
    text = render_screen(report)
    assert "3 files" in text
    assert "1 files left out" not in text
    assert "1 file left out" in text
    assert "5,000" not in text
