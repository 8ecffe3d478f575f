"""Requirements: where a reference counts, which tests belong to a ticket, what C1 and C6 add."""

from __future__ import annotations

import pytest
from aifirst_codebase.config.settings import Connectivity, Settings
from aifirst_validator.connectivity.measure import compare, measure_connectivity
from aifirst_validator.connectivity.requirement_facts import collect_requirements, gather
from aifirst_validator.connectivity.trace import named_ids, trace_requirements
from connectivity_readings import CACHE, SETTINGS, STRANGE_CACHE, TICKET, file_of, reading_of


@pytest.mark.parametrize(
    "text",
    [
        "# STEP 1 (FR1): evict\nx = 1\n",
        '"""Serves FR1."""\n',
        "def test_fr1_evicts():\n    pass\n",
        "class TestFR1:\n    pass\n",
        'assert size <= limit, "FR1"\n',
        "check_FR_1(size)\n",
        "fr1_holds(size)\n",
    ],
)
def test_an_id_counts_in_comments_docstrings_names_strings_and_calls(text: str) -> None:
    assert "FR1" in named_ids(file_of(TICKET + text))


@pytest.mark.parametrize("text", ["", "x = 1\n", "# see FR11\n", "from_1 = 2\n", "# XFR1\n"])
def test_the_ticket_itself_and_other_ids_do_not_count(text: str) -> None:
    assert "FR1" not in named_ids(file_of(TICKET + text))


def test_every_requirement_of_the_ticket_is_traced_with_its_place() -> None:
    file = file_of(TICKET + "# STEP 1 (FR2): evict the oldest\nx = 1\n")
    traced = trace_requirements(file)
    assert [(each.id, each.referred) for each in traced] == [("FR1", False), ("FR2", True)]
    assert [file.reading.text[each.start : each.end] for each in traced] == ["FR1", "FR2"]


def test_the_measurement_reports_the_share_and_the_place_of_what_is_missing() -> None:
    reading = reading_of("# é\n" + TICKET + CACHE + "# (FR2) done above\n")
    measured = measure_connectivity(reading, settings=SETTINGS)
    assert measured.c3 == 0.5
    (reason,) = measured.reasons
    assert (reason.part, reading.data[reason.start : reason.end]) == ("C3", b"FR1")
    assert measured.verdict == "broken"


@pytest.mark.parametrize(
    ("path", "text", "concerns"),
    [
        ("tests/test_pages.py", "x = 1\n", True),
        ("pages_test.py", "x = 1\n", True),
        ("tests/test_all.py", "from shop.pages import PageCache\n", True),
        ("tests/test_all.py", "# @TAG:TICKET:page-cache\n", True),
        ("tests/test_all.py", "import pagesets\n", False),
        ("tests/test_pages_more.py", "# @TAG:TICKET:other\n", False),
    ],
)
def test_a_test_file_concerns_a_ticket_by_name_import_or_tag(path: str, text: str, concerns: bool) -> None:
    facts = {
        "shop/pages.py": list(collect_requirements(file_of(TICKET, "shop/pages.py"))),
        path: list(collect_requirements(file_of(text, path))),
    }
    (ticket,), _, (test,) = gather(facts)
    assert test.concerns(ticket) is concerns


@pytest.mark.parametrize(
    ("named", "linked"),
    [
        ("@TAG:SPEC:pages", True),
        ("@TAG:SPEC:page-store", True),
        ("see specs/pages.md", True),
        ("see pages.md", True),
        ("@TAG:SPEC:other", False),
        ("nothing", False),
    ],
)
def test_a_ticket_names_its_specification_by_path_name_or_tag(named: str, linked: bool) -> None:
    spec = "# Pages\n\n@TAG:SPEC:page-store\n\n## FR1: keep\n\n| FR2 | evict |\n\n- **NFR1**: 5 ms, see FR9\n"
    facts = {
        "a.py": list(collect_requirements(file_of(TICKET.replace("every fetch", named), "a.py"))),
        "specs/pages.md": list(collect_requirements(file_of(spec, "specs/pages.md"))),
    }
    (ticket,), (found,), _ = gather(facts)
    assert list(found.requirements) == ["FR1", "FR2", "NFR1"]
    assert ticket.names(found) is linked


def test_nothing_is_collected_where_connectivity_is_off() -> None:
    file = file_of(TICKET)
    file.settings = Settings(connectivity=Connectivity(scope="off"))
    assert list(collect_requirements(file)) == []


@pytest.mark.parametrize(
    ("index", "share"),
    [(set[tuple[str, str]](), 0.0), ({("FEATURE", "downloads")}, 1.0), ({("COMPONENT", "downloads")}, 0.0)],
)
def test_a_tag_reference_is_resolved_in_the_projects_index(index: set[tuple[str, str]], share: float) -> None:
    text = "# @TAG:COMPONENT:cache\n# see @TAG:FEATURE:downloads for why\n" + CACHE
    measured = measure_connectivity(reading_of(text), tag_index=index, settings=SETTINGS)
    assert measured.c1 == share
    assert [reason.part for reason in measured.reasons] == ["C1"] * (share == 0.0)


def test_without_an_index_tags_are_not_judged() -> None:
    text = "# see @TAG:FEATURE:downloads for why\n" + CACHE
    assert measure_connectivity(reading_of(text), settings=SETTINGS).c1 is None


def test_required_tags_are_asked_for_where_the_settings_say() -> None:
    wanted = Settings(connectivity=Connectivity(require_tags="all"))
    reasons = measure_connectivity(reading_of(CACHE), settings=wanted).reasons
    assert [reason.message for reason in reasons] == [
        "the file has no FEATURE or COMPONENT tag", "the file has 0 TICKET tags, one is needed",
    ]  # fmt: skip
    assert measure_connectivity(reading_of(TICKET + CACHE), settings=wanted).c1 is None


def test_the_specification_is_reported_by_plain_carry_and_never_decides() -> None:
    measured = measure_connectivity(
        reading_of(TICKET + CACHE),
        spec_text="Pages are kept in a folder; evict the oldest.",
        settings=SETTINGS,
    )
    spec = measured.carries[0]
    assert (spec.source, spec.target, spec.score) == ("spec", "ticket", None)
    assert spec.plain > 0.5


def test_an_edit_that_makes_comments_foreign_breaks_connectivity() -> None:
    before, after = (
        measure_connectivity(reading_of(text), settings=SETTINGS) for text in (CACHE, STRANGE_CACHE)
    )
    (reason,) = compare(before, after, 0.05)
    assert reason.part == "C2"
    assert "pawn" in reason.message
    assert compare(after, before, 0.05) == []
    assert compare(before, before, 0.0) == []


def test_an_edit_that_drops_a_reference_breaks_the_trace() -> None:
    text = TICKET + "# STEP 1 (FR1): keep\n# STEP 2 (FR2): evict\nx = 1\n"
    before = measure_connectivity(reading_of(text), settings=SETTINGS)
    after = measure_connectivity(reading_of(text.replace(" (FR2)", "")), settings=SETTINGS)
    (reason,) = compare(before, after, 0.05)
    assert (reason.part, reason.message.split(":")[0]) == (
        "C3", "traced requirements fell from 1.00 to 0.50, more than 0.05",
    )  # fmt: skip
    assert compare(before, after, 0.5) == []
