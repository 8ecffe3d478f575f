"""What fills a budget: never a token too many, whole units, the best whole, the same every time."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from aifirst_memory.context.assemble import fill
from aifirst_memory.context.candidate import Candidate
from aifirst_memory.context.file_text import FileText
from aifirst_memory.context.formats.json import write_json
from aifirst_memory.context.request import (
    FORMATS,
    ContextAnswer,
    ContextFormat,
    ContextRequest,
    WantedResolution,
)
from context_files import FILES, candidates_of, count, file_of
from hypothesis import given, settings
from hypothesis import strategies as st

BIG = "".join(
    f'def step_{number}(value):\n    """Do step {number} of the work < & ]]>."""\n'
    f"    if value > {number}:\n        return call_{number}(value)\n    raise ValueError({number})\n\n\n"
    for number in range(120)
)
ALL = [file_of(path) for path in sorted(FILES)]
MANY = [*ALL, file_of("src/steps.py", BIG), file_of("src/ticks.md", "# A\n\n````\n```\nx\n```\n````\n")]


def filled(
    files: list[FileText],
    budget: int,
    shape: ContextFormat = "text",
    resolution: WantedResolution = "auto",
    named: int = 0,
) -> ContextAnswer:
    request = ContextRequest("carts", budget=budget, format=shape, resolution=resolution)
    return fill(request, candidates_of(files, named=named), count)


@settings(derandomize=True, max_examples=120, deadline=None)
@given(
    st.integers(0, 20_000) | st.integers(0, 400), st.sampled_from(FORMATS),
    st.sampled_from(["auto", "exact", "medium", "low", "outline"]), st.integers(0, 12),
)  # fmt: skip
def test_no_answer_has_a_token_more_than_the_budget(
    budget: int, shape: ContextFormat, resolution: WantedResolution, named: int
) -> None:
    answer = filled(MANY, budget, shape, resolution, named)
    assert answer.tokens <= budget
    if shape == "json":
        assert sum(count(item.text) for item in answer.items) == answer.tokens
    else:
        assert count(answer.text) == answer.tokens
        assert bool(answer.text) == bool(answer.items)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(0, 6_000))
def test_units_are_given_whole_at_their_resolution(budget: int) -> None:
    answer = filled(MANY, budget, "markdown")
    for item in answer.items:
        assert item.text.endswith("\n")
        assert item.tokens == count(item.text)
        shown = item.text.strip("\n") if item.resolution != "exact" else item.text.strip()
        lines = [line for line in shown.splitlines() if line.strip()]
        assert all(line in answer.text for line in lines)


def test_a_budget_that_holds_everything_gives_everything_whole() -> None:
    answer = filled(ALL, 100_000)
    whole = {(item.path, item.unit) for item in answer.items if item.resolution == "exact"}
    assert whole == {
        (file.path, unit.name) for file in ALL for i, unit in enumerate(file.units) if file.spans(i)
    }
    assert answer.notices == ()


@pytest.mark.parametrize("budget", [500, 1_500, 3_000])
def test_a_budget_is_used_well(budget: int) -> None:
    assert filled(MANY, budget).tokens >= 0.9 * budget


def test_the_best_are_whole_and_others_lower_so_that_more_of_them_fit() -> None:
    body = "".join(f"    total = total * {n} + weight_of(value, {n})\n" for n in range(15))
    text = "".join(
        f'def rate_{n}(value, total):\n    """Rate by {n}."""\n{body}    return total\n\n\n'
        for n in range(20)
    )
    file = file_of("src/rates.py", text)
    answer, whole = filled([file], 1_500), filled([file], 1_500, resolution="exact")
    resolutions = [item.resolution for item in answer.items if item.unit]
    assert resolutions[0] == "exact"
    assert resolutions[-1] == "outline"
    assert len(answer.items) >= 2 * len(whole.items)
    lowest = min(item.score for item in answer.items if item.resolution == "exact" and item.unit)
    assert lowest > max(item.score for item in answer.items if item.resolution == "outline" and item.unit)


def test_a_method_comes_with_the_head_of_its_class() -> None:
    file = file_of("src/session.py")
    method = [one for one in candidates_of([file]) if one.name == "Session.is_over"]
    answer = fill(ContextRequest("over", budget=200), method, count)
    assert [(item.unit, item.resolution) for item in answer.items] == [
        ("Session", "outline"),
        ("Session.is_over", "exact"),
    ]
    assert answer.items[0].reasons == ("holds is_over",)
    assert "class Session(Base):" in answer.text


def test_adjacent_units_are_one_text_under_one_heading() -> None:
    answer = filled([file_of("src/session.py")], 10_000)
    headings = [line for line in answer.text.splitlines() if line.startswith(("===", "---"))]
    assert headings == [
        "=== src/session.py",
        "--- 1-45 Session, Session.is_over, Session.renew, log_in - says cart",
    ]
    assert answer.text.split("\n", 2)[2] == FILES["src/session.py"]


def test_a_named_unit_that_is_too_large_is_given_lower_and_said_so() -> None:
    body = "".join(f"    if value == {n}:\n        return handle_{n}(value)\n" for n in range(200))
    file = file_of("src/big.py", f'def big(value):\n    """Handle all of it."""\n    told = 1\n{body}')
    candidates = [one for one in candidates_of([file], named=5) if one.index]
    answer = fill(ContextRequest(files=("src/big.py",), budget=100), candidates, count)
    assert [item.resolution for item in answer.items] == ["outline"]
    assert answer.notices == ("big is given as outline: more than a budget of 100 tokens holds",)


def ranked_large(lines: int, budget: int) -> ContextAnswer:
    """An answer whose best unit has so many lines of eight tokens or so."""
    body = "".join(f"    if value == {n}:\n        return handle_{n}(value)\n" for n in range(lines // 2))
    small = "".join(f"def small_{n}(value):\n    return value + {n}\n\n\n" for n in range(30))
    file = file_of("src/big.py", f'def big(value):\n    """Handle all of it."""\n{body}\n\n{small}')
    units = [one for one in candidates_of([file]) if one.index]
    assert [one.name for one in units][:2] == ["big", "small_0"]
    return fill(ContextRequest("big", budget=budget), units, count)


def test_the_best_unit_is_given_whole_where_it_fits_though_it_is_large() -> None:
    answer = ranked_large(60, 1_000)
    (big,) = [item for item in answer.items if item.unit == "big"]
    assert big.resolution == "exact"
    assert 340 < big.tokens < 700
    assert answer.notices == ()


def test_a_good_unit_too_large_to_be_given_whole_is_told() -> None:
    answer = ranked_large(400, 1_000)
    (big,) = [item for item in answer.items if item.unit == "big"]
    assert big.resolution != "exact"
    (notice,) = answer.notices
    assert notice.startswith("src/big.py::big fits well but is too large to be given whole: ")
    assert notice.endswith(" tokens of 1,000. Name it with --file, or give a larger --budget.")


def test_neighbours_under_one_heading_claim_no_lines_between_them() -> None:
    body = "".join(f"    total = total * {n} + weight_of(value, {n})\n" for n in range(20))
    text = "".join(f"def rate_{n}(value, total):\n{body}    return total\n\n\n" for n in range(3))
    candidates = [one for one in candidates_of([file_of("src/rates.py", text)]) if one.name != "rate_1"]
    request = ContextRequest("rate", budget=120, resolution="outline")
    answer = fill(request, [one for one in candidates if one.index], count)
    headings = [line for line in answer.text.splitlines() if line.startswith("---")]
    assert [heading.partition(" rate_0, rate_2 (outline)")[0] for heading in headings] == ["--- 1-22, 49-70"]


def test_nothing_fits_no_budget_and_that_is_said() -> None:
    answer = filled(ALL, 0)
    assert (answer.text, answer.items, answer.tokens) == ("", (), 0)
    assert answer.notices == ("nothing fits a budget of 0 tokens. Give a larger one with --budget.",)


@pytest.mark.parametrize("text", ["", "\n\n\n"])
@pytest.mark.parametrize("named", [0, 1])
def test_an_empty_file_is_not_said_to_be_too_large(text: str, named: int) -> None:
    answer = filled([file_of("src/blank.py", text)], 8_000, named=named)
    assert answer.notices == ("what was found is empty: there is nothing to give.",)


def test_xml_is_well_formed_whatever_the_code_holds() -> None:
    strange = file_of(
        "src/odd & <x>.py", 'a = "]]>" + "<b>&"  # \x0c\x01\n\n\ndef f():\n    return "<![CDATA["\n'
    )
    answer = filled([*MANY, strange], 4_000, "xml")
    root = ElementTree.fromstring(answer.text)  # noqa: S314  our own output
    documents = root.findall("document")
    assert [one.get("index") for one in documents] == [str(number + 1) for number in range(len(documents))]
    first = documents[0]
    assert [first.get(name) for name in ("path", "lines", "reason")] == ["README.md", "1-9", "says cart"]
    assert (first.text or "").strip() == FILES["README.md"].strip()


def test_markdown_fences_are_longer_than_those_inside() -> None:
    answer = filled([file_of("src/ticks.md", "# A\n\n````\n```\nx\n```\n````\n")], 1_000, "markdown")
    fences = [line for line in answer.text.splitlines() if re.fullmatch(r"`{5}\w*", line)]
    assert fences == ["`````markdown", "`````"]


def test_json_has_the_fields_of_the_contract() -> None:
    answer = filled(ALL, 300, "json")
    text = write_json("carts", answer.budget, answer.tokens, answer.items, answer.notices)
    told = json.loads(text)
    assert told["version"] == 1
    assert told["budget"] == 300
    assert told["tokens"] == answer.tokens
    wanted = {"path", "unit", "line", "end_line", "resolution", "tokens", "reasons", "text"}
    assert all(wanted <= set(item) for item in told["items"])


@pytest.mark.parametrize("shape", FORMATS)
def test_the_same_candidates_give_the_same_bytes(shape: ContextFormat) -> None:
    first = filled(MANY, 1_200, shape)
    fresh = [file_of(file.path, file.data.decode()) for file in MANY]
    assert filled(fresh, 1_200, shape) == first


def test_only_the_unit_asked_for_is_said_to_be() -> None:
    candidates = [
        Candidate(
            one.file, one.index, count, rank=one.rank, score=1.0, step="target", named=one.name == "Session.is_over",
            reasons=("asked for",) if one.name == "Session.is_over" else ("beside is_over",),
        )
        for one in candidates_of([file_of("src/session.py")])
    ]  # fmt: skip
    text = fill(
        ContextRequest(files=("src/session.py::Session.is_over",), budget=10_000), candidates, count
    ).text
    headings = [line for line in text.splitlines() if line.startswith("---")]
    assert [heading for heading in headings if "asked for" in heading] == [
        "--- 17-20 Session.is_over - asked for"
    ]
    assert [heading.rpartition(" - ")[2] for heading in headings] == [
        "beside is_over",
        "asked for",
        "beside is_over",
    ]
