"""What may be learned from: licences, secrets, and files that nobody wrote."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest
from aifirst_model.dataset.collect.licence_names import PERMISSIVE, is_allowed, licence_of_manifest, spdx_id
from aifirst_model.dataset.collect.licence_text import licence_of_header, licence_of_text
from aifirst_model.dataset.collect.project_documents import (
    Collected,
    CollectSettings,
    Project,
    documents,
    find_files,
)
from aifirst_model.dataset.collect.project_licences import ProjectLicences
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.record import Text

MIT = """MIT License

Copyright (c) 2024 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction.

The above copyright notice and this permission notice shall be included in all copies.
"""
GPL = "                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n"
BSD = """Redistribution and use in source and binary forms, with or without modification, are permitted.
* Redistributions in binary form must reproduce the above copyright notice.
* Neither the name of the copyright holder may be used to endorse or promote products.
"""
FREE = "This is free and unencumbered software released into the public domain.\n"
CODE = "def area(width, height):\n    return width * height\n"


def _project(root: Path, files: dict[str, str]) -> Project:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Project(root, root.name)


def _collect(project: Project, settings: CollectSettings | None = None) -> tuple[dict[str, Text], Collected]:
    count = Collected()
    found = documents(project, find_files(project), settings or CollectSettings(), count)
    return {document.about.path: document for document in found}, count


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        (MIT, "MIT"),
        (GPL, "GPL-3.0-only"),
        (BSD, "BSD-3-Clause"),
        (BSD.partition("* Neither")[0], "BSD-2-Clause"),
        ("Apache License\n   Version 2.0, January 2004", "Apache-2.0"),
        ("You may do nothing with this.", ""),
    ],
)
def test_a_licence_is_known_by_the_phrases_that_only_it_has(text: str, licence: str) -> None:
    assert licence_of_text(text) == licence
    assert licence_of_text(text.upper().replace("\n", "\n * ")) == licence


def test_the_interpreters_own_licence_is_known() -> None:
    import sysconfig

    path = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if not path.is_file():
        pytest.skip("this Python was installed without its licence")
    assert licence_of_text(path.read_text("utf-8")) == "PSF-2.0"


@pytest.mark.parametrize(
    ("head", "licence"),
    [
        ("# SPDX-License-Identifier: GPL-2.0-only\n", "GPL-2.0-only"),
        ("// SPDX-License-Identifier: (MIT OR Apache-2.0)\n", "MIT OR Apache-2.0"),
        ("/* This is free under the GNU General Public License as\n * published by the FSF. */", "GPL-2.0-or-later"),
        ("// Licensed under the Apache License, Version 2.0 (the ...)\n", "Apache-2.0"),
        ("# Just a program.\n", ""),
    ],
)  # fmt: skip
def test_a_files_own_header_says_its_licence(head: str, licence: str) -> None:
    assert licence_of_header(head + CODE) == licence


@pytest.mark.parametrize(
    ("expression", "is_one"),
    [
        ("MIT", True), ("mit", True), ("GPL-3.0-only", False), ("", False),
        ("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False), ("GPL-2.0-only AND (MIT OR ISC)", False),
        ("(MIT OR GPL-3.0-only) AND ISC", True), ("MIT/Apache-2.0", True), ("Apache-2.0 WITH LLVM-exception", True),
        ("(MIT", False), ("MIT MIT", False), ("NOT MIT", False), ("(" * 500 + "MIT" + ")" * 500, False),
    ],
)  # fmt: skip
def test_an_expression_is_allowed_where_it_permits_the_use(expression: str, is_one: bool) -> None:
    assert is_allowed(expression, PERMISSIVE) is is_one


def test_a_page_that_shows_the_licence_of_the_folder_above_states_none_itself(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.txt").write_text(MIT)
    for folder, text in (
        ("docs", "MIT\n===\n\n.. literalinclude:: ../LICENSE.txt\n"),
        ("own", "All rights reserved.\n"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "license.rst").write_text(text)
    licences = ProjectLicences(tmp_path)
    assert licences.of_file("docs/index.rst", "") == "MIT"
    assert licences.of_file("own/a.py", "") == "LicenseRef-unknown"


@pytest.mark.parametrize(
    ("name", "text", "licence"),
    [
        ("pyproject.toml", '[project]\nlicense = "MIT"\n', "MIT"),
        ("pyproject.toml", '[project]\nlicense = { text = "Apache 2.0" }\n', "Apache-2.0"),
        ("pyproject.toml", '[project]\nclassifiers = ["License :: OSI Approved :: BSD License"]\n', "BSD-3-Clause"),
        ("pyproject.toml", '[tool.poetry]\nlicense = "GPL-3.0"\n', "GPL-3.0"),
        ("Cargo.toml", '[package]\nlicense = "MIT OR Apache-2.0"\n', "MIT OR Apache-2.0"),
        ("package.json", '{"license": "ISC"}', "ISC"),
        ("package.json", '{"license": {"type": "MIT"}}', "MIT"),
        ("composer.json", '{"license": ["MIT", "GPL-3.0-only"]}', "MIT OR GPL-3.0-only"),
        ("PKG-INFO", "Name: x\nLicense-Expression: BSD-3-Clause\n", "BSD-3-Clause"),
        ("METADATA", "Classifier: License :: OSI Approved :: GNU General Public License v3\n", "GPL-2.0-or-later"),
        ("package.json", "{", ""), ("package.json", "[1]", ""),
        ("pyproject.toml", "x =", ""), ("Cargo.toml", "[package]", ""),
    ],
)  # fmt: skip
def test_a_manifest_names_the_licence(name: str, text: str, licence: str) -> None:
    assert licence_of_manifest(name, text) == licence


def test_gpl_is_never_taken_for_something_permissive() -> None:
    for name in ("GPL", "GPLv2", "GNU GPL v3", "LGPL 2.1", "AGPL-3.0", "GPL-3.0-or-later", "GNU Affero"):
        assert not is_allowed(spdx_id(name), PERMISSIVE), name


def test_files_are_under_the_nearest_licence_and_what_has_none_is_left_out(tmp_path: Path) -> None:
    project = _project(
        tmp_path / "mixed",
        {
            "LICENSE": MIT, "a.py": CODE, "sub/b.py": CODE, "gpl/COPYING": GPL, "gpl/deep/c.py": CODE,
            "gpl/own.py": "# SPDX-License-Identifier: MIT\n" + CODE,
            "d.py": "# SPDX-License-Identifier: GPL-2.0-only\n" + CODE, "odd/LICENSE": "Ask my lawyer.", "odd/e.py": CODE,
        },
    )  # fmt: skip
    found, count = _collect(project)
    assert {path: one.about.licence for path, one in found.items() if path.endswith(".py")} == {
        "a.py": "MIT", "sub/b.py": "MIT", "gpl/own.py": "MIT",
    }  # fmt: skip
    assert count.dropped["licence not allowed"] == 2
    assert count.dropped["no licence found"] == 1
    taken, _ = _collect(project, CollectSettings(is_own=True))
    assert {"d.py", "gpl/deep/c.py", "odd/e.py"} <= taken.keys()


def test_several_licence_files_are_a_choice_only_where_each_is_named_after_its_licence(
    tmp_path: Path,
) -> None:
    _project(tmp_path / "one", {"LICENSE-MIT": MIT, "LICENSE-GPL": GPL})
    _project(tmp_path / "other", {"LICENSE": MIT, "COPYING": GPL})
    _project(
        tmp_path / "third",
        {"LICENSE-MIT": MIT, "UNLICENSE": FREE, "COPYING": "Under either of the two licences."},
    )
    _project(
        tmp_path / "fourth", {"LICENSE": MIT, "COPYING": "It is forbidden to do any of these things. " * 30}
    )
    assert ProjectLicences(tmp_path / "third").of_project() == "MIT OR Unlicense"
    assert ProjectLicences(tmp_path / "fourth").of_project() == "LicenseRef-unknown AND MIT"
    assert ProjectLicences(tmp_path / "one").of_project() == "GPL-3.0-only OR MIT"
    assert ProjectLicences(tmp_path / "other").of_project() == "GPL-3.0-only AND MIT"


def test_a_project_without_a_licence_is_left_out_and_said(tmp_path: Path) -> None:
    found, count = _collect(_project(tmp_path / "bare", {"a.py": CODE}))
    assert found == {}
    assert "say so with --own" in count.told[0]


def test_planted_secrets_never_come_out(tmp_path: Path) -> None:
    key, token = "AKIA" + "QZ7YPLM2WX9RTB4K", "ghp_" + "aB3dE6fG8hJ2kL5mN7pQ9rS1tU4vW6xY8zA2"
    project = _project(
        tmp_path / "leaky",
        {
            "LICENSE": MIT, "a.py": f'KEY = "{key}"\n' + CODE, "b.js": f"// {token}\nexport const a = 1;\n",
            "c.md": "# Use\n\ncurl https://me:hunter2secret9@host.org/\n",
            ".env": f"KEY={key}\n", "id_rsa": f"#!/bin/sh\n{token}\n",
        },
    )  # fmt: skip
    found, count = _collect(project)
    everything = "\n".join(one.text for one in found.values())
    assert not any(secret in everything for secret in (key, token, "hunter2secret9"))
    assert "[masked: an AWS access key]" in found["a.py"].text
    assert CODE in found["a.py"].text
    assert count.masked == 3
    assert count.dropped["a file of keys"] == 1
    assert ".env" not in found
    without, count = _collect(project, CollectSettings(keep_masked=False))
    assert "a.py" not in without
    assert count.dropped["held a secret"] == 3


def test_what_nobody_wrote_is_left_out_by_reason(tmp_path: Path) -> None:
    project = _project(
        tmp_path / "p",
        {
            "LICENSE": MIT, "a.py": CODE, "third_party/x.py": CODE, "x_pb2.py": CODE, "app.min.js": "var a=1;" * 400,
            "g.py": "# Generated by a program. Do not edit.\n" + CODE, "package-lock.json": "{}", "data.json": "{}",
            "empty.py": " \n", "nul.py": CODE + "x = '" + "\0" + "'\n", "big.py": CODE * 10_000,
        },
    )  # fmt: skip
    found, count = _collect(project)
    assert [path for path in found if path.endswith((".py", ".js"))] == ["a.py"]
    assert {reason: count.dropped[reason] for reason in ("vendored", "generated", "minified", "empty", "too large")} == {
        "vendored": 1, "generated": 2, "minified": 1, "empty": 1, "too large": 1,
    }  # fmt: skip
    assert count.files == count.documents + sum(count.dropped.values())


def test_only_the_languages_asked_for_are_taken(tmp_path: Path) -> None:
    project = _project(
        tmp_path / "p", {"LICENSE": MIT, "a.py": CODE, "b.go": "package a\n", "c.md": "# Words\n"}
    )
    found, count = _collect(project, CollectSettings(languages=("go",)))
    assert list(found) == ["b.go"]
    assert count.dropped["another language"] == 2


def test_a_bare_repository_and_a_missing_folder_are_said_with_the_next_step(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--bare", "-q", str(tmp_path / "bare.git")], check=True)
    with pytest.raises(DatasetError, match="bare repository, without files: clone it first"):
        find_files(Project(tmp_path / "bare.git", "bare"))
    with pytest.raises(DatasetError, match="is no folder"):
        find_files(Project(tmp_path / "nowhere", "nowhere"))


def test_a_projects_broken_settings_do_not_matter_here(tmp_path: Path) -> None:
    project = _project(tmp_path / "p", {"LICENSE": MIT, "a.py": CODE, "aifirst.toml": "this is = = no toml"})
    assert "a.py" in _collect(project)[0]
    assert Counter(one.about.project for one in _collect(project)[0].values()) == {"p": 1}
