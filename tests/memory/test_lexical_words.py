"""Words: one splitting of identifiers and prose for everything that compares by words."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from aifirst_memory.lexical.random_text import looks_random
from aifirst_memory.lexical.stem import stem
from aifirst_memory.lexical.words import STOP_WORDS, count_words, split_identifier, words
from hypothesis import given, settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPServer2", ["http", "server", "httpserver2"]),
        ("get_user_name", ["get", "user", "name", "getusernam"]),
        ("getURLs", ["get", "url", "geturl"]),
        ("__init__", ["init"]),
        ("utf8 OAuth2", ["utf", "utf8", "auth", "oauth2"]),
        ("error 404 of 12 in 20250101", ["error", "404", "of", "in"]),
        ("a.b['x'] + 0xFF00", []),
        ("straße naïveBayes", ["straße", "naïv", "baye", "naïvebay"]),
        ("用户登录", ["用户", "户登", "登录", "用户登录"]),
        ("— “quoted” …", ["quot"]),
    ],
)
def test_a_text_gives_the_parts_of_identifiers_and_the_compounds(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "inflections",
    [
        "order ordered orders ordering",
        "rename renamed renames renaming",
        "query queries querying queried",
        "cache caches cached caching",
        "parse parsed parsing parses",
        "use used uses using",
        "alias aliases",
        "cookie cookies",
        "index indexes indexed indexing",
        "embed embedded embedding embeds",
        "create created creating creates",
        "name named naming names",
        "tag tagged tagging tags",
        "status statuses",
        "setting settings",
        "database databases",
        "id ids",
        "control controlled controlling controls",
    ],
)
def test_the_inflections_of_a_word_have_one_stem(inflections: str) -> None:
    assert len({stem(word) for word in inflections.split()}) == 1


@pytest.mark.parametrize(
    "pair",
    ["set settings", "state stat", "mode mod", "string str", "thing th", "pipe pip", "bus bu", "red r"],
)
def test_different_words_keep_different_stems(pair: str) -> None:
    one, other = pair.split()
    assert stem(one) != stem(other)


def test_spellings_of_one_compound_are_one_word() -> None:
    compounds = [
        words(name)[-1] for name in ("HttpServer", "http_server", "HTTPServer", "HTTP_SERVER", "httpserver")
    ]
    assert len(set(compounds)) == 1


@pytest.mark.parametrize(
    "secret",
    [
        "d41d8cd98f00b204e9800998ecf8427e",
        "4eC39HqLyjWDarjtT1zdp7dc",
        "AKIA" + "4QZ7XW2MPLR5TDYB",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
        "dGhpcyBpcyBhIHRlc3Q",
        "550e8400",
        "1234567890",
    ],
)
def test_what_looks_random_gives_no_word(secret: str) -> None:
    assert words(f'key = "{secret}"') == ["key"]


@pytest.mark.parametrize(
    "name",
    [
        "convertBase64ToStringBuffer",
        "AES256CBCHMACSHA512",
        "internationalization",
        "XMLHttpRequest",
        "BaseSpatialFeatures4326",
        "test_m2m_through_fk_id_x_y",
        "getElementByIdOrXPath",
    ],
)
def test_names_that_people_write_do_not_look_random(name: str) -> None:
    assert not any(looks_random(part) for part in name.split("_"))


def test_a_long_name_gives_its_parts_but_no_compound() -> None:
    name = "test_that_the_redirect_after_login_keeps_the_query_string"
    assert words(name) == list(split_identifier(name))
    assert "redirect" in words(name)


def test_stop_words_are_written_as_words_writes_them() -> None:
    assert set(words("this returns a class of kwargs, using what it does")) <= STOP_WORDS
    assert not STOP_WORDS & set(words("delete template namespace query"))


@given(st.text(max_size=80))
@settings(derandomize=True, max_examples=200)
def test_counting_agrees_with_listing(text: str) -> None:
    listed = words(text)
    assert count_words(text) == {word: listed.count(word) for word in listed}


@given(st.text(alphabet="abcXYZ019_ é用-", max_size=60))
@settings(derandomize=True, max_examples=200)
def test_words_are_lower_case_short_and_found_again(text: str) -> None:
    for word in words(text):
        assert word == word.lower()
        assert 1 <= len(word) <= 40
    assert words(text) == words(text)


@given(st.lists(st.text("abkz", max_size=15), min_size=1, max_size=5))
@settings(derandomize=True, max_examples=200)
def test_an_identifier_in_lower_case_gives_its_pieces_and_itself(pieces: list[str]) -> None:
    name, letters = "_".join(pieces), "".join(pieces)
    several = sum(map(bool, pieces)) > 1 and len(letters) <= 40
    expected = [stem(piece) for piece in pieces if len(piece) > 1] + [stem(letters)] * several
    assert words(name) == (expected if len(name) > 1 else [])
