"""Samples are taken from what is there: gaps and bodies put back give the source, answers are what the source says."""

from __future__ import annotations

import ast
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from aifirst_codebase.languages import language_of
from aifirst_model.dataset.category import CATEGORIES, category_of
from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.level import LEVELS, level_of
from aifirst_model.dataset.pairs.commit_messages import make_commits
from aifirst_model.dataset.pairs.docstring_to_body import make_bodies, make_documentation
from aifirst_model.dataset.pairs.document_sections import make_sections
from aifirst_model.dataset.pairs.fill_gaps import make_gaps
from aifirst_model.dataset.pairs.material import Maker, Material, fenced
from aifirst_model.dataset.pairs.project_questions import ProjectFacts
from aifirst_model.dataset.pairs.ticket_to_code import make_code_ticket, make_ticket_code
from aifirst_model.dataset.pairs.whole_units import make_units
from aifirst_model.dataset.record import About, Conversation, Gap, Sample, Text
from hypothesis import given, settings
from hypothesis import strategies as st

PYTHON = '''"""Shapes."""

import math


class Circle:
    """A circle around the origin."""

    def __init__(self, radius: float) -> None:
        self.radius = radius

    def area(self) -> float:
        """Return the area of the circle in square metres."""
        squared = self.radius**2
        return math.pi * squared


def grow(circle: Circle, factor: float) -> Circle:
    # Only the radius grows.
    """Give a circle that is larger by a factor.

    The old one stays as it is.
    """
    if factor <= 0:
        raise ValueError(factor)
    larger = circle.radius * factor
    return Circle(larger)
'''
GO = """package shapes

// Area gives the area of a square with that side.
func Area(side int) int {
\tif side < 0 {
\t\treturn 0
\t}
\treturn side * side
}
"""
TYPESCRIPT = """/** Adds all numbers of a list and gives the sum. */
export const total = (numbers: number[]): number => {
  let sum = 0;
  for (const one of numbers) {
    sum += one;
  }
  return sum;
};
"""
RUST = """/// Says whether a year is a leap year in the calendar.
pub fn is_leap(year: u32) -> bool {
    let fourth = year % 4 == 0;
    fourth && (year % 100 != 0 || year % 400 == 0)
}
"""
JAVA = """class Sum {
    /** Adds two numbers and gives the sum of both. */
    int add(int a, int b) {
        int sum = a + b;
        return sum;
    }
}
"""
SOURCES = {"shapes.py": PYTHON, "shapes.go": GO, "total.ts": TYPESCRIPT, "leap.rs": RUST, "Sum.java": JAVA}


def _material(path: str, text: str, project: str = "shapes") -> Material:
    language = language_of(path, text.encode())
    assert language is not None
    return Material(
        Text(text, About(task="code", language=language.name, project=project, path=path, group=project))
    )


def _made(maker: Maker, path: str, text: str) -> list[Sample]:
    return list(maker(_material(path, text)))


def _turns(sample: Sample) -> tuple[str, str]:
    assert isinstance(sample, Conversation)
    return sample.messages[0].content, sample.messages[-1].content


def _code(text: str) -> str:
    """What stands in the first fence of a text."""
    return text.partition("```")[2].partition("\n")[2].rpartition("\n```")[0]


@pytest.mark.parametrize("path", list(SOURCES))
def test_a_gap_filled_in_gives_the_file_back(path: str) -> None:
    kinds: set[str] = set()
    for number in range(40):
        text = SOURCES[path] + "\n" * number
        for gap in _made(make_gaps, path, text):
            assert isinstance(gap, Gap)
            assert gap.before + gap.middle + gap.after == text
            assert gap.middle.strip()
            kinds.add(gap.middle.strip())
    assert len(kinds) > 8


def test_gaps_of_a_file_are_the_same_every_time_and_no_more_than_its_length_gives() -> None:
    text = PYTHON * 30
    first = _made(make_gaps, "a.py", text)
    assert first == _made(make_gaps, "a.py", text)
    assert 0 < len(first) <= len(text) // 3000
    for gap in first:
        assert isinstance(gap, Gap)
        assert len(gap.before) <= 4000
        assert len(gap.after) <= 2000
        whole = gap.before + gap.middle + gap.after
        assert f"\n{whole}" in f"\n{text}", "it begins and ends with whole lines"
        assert f"{whole}\n" in f"{text}\n" or whole.endswith("\n")


def test_a_file_in_other_letters_has_gaps_that_fit() -> None:
    text = 'def grüße(würde):\n    größe = "Ünïcödé – 漢字 😀"\n    straße = größe + würde\n    return straße * 2\n'
    for number in range(60):
        for gap in _made(make_gaps, "a.py", text + "#" * number):
            assert isinstance(gap, Gap)
            assert gap.before + gap.middle + gap.after == text + "#" * number


@pytest.mark.parametrize("path", list(SOURCES))
def test_head_and_body_together_are_the_function(path: str) -> None:
    samples = _made(make_bodies, path, SOURCES[path])
    assert samples
    for sample in samples:
        question, answer = _turns(sample)
        assert (
            _code(question) + "\n" + _code(answer) in SOURCES[path]
            or _code(question) + _code(answer) in SOURCES[path]
        )
        assert sample.about.task == "docstring-to-body"
        assert sample.about.level in LEVELS


def test_the_body_of_a_python_function_is_asked_with_its_docstring() -> None:
    question, answer = _turns(_made(make_bodies, "shapes.py", PYTHON)[0])
    assert _code(question).endswith('"""Return the area of the circle in square metres."""')
    assert _code(answer) == "        squared = self.radius**2\n        return math.pi * squared"


def test_the_other_way_round_the_code_has_no_documentation_in_it() -> None:
    question, answer = _turns(_made(make_documentation, "shapes.py", PYTHON)[0])
    assert answer == "Return the area of the circle in square metres."
    assert "square metres" not in question
    assert ast.parse("class A:\n" + _code(question)) is not None
    question, answer = _turns(_made(make_documentation, "shapes.go", GO)[0])
    assert answer == "Area gives the area of a square with that side."
    assert _code(question).startswith("func Area")


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """Do something that is not written yet."""\n    pass\n',
        'def f():\n    """Do something that is not written yet."""\n    raise NotImplementedError("not yet")\n',
        "def f(x):\n    return x.a + x.b + x.c\n",
        'def f(x):\n    """Gibt die Summe der Zahlen zurück und ändert sie dabei nicht."""\n    y = x\n    return y\n',
    ],
)  # fmt: skip
def test_a_function_without_a_body_or_words_to_learn_from_is_no_pair(text: str) -> None:
    assert _made(make_bodies, "a.py", text) == []


def test_tests_are_no_pairs() -> None:
    assert _made(make_bodies, "tests/test_shapes.py", PYTHON) == []


def test_units_that_are_taken_are_documented_parse_and_stand_in_the_file() -> None:
    samples = _made(
        make_units,
        "shapes.py",
        PYTHON + "\n\ndef plain(a, b, c):\n" + "    a = b + c\n" * 20 + "    return a\n",
    )
    texts = [sample.text for sample in samples if isinstance(sample, Text)]
    assert [text.split("(")[0].split(":")[0] for text in texts] == ["class Circle", "def grow"]
    assert all(text.strip() in PYTHON and ast.parse(text) for text in texts)


def test_code_with_errors_gives_no_pair_of_what_is_broken() -> None:
    broken = PYTHON.replace("    larger = circle.radius * factor\n", "    larger = = circle ((\n")
    assert all("larger" not in _turns(sample)[1] for sample in _made(make_bodies, "shapes.py", broken))


TICKET = """# ============================================================================
# @TAG:TICKET:grow-circle
# TICKET: Let circles grow
# ============================================================================
# CONTEXT
# Circles are drawn too small for people to see.
#
# REQUIREMENTS
# FR1: A circle grows by a factor.
# ============================================================================
def grow_circle(radius, factor):
    return radius * factor
"""


def test_a_ticket_is_asked_with_its_text_and_answered_with_its_code() -> None:
    question, answer = _turns(_made(make_ticket_code, "grow.py", TICKET)[0])
    assert "TICKET: Let circles grow" in question
    assert "FR1: A circle grows by a factor." in question
    assert "# " not in question
    assert _code(answer) == "def grow_circle(radius, factor):\n    return radius * factor"
    back, ticket = _turns(_made(make_code_ticket, "grow.py", TICKET)[0])
    assert ticket in question
    assert _code(back) == _code(answer)


PAGE = """# Shapes

Shapes is a library that draws what people ask it for, and it is written for one thing only: to be read by others
who come after us.

## Design principles

Every shape knows its own area, because nobody else can know it better. A shape is never changed once it is made: who
wants another one makes another one.

## How to add a shape

Write a class with an `area` method, and put it into the table of shapes, so that it is found by its name:

```python
# not a heading
class Square: ...
```

## Changelog

Version one was the first one, and it is the one that was released before all of the others that have come since then.
"""


def test_sections_are_principles_patterns_or_context_by_their_headings() -> None:
    samples = _made(make_sections, "README.md", PAGE)
    assert [(sample.about.task, _turns(sample)[0]) for sample in samples] == [
        ("project-question", "What does the documentation of shapes say about Shapes?"),
        ("principle", "What does shapes hold about Shapes / Design principles?"),
        ("pattern", "How is it done in shapes: Shapes / How to add a shape?"),
    ]
    assert "class Square: ..." in _turns(samples[2])[1]
    assert all(_turns(sample)[1] in PAGE for sample in samples)


TEST_FILE = "from shapes import grow\n\n\ndef test_growing():\n    assert grow(1, 2)\n\n\ndef test_other():\n    pass\n"


def test_questions_about_a_project_are_answered_by_its_source() -> None:
    facts = ProjectFacts("shapes")
    for path, text in {
        "shapes.py": PYTHON,
        "tests/test_shapes.py": TEST_FILE,
        "x.py": "def area(a, b):\n    return a\n",
    }.items():
        facts.add(_material(path, text))
    answers = dict(_turns(sample) for sample in facts.questions())
    about_grow = [answer for question, answer in answers.items() if "`grow`" in question]
    line = PYTHON[: PYTHON.index("def grow")].count("\n") + 1
    assert about_grow[0] in {
        f"It is the function `grow` in `shapes.py`, line {line}.",
        "Give a circle that is larger by a factor. It is the function `grow` in `shapes.py`.",
        "`grow` is the function `grow` in `shapes.py`. It is called by name in:\n\n"
        "- `tests/test_shapes.py::test_growing`",
    }
    assert not any("`area`" in question for question in answers), "two things are called so"
    assert answers["What does `shapes.py` of shapes define?"] == (
        "`shapes.py` defines:\n\n- `Circle`\n- `Circle.__init__`\n- `Circle.area`\n- `grow`"
    )


def test_where_something_is_defined_is_told_by_its_line() -> None:
    facts = ProjectFacts("shapes")
    facts.add(_material("x.py", "import os\n\n\n@one\n@two\ndef only_here(a, b):\n    return a\n"))
    assert [_turns(sample) for sample in facts.questions()] == [
        ("Where is `only_here` defined in shapes?", "It is the function `only_here` in `x.py`, line 6.")
    ]


def _commit(root: Path, files: dict[str, str], message: str) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    subprocess.run(
        ["git", "-c", "user.name=N", "-c", "user.email=n@example.org", "commit", "-q", "-m", message],
        cwd=root,
        check=True,
    )


def test_commits_that_say_something_become_pairs_of_change_and_message(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    _commit(tmp_path, {"src/a.py": PYTHON}, "Add the shapes that people ask for")
    token = "ghp_" + "aB3dE6fG8hJ2kL5mN7pQ9rS1tU4vW6xY8zA2"
    _commit(
        tmp_path, {"src/a.py": PYTHON.replace("factor <= 0", "factor < 0"), "src/b.py": f"T = '{token}'\n"},
        "Let a circle shrink to nothing (#12)\n\nA factor of 0 is a point.\n\nSigned-off-by: N <n@example.org>",
    )  # fmt: skip
    _commit(tmp_path, {"src/a.py": PYTHON}, "wip")
    _commit(tmp_path, {"docs/a.txt": "x" * 90}, "Say in the docs what a circle is")
    _commit(tmp_path, {"gpl/a.c": "int a;\n" * 9}, "Add what is under another licence")
    dropped = Counter[str]()
    about = About(project="shapes", licence="MIT", group="shapes")
    samples = list(make_commits(tmp_path, about, 100, lambda path: not path.startswith("gpl/"), dropped))
    assert [_turns(sample)[1] for sample in samples] == [
        "Let a circle shrink to nothing\n\nA factor of 0 is a point.", "Add the shapes that people ask for",
    ]  # fmt: skip
    assert "-    if factor <= 0:\n+    if factor < 0:" in _turns(samples[0])[0]
    assert token not in _turns(samples[0])[0]
    assert samples[0].about.path == "src"
    assert dropped == {"message says too little": 1, "no code": 1, "files that are not learned from": 1}
    both = list(
        make_commits(tmp_path, about, 100, lambda path: not path.startswith("gpl/"), dropped, both_ways=True)
    )
    assert [sample.about.task for sample in both] == ["diff-to-message", "message-to-diff"] * 2
    ordered, change = _turns(both[1])
    assert "Let a circle shrink to nothing" in ordered
    assert "    if factor <= 0:\n" in ordered
    assert "factor < 0" not in ordered, "the question holds nothing of the answer"
    assert "`src/b.py` is not there yet." in ordered
    assert fenced(change.partition("\n")[2].rpartition("\n")[0], "diff") == change
    assert "+    if factor < 0:" in change
    assert "\nindex " not in change
    assert list(make_commits(tmp_path / "src", about, 100, lambda _: True, dropped)) == []


@pytest.mark.parametrize(
    ("path", "name", "text", "category"),
    [
        ("auth/login.py", "check_password", "def check_password(user, password, token): ...", "authentication"),
        ("db/users.py", "insert_user", "def insert_user(cursor): cursor.execute('INSERT'); commit()", "database"),
        ("api/routes.py", "get_user", "@router.get('/user')\ndef get_user(request): return Response()", "api endpoints"),
        ("store.py", "Store.update_item", "def update_item(self, item): self.remove(item); self.save(item)", "crud"),
        ("ui/button.tsx", "Button", "function Button(props) { const [state] = useState(0); render() }", "frontend"),
        ("load.py", "parse_csv", "def parse_csv(row): return normalize(convert(row))", "data processing"),
        ("paths.py", "shortest_path", "def shortest_path(graph, edge): heap = []; distance = {}", "algorithms"),
        ("events.py", "EventRegistry.notify", "def notify(self, listener): self.observer.publish()", "design patterns"),
        ("main.py", "start_server", "def start_server(config): pool = thread(worker, cache)", "system architecture"),
        ("shop.py", "calculate_discount", "def calculate_discount(order): return price - discount", "business logic"),
        ("a.py", "f", "def f(x): return x", ""),
    ],
)  # fmt: skip
def test_each_of_the_ten_categories_is_told_by_words(path: str, name: str, text: str, category: str) -> None:
    assert category_of(path, name, text) == category
    assert len(CATEGORIES) == 10


@settings(derandomize=True, max_examples=50)
@given(st.integers(1, 60), st.integers(0, 8), st.integers(1, 300), st.integers(0, 9))
def test_more_of_anything_never_lowers_the_level(
    cyclomatic: int, nesting: int, lines: int, more: int
) -> None:
    level = LEVELS.index(level_of(cyclomatic, nesting, lines))
    assert LEVELS.index(level_of(cyclomatic + more, nesting, lines)) >= level
    assert LEVELS.index(level_of(cyclomatic, nesting + more, lines)) >= level
    assert LEVELS.index(level_of(cyclomatic, nesting, lines + more)) >= level


def test_the_bounds_of_the_levels_are_what_they_say() -> None:
    assert [level_of(n, 0, 1) for n in (5, 6, 10, 11, 20, 21)] == [
        "simple", "medium", "medium", "complex", "complex", "advanced",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("Return the sum of both numbers, or nothing where there is none to be had.", True),
        ("Gibt die Summe beider Zahlen zurück oder nichts, wenn es keine solche gibt.", False),
        ("Renvoie la somme des deux nombres, ou rien quand il n'y en a pas du tout.", False),
        ("返回两个数的和", False),
        ("Add one.", True),
    ],
)
def test_english_is_told_from_other_languages(text: str, is_it: bool) -> None:
    assert is_english(text) is is_it


@settings(derandomize=True, max_examples=60)
@given(st.text(st.sampled_from("`a\n "), max_size=20))
def test_a_fence_is_not_closed_by_what_is_in_it(text: str) -> None:
    lines = fenced(text, "x").split("\n")
    fence = lines[0].removesuffix("x")
    assert lines[-1] == fence
    assert not any(line.strip().startswith(fence) for line in lines[1:-1])


_MAKERS: list[Maker] = [make_gaps, make_bodies, make_documentation, make_units, make_ticket_code]


@settings(derandomize=True, max_examples=40)
@given(
    st.text(st.sampled_from('def class(){}:"#/*\n\t aé\x0c=,.;@'), min_size=1, max_size=200),
    st.sampled_from(sorted(SOURCES)),
)
def test_no_text_breaks_a_maker(text: str, path: str) -> None:
    for maker in _MAKERS:
        list(maker(_material(path, text)))
