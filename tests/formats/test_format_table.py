"""What holds for every format: found by name, imported when asked for, safe to write, the same every time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from aifirst_validator.formats import FORMATS, RuleInfo, Terminal, UnknownFormatError, load_renderer
from aifirst_validator.report import Report

SUFFIXES = {
    "json": "json",
    "sarif": "sarif",
    "junit": "xml",
    "text": "txt",
    "concise": "txt",
    "github": "txt",
}
Sources = Callable[[str], str | None]


def render(name: str, report: Report, sources: Sources, rules: list[RuleInfo]) -> str:
    return load_renderer(name)(report, sources=sources, rules=rules, terminal=Terminal())


@pytest.mark.parametrize("name", sorted(SUFFIXES))
def test_an_ordinary_report_renders_as_its_golden_file(
    name: str,
    report: Report,
    sources: Sources,
    rules: list[RuleInfo],
    expect_golden: Callable[[str, str], None],
) -> None:
    expect_golden(f"{name}.{SUFFIXES[name]}", render(name, report, sources, rules))


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("which", ["report", "hostile", "empty"])
def test_every_format_is_utf8_text_with_one_newline_at_its_end(
    name: str, which: str, sources: Sources, rules: list[RuleInfo], request: pytest.FixtureRequest
) -> None:
    text = render(name, request.getfixturevalue(which), sources, rules)
    assert text.encode().decode() == text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_control_or_bidirectional_character_of_a_project_reaches_a_format_raw(
    name: str, hostile: Report, sources: Sources, rules: list[RuleInfo]
) -> None:
    text = render(name, hostile, sources, rules)
    forbidden = {chr(number) for number in range(32)} - {"\n"}
    if name not in {"json", "sarif"}:  # they hold the exact text, escaped by JSON itself
        forbidden |= {"\u202e", "\ufffd"}
    assert not forbidden & set(text)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_unreadable_sources_are_no_obstacle(name: str, report: Report, rules: list[RuleInfo]) -> None:
    assert render(name, report, lambda _: None, rules)


def test_an_unknown_format_names_the_one_that_was_meant() -> None:
    with pytest.raises(UnknownFormatError, match="did you mean 'sarif'"):
        load_renderer("sariff")
    with pytest.raises(UnknownFormatError, match="use one of text, concise, json"):
        load_renderer("pdf")


def test_the_table_names_every_module_that_renders_and_no_other() -> None:
    import aifirst_validator.formats as package

    folder = Path(package.__file__).parent
    rendering = {path.stem for path in folder.glob("*.py") if "\ndef render(" in path.read_text("utf-8")}
    assert rendering == set(FORMATS.values())


def test_importing_the_formats_imports_no_format_and_nothing_heavy() -> None:
    code = (
        "import sys, aifirst_validator.formats;"
        "print([m for m in ('rich', 'html', 'urllib.parse', 'aifirst_validator.formats.html_page',"
        " 'aifirst_validator.formats.text', 'importlib.resources') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


_DIGEST = """
import hashlib, pickle, sys
from aifirst_validator.formats import FORMATS, Terminal, load_renderer
report, rules, texts = pickle.load(sys.stdin.buffer)
for name in FORMATS:
    text = load_renderer(name)(report, sources=texts.get, rules=rules, terminal=Terminal())
    print(name, hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_format_is_the_same_under_any_hash_seed(
    report: Report, sources: Sources, rules: list[RuleInfo]
) -> None:
    import pickle

    texts = {path: sources(path) for path in ("app/query.py", "app/tokens.py")}
    packed = pickle.dumps((report, rules, texts))
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST], input=packed, capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        )  # fmt: skip
        expected = [
            f"{name} {hashlib.sha256(render(name, report, sources, rules).encode()).hexdigest()}"
            for name in FORMATS
        ]
        assert done.stdout.decode().splitlines() == expected
