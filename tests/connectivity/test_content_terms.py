"""Terms: identifiers are split, endings fall, stop words go, other languages are recognised."""

from __future__ import annotations

from collections import Counter

import pytest
from aifirst_validator.connectivity.terms import (
    WORD,
    compound_names,
    count_terms,
    mostly_english,
    stem,
    terms_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    "words",
    [
        "parse parses parsed parsing parser parsers",
        "connect connects connection connections connected",
        "index indexes indexed indexing",
        "split splits splitting",
        "query queries queried",
    ],
)
def test_forms_of_one_word_share_a_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("pair", ["import important", "page paint", "cache catch", "order border"])
def test_different_words_keep_different_stems(pair: str) -> None:
    left, right = pair.split()
    assert stem(left) != stem(right)


@pytest.mark.parametrize("name", [b"read_page_cache", b"readPageCache", b"ReadPageCache", b"READ_PAGE_CACHE"])
def test_an_identifier_gives_its_parts_in_any_spelling(name: bytes) -> None:
    assert terms_of(name) == ("read", "pag", "cach")


def test_an_acronym_before_a_word_is_split_from_it() -> None:
    assert terms_of(b"HTTPServer") == ("http", "serv")


def test_stop_words_of_english_and_of_programming_do_not_count() -> None:
    assert count_terms("return the value of this function if it is None") == Counter()


def test_text_and_code_meet_in_the_same_terms() -> None:
    assert count_terms("reading the cached pages").keys() == count_terms(b"read_page(cache)").keys()


def test_only_identifiers_count_as_compound_names() -> None:
    words = [b"limit_bytes", b"PageCache", b"pageCache", b"Page", b"page", b"HTTP", b"_page", b"__init__"]
    assert compound_names(words) == {b"limit_bytes", b"PageCache", b"pageCache"}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The pages of the cache are evicted when it is full.", True),
        ("Die Seiten werden aus dem Speicher entfernt und nicht mit der Zeit erneuert, das ist so.", False),
        ("Страницы удаляются из кэша, когда он заполнен.", False),
        ("Las páginas se eliminan del disco para que no crezca con los años y el uso.", False),
        ("", True),
    ],
)
def test_other_languages_are_recognised(text: str, english: bool) -> None:
    data = text.encode()
    assert mostly_english(Counter(WORD.findall(data)), data) is english


@settings(derandomize=True, max_examples=60)
@given(st.from_regex(r"[a-z]{1,14}", fullmatch=True))
def test_a_stem_is_a_beginning_of_its_word_and_not_emptied(word: str) -> None:
    assert word.startswith(stem(word))
    assert stem(word)


@settings(derandomize=True, max_examples=60)
@given(st.text(max_size=60), st.text(max_size=60))
def test_terms_of_two_texts_add_up(left: str, right: str) -> None:
    assert count_terms(f"{left}\n{right}") == count_terms(left) + count_terms(right)
