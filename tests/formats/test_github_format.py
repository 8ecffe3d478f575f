"""GitHub: workflow commands that its runner reads back as they were meant, and the job summary."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
from aifirst_validator.formats.github import render, summary_markdown
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.report import Notice, Report


def parse(line: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as the runner does (actions/runner, ActionCommand)."""
    match = re.fullmatch(r"::(\w+) ([^\n]*?)::([^\n]*)", line)
    assert match, line
    properties = dict(part.split("=", 1) for part in match[2].split(","))

    def undo(text: str, codes: dict[str, str]) -> str:
        for code, character in codes.items():
            text = text.replace(code, character)
        return text

    data = {"%0D": "\r", "%0A": "\n", "%25": "%"}
    more = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    return match[1], {key: undo(value, more) for key, value in properties.items()}, undo(match[3], data)


def test_an_annotation_has_its_place_title_and_message(report: Report) -> None:
    command, properties, message = parse(render(report).splitlines()[1])
    assert command == "warning"
    assert properties == {
        "file": "app/query.py",
        "line": "4",
        "col": "5",
        "endColumn": "13",
        "title": "AF101 unit-tokens",
    }
    assert message == (
        "function load_all has 812 tokens, limit 700\n"
        "Split it where a comment or blank line already separates its steps."
    )


def test_the_worst_come_first_because_github_shows_only_ten_of_a_kind(report: Report) -> None:
    crash = Notice("crash", "app/odd.py", "could not be judged", "Leave it out.")
    told = msgspec.structs.replace(report, notices=(*report.notices, crash))
    commands = [parse(line) for line in render(told).splitlines()[:-1]]
    assert [command for command, _, _ in commands] == ["error", "warning", "warning", "notice", "notice"]
    assert [properties["title"] for _, properties, _ in commands] == [
        "AF601 secret",
        "aifirst crash",
        "AF101 unit-tokens",
        "AF204 short-comment",
        "aifirst too-large",
    ]
    assert commands[1][1:] == (
        {"file": "app/odd.py", "title": "aifirst crash"},
        "could not be judged. Leave it out.",
    )


def test_a_notice_about_the_whole_run_has_no_file(empty: Report) -> None:
    told = msgspec.structs.replace(empty, notices=(Notice("config", "", "no rule AF999"),))
    assert render(told, folder="app").splitlines()[0] == "::warning title=aifirst config::no rule AF999"


def test_the_summary_tells_first_what_was_not_judged(empty: Report) -> None:
    notices = (
        *(Notice("too-large", f"{n}.py", "not read") for n in range(60)),
        Notice("bug", "a.py", "failed"),
    )
    page = summary_markdown(msgspec.structs.replace(empty, notices=notices))
    assert "<summary>61 notices</summary>\n\n- bug <code>a.py</code> failed\n- too-large" in page
    assert "- and 11 more (--format json)" in page


def test_a_range_of_several_lines_has_no_columns(hostile: Report) -> None:
    _, properties, _ = parse(render(hostile).splitlines()[0])
    assert (properties["line"], properties["endLine"]) == ("2", "3")
    assert "col" not in properties


def test_hostile_text_neither_breaks_nor_forges_a_command(hostile: Report) -> None:
    lines = render(hostile).splitlines()
    assert len(lines) == 4
    _, properties, message = parse(lines[0])
    assert properties["file"] == visible(hostile.findings[0].path)
    assert message == "\n".join([visible(hostile.findings[0].message)] * 2)


def test_paths_are_told_from_the_root_of_the_repository(report: Report) -> None:
    assert "file=services/shop/app/query.py," in render(report, folder="services/shop/")


def test_the_job_summary_is_its_golden_page(
    report: Report, expect_golden: Callable[[str, str], None]
) -> None:
    expect_golden("summary.md", summary_markdown(report))


def test_a_hostile_report_adds_no_markup_to_the_summary(hostile: Report) -> None:
    page = summary_markdown(hostile)
    assert set(re.findall(r"<[^>]*>", page)) <= {
        "<code>",
        "</code>",
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
    }
    rows = [line for line in page.splitlines() if line.startswith("| error")]
    assert [row.count("|") for row in rows] == [5]
    assert "[a](1)" not in page


def test_the_summary_of_a_flood_stays_below_the_limit(report: Report) -> None:
    long = msgspec.structs.replace(report.findings[0], message="x" * 500)
    page = summary_markdown(msgspec.structs.replace(report, findings=(long,) * 5000))
    assert len(page.encode()) < 100_000
    assert "The first 50 of 5,000 findings" in page


def test_an_empty_report_has_a_summary(empty: Report) -> None:
    assert "No findings in 0 files" in summary_markdown(empty)
