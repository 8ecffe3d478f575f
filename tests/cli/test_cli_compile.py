"""`aifirst compile` as a person, a build and CI use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_run import Aifirst, Write

STORE = '"""Orders."""\n\n# WHY: told\nRATE = 2\n\n\ndef price(n):\n    """What n cost."""\n    return n * RATE  # so\n'
MAIN = '''"""Runs."""
from store import price


def main():
    # fails
    print(price(3))
    raise ValueError


main()
'''


@pytest.fixture
def program(write: Write) -> None:
    """A program of two modules with glue, and a file that does not parse."""
    write("aifirst.toml", "")
    write("src/store.py", STORE)
    write("src/main.py", MAIN)
    write("src/data.txt", "kept\n")


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )


@pytest.mark.usefixtures("program")
def test_a_file_goes_to_standard_output(aifirst: Aifirst) -> None:
    ran = aifirst("compile", "src/store.py")
    assert (ran.code, ran.err) == (0, "")
    assert "WHY" not in ran.out
    assert "Orders" not in ran.out
    assert "def price(n):\n    return n * RATE\n" in ran.out


@pytest.mark.usefixtures("program")
def test_a_folder_is_compiled_and_then_current(aifirst: Aifirst, write: Write) -> None:
    assert aifirst("compile", "src", "-o", "out", "--check").code == 1
    ran = aifirst("compile", "src", "-o", "out", "--stats")
    assert ran.code == 0
    assert "2 compiled, 1 copied" in ran.out
    assert "fewer)" in ran.out
    assert (aifirst.folder / "out/data.txt").read_text() == "kept\n"
    assert "Orders" not in (aifirst.folder / "out/store.py").read_text()
    current = aifirst("compile", "src", "-o", "out", "--check")
    assert (current.code, current.out) == (0, "all current\n")
    write("src/store.py", STORE + "# more\nMORE = 1\n")
    stale = aifirst("compile", "src", "-o", "out", "--check")
    assert stale.code == 1
    assert "store.py: different" in stale.out
    assert "MORE" not in (aifirst.folder / "out/store.py").read_text()


@pytest.mark.usefixtures("program")
def test_measures_alone_write_nothing(aifirst: Aifirst) -> None:
    ran = aifirst("compile", "src", "--stats", "--minify")
    assert ran.code == 0
    assert ran.out.startswith("language")
    assert sorted(path.name for path in aifirst.folder.iterdir() if path.name[0] != ".") == [
        "aifirst.toml",
        "src",
    ]


@pytest.mark.usefixtures("program")
def test_a_program_reads_what_became_of_every_file(aifirst: Aifirst, write: Write) -> None:
    write("src/bad.py", "def (:\n")
    ran = aifirst("compile", "src", "-o", "out", "-f", "json")
    told = json.loads(ran.out)
    assert told["version"] == 1
    assert {one["path"]: one["action"] for one in told["files"]} == {
        "src/bad.py": "copied", "src/data.txt": "copied", "src/main.py": "compiled", "src/store.py": "compiled",
    }  # fmt: skip
    (warned,) = told["warnings"]
    assert (warned["code"], warned["path"], warned["line"]) == ("does-not-parse", "src/bad.py", 1)
    assert told["totals"][0]["tokens"][0] > told["totals"][0]["tokens"][1]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("bundled", [False, True])
def test_a_traceback_of_the_output_is_told_by_its_map(aifirst: Aifirst, bundled: bool) -> None:
    more = ["--bundle"] if bundled else []
    assert aifirst("compile", "src/main.py", "-o", "out/main.py", "--maps", *more).code == 0
    if not bundled:
        assert aifirst("compile", "src/store.py", "-o", "out/store.py", "--maps").code == 0
    done = python(aifirst.folder, "out/main.py")
    assert done.stdout == "6\n"
    told = aifirst("trace", stdin=done.stderr.encode()).out
    assert f'File "{aifirst.folder / "src/main.py"}", line 8, in main\n    raise ValueError\n' in told
    assert f'File "{aifirst.folder / "src/main.py"}", line 11, in <module>\n    main()\n' in told


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("bundled", [False, True])
def test_a_traceback_of_a_small_output_names_the_statement_among_those_of_its_line(
    aifirst: Aifirst, write: Write, bundled: bool
) -> None:
    write(
        "src/main.py",
        MAIN.replace("    # fails\n", "    if RATE:\n        # fails\n        raise KeyError(1)\n"),
    )
    write("src/main.py", (aifirst.folder / "src/main.py").read_text().replace("price\n", "RATE, price\n"))
    more = ["--bundle"] if bundled else []
    assert aifirst("compile", "src/main.py", "-o", "out/main.py", "--minify", "--maps", *more).code == 0
    if not bundled:
        assert aifirst("compile", "src/store.py", "-o", "out/store.py").code == 0
    done = python(aifirst.folder, "out/main.py")
    assert "if RATE:raise KeyError(1)" in done.stderr
    told = aifirst("trace", stdin=done.stderr.encode()).out
    assert f'File "{aifirst.folder / "src/main.py"}", line 8, in main\n    raise KeyError(1)\n' in told


@pytest.mark.usefixtures("program")
def test_a_traceback_inside_a_small_archive_names_the_lines_that_called_and_raised(
    aifirst: Aifirst, write: Write
) -> None:
    text = (
        "from store import RATE, price\n\n\ndef fail(n):\n    if n:\n        raise KeyError(n)\n\n\n"
        "def main():\n    if RATE:\n        # calls\n        fail(price(3))\n\n\nmain()\n"
    )
    write("src/main.py", text)
    made = aifirst("compile", "src/main.py", "-o", "app.pyz", "--minify", "--maps", "--bundle", "archive")
    assert made.code == 0
    told = aifirst("trace", stdin=python(aifirst.folder, "app.pyz").stderr.encode()).out
    lines = [line.split(", line ")[1] for line in told.splitlines() if "src/main.py" in line]
    assert lines == ["15, in <module>", "12, in main", "6, in fail"]


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("more", [[], ["--bundle"], ["--bundle", "archive"]])
def test_an_output_never_replaces_its_source(aifirst: Aifirst, more: list[str]) -> None:
    for output in ("src/main.py", "src/../src/main.py", *([] if "archive" in more else ["src"])):
        ran = aifirst("compile", "src/main.py", "-o", output, *more)
        assert (ran.code, "is the source itself" in ran.err) == (2, True)
    assert (aifirst.folder / "src/main.py").read_text() == MAIN
    assert aifirst("compile", "src/main.py", "-o", "src/store.py", *(more or ["--bundle"])).code == 2
    assert (aifirst.folder / "src/store.py").read_text() == STORE


@pytest.mark.usefixtures("program")
def test_a_map_goes_with_the_output_that_it_was_of(aifirst: Aifirst, write: Write) -> None:
    assert aifirst("compile", "src", "-o", "out", "--maps").code == 0
    write("src/store.py", "def price(:\n")
    assert "store.py.map: extra" in aifirst("compile", "src", "-o", "out", "--maps", "--check").out
    assert aifirst("compile", "src", "-o", "out", "--maps").code == 0
    assert [path.name for path in (aifirst.folder / "out").glob("*.map")] == ["main.py.map"]


@pytest.mark.usefixtures("program")
def test_a_folder_gets_maps_that_come_and_go_with_the_option_and_the_source(aifirst: Aifirst) -> None:
    assert aifirst("compile", "src", "-o", "out", "--maps").code == 0
    assert aifirst("compile", "src", "-o", "out", "--maps", "--check").code == 0
    done = python(aifirst.folder, "out/main.py")
    told = aifirst("trace", stdin=done.stderr.encode()).out
    assert f'File "{aifirst.folder / "src/main.py"}", line 8, in main\n' in told
    (aifirst.folder / "out/store.py.map").write_text("{}")
    assert aifirst("compile", "src", "-o", "out", "--maps", "--check").code == 1
    (aifirst.folder / "src/store.py").unlink()
    assert aifirst("compile", "src", "-o", "out", "--maps").code == 0
    assert sorted(path.name for path in (aifirst.folder / "out").glob("*.map")) == ["main.py.map"]
    assert aifirst("compile", "src", "-o", "out").code == 0
    assert not list((aifirst.folder / "out").glob("*.map"))


@pytest.mark.usefixtures("program")
def test_licences_stay_unless_told_and_examples_on_demand(aifirst: Aifirst, write: Write) -> None:
    write(
        "src/one.py",
        '# Copyright 2026 A. Person\n\ndef f():\n    """F.\n\n    >>> f()\n    1\n    """\n    return 1\n',
    )
    plain = aifirst("compile", "src/one.py").out
    assert "Copyright" in plain
    assert ">>>" not in plain
    assert "Copyright" not in aifirst("compile", "src/one.py", "--drop-licences").out
    assert ">>> f()" in aifirst("compile", "src/one.py", "--doctests").out


@pytest.mark.usefixtures("program")
def test_names_of_locals_get_short_on_demand(aifirst: Aifirst, write: Write) -> None:
    write("src/long.py", "def f(rows):\n    collected_values_of_rows = []\n    for one_single_row in rows:\n"
          "        collected_values_of_rows.append(one_single_row)\n    return collected_values_of_rows\n")  # fmt: skip
    assert "collected_values_of_rows" in aifirst("compile", "src/long.py", "--minify").out
    assert (
        "collected_values_of_rows"
        not in aifirst("compile", "src/long.py", "--minify", "bytes", "--rename").out
    )
    assert "Add --minify" in aifirst("compile", "src/long.py", "--rename").err


@pytest.mark.usefixtures("program")
def test_tests_are_run_on_both_and_compared(aifirst: Aifirst, write: Write) -> None:
    write("tests/test_store.py", "from store import price\n\ndef test_price():\n    assert price(2) == 4\n")
    command = f"{sys.executable} -m pytest -q -p no:cacheprovider tests"
    ran = aifirst("compile", "src", "-o", "out", "--verify", command)
    assert ran.code == 0
    assert "verified: 1 test ended alike on source and output" in ran.out
    write(
        "tests/test_more.py",
        "import store\n\ndef test_doc():\n    assert getattr(store, '__d' + 'oc__') == 'Orders.'\n",
    )
    ran = aifirst("compile", "src", "-o", "out", "--verify", command)
    assert ran.code == 1
    assert "tests/test_more.py::test_doc: passed → failed" in ran.out


@pytest.mark.usefixtures("program")
def test_a_verification_tells_how_the_tests_ended(aifirst: Aifirst, write: Write) -> None:
    write("tests/test_two.py", "def test_ends():\n    pass\n\ndef test_fails():\n    assert False\n")
    command = f"{sys.executable} -m pytest -q -p no:cacheprovider tests"
    ran = aifirst("compile", "src", "-o", "out", "--verify", command)
    assert ran.code == 0
    assert (
        "verified: 1 passed, 1 failed alike on source and output\n1 test fails on the source itself"
        in ran.out
    )
    ran = aifirst("compile", "src", "-o", "out", "--verify", command, "--format", "json")
    verification = json.loads(ran.out)["verification"]
    assert verification["tally"] == {"passed": 1, "failed": 1, "skipped": 0, "errors": 0}
    assert verification["exit_code"] == 1


@pytest.mark.usefixtures("program")
def test_tests_that_cannot_be_collected_verify_nothing(aifirst: Aifirst, write: Write) -> None:
    write("tests/test_two.py", "import nosuchmodule\n\ndef test_ends():\n    pass\n")
    command = f"{sys.executable} -m pytest -q -p no:cacheprovider tests"
    ran = aifirst("compile", "src", "-o", "out", "--verify", command)
    assert ran.code == 2
    assert "verified:" not in ran.out
    assert "No module named 'nosuchmodule'" in ran.err
    assert "install what its tests need" in ran.err


@pytest.mark.usefixtures("program")
def test_a_command_that_is_not_there_verifies_nothing(aifirst: Aifirst) -> None:
    ran = aifirst("compile", "src", "-o", "out", "--verify", "no-such-command-of-tests")
    assert ran.code == 2
    assert "verified:" not in ran.out
    assert "ended with 127 on the source itself" in ran.err
    assert "give a command that passes on the source" in ran.err


@pytest.mark.usefixtures("program")
def test_an_archive_runs(aifirst: Aifirst) -> None:
    ran = aifirst("compile", "src/main.py", "--bundle", "archive", "-o", "app.pyz")
    assert ran.code == 0
    assert python(aifirst.folder, "app.pyz").stdout == "6\n"
    assert aifirst("compile", "src/main.py", "--bundle", "archive", "-o", "app.pyz", "--check").code == 0
    assert aifirst("compile", "src/main.py", "--bundle", "archive", "-o", "app.pyz", "--maps").code == 0
    told = aifirst("trace", stdin=python(aifirst.folder, "app.pyz").stderr.encode()).out
    assert f'File "{aifirst.folder / "src/main.py"}", line 8, in main\n' in told


def test_a_pipeline_is_assembled_into_one_file(aifirst: Aifirst, write: Write) -> None:
    write("steps/load.py", "# @assembly:count @order:1\ndef load(text):\n    return text.split()\n")
    write(
        "steps/total.py",
        "# @assembly:count @order:2 @depends_on:load\ndef total(words):\n    return len(words)\n",
    )
    ran = aifirst("compile", "steps", "--assemble", "count", "-o", "out/count.py")
    assert ran.code == 0
    assert python(aifirst.folder / "out", "-c", "import count; print(count.count('a b'))").stdout == "2\n"
    wrong = aifirst("compile", "steps", "--assemble", "counts", "-o", "out/count.py")
    assert wrong.code == 2
    assert "pipelines here: count" in wrong.err


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "SRC is missing"),
        (["nowhere"], "does not exist"),
        (["src"], "needs a folder for its output"),
        (["src", "-o", "-"], "output of a folder is a folder"),
        (["src", "-o", "src"], "output folder is the source folder"),
        (["src", "-o", "."], "lies inside the output folder"),
        (["src", "-o", "out", "--check", "--watch"], "--check only looks"),
        (["src/main.py", "--maps"], "need an output"),
        (["src/main.py", "--watch", "-o", "x"], "follows a folder"),
        (["src/main.py", "--bundle", "archive"], "an archive is no text"),
        (["src/data.txt", "--bundle", "-o", "x.py"], "neither Python nor a script"),
        (["src", "--bundle", "-o", "x.py"], "no package and no program"),
        (["src/main.py", "-o", "src/data.txt/x.py"], "cannot be written"),
    ],
)
def test_wrong_use_is_told_with_the_next_step(aifirst: Aifirst, arguments: list[str], why: str) -> None:
    ran = aifirst("compile", *arguments)
    assert ran.code == 2
    assert why in ran.err


@pytest.mark.parametrize("kind", ["module", "archive"])
def test_documentation_that_another_module_reads_stays_in_a_bundle(
    aifirst: Aifirst, write: Write, kind: str
) -> None:
    write("aifirst.toml", "")
    write("src/main.py", "import store\nprint(store.add.__doc__, store.__doc__)\n")
    write("src/store.py", '"""Keeps."""\ndef add():\n    """Add one."""\ndef other():\n    """Gone."""\n')
    made = aifirst("compile", "src/main.py", "--bundle", kind, "-o", "out.py")
    assert made.code == 0, made.err
    assert python(aifirst.folder, "out.py").stdout == "Add one. Keeps.\n"


@pytest.mark.usefixtures("program")
def test_documentation_that_another_file_reads_stays_in_one_file(aifirst: Aifirst, write: Write) -> None:
    assert "What n cost" not in aifirst("compile", "src/store.py").out
    write("tools/show.py", "from store import price\nprint(price.__doc__)\n")
    assert "What n cost" in aifirst("compile", "src/store.py").out


@pytest.mark.usefixtures("program")
def test_annotations_go_where_the_project_reads_none_and_stay_on_demand(
    aifirst: Aifirst, write: Write
) -> None:
    write("src/typed.py", "def _scale(n: int) -> int:\n    return n * 2\n\n\nprint(_scale(2))\n")
    assert (
        aifirst("compile", "--minify", "src/typed.py").out == "def _scale(n):return n*2\nprint(_scale(2))\n"
    )
    kept = "def _scale(n:int)->int:return n*2\nprint(_scale(2))\n"
    assert aifirst("compile", "src/typed.py", "--minify", "--keep-annotations").out == kept
    assert aifirst("compile", "src/typed.py", "--minify", "--keep", "_scale").out == kept
    write("aifirst.toml", "[compile]\nkeep_annotations = true\n")
    assert aifirst("compile", "src/typed.py", "--minify").out == kept


@pytest.mark.usefixtures("program")
@pytest.mark.parametrize("arguments", [["src/store.py"], ["src", "-o", "out"]])
def test_name_to_keep_that_nothing_has_is_told(aifirst: Aifirst, arguments: list[str]) -> None:
    ran = aifirst("compile", *arguments, "--keep", "price", "--keep", "prices", "--keep", "src/store.py::n*")
    assert ran.code == 0
    assert "prices:1: is to be kept" in ran.err
    assert "src/store.py::n*:1: is to be kept" in ran.err
    assert "price:1:" not in ran.err


def test_bundle_tells_what_it_will_not_find(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", "")
    write("main.py", "import importlib\nimport sys\nimportlib.import_module(sys.argv[1])\n")
    ran = aifirst("compile", "main.py", "--bundle", "-o", "out.py")
    assert ran.code == 0
    assert "main.py:3: imports a module by a name that it makes up" in ran.err
    assert "import what it finds by name" in ran.err
    assert aifirst("compile", "main.py").err == ""


@pytest.mark.parametrize(("kind", "out"), [("module", "o.py"), ("archive", "o.pyz"), ("components", "out")])
def test_a_module_in_another_encoding_says_the_same_in_a_bundle(
    aifirst: Aifirst, write: Write, kind: str, out: str
) -> None:
    main = "#!/usr/bin/env python3\n# coding=cp1252\nimport odd\nprint(ascii(odd.NAME + '\u20ac'))\n"
    odd = "# -*- coding: latin-1 -*-\nNAME = 'caf\u00e9'\n"
    write("prog/main.py", "")
    (aifirst.folder / "prog/main.py").write_bytes(main.encode("cp1252"))
    (aifirst.folder / "prog/odd.py").write_bytes(odd.encode("latin-1"))
    source = "prog" if kind == "components" else "prog/main.py"
    assert aifirst("compile", source, "--bundle", kind, "-o", out).code == 0
    program = aifirst.folder / (f"{out}/main.py" if kind == "components" else out)
    done = subprocess.run([sys.executable, "-B", str(program)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "'caf\\xe9\\u20ac'\n"


def test_components_are_a_file_each_by_tag_and_by_folder(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", "")
    write("src/main.py", "import store.price, tools.audit\nprint(tools.audit.seen)\ntools.audit.fail()\n")
    write("src/store/__init__.py", "# @TAG:COMPONENT:shop\n")
    write("src/store/data.txt", "kept")
    write(
        "src/store/price.py", '"""Prices."""\n# @TAG:COMPONENT:accounting\n# why\nprint("price")\nRATE = 3\n'
    )
    write(
        "src/tools/audit.py",
        "# @TAG:COMPONENT:accounting\n# @TAG:COMPONENT:second\nfrom store.price import RATE\nseen = RATE + 1\n\n\n"
        "def fail():\n    # so\n    raise ValueError\n",
    )
    arguments = ("compile", "src", "--bundle", "components", "-o", "out", "--maps")
    ran = aifirst(*arguments)
    assert ran.code == 0, ran.err
    assert "accounting_component.py: accounting, 2 modules, " in ran.out
    assert f"{aifirst.folder / 'out'}: 5 modules in 4 components\n" in ran.out
    assert "src/tools/audit.py: is tagged for several components; it goes to accounting" in ran.err
    done = python(aifirst.folder, "out/main.py")
    assert done.stdout == "price\n4\n"
    assert (aifirst.folder / "out/store/data.txt").read_text() == "kept"
    assert b"why" not in (aifirst.folder / "out/accounting_component.py").read_bytes()
    told = aifirst("trace", stdin=done.stderr.encode()).out
    assert f'File "{aifirst.folder / "src/tools/audit.py"}", line 9, in fail' in told
    assert f'File "{aifirst.folder / "src/main.py"}", line 3, in <module>' in told
    assert aifirst(*arguments, "--check").out == "current\n"
    write("src/tools/audit.py", "seen = 0\n")
    assert aifirst(*arguments, "--check").code == 1
    assert "makes a folder out of a folder" in aifirst("compile", "src/main.py", "--bundle", "components").err


def test_components_replace_and_remove_only_what_they_made(aifirst: Aifirst, write: Write) -> None:
    write("src/main.py", "import rare\nprint(rare.V)\n")
    gone = write("src/rare.py", "V = 1\n")
    theirs = write("out/rare.py", "precious = 1\n")
    arguments = ("compile", "src", "--bundle", "components", "-o", "out")
    ran = aifirst(*arguments)
    assert ran.code == 2
    assert "rare.py is there, and no --bundle components made it. Give an empty folder with -o" in ran.err
    assert theirs.read_text() == "precious = 1\n"
    assert not (aifirst.folder / "out/main.py").exists()
    assert aifirst(*arguments, "--adopt").code == 0
    write("src/rare.py", "V = 2\n")
    assert aifirst(*arguments).code == 0
    assert theirs.read_text() == "V = 2\n"
    mine = write("out/mine.py", "mine = 1\n")
    gone.unlink()
    write("src/main.py", "print(3)\n")
    assert aifirst(*arguments).code == 0
    assert not theirs.exists()
    assert mine.exists()


def test_components_that_cannot_stand_apart_are_told(aifirst: Aifirst, write: Write) -> None:
    write("aifirst.toml", "")
    write("src/a/__init__.py", "from b import B\nA = 1\n")
    write("src/b/__init__.py", "B = 2\nimport a\n")
    ran = aifirst("compile", "src", "--bundle", "components", "-o", "out")
    assert "a + b import each other, so they became one: src/a/__init__.py:1 imports b" in ran.err
    assert python(aifirst.folder / "out", "-c", "import b; print(b.a.A, b.B)").stdout == "1 2\n"
