"""What glue says and code denies is found in every layout of documentation, and only where it is certain."""

from __future__ import annotations

from datetime import date

import pytest
from aifirst_validator.changes.contradictions import find_contradictions
from aifirst_validator.changes.docstring_claims import Claim, read_claims
from aifirst_validator.changes.pair import change_of_texts

GOOGLE = "Args:\n    query: words to find\n    top_k (int, optional): how many. Defaults to 10.\n"
NUMPY = "Parameters\n----------\nquery : str\n    Words to find.\ntop_k : int, optional\n    How many (default: 10).\n"
SPHINX = ":param query: words to find\n:param int top_k: how many, default 10\n:returns: the documents\n"
EPYDOC = "@param query: words\n@param top_k: how many, defaults to 10\n"


def contradictions(before: str, after: str, path: str = "a.py") -> list[str]:
    (file,) = change_of_texts({path: before}, {path: after}, today=date(2025, 6, 1)).files
    return [one.message for one in find_contradictions(file)]


def function(docs: str, signature: str = "query, top_k=10", body: str = "return rank(query)[:top_k]") -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in docs.splitlines())
    return f'def search({signature}):\n    """Find.\n\n{lines}    """\n    {body}\n'


@pytest.mark.parametrize("docs", [GOOGLE, NUMPY, SPHINX, EPYDOC])
def test_every_layout_is_read(docs: str) -> None:
    assert read_claims(docs).parameters == (Claim("query"), Claim("top_k", "10"))


@pytest.mark.parametrize("docs", [GOOGLE, NUMPY, SPHINX, EPYDOC])
def test_a_documented_parameter_that_was_removed_or_given_another_default_is_found(docs: str) -> None:
    before = function(docs)
    assert contradictions(before, function(docs, "query, limit=10")) == [
        "the documentation describes top_k, which is no parameter"
    ]
    assert contradictions(before, function(docs, "query, top_k=20")) == [
        "the documentation says top_k is 10 by default, the code says 20"
    ]
    assert contradictions(before, function(docs, "query, top_k=10.0")) == []
    assert contradictions(before, function(docs, "query, top_k=None")) == []
    assert contradictions(before, function(docs, "query, top_k=LIMIT")) == []


def test_a_contradiction_that_was_there_before_is_not_this_change_s() -> None:
    before = function(GOOGLE, "query, top_k=30")
    assert contradictions(before, before.replace("rank(query)", "rank(query, 1)")) == []


def test_keyword_arguments_may_be_documented_one_by_one() -> None:
    before = function("Args:\n    query: words\n", "query, **options")
    assert (
        contradictions(before, before.replace("query: words\n", "query: words\n        depth: how deep\n"))
        == []
    )


@pytest.mark.parametrize(
    ("docs", "old", "new", "said"),
    [
        ("Returns:\n    The rank.\n", "return 1", "print(1)", "the documentation describes a result"),
        ("Returns:\n    None\n", "print(1)", "return 1", "the documentation says that nothing is returned"),
        ("Returns:\n    The rank.\n", "return 1", "return 2", ""),
        ("Returns:\n    The rank.\n", "raise NotImplementedError", "raise TypeError", ""),
        ("Yields:\n    Ranks.\n", "yield 1", "yield from a", ""),
        ("Returns:\n    None\n", "return None", "return", ""),
        (
            "Returns:\n    A function.\n",
            "return lambda: 1",
            "def inner(): return 1",
            "the documentation describes",
        ),
    ],
)
def test_results_are_compared_with_what_the_text_says(docs: str, old: str, new: str, said: str) -> None:
    found = contradictions(function(docs, body=old), function(docs, body=new))
    assert len(found) == bool(said), found
    assert all(message.startswith(said) for message in found)


@pytest.mark.parametrize(
    ("glue", "found"),
    [
        ("# RETRIES = 3 is enough", 1), ("# RETRIES is 3", 1), ("# `RETRIES`: 3", 1), ("# RETRIES (3) a day", 1),
        ("# RETRIES is 30", 0), ("# MAX_RETRIES = 3", 0), ("# RETRIES = 3.5", 0), ("# 3 RETRIES", 0),
        ("# RETRIES = 5 now", 0),
    ],
)  # fmt: skip
def test_a_named_number_is_found_where_glue_keeps_the_old_value(glue: str, found: int) -> None:
    before = f"{glue}\nRETRIES = 3\n"
    assert len(contradictions(before, before.replace("\nRETRIES = 3", "\nRETRIES = 5"))) == found


def test_a_name_with_several_numbers_says_nothing() -> None:
    before = "# step = 1 here\nstep = 1\nstep = 2\n"
    assert contradictions(before, before.replace("\nstep = 1", "\nstep = 3")) == []


def test_parameters_of_javascript_are_compared_by_name() -> None:
    docs = "/**\n * @param {string} text what\n * @param {number} [size=3] how much\n */\n"
    before = docs + "function cut(text, size) {\n  return text\n}\n"
    assert contradictions(before, before.replace("(text, size)", "(text, length)"), "a.js") == [
        "the documentation describes size, which is no parameter"
    ]
    assert contradictions(before, before.replace("return text", "return text + 1"), "a.js") == []
