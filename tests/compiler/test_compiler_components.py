"""Bundles by component: programs run as they are and with a file for each component, and what they print compared."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from aifirst_compiler.bundle.components import Component, asked_from_outside, find_components
from aifirst_compiler.bundle.find_modules import modules_of_folder
from aifirst_compiler.bundle.write_components import write_component

PROGRAM = {
    "main.py": "print('main begins')\nimport core.money\nimport tools.audit\nfrom web import page\n"
    "import web.parts.head\nprint(page.render(3), core.money.__name__, core.money.__doc__, tools.audit.seen)\n\n"
    "def late():\n    import tools.rare\n    return tools.rare.V\nprint(late())\nimport sys\n"
    "print(sorted(n for n in sys.modules if n.split('.')[0] in ('core', 'web', 'tools')))\n",
    "core/__init__.py": "print('core runs')\n",
    "core/money.py": "'''Money.'''\nprint('money runs')\nfrom core import rates\ndef total(n): return n * rates.RATE\n",
    "core/rates.py": "print('rates runs')\nRATE = 4\n",
    "tools/audit.py": "print('audit runs', __name__)\nfrom core.money import total\nseen = total(1)\n",
    "tools/rare.py": "print('rare runs'); V = 9\n",
    "web/__init__.py": "print('web runs')\nfrom web import base\n",
    "web/base.py": "print('base runs')\nNAME = 'b'\n",
    "web/page.py": "print('page runs')\nfrom . import base\nfrom core.money import total\nclass Page: pass\n"
    "def render(n): return base.NAME, total(n), Page.__module__\n",
    "web/parts/__init__.py": "print('parts runs')\n",
    "web/parts/head.py": "print('head runs')\nfrom web import page\n",
}
TAGS: dict[str, str] = dict.fromkeys(("core.money", "core.rates", "tools.audit"), "accounting")


def ran(folder: Path, *arguments: str) -> str:
    """What Python prints, errors too."""
    done = subprocess.run(
        [sys.executable, "-B", *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


def made(folder: Path, files: Mapping[str, str], tags: Mapping[str, str]) -> list[Component]:
    """Write a program into `src` and its components into `out`; the components."""
    for name, text in files.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _, known = modules_of_folder(folder / "src", Path.read_bytes)
    components = find_components(known, tags)
    asked = asked_from_outside(components, known)
    for one in (write_component(one, known, asked) for one in components):
        for path, data in {**one.leading, one.path: one.data}.items():
            (folder / "out" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "out" / path).write_bytes(data)
    return components


def check(folder: Path, files: Mapping[str, str], tags: Mapping[str, str], *entries: str) -> list[Component]:
    """The components of a program that prints with them what it prints without."""
    components = made(folder, files, tags)
    for entry in entries or ("main.py",):
        expected = ran(folder / "src", *entry.split())
        assert "Traceback" not in expected
        assert ran(folder / "out", *entry.split()) == expected
    return components


def test_every_statement_runs_when_it_ran_and_every_name_leads_where_it_led(tmp_path: Path) -> None:
    components = check(tmp_path, PROGRAM, TAGS)
    names = [one.name for one in components]
    assert sorted(names) == ["accounting", "core", "main", "tools", "web", "web.parts"]
    needs = [("accounting", "core"), ("web", "accounting"), ("web.parts", "web"), ("main", "web.parts")]
    assert all(names.index(user) > names.index(used) for user, used in needs)
    assert not (tmp_path / "out/web/page.py").exists()
    for line in ("import tools.audit, core.rates", "import core.rates, sys; print(len(sys.modules) > 3)"):
        assert ran(tmp_path / "out", "-c", line) == ran(tmp_path / "src", "-c", line)


def test_components_that_import_each_other_become_one_and_say_where(tmp_path: Path) -> None:
    files = {
        "main.py": "import a.one\nprint(a.one.x, a.one.y())\n",
        "a/__init__.py": "",
        "a/one.py": "print('one')\nimport b.two\nx = 1\ndef y(): return b.two.z\n",
        "b/__init__.py": "print('b')\n",
        "b/two.py": "print('two')\nfrom a import one\nz = hasattr(one, 'x')\n",
        "c/__init__.py": "def later():\n    import a.one\n",
    }
    components = check(tmp_path, files, {})
    joined = next(one for one in components if one.parts)
    assert (joined.name, joined.modules) == ("a + b", ("a", "a.one", "b", "b.two"))
    assert [(at.path, at.line, at.module) for at in joined.joined_by] == [
        ("a/one.py", 2, "b"),
        ("b/two.py", 2, "a"),
    ]
    assert {one.name for one in components} == {"a + b", "c", "main"}


def test_a_module_that_another_component_asks_for_early_is_there(tmp_path: Path) -> None:
    files = {
        "main.py": "import pkg\nprint(pkg.value)\n",
        "pkg/__init__.py": "print('pkg')\nimport other\nother.begin()\nfrom pkg import part, rest\n"
        "value = part.V, rest.W\n",
        "pkg/part.py": "print('part')\nV = 1\n",
        "pkg/rest.py": "print('rest')\nW = 2\n",
        "other.py": "print('other')\ndef begin():\n    from pkg import part\n    print('began', part.V)\n",
    }
    components = check(tmp_path, files, {})
    assert [one.name for one in components] == ["other", "pkg", "main"]


def test_a_package_in_a_component_still_holds_files_of_others(tmp_path: Path) -> None:
    files = {
        "main.py": "import pkg.free, pkg.sub.deep, pkg.sub.own\nprint(pkg.free.F, pkg.sub.deep.D, pkg.sub.own.O)\n",
        "pkg/__init__.py": "print('pkg', __name__, len(__path__))\n",
        "pkg/free.py": "print('free', __name__)\nF = 1\n",
        "pkg/sub/__init__.py": "print('sub', len(__path__))\n",
        "pkg/sub/deep.py": "D = __package__\n",
        "pkg/sub/own.py": "O = __name__\n",
        "pkg/__main__.py": "from pkg.free import F\nprint('runs', __name__, F)\n",
    }
    check(tmp_path, files, {"pkg.free": "alone", "pkg.sub.own": "mine"}, "main.py", "-m pkg")
    elsewhere = tmp_path / "second"
    check(elsewhere, files, {"pkg.sub": "mine", "pkg": "mine", "pkg.free": "alone"}, "main.py", "-m pkg")
    assert (elsewhere / "out/pkg/sub/deep.py").exists()


def test_the_same_program_gives_the_same_components(tmp_path: Path) -> None:
    made(tmp_path / "one", PROGRAM, TAGS)
    made(tmp_path / "far/two", dict(reversed(PROGRAM.items())), dict(reversed(TAGS.items())))
    first = {
        path.relative_to(tmp_path / "one/out"): path.read_bytes()
        for path in (tmp_path / "one/out").rglob("*.py")
    }
    assert first == {path: (tmp_path / "far/two/out" / path).read_bytes() for path in first}
    assert len(first) == len([*(tmp_path / "far/two/out").rglob("*.py")])
