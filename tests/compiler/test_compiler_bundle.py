"""Bundles of Python: programs run as they are and as one file, and what they print is compared."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from aifirst_compiler.bundle.archive import write_archive
from aifirst_compiler.bundle.bundle_map import Origin, map_of_bundle
from aifirst_compiler.bundle.find_modules import find_modules
from aifirst_compiler.bundle.write_bundle import Bundle, bundle_modules
from aifirst_compiler.errors import CompileError
from aifirst_compiler.source_maps.find_map import MapFinder
from aifirst_compiler.source_maps.trace import Tracer


def ran(folder: Path, *arguments: str) -> str:
    """What a Python program prints, errors too."""
    done = subprocess.run(
        [sys.executable, "-B", *arguments], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


def bundled(folder: Path, files: Mapping[str, str], entry: str) -> Bundle:
    """Write a program into `src` and its bundle into `out`."""
    for name, text in files.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    found = find_modules(folder / "src" / entry, Path.read_bytes)
    bundle = bundle_modules(found.root, found.known, is_package=found.is_package)
    (folder / "out").mkdir(exist_ok=True)
    name = f"{Path(entry).name}.py" if found.is_package else Path(entry).name
    (folder / "out" / name).write_bytes(bundle.data)
    return bundle


def check(folder: Path, files: Mapping[str, str], *, flat: int, entry: str = "main.py") -> Bundle:
    """The bundle of a program, which prints what the program prints; `flat` modules are part of its text."""
    bundle = bundled(folder, files, entry)
    expected = ran(folder / "src", entry)
    assert "Traceback" not in expected
    assert ran(folder / "out", Path(entry).name) == expected
    assert len(bundle.flat) == flat, bundle.held
    return bundle


def test_a_program_that_its_modules_import_runs_once_more_under_its_name(tmp_path: Path) -> None:
    files = {
        "main.py": "class A: pass\nimport b\nimport late\n"
        "print(__name__, getattr(b, 'look', str)(), late.V, hasattr(b, 'SEEN'))\n",
        "b.py": "print('b runs')\nimport main\nSEEN = main.A.__module__\n"
        "def look():\n    from main import A\n    return A.__module__\n",
        "late.py": "import sys\nV = sorted(name for name in ('b', 'late', 'main') if name in sys.modules)\n",
        "alone.py": "if __name__ == '__main__':\n    import alone\n    print(alone.__name__)\n",
    }
    for entry in ("main.py", "alone.py"):
        bundled(tmp_path, files, entry)
        (tmp_path / "out" / entry).rename(tmp_path / "out" / "other.py")
        expected = ran(tmp_path / "src", entry)
        assert "Traceback" not in expected
        assert ran(tmp_path / "out", "other.py") == expected


def test_names_that_collide_are_told_apart_and_definitions_keep_theirs(tmp_path: Path) -> None:
    files = {
        "main.py": "import a, b\nfrom b import Item as Other\n\ndef price(): return 'main'\n\nclass Item: pass\n\n"
        "print(price(), a.price(), b.price(), a.total(), b.total(), a.price.__name__, b.price.__qualname__)\n"
        "print(Item, Other, a.Item, Other.__module__, Other().copy(), b.RATE)\n",
        "a.py": "RATE = 1\n\ndef price(): return RATE\n\ndef total(): return price() + 1\n\nclass Item: pass\n",
        "b.py": "from functools import lru_cache\nRATE = 2\n\n@lru_cache\ndef price(): return RATE * 10\n\n"
        "def total(price=price): return price() + len([RATE for RATE in 'abc'])\n\n"
        "class Item:\n    RATE = 3\n    def copy(self): return type(self).__name__, Item.RATE, RATE, __class__ is Item\n",
    }
    bundle = check(tmp_path, files, flat=3)
    assert b"def price_a" not in bundle.data


def test_every_statement_runs_in_its_turn_also_in_a_cycle(tmp_path: Path) -> None:
    files = {
        "main.py": "print('main', __name__)\nimport p.a\nprint('then')\nfrom p import c\nprint(c.late(), p.a.X, p.b.Y)\n",
        "p/__init__.py": "print('p', __name__)\nfrom . import b\nprint('p ends')\n",
        "p/a.py": "print('a')\nX = 1\nfrom p import b\nprint('a ends', b.Y)\n",
        "p/b.py": "print('b')\nimport p\nprint(hasattr(p, 'b'))\nY = 2\nfrom p.c import late\n",
        "p/c.py": "print('c', __name__, __package__)\nimport p.b\n\ndef late(): return p.b.Y, p.b.late is late\n",
    }
    check(tmp_path, files, flat=5)


def test_what_may_run_early_or_reads_its_namespace_is_held(tmp_path: Path) -> None:
    files = {
        "main.py": "import one\n\ndef first():\n    import two\n    return two.Z\n\nprint(first())\nimport two\n"
        "import three\n"
        "try:\n    import four\nexcept ImportError as error:\n    print(error)\n"
        "print(three.names(), two.Z, one.ONE)\n",
        "one.py": "ONE = 1\n",
        "two.py": "print('two runs')\nfrom one import ONE\nZ = ONE + 1\n",
        "three.py": "Q = 1\ndef names(): return sorted(n for n in globals() if not n.startswith('_')), __file__[-8:]\n",
        "four.py": "import not_there\n",
    }
    bundle = check(tmp_path, files, flat=2)
    assert bundle.held["two"] == "it may be asked for before its turn"
    assert bundle.held["three"] == "it uses globals"
    assert bundle.held["four"] == "it is imported in a function or under a condition only"


def test_imports_of_all_names_bring_what_they_say(tmp_path: Path) -> None:
    files = {
        "main.py": "from a import *\nfrom b import *\n"
        "print(sorted(n for n in ('x', 'y', '_z', 'w', 'v') if n in globals()))\n"
        "print(x, y, w)\n",
        "a.py": "__all__ = ['x', '_z']\nx = 1\n_z = 2\ny = 'not told'\n",
        "b.py": "from c import *\ny = 5\n_v = 6\n",
        "c.py": "w = 'w'\ny = 0\n",
    }
    check(tmp_path, files, flat=4)


def test_public_paths_lead_to_the_same_objects_and_can_be_patched(tmp_path: Path) -> None:
    files = {
        "main.py": "import sys, importlib, pickle\nfrom unittest import mock\nimport p.a as a, p.b\n"
        "print(sys.modules['p.a'] is a, importlib.import_module('p.b') is p.b, p.a is a)\n"
        "print(pickle.loads(pickle.dumps(a.Thing(3))).n, a.__doc__, sorted(set(dir(a)) & {'Thing', 'use', 'helper'}))\n"
        "with mock.patch('p.a.helper', lambda: 'patched'):\n    print(a.use())\nprint(a.use(), vars(p.b)['NAME'])\n"
        "a.helper = lambda: 'set'\nprint(a.use())\ndel a.helper\nprint(hasattr(a, 'helper'))\n"
        "try:\n    a.nothing\nexcept AttributeError as error:\n    print(error)\n",
        "p/__init__.py": "",
        "p/a.py": '"""Things."""\nclass Thing:\n    def __init__(self, n): self.n = n\n\ndef helper(): return "own"\n\n'
        "def use(): return helper()\n",
        "p/b.py": "NAME = __name__\n",
    }
    check(tmp_path, files, flat=4)


def test_scopes_are_told_apart_when_a_global_is_renamed(tmp_path: Path) -> None:
    scopes = """
x = 1
y = [x for x in range(3)]
def f(x, *, z=x): return x + z
def g():
    global x
    x += 10
    return (lambda x=x: x)(), [x for _ in 'a']
def h():
    x = 5
    def inner():
        nonlocal x
        x += 1
        return x
    return inner(), {k: x for k in 'q'}
class K:
    w = x
    def m(self, a=x): return a, x
try:
    raise ValueError(x)
except ValueError as error:
    e = str(error)
match [1, 2, {"k": 3}]:
    case [first, *rest]:
        m = first, rest
if (n := x) and n:
    n += 1
def outer():
    for x in 'ab': pass
    return x
def shadow():
    import os as x
    return x.sep
print(x, y, f(2), g(), x, h(), K().m(), K.w, e, m, n, outer(), shadow(), f"{x} {x!r:>4}")
"""
    files = {
        "main.py": "x = 'main'\nimport one, two\nprint(x, one.x, two.x)\n",
        "one.py": scopes,
        "two.py": scopes,
    }
    check(tmp_path, files, flat=3)


def test_a_builtin_that_one_module_shadows_stays_for_the_others(tmp_path: Path) -> None:
    files = {
        "main.py": "import a, b\ndef len(x): return 'main'\nprint(len('abc'), a.size('abc'), b.size('abc'), a.max)\n",
        "a.py": "def size(x): return len(x)\nmax = 7\n",
        "b.py": "def size(x): return max(len(x), 2)\n",
    }
    check(tmp_path, files, flat=3)


def test_conditions_overloads_and_dunder_names_stay_what_they_are(tmp_path: Path) -> None:
    files = {
        "main.py": "from p import a\nfrom p.a import *\nimport p\n"
        "print(a.f(1), a.__version__, p.__version__, a.lazy, f('x'), p.g())\n"
        "if __name__ == '__main__':\n    print('runs')\n",
        "p/__init__.py": "import sys\n__version__ = '1'\nif sys.version_info > (3,):\n    from .a import f as g\nelse:\n"
        "    def g(): return 'old'\n__all__ = ['g']\n",
        "p/a.py": "from typing import overload, TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import nothing\n"
        "__version__ = '2'\n__all__ = ['f']\n@overload\ndef f(x: int = 0) -> int: ...\n"
        "@overload\ndef f(x: str) -> str: ...\n"
        "def f(x='d'): return x * 2\ndef __getattr__(name):\n    if name == 'lazy': return 'found'\n"
        "    raise AttributeError(name)\nif __name__ == '__main__':\n    print('never')\n",
    }
    check(tmp_path, files, flat=2)


def test_a_package_is_bundled_in_its_own_place(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": '"""A shop."""\nfrom __future__ import annotations\nfrom .store import price\n'
        "from . import tax\n"
        "def total(): return price() + tax.rate()\n",
        "shop/store.py": "from .tax import rate\ndef price(): return 1 + rate()\n",
        "shop/tax.py": "def rate(): return 0.5\n",
        "shop/unused/extra.py": "from ..store import price\nVALUE = price()\n",
    }
    bundle = bundled(tmp_path, files, "shop")
    code = (
        "import shop, shop.store; from shop.unused.extra import VALUE; from shop import tax; import sys\n"
        "shop.tax.rate = lambda: 2\n"
        "print(shop.total(), shop.store.price(), VALUE, shop.__doc__, shop.__name__, tax is sys.modules['shop.tax'])"
    )
    expected = ran(tmp_path / "src", "-c", code)
    assert ran(tmp_path / "out", "-c", code) == expected
    assert "Traceback" not in expected
    assert bundle.data.startswith(b'"""A shop."""\nfrom __future__ import annotations\n')
    assert set(bundle.held) == {"shop.unused", "shop.unused.extra"}


def test_a_module_of_a_package_that_is_the_entry_runs_its_packages_first(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "print('app', __name__)\nfrom .names import NAME\n",
        "app/names.py": "NAME = 'n'\n",
        "app/__main__.py": "from .names import NAME\nfrom . import NAME as same\nprint(NAME, same, __name__)\n",
    }
    bundle = bundled(tmp_path, files, "app/__main__.py")
    assert (
        ran(tmp_path / "out", "__main__.py")
        == ran(tmp_path / "src", "-m", "app")
        == "app app\nn n __main__\n"
    )
    assert bundle.flat == ("app", "app.names", "app.__main__")


def test_a_single_module_gets_nothing_on_top(tmp_path: Path) -> None:
    bundle = bundled(tmp_path, {"main.py": "#!/usr/bin/env python\nimport os\nprint(1)\n"}, "main.py")
    assert bundle.data == b"#!/usr/bin/env python\nimport os\nprint(1)\n"


def test_the_same_program_gives_the_same_bytes(tmp_path: Path) -> None:
    files = {"main.py": "import a, b, c\n", **{f"{n}.py": "import os\nv = 1\n" for n in "abc"}}
    one = bundled(tmp_path, files, "main.py")
    assert one.data == bundled(tmp_path, files, "main.py").data
    assert one.data.count(b"import os") == 1


def test_a_traceback_of_a_bundle_is_told_in_terms_of_its_files(tmp_path: Path) -> None:
    files = {
        "main.py": "import a\n\n\ndef go():\n    import late\n    late.run(a.fail)\n\n\ngo()\n",
        "a.py": "# about\n\nx = 1\n\n\ndef fail():\n    raise ValueError('no')\n",
        "late.py": "# held\n\n\ndef run(f):\n    f()\n",
    }
    bundle = bundled(tmp_path, files, "main.py")
    held = ["late.py"]
    texts = {name: text.encode() for name, text in files.items()}
    made = map_of_bundle(
        bundle, "main.py", held, lambda path: Origin(texts[path]), lambda path: f"../src/{path}"
    )
    (tmp_path / "out/main.py.map").write_bytes(made.to_json())
    told = Tracer(MapFinder()).rewrite(ran(tmp_path / "out", str(tmp_path / "out/main.py")))
    for place in (
        'main.py", line 9, in <module>',
        'main.py", line 6, in go',
        'late.py", line 5, in run',
        'a.py", line 7, in fail',
    ):
        assert f'File "{tmp_path}/src/{place}' in told
    assert f"{tmp_path}/out" not in told


def test_what_cannot_be_bundled_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.py").write_text("def (:\n")
    (tmp_path / "note.txt").write_text("")
    (tmp_path / "p/q").mkdir(parents=True)
    for name in ("p/__init__.py", "p/q/__init__.py"):
        (tmp_path / name).write_text("")
    for name, why in (
        ("empty", "no package"),
        ("bad.py", "does not parse"),
        ("note.txt", "neither Python nor a script"),
        ("p/q", "part of"),
    ):
        with pytest.raises(CompileError, match=why) as caught:
            find_modules(tmp_path / name, Path.read_bytes)
        assert caught.value.next_step


def test_a_held_module_that_does_not_parse_fails_when_it_is_asked_for(tmp_path: Path) -> None:
    files = {
        "main.py": "try:\n    import bad\nexcept SyntaxError as error:\n    print('bad', error.lineno)\n"
        "import good\nprint(good.x)\n",
        "bad.py": "x = 1\ndef (:\n",
        "good.py": "x = '''a\\\\b\\n'''\n",
    }
    check(tmp_path, files, flat=2)


def test_an_archive_runs_and_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    files = {"app/__init__.py": b"", "app/cli.py": b"def main(): print('runs', __name__)\n"}
    data = write_archive(files, "app.cli:main", sys.executable)
    assert data == write_archive(dict(reversed(files.items())), "app.cli:main", sys.executable)
    (tmp_path / "app.pyz").write_bytes(data)
    assert ran(tmp_path, "app.pyz") == "runs app.cli\n"
    (tmp_path / "two.pyz").write_bytes(write_archive({"prog.py": b"print(__name__)\n"}, "prog", ""))
    assert ran(tmp_path, "two.pyz") == "__main__\n"


def test_a_name_that_a_module_never_gets_is_not_the_one_of_the_entry_point(tmp_path: Path) -> None:
    files = {
        "main.py": "import a\nonly_main = 1\ntry:\n    a.f()\nexcept NameError as error:\n    print(error)\n",
        "a.py": "def f(): return only_main\n",
    }
    made = check(tmp_path, files, flat=1)
    assert "only_main" in made.held["a"]


def test_a_function_named_as_the_module_it_comes_from_stays_a_function(tmp_path: Path) -> None:
    files = {
        "main.py": "from p import f\nimport p.f\nimport p\nprint(f(), p.f())\n",
        "p/__init__.py": "from .f import f\n",
        "p/f.py": "def f(): return 'called'\n",
    }
    check(tmp_path, files, flat=3)


def test_annotations_in_classes_are_read_by_the_names_they_were_written_with(tmp_path: Path) -> None:
    files = {
        "main.py": "import a, b, typing\nprint(typing.get_type_hints(a.C), typing.get_type_hints(b.C))\n",
        "a.py": "from __future__ import annotations\nimport typing as t\nclass B: pass\nclass C:\n"
        "    x: B\n    y: t.List[B]\n",
        "b.py": "from __future__ import annotations\nclass B: pass\nclass C:\n    x: B\n",
    }
    check(tmp_path, files, flat=2)


def test_classes_made_late_know_the_module_they_are_of(tmp_path: Path) -> None:
    late = (
        "import enum, typing\ndef make():\n    class A: pass\n    class B:\n        @property\n        def x(self): ...\n"
        "    class C: x = 1; y = 2\n    class D(enum.Enum):\n        a = 1\n    class E(typing.NamedTuple):\n"
        "        x: int = 1\n    class F:\n        'Text.' ; x = 1\n    class G: 'Text.'\n"
        "    if A:\n        class H:\n            if A: x = 1\n    return A, B, C, D, E, F, G, H\n"
    )
    reads = "print([(c.__module__, c.__qualname__, c.__doc__) for c in a.make()])\n"
    check(tmp_path, {"main.py": f"import a\n{reads}", "a.py": late}, flat=2)


def test_what_looks_at_frames_keeps_a_namespace_of_its_own(tmp_path: Path) -> None:
    files = {
        "main.py": "import a, b\nprint(a.name(), b.name())\n",
        "a.py": "import sys\ndef name(): return sys._getframe(0).f_globals['__name__']\n",
        "b.py": "from sys import _getframe as frame\nimport sys\ndef name(): return frame(0).f_code.co_name\n",
    }
    assert set(check(tmp_path, files, flat=1).held) == {"a", "b"}


def test_a_module_is_bound_through_its_namespace(tmp_path: Path) -> None:
    files = {
        "main.py": "import a\nvars(a)['v'] = 2\na.__dict__.update(new=3)\nprint(a.f(), a.new)\ndel vars(a)['v']\n"
        "print(hasattr(a, 'v'), vars(a).setdefault('v', 5), a.f(), vars(a).pop('v'), hasattr(a, 'v'))\n",
        "a.py": "v = 1\ndef f(): return v\n",
    }
    check(tmp_path, files, flat=2)


def test_functions_made_late_know_the_module_they_are_of(tmp_path: Path) -> None:
    files = {
        "main.py": "import a, b\nprint(a.outer().__module__, a.Kept().method().__module__, a.kind().method.__module__)\n"
        "print(a.told, b.pair().__module__, "
        "b.pair().__mro__, [one.__module__ for one in a.both()])\n",
        "a.py": "told = []\ndef tell(function):\n    told.append((function.__name__, function.__module__))\n"
        "    return function\n\ndef outer():\n    @tell\n    def inner(): pass\n    return inner\n\n"
        "class Kept:\n    def method(self):\n        async def inner(): pass\n        return inner\n\n"
        "def kind():\n    class Local:\n        def method(self): pass\n        @property\n"
        "        def value(self): pass\n    return Local\n\ndef both():\n    if told:\n        def first(): pass\n"
        "    class Second:\n        def third(self): pass\n    return first, Second, Second.third\n",
        "b.py": "from collections import namedtuple\n\n"
        "def pair():\n    return namedtuple('pair', 'a b')(1, type('A', (), {})).b\n"
        "def pair(old=pair):\n    return type('Of', (old(), namedtuple('pair', 'a b')), {})\n",
    }
    check(tmp_path, files, flat=3)


def test_the_specification_of_a_module_is_found(tmp_path: Path) -> None:
    files = {
        "main.py": "import importlib.util, sys\nimport p.a\n\ndef late():\n    import c\n\n"
        "for name in ('p', 'p.a', 'c', 'none'):\n    spec = importlib.util.find_spec(name)\n"
        "    print(name, spec and (spec.name, spec.submodule_search_locations is None))\n"
        "print(sys.modules['p.a'].__spec__.name, p.a.__loader__ is not None)\n",
        "p/__init__.py": "",
        "p/a.py": "A = 1\n",
        "c.py": "",
    }
    check(tmp_path, files, flat=3)
    code = "import main, p.a, importlib\ntry:\n    importlib.reload(p.a)\nexcept ImportError as error:\n    print(error)"
    assert "p.a is a part of the bundle's text" in ran(tmp_path / "out", "-c", code)


def test_a_program_that_reloads_modules_holds_them(tmp_path: Path) -> None:
    files = {
        "main.py": "import a\nfrom importlib import reload\na.COUNT = 5\nprint(reload(a) is a, a.COUNT)\n",
        "a.py": "print('a runs')\nCOUNT = 1\n",
    }
    bundle = check(tmp_path, files, flat=1)
    assert bundle.held == {"a": "the program reloads modules"}


def test_the_package_keeps_its_name_while_parts_of_it_run(tmp_path: Path) -> None:
    files = {
        "p/__init__.py": "from . import flat\nimport sys\n"
        "result = flat.found, __name__, type(sys.modules[__name__]).__name__\n",
        "p/flat.py": "def look():\n    from . import held\n    return held.seen\nfound = look()\n",
        "p/held.py": "import sys\nfrom . import other\nseen = sys.modules['p'].__name__, other.__name__\n",
        "p/other.py": "",
    }
    bundle = bundled(tmp_path, files, "p")
    assert (bundle.flat, set(bundle.held)) == (("p", "p.flat"), {"p.held", "p.other"})
    for folder in ("src", "out"):
        told = ran(tmp_path / folder, "-c", "import p; print(p.result, p.__name__)")
        assert told == "(('p', 'p.other'), 'p', 'module') p\n"
