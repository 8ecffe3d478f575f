"""What the documentation says is so: links lead somewhere, commands exist, the rule shown works."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from pathlib import Path

import pytest
from aifirst_cli.main import COMMANDS
from aifirst_codebase.languages import all_languages
from aifirst_validator.check_example import check_example
from aifirst_validator.rule import Rule
from aifirst_validator.rule_set import load_rules

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "docs/reference/*.md", "docs/rules/README.md", "*/README.md")
    for path in ROOT.glob(pattern)
)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")
_COMMAND = re.compile(r"^(?:\$ |- run: )?aifirst ([a-z]+)", re.MULTILINE)
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])
def test_links_lead_somewhere_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link for link in _LINK.findall(_FENCED.sub("", text)) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
    commands = {name for _, block in _FENCED.findall(text) for name in _COMMAND.findall(block)}
    assert commands <= set(COMMANDS)


def test_the_readme_names_every_language() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Languages")[2].partition("##")[0]
    assert [one.data.title for one in all_languages().values() if one.data.title not in section] == []


def test_the_readme_has_a_row_for_every_family_and_names_rules_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (AF\d) .*\| ([^|]*) \|$", text, re.MULTILINE)
    rules = {(rule.code[:3], rule.name) for rule in load_rules().all}
    assert {family for family, _ in rows} == {family for family, _ in rules}
    named = {(family, name) for family, names in rows for name in re.findall("`([^`]+)`", names)}
    assert named - rules == set()


def test_the_rule_and_the_test_in_contributing_work(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rule_text, test_text = [block for language, block in _FENCED.findall(text) if language == "python"]
    name = "aifirst_validator.rules.safety.stray_mark"
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(rule_text, "stray_mark.py", "exec"), module.__dict__)  # noqa: S102  # our own documentation
    rule: Rule = module.StrayMark()
    assert [check_example(rule, example) for example in rule.valid] == [[]]
    assert [[f.line for f in check_example(rule, example)] for example in rule.invalid] == [[2]]
    tests: dict[str, object] = {}
    exec(compile(test_text, "test_stray_mark.py", "exec"), tests)  # noqa: S102  # our own documentation
    test = tests["test_the_mark_at_the_start_of_a_file_is_no_finding"]
    assert callable(test)
    test()


def test_the_picture_of_the_readme_is_small_enough_to_load() -> None:
    picture = ROOT / "docs/images/report.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 300_000


def test_the_example_project_passes_its_own_tests(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], check=False,
        cwd=ROOT / "examples/quote", capture_output=True, text=True,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ".", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
