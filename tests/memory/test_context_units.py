"""What the ranker of units makes of what the steps found, over an index of a small project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from aifirst_memory.context.memory_sources import Contexts, MemorySources
from aifirst_memory.context.request import ContextAnswer, ContextRequest
from aifirst_memory.memory import Memory
from aifirst_memory.update import UpdateRequest, update_memory
from aifirst_model.relevance import unit_rank

QUERY = "Lease numbers of invoices run out when the ledger is renewed"
LEDGER = "".join(f"def step_{n}(value):\n    return value + {n}\n\n\n" for n in range(30))
PROJECT = {
    "ledger/lease.py": (
        'def lease_numbers(ledger, invoices):\n    """Lease numbers of invoices from the ledger."""\n'
        "    return ledger.renewed(invoices)\n\n\ndef renew(ledger):\n    return ledger\n\n\n" + LEDGER
    ),
    "ledger/other.py": "def run(task):\n    return task\n\n\ndef walk(task):\n    return run(task)\n",
    "shop/price.py": "def price_of(item):\n    return item.cost\n",
    "tests/test_lease.py": (
        "from ledger.lease import lease_numbers\n\n\ndef test_lease_numbers_of_invoices():\n    assert lease_numbers\n"
    ),
}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    root = tmp_path_factory.mktemp("units")
    (root / ".git").mkdir()
    for name, text in PROJECT.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    update_memory(UpdateRequest(root))
    with Memory.open(root) as opened:
        yield opened


def given(memory: Memory, request: ContextRequest) -> ContextAnswer:
    return Contexts(memory).assemble(request)


def test_units_of_the_best_file_come_though_no_step_names_them(memory: Memory) -> None:
    answers = [given(memory, ContextRequest(QUERY, budget=1500, relevance=one)) for one in (True, False)]
    steps = [sum(item.unit.startswith("step_") for item in answer.items) for answer in answers]
    assert steps[0] > steps[1]
    scores = {item.unit: item.score for item in answers[0].items}
    assert all(scores["lease_numbers"] > score for unit, score in scores.items() if unit.startswith("step_"))
    assert max(item.score for item in answers[0].items) == 1.0
    added = [item for item in answers[0].items if item.step == "file"]
    assert all("of a file that fits" in item.reasons for item in added if item.unit.startswith("step_"))
    assert added


def test_all_that_the_shipped_trees_ask_for_is_measured_for_every_unit(memory: Memory) -> None:
    with memory.moment():
        searched = MemorySources(memory).rank_units(QUERY, (), 60)
        assert searched.measure is not None
        measured = searched.measure((), ())
        places = measured.places(range(len(measured.named)))
        assert set(unit_rank.unit_trees_in_use().features) <= measured.columns.keys()
        assert len(places) == len(set(places)) > 30
        for name, column in measured.columns.items():
            assert column.shape == measured.named.shape, name
            assert column.dtype == np.float32, name
            assert np.isfinite(column).all(), name
        best = places[int(measured.columns["fits_here"].argmax())]
        assert best.path == "ledger/lease.py"


def test_what_the_query_names_itself_comes_first(memory: Memory) -> None:
    answer = given(
        memory, ContextRequest("why does it fail at ledger/other.py:5 with lease numbers", budget=600)
    )
    assert any(item.unit == "walk" and item.score == 1.0 for item in answer.items)


def test_a_request_that_names_files_is_answered_as_the_steps_fused_it(memory: Memory) -> None:
    for query in ("", QUERY):
        request = ContextRequest(query, ("ledger/other.py",), budget=900)
        assert given(memory, request).text == _without(memory, request)


def test_a_question_about_tests_is_answered_as_the_steps_fused_it(memory: Memory) -> None:
    request = ContextRequest("tests of the lease numbers of invoices", budget=900)
    assert given(memory, request).text == _without(memory, request)
    assert any(item.path.startswith("tests/") for item in given(memory, request).items)


def test_a_damaged_ranker_is_told_and_all_stays_as_it_was_fused(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ContextRequest(QUERY, budget=900)
    before = _without(memory, request)
    assert given(memory, request).text != before
    broken = tmp_path / "units.bin"
    broken.write_bytes(unit_rank.SHIPPED.read_bytes()[:-40])
    monkeypatch.setenv(unit_rank.NAMED_BY, str(broken))
    answer = given(memory, request)
    assert answer.text == before
    assert any("no relevance model or damaged" in notice for notice in answer.notices)


def test_a_source_that_is_left_out_says_nothing(memory: Memory) -> None:
    with memory.moment():
        searched = MemorySources(memory).rank_units(QUERY, ("graph", "vectors"), 60)
        assert searched.measure is not None
        columns = searched.measure((), ()).columns
        assert not columns["near"].any()
        assert not columns["vector"].any()
        assert columns["lexical"].any()


def _without(memory: Memory, request: ContextRequest) -> str:
    plain = ContextRequest(request.query, request.files, request.budget, relevance=False)
    return given(memory, plain).text
