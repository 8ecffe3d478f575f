"""`parts`: the lines of a long unit that matter for a task, and that nothing is hidden without being told."""

from __future__ import annotations

import re

import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_memory.context import asked_lines
from aifirst_memory.context.asked_lines import read_asked, word_sources
from aifirst_memory.context.assemble import fill
from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.elide import render_parts
from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.request import ContextFormat, ContextRequest
from aifirst_memory.embedding.embedder import EmbedderError
from context_files import file_of
from hypothesis import given, settings
from hypothesis import strategies as st

count = get_counter().count
STEPS = "".join(
    f"    if mode == {number}:\n        for item in items:\n            store_{number}(item, {number})\n"
    "            log(item)\n"
    for number in range(20)
)
TIMEOUT = (
    "    with connect(HOST) as connection:\n        if retries:\n            connection.settimeout(LIMIT * retries)\n"
    "        connection.send(items)\n"
)
LONG = (
    f'def work(mode, items, retries):\n    """Do the work."""\n{STEPS}\n{TIMEOUT}\n{STEPS}    return items\n'
)
QUESTION = "The timeout of the connection is too short after many retries"
TEXTS = ["", "a = b", "if a:", "    b(timeout)", "        c", "}", "\td {", "é ☃", "# x"]
_LEFT_OUT = re.compile(r"^(\s*)(?:#|//|/\*) … (\d+) lines?")


def parts(text: str = LONG, question: str = QUESTION, path: str = "src/work.py") -> tuple[FileText, str]:
    file = file_of(path, text)
    return file, render_parts(file, 1, read_asked(question, lambda _: 0.05), word_sources())


def shown_numbers(text: str, first: int) -> dict[int, str]:
    """The lines of a text by the number that whoever reads it would count, markers included."""
    found: dict[int, str] = {}
    number = first
    for line in text.splitlines():
        told = _LEFT_OUT.match(line)
        if told:
            number += int(told[2])
        else:
            found[number] = line
            number += 1
    return found


def test_what_matters_is_shown_and_most_of_the_rest_is_not() -> None:
    _, text = parts()
    assert "connection.settimeout(LIMIT * retries)" in text
    assert text.startswith("def work(mode, items, retries):\n")
    assert count(text) < 0.5 * count(LONG)


def test_lines_can_be_counted_from_the_markers() -> None:
    _, text = parts()
    lines = LONG.splitlines()
    shown = shown_numbers(text, 1)
    assert all(lines[number - 1] == line for number, line in shown.items())
    assert max(shown) <= len(lines)
    assert len(shown) < len(lines)


def test_no_line_is_shown_without_what_it_stands_under() -> None:
    _, text = parts()
    shown = shown_numbers(text, 1)
    lines = LONG.splitlines()
    for number, line in shown.items():
        indent = len(line) - len(line.lstrip())
        if not line.strip() or not indent:
            continue
        above = next(at for at in range(number - 1, 0, -1) if _stands_over(lines[at - 1], indent))
        assert above in shown


def _stands_over(line: str, indent: int) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) < indent


def test_a_block_that_is_shown_is_closed() -> None:
    body = "".join(
        f"  if (mode === {n}) {{\n    store{n}(items);\n    log(items);\n    more(items, {n});\n  }}\n"
        for n in range(30)
    )
    text = "function work(mode, items) {\n" + body + "  return items;\n}\n"
    _, shown = parts(text, "log when mode is 7, store7", "src/work.js")
    assert "// … " in shown
    assert shown.count("{") == shown.count("}")


def test_what_is_closed_by_a_line_that_goes_on_is_closed_too() -> None:
    body = "".join(
        f"  if (mode === {n}) {{\n    store{n}(items);\n    log(items);\n  }} else {{\n    lose(items, {n});\n"
        "    more(items);\n    again(items);\n  }\n"
        for n in range(20)
    )
    _, shown = parts(f"function work(mode, items) {{\n{body}  return items;\n}}\n", "store7", "src/work.js")
    assert "store7(items);" in shown
    assert shown.count("{") == shown.count("}")
    calls = "".join(
        f"    if mode == {n}:\n        raise work_{n}(\n            'what {n}'\n            'was not'\n"
        f"            'as {n} is'\n            'wanted'\n        ).of(mode) from None\n"
        for n in range(20)
    )
    _, shown = parts(f"def work(mode):\n{calls}    return mode\n", "what 7 was", "src/work.py")
    assert "'what 7'" in shown
    assert shown.count("(") == shown.count(")")


def test_short_units_and_questions_without_words_are_not_taken_apart() -> None:
    assert parts("def f(a):\n    return a\n")[1] == ""
    assert parts(question="!?")[1] == ""


def test_secrets_are_masked_in_parts() -> None:
    key = "AKIA" + "Z7Q2M4X9K1B3T5R8"
    _, text = parts(LONG.replace("LIMIT * retries", f'"{key}", retries'))
    assert "settimeout" in text
    assert key not in text


@settings(derandomize=True, max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(TEXTS),
        max_size=60,
    ),
    st.sampled_from(["src/a.py", "src/a.go", "src/a.css"]),
)
def test_whatever_a_file_holds_its_shown_lines_stand_where_the_markers_say(
    lines: list[str], path: str
) -> None:
    text = "\n".join(lines) + "\n"
    file = file_of(path, text)
    asked = read_asked("timeout b", lambda _: 0.1)
    for index, unit in enumerate(file.units):
        given_text = render_parts(file, index, asked, word_sources())
        if not given_text:
            continue
        first = min(
            file.lines.line_of(start + len(file.data[start:end]) - len(file.data[start:end].lstrip())) + 1
            for start, end in file.spans(index)
        )
        for number, line in shown_numbers(given_text, first).items():
            assert lines[number - 1].rstrip() == line, unit


def test_lines_are_chosen_without_word_vectors_where_they_were_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise EmbedderError("left out")

    monkeypatch.setattr(asked_lines, "open_static", missing)
    word_sources.cache_clear()
    try:
        assert not word_sources().rows_of(["timeout"]).any()
        assert "connection.settimeout(" in parts()[1]
    finally:
        word_sources.cache_clear()


def candidates(file: FileText) -> list[Candidate]:
    asked = read_asked(QUESTION, lambda _: 0.05)
    return [
        Candidate(
            file, index, count, rank=index, score=1 / index, step="search", reasons=("says timeout",),
            parts=lambda one, at: render_parts(one, at, asked, word_sources()),
        )
        for index in range(1, len(file.units))
    ]  # fmt: skip


@pytest.mark.parametrize("shape", ["text", "markdown", "xml", "json"])
@pytest.mark.parametrize("budget", [150, 300, 600, 900, 2_000])
def test_parts_never_exceed_a_budget(budget: int, shape: ContextFormat) -> None:
    file = file_of("src/work.py", LONG + "\n\n" + LONG.replace("def work", "def again"))
    answer = fill(ContextRequest(QUESTION, budget=budget, format=shape), candidates(file), count)
    assert answer.tokens <= budget
    if shape != "json":
        assert count(answer.text) == answer.tokens


def test_a_unit_in_parts_has_a_heading_of_its_own_and_says_so() -> None:
    file = file_of("src/work.py", LONG + "\n\n" + LONG.replace("def work", "def again"))
    answer = fill(ContextRequest(QUESTION, budget=1_400), candidates(file), count)
    assert [(item.unit, item.resolution) for item in answer.items] == [("work", "parts"), ("again", "parts")]
    headings = [line for line in answer.text.splitlines() if line.startswith("---")]
    assert headings[0].startswith("--- 1-169 work (parts)")
    assert headings[1].startswith("--- 172-340 again (parts)")
