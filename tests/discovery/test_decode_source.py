"""Decoding: what every kind of file becomes, and that it goes back to disk byte for byte."""

import codecs
import encodings.aliases

import pytest
from aifirst_codebase.source import EncodeBackError, SourceFile, declare_utf8, decode_source
from hypothesis import given, settings
from hypothesis import strategies as st


def check(path: str, raw: bytes, text: str, encoding: str, *codes: str) -> SourceFile:
    """Decode, compare with what is expected, and prove the way back."""
    source = decode_source(path, raw)
    assert source.text == text
    assert source.data == text.encode("utf-8")
    assert source.encoding == encoding
    assert [diagnostic.code for diagnostic in source.diagnostics] == list(codes)
    assert source.encode_back(source.data) == raw
    return source


def test_utf_8_is_taken_as_it_stands() -> None:
    check("a.go", "naïve 日本 🎉\r\n".encode(), "naïve 日本 🎉\r\n", "utf-8")


def test_an_empty_file_is_utf_8() -> None:
    check("a.py", b"", "", "utf-8")


@pytest.mark.parametrize(
    ("mark", "encoding", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    ],
)
def test_a_byte_order_mark_is_removed_and_restored(mark: bytes, encoding: str, codec: str) -> None:
    check("a.cs", mark + "été 🎉\n".encode(codec), "été 🎉\n", encoding)


def test_only_one_byte_order_mark_is_removed() -> None:
    check("a.py", codecs.BOM_UTF8 * 2 + b"x\n", "\ufeffx\n", "utf-8-sig")


def test_a_mark_that_the_bytes_do_not_keep_falls_back_to_latin_1() -> None:
    check("a.cs", codecs.BOM_UTF16_LE + b"abc", "ÿþabc", "latin-1", "encoding-fallback")


@pytest.mark.parametrize(
    "head",
    [
        b"# -*- coding: cp1252 -*-\n",
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\n",
        b"\f\r\n  # coding=cp1252\r\n",
        b"#!/usr/bin/env python\r# coding: cp1252\r",
    ],
)
def test_a_cookie_on_the_first_two_lines_names_the_encoding(head: bytes) -> None:
    check("a.py", head + b"x = '\x80'\n", head.decode() + "x = '€'\n", "cp1252")


@pytest.mark.parametrize(
    "head",
    [
        b"x = 1\n# coding: cp1252\n",
        b"#\n#\n# coding: cp1252\n",
        b'"""coding: cp1252"""\n',
        b"#coding cp1252\n",
    ],
)
def test_a_cookie_elsewhere_is_only_text(head: bytes) -> None:
    check("a.py", head + "€\n".encode(), head.decode() + "€\n", "utf-8")


def test_the_first_of_two_cookies_counts() -> None:
    head = b"# coding: cp1252\n# coding: koi8-r\n"
    check("a.py", head + b"\x80", head.decode() + "€", "cp1252")


def test_a_cookie_binds_python_files_only() -> None:
    check("a.rb", b"# coding: cp1252\n\x80", "# coding: cp1252\n\x80", "latin-1", "encoding-fallback")


def test_an_ascii_file_keeps_the_encoding_it_declares() -> None:
    source = check("a.py", b"# coding: latin-1\nx\n", "# coding: latin-1\nx\n", "latin-1")
    assert source.encode_back("# coding: latin-1\né\n".encode()) == b"# coding: latin-1\n\xe9\n"


@pytest.mark.parametrize(
    "name", ["klingon", "utf-7", "utf-16", "cp037", "rot13", "hex", "unicode_escape", ".."]
)
def test_a_cookie_without_a_usable_codec_is_reported_and_passed_over(name: str) -> None:
    text = f"# coding: {name}\né\n"
    check("a.py", text.encode(), text, "utf-8", "encoding-unknown")


def test_a_cookie_that_the_bytes_do_not_keep_is_reported() -> None:
    raw = b"# coding: ascii\n\xe9\n"
    check("a.py", raw, "# coding: ascii\né\n", "latin-1", "encoding-unknown", "encoding-fallback")


def test_bytes_of_no_known_encoding_are_read_as_latin_1_with_a_next_step() -> None:
    source = check("src/a.c", b"// caf\xe9\n", "// café\n", "latin-1", "encoding-fallback")
    assert "src/a.c" in source.diagnostics[0].message
    assert source.diagnostics[0].next_step == "save the file as UTF-8"


def test_nul_characters_are_kept_and_reported() -> None:
    check("a.py", b"a\0b\n", "a\0b\n", "utf-8", "nul-bytes")


def test_what_the_encoding_cannot_write_is_refused_with_the_character_and_the_way_out() -> None:
    source = decode_source("a.c", b"\xe9")
    with pytest.raises(
        EncodeBackError, match=r"a\.c is stored as latin-1.*'→' \(U\+2192\).*save the file as UTF-8"
    ):
        source.encode_back("é→".encode())


@pytest.mark.parametrize(
    ("raw", "newline"),
    [
        (b"", "\n"),
        (b"no newline", "\n"),
        (b"a\nb\nc\r\n", "\n"),
        (b"a\r\nb\r\nc\n", "\r\n"),
        (b"a\rb\rc\n", "\r"),
        (b"a\r\nb\n", "\n"),
        (b"a\f\nb\x0b\r\nc\r\n", "\r\n"),
    ],
)
def test_the_newline_is_the_one_most_used(raw: bytes, newline: str) -> None:
    assert decode_source("a.py", raw).newline == newline


def test_the_digest_is_of_the_bytes_on_disk() -> None:
    with_mark, without = decode_source("a.py", codecs.BOM_UTF8 + b"x"), decode_source("a.py", b"x")
    assert with_mark.data == without.data
    assert with_mark.digest != without.digest
    assert without.digest == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    mark=st.sampled_from(
        [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE]
    ),
    cookie=st.sampled_from(
        ["", *sorted(set(encodings.aliases.aliases.values())), "idna", "punycode", "undefined"]
    ),
    body=st.binary(max_size=40)
    | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_every_file_goes_back_to_disk_byte_for_byte(mark: bytes, cookie: str, body: bytes) -> None:
    raw = mark + (f"# coding: {cookie}\n".encode() if cookie else b"") + body
    source = decode_source("a.py", raw)
    assert source.encode_back(source.data) == raw
    assert source.data.decode("utf-8") == source.text


@pytest.mark.parametrize("name", ["latin-1", "cp1252", "gbk", "koi8_r", "big5"])
def test_a_text_that_became_utf8_declares_it_in_as_many_bytes(name: str) -> None:
    text = f"#!/bin/python\n# -*- coding: {name} -*-\nNAME = 'caf\u00e9 \u20ac'\n"
    declared = declare_utf8(text.encode())
    assert len(declared) == len(text.encode())
    names: dict[str, str] = {}
    exec(declared, names)  # noqa: S102 - what Python makes of the bytes is the question
    assert names["NAME"] == "caf\u00e9 \u20ac"
    assert declare_utf8(declared) == declared


@pytest.mark.parametrize(
    "text", ["# coding: utf-8\n", "x = 1\n", "# coding: klingon\n", "a\n\n# coding: latin-1\n", ""]
)
def test_what_declares_no_other_encoding_stays(text: str) -> None:
    assert declare_utf8(text.encode()) == text.encode()
