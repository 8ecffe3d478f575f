"""The HTML page: whole in itself, true to the report, and nothing of a project ever becomes markup."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import msgspec
import pytest
import tree_sitter
import tree_sitter_css
import tree_sitter_javascript
from aifirst_validator.finding import Finding
from aifirst_validator.formats import RuleInfo
from aifirst_validator.formats.html_page import SCRIPTS, render
from aifirst_validator.formats.visible_text import visible
from aifirst_validator.report import FileSummary, Report

Sources = Callable[[str], str | None]
ASSETS = files("aifirst_validator.formats") / "html_assets"


class Page(HTMLParser):
    """The page as a browser's parser sees it: elements, attributes, the text of scripts and title."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") or tag

    def handle_data(self, data: str) -> None:
        self.texts[self._inside] = self.texts.get(self._inside, "") + data


def data_of(text: str) -> dict[str, Any]:
    return json.loads(Page(text).texts["report-data"])


@pytest.mark.parametrize("which", ["report", "hostile", "empty"])
def test_the_page_loads_nothing_and_may_load_nothing(
    which: str, sources: Sources, rules: list[RuleInfo], request: pytest.FixtureRequest
) -> None:
    page = Page(render(request.getfixturevalue(which), sources=sources, rules=rules))
    policies = [attributes["content"] for _, attributes in page.elements if attributes.get("http-equiv")]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    ]
    for tag, attributes in page.elements:
        assert tag not in {"img", "iframe", "object", "embed", "form", "base"}
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith(("#", "data:"))
    assert [tag for tag, _ in page.elements].count("script") == 2


def test_a_hostile_report_is_the_same_markup_as_any_other(
    report: Report, hostile: Report, sources: Sources
) -> None:
    first, second = (Page(render(one, sources=sources)) for one in (report, hostile))
    assert first.elements == second.elements
    assert second.texts["title"] == "<script>alert(1)<!-- · AI-First report\n"


def test_the_data_holds_every_file_and_finding(
    report: Report, sources: Sources, rules: list[RuleInfo]
) -> None:
    data = data_of(render(report, sources=sources, rules=rules))
    assert data["project"] == "shop"
    assert [data["paths"][row[0]] for row in data["files"]] == [file.path for file in report.files]
    assert [(data["rules"][row[1]][0], row[2]) for row in data["findings"]] == [
        ("AF601", 0),
        ("AF101", 1),
        ("AF204", 2),
    ]
    assert data["rules"][0] == ["AF101", "unit-tokens", "A unit is too large.", rules[0].explanation]
    assert data["figures"]["bands"] == [2, 0, 0, 1, 0]
    assert data["histogram"]["counts"][16] == 1
    assert sum(data["histogram"]["counts"]) == 3


def test_a_finding_comes_with_its_lines_and_what_is_marked_in_them(report: Report, sources: Sources) -> None:
    row = data_of(render(report, sources=sources))["findings"][1]
    assert row[9] == [
        3,
        "",
        "def ",
        "load_all",
        "(path, *, strict=False):",
        "    # read it\n    return [line for line in open(path)]",
    ]


def test_hostile_text_reaches_the_page_as_visible_text(hostile: Report, sources: Sources) -> None:
    data = data_of(render(hostile, sources=sources))
    assert data["paths"] == [visible(hostile.findings[0].path)]
    assert data["findings"][0][6] == visible(hostile.findings[0].message)
    assert data["notices"][0][2] == visible(hostile.notices[0].message)


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_parse_and_never_make_markup_from_text(name: str) -> None:
    text = (ASSETS / name).read_text("utf-8")
    language = tree_sitter.Language(tree_sitter_javascript.language())
    assert not tree_sitter.Parser(language).parse(text.encode()).root_node.has_error
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(|XMLHttp|import\("
    assert not re.search(dangerous, text)
    assert "</script" not in text


def test_the_style_parses_and_loads_nothing() -> None:
    text = (ASSETS / "report.css").read_text("utf-8")
    assert not re.search(r"url\(|@import|</style", text)
    language = tree_sitter.Language(tree_sitter_css.language())
    assert tree_sitter.Parser(language).parse(text.encode()).root_node.type == "stylesheet"


def test_both_dark_themes_set_the_same_colours() -> None:
    text = (ASSETS / "report.css").read_text("utf-8")
    system = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\}', text, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', text, re.DOTALL)
    assert system is not None
    assert chosen is not None
    assert system[1].split() == chosen[1].split()


def test_every_asset_is_used() -> None:
    names = {entry.name for entry in ASSETS.iterdir()}
    assert names == {*SCRIPTS, "report.css", "report.html"}


def test_a_large_project_stays_below_five_megabytes() -> None:
    paths = [f"package/module_{number % 90}/some_folder/file_{number}.py" for number in range(10_000)]
    summaries = tuple(
        FileSummary(path, "python", "code", 300, 3000, 700, (200,) * 20, ("Class.method_name", 12, 200))
        for path in paths
    )
    findings = tuple(
        Finding(
            "AF101",
            "warning",
            paths[number],
            2,
            5,
            2,
            20,
            "Class.method_name",
            "function Class.method_name has 812 tokens, limit 700",
            "Split it where a comment or blank line already separates its steps.",
            name="unit-tokens",
        )
        for number in range(5000)
    )
    report = Report("/x/big", "balanced", "o200k_base", findings, summaries)
    source = "\n".join(
        ["    some_name = another_function(argument, keyword=value, another=other)" for _ in range(9)]
    )
    text = render(report, sources=lambda _: source)
    assert len(text.encode()) < 5_000_000
    data = data_of(text)
    assert len(data["findings"]) == 5000
    assert len(data["files"]) == 10_000


def test_excerpts_stop_at_their_budget_and_the_worst_keep_theirs(report: Report) -> None:
    worst = msgspec.structs.replace(report.findings[2], path="z.py", line=1)
    many = (*(msgspec.structs.replace(report.findings[1], line=2) for _ in range(15_000)), worst)
    text = render(
        msgspec.structs.replace(report, findings=many), sources=lambda _: "y" * 90 + "\n" + "x" * 900
    )
    rows = data_of(text)["findings"]
    assert rows[0][9] is not None
    assert rows[1][9] is not None
    assert rows[-1][9] is None
