"""`aifirst search` as a person, a pipe and a program use it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_run import PROGRAM, Aifirst, Ran, Write, environment

SESSION = '''\
"""Sessions."""


class Session:
    """Who is logged in.

    @TAG:FEATURE:login
    """

    def expired(self, now):
        """Whether nobody was seen for an hour."""
        return now - self.seen > 3600
'''
BILLING = '"""Billing."""\n\n\ndef invoice(order):\n    """Write an invoice for an order."""\n    return order.total\n'
FIELDS = {"path", "unit", "line", "end_line", "kind", "score", "tokens", "reasons"}
ODD = 'shop/a|b`c<&>"d\u202e.py'


def parse(ran: Ran) -> ElementTree.Element:
    """The XML that a run wrote."""
    return ElementTree.fromstring(ran.raw)  # noqa: S314  # our own output


@pytest.fixture
def shop(write: Write) -> None:
    """A project of a few files."""
    write("shop/session.py", SESSION)
    write("shop/billing.py", BILLING)


@pytest.mark.usefixtures("shop")
def test_a_person_reads_a_line_a_result_best_first(aifirst: Aifirst) -> None:
    ran = aifirst("search", "nobody was seen for an hour")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0].startswith(" 1.00  shop/session.py:10  function Session.expired  ")
    assert "says" not in ran.out


@pytest.mark.usefixtures("shop")
def test_explain_gives_the_reasons_in_the_words_of_the_query(aifirst: Aifirst) -> None:
    ran = aifirst("search", "writing invoices", "--explain")
    assert ran.out.splitlines()[0].startswith(" 1.00  shop/billing.py:4  function invoice")
    assert "says invoices (" in ran.out
    assert "writing (comments)" in ran.out


@pytest.mark.usefixtures("shop")
def test_a_program_reads_one_object(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("search", "Session.expired", "-f", "json").out)
    assert (told["version"], told["query"], told["notices"]) == (1, "Session.expired", [])
    assert all(result.keys() == FIELDS for result in told["results"])
    first = told["results"][0]
    assert (first["path"], first["unit"], first["line"], first["end_line"], first["kind"], first["score"]) == (
        "shop/session.py", "Session.expired", 10, 12, "function", 1.0,
    )  # fmt: skip
    assert first["tokens"] > 10
    assert first["reasons"][0].startswith("says ")
    scores = [result["score"] for result in told["results"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.usefixtures("shop")
def test_the_formats_agree(aifirst: Aifirst) -> None:
    told = json.loads(aifirst("search", "invoice of an order", "-f", "json").out)["results"]
    root = parse(aifirst("search", "invoice of an order", "-f", "xml"))
    assert [(one.get("path"), one.get("unit"), int(one.get("line") or 0)) for one in root] == [
        (one["path"], one["unit"], one["line"]) for one in told
    ]
    rows = aifirst("search", "invoice of an order", "-f", "markdown").out.splitlines()[2:]
    assert len(rows) == len(told)
    assert f"`{told[0]['path']}:{told[0]['line']}`" in rows[0]
    assert len(aifirst("search", "invoice of an order").out.splitlines()) == len(told)


@pytest.mark.usefixtures("shop")
def test_k_bounds_the_results_and_kind_chooses_them(aifirst: Aifirst) -> None:
    def found(*options: str) -> list[dict[str, object]]:
        return json.loads(aifirst("search", "session order", "-f", "json", *options).out)["results"]

    assert len(found()) > 1
    assert len(found("-k", "1")) == 1
    assert {one["kind"] for one in found("--kind", "file")} == {"file"}
    assert "file" not in {one["kind"] for one in found("--kind", "unit")}


@pytest.mark.usefixtures("shop")
def test_a_query_comes_from_a_pipe(aifirst: Aifirst) -> None:
    trace = b'Traceback (most recent call last):\n  File "/x/shop/session.py", line 12, in expired\nTypeError: order\n'
    ran = aifirst("search", "-", stdin=trace)
    assert ran.out.splitlines()[0].startswith(" 1.00  shop/session.py:10  function Session.expired")
    noise = aifirst("search", "-", stdin=b"\xff\xfe\0invoice\0\x80")
    assert (noise.code, "shop/billing.py" in noise.out) == (0, True)


@pytest.mark.parametrize("query", ["", " \n", "-"])
@pytest.mark.usefixtures("shop")
def test_an_empty_query_is_wrong_use(aifirst: Aifirst, query: str) -> None:
    ran = aifirst("search", query)
    assert (ran.code, ran.out) == (2, "")
    assert "the query is empty. Say what you look for" in ran.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--level", "words"), "'words' is not one of 'hybrid', 'tree'"), (("-k", "0"), "not in the range"),
        (("-k", "many"), "not a valid"), (("--format", "sarif"), "'sarif' is not one of"),
        (("nowhere",), "nowhere does not exist"),
        (("--no-such",), "No such option"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("shop")
def test_wrong_use_says_what_is_right(aifirst: Aifirst, options: tuple[str, ...], told: str) -> None:
    ran = aifirst("search", "invoice", *options)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


@pytest.mark.usefixtures("shop")
def test_nothing_found_is_told_apart_from_failure(aifirst: Aifirst) -> None:
    ran = aifirst("search", "zzqqxx")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing was found. Try other words, or --level vector." in ran.err
    empty = aifirst("search", "zzqqxx", "-f", "json")
    assert (empty.code, json.loads(empty.out)["results"]) == (1, [])
    alone = aifirst("search", "zzqqxx", "--level", "lexical")
    assert (alone.code, "or --level hybrid" in alone.err) == (1, True)


def test_a_project_without_a_file_says_so(aifirst: Aifirst) -> None:
    ran = aifirst("search", "invoice")
    assert (ran.code, ran.out) == (1, "")
    assert "the index has no files" in ran.err


@pytest.mark.usefixtures("shop")
def test_without_an_index_one_is_made_unless_it_may_not_be(aifirst: Aifirst, folder: Path) -> None:
    ran = aifirst("search", "invoice", "--no-update")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no index yet: run `aifirst index`" in ran.err
    assert not (folder / ".aifirst").exists()
    assert aifirst("search", "invoice").code == 0
    assert aifirst("search", "invoice", "--no-update").code == 0


@pytest.mark.usefixtures("shop")
def test_a_change_is_found_at_once_but_not_in_an_index_taken_as_it_is(aifirst: Aifirst, write: Write) -> None:
    aifirst("search", "invoice")
    write("shop/voucher.py", "def gift_voucher():\n    pass\n")
    assert aifirst("search", "gift_voucher", "--no-update").code == 1
    assert "shop/voucher.py:1  function gift_voucher" in aifirst("search", "gift_voucher").out


@pytest.mark.usefixtures("shop")
def test_a_damaged_index_is_mended_or_told(aifirst: Aifirst, folder: Path) -> None:
    aifirst("index")
    database = folder / ".aifirst/memory.db"
    database.write_bytes(database.read_bytes()[:8192])
    ran = aifirst("search", "invoice", "--no-update")
    assert (ran.code, "aifirst index" in ran.err) == (2, True)
    mended = aifirst("search", "invoice")
    assert (mended.code, "the index was made anew" in mended.err) == (0, True)
    assert "shop/billing.py:4" in mended.out


@pytest.mark.usefixtures("shop")
def test_a_level_answers_alone(aifirst: Aifirst) -> None:
    ran = aifirst("search", "@TAG:FEATURE:login", "--level", "tag")
    assert ran.out.startswith(" 1.00  shop/session.py:7  definition of tag FEATURE:login in Session  ")
    assert aifirst("search", "billing", "--level", "tree").out.startswith(" 1.00  shop/billing.py  file")


@pytest.mark.usefixtures("shop")
def test_a_source_that_is_left_out_is_no_reason(aifirst: Aifirst) -> None:
    assert "means something similar" in aifirst("search", "invoice", "--explain").out
    assert "means something similar" not in aifirst("search", "invoice", "--explain", "--no-vectors").out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_path_with_odd_characters_breaks_no_format(aifirst: Aifirst, write: Write) -> None:
    write(ODD, "def gift_voucher():\n    pass\n")
    assert json.loads(aifirst("search", "gift_voucher", "-f", "json").out)["results"][0]["path"] == ODD
    shown = ODD.replace("\u202e", "\\u202e")
    assert parse(aifirst("search", "gift_voucher", "-f", "xml"))[0].get("path") == shown
    row = aifirst("search", "gift_voucher", "-f", "markdown").out.splitlines()[2]
    assert row.replace("\\|", "").count("|") == 5
    assert row.count("`") == 4
    text = aifirst("search", "gift_voucher").out
    assert shown in text
    assert "\u202e" not in text


@pytest.mark.usefixtures("shop")
def test_results_go_to_a_file(aifirst: Aifirst, folder: Path) -> None:
    ran = aifirst("search", "invoice", "-f", "json", "-o", "found.json")
    assert (ran.code, ran.out) == (0, "")
    assert json.loads((folder / "found.json").read_text())["results"][0]["unit"] == "invoice"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.usefixtures("shop")
def test_a_reader_that_goes_away_ends_it_in_silence(aifirst: Aifirst) -> None:
    aifirst("index")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [PROGRAM, "search", "invoice", "-f", "json"], cwd=aifirst.folder, stdout=writing, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, env=environment(), timeout=60, check=False,
    )  # fmt: skip
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_what_git_knows_is_a_reason(aifirst: Aifirst, write: Write, git: Callable[..., str]) -> None:
    write("shop/session.py", SESSION)
    git("add", "-A")
    git("commit", "-q", "-m", "Begin")
    write("shop/billing.py", BILLING)
    git("add", "-A")
    git("commit", "-q", "-m", "Charge customers by invoice")
    assert "changed it: Charge customers by invoice" in aifirst("search", "charge customers", "--explain").out
    assert "changed it" not in aifirst("search", "charge customers", "--explain", "--no-history").out
