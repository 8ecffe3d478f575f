"""Every folder of a language is whole, and no two languages claim the same files."""

from collections import Counter
from pathlib import Path

import aifirst_codebase.languages
import pytest
from aifirst_codebase.languages import (
    all_languages,
    language_named,
    language_of,
    language_of_name,
    may_be_source,
)

FOLDER = Path(aifirst_codebase.languages.__file__).parent
NAMES = sorted(all_languages())


@pytest.mark.parametrize("name", NAMES)
def test_a_language_is_a_folder_of_its_name_whose_queries_compile(name: str) -> None:
    language = language_named(name)
    assert (FOLDER / name / "language.toml").is_file()
    for query in ("units", "glue"):
        assert language.has_query(query)
    assert (language.kind == "code") <= language.has_query("complexity")
    for path in FOLDER.glob(f"{name}/*.scm"):
        assert path.stem in {"units", "glue", "complexity", "imports", "calls", "heritage", "bindings"}
        language.query(path.stem)
    assert language.reading_query.capture_count
    assert language.data.extensions or language.data.filenames


def test_every_folder_with_data_is_a_language() -> None:
    assert sorted(path.parent.name for path in FOLDER.glob("*/language.toml")) == NAMES


@pytest.mark.parametrize("claims", ["extensions", "filenames", "interpreters"])
def test_no_file_is_claimed_twice(claims: str) -> None:
    counted = Counter(
        claim for language in all_languages().values() for claim in getattr(language.data, claims)
    )
    assert [claim for claim, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a/b.h", '#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n', "c"),
        ("a/b.h", "/* a class of things\n   namespace, template */\nstruct a { int b; };\n", "c"),
        ("a/b.h", "#pragma once\nnamespace app::io {\n}\n", "cpp"),
        ("a/b.h", "class Widget;\n", "cpp"),
        ("a/b.h", "class LIB_EXPORT Widget : public Base {\n", "cpp"),
        ("a/b.h", "template <typename T>\nT f();\n", "cpp"),
        ("a/b.h", "void f(std::string a);\n", "cpp"),
        ("a/b.h", "struct A {\n public:\n  int b;\n};\n", "cpp"),
        ("a/b.inc", "<?php\necho 1;\n", "php"),
        ("a/b.inc", "mov eax, 1\n", None),
        ("a/B.CC", "", "cpp"),
        ("bin/run", "#!/usr/bin/env -S ruby -w\n", "ruby"),
        ("bin/run", "#!/bin/sh\n", "bash"),
        ("Rakefile", "", "ruby"),
        (".bashrc", "", "bash"),
        ("a/b.unknown", "x", None),
    ],
)
def test_a_file_is_told_by_its_name_or_its_text(path: str, text: str, expected: str | None) -> None:
    found = language_of(path, text.encode())
    assert (found.name if found else None) == expected


def test_a_shared_extension_is_worth_opening() -> None:
    assert may_be_source("b.inc")
    assert language_of_name("b.inc") is None
    assert not may_be_source("b.unknown")
