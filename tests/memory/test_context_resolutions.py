"""What is given of a unit at each resolution, in several languages."""

from __future__ import annotations

import pytest
from aifirst_memory.context.file_text import text_of_reading
from aifirst_memory.context.request import Resolution
from aifirst_memory.context.resolution import render, render_unit
from aifirst_memory.context.unit_syntax import field_lines
from context_files import FILES, PYTHON, count, file_of, reading_of
from hypothesis import given, settings
from hypothesis import strategies as st

LOWER: tuple[Resolution, ...] = ("medium", "low", "outline")


def rendered(path: str, name: str, resolution: Resolution) -> str:
    reading = reading_of(path, FILES[path])
    index = [unit.name for unit in reading.units].index(name)
    return render_unit(reading, index, resolution)


def test_exact_is_the_text_of_the_unit_with_its_comments() -> None:
    assert rendered("src/session.py", "Session.is_over", "exact") == (
        "    @property\n    def is_over(self) -> bool:\n        # Whether it ran out.\n"
        "        return time.time() > self.until\n"
    )


def test_exact_of_a_class_is_its_header_and_fields_without_its_methods() -> None:
    text = rendered("src/session.py", "Session", "exact")
    assert text.startswith("class Session(Base):\n")
    assert text.endswith('    name = "none"\n')
    assert "def " not in text


def test_medium_keeps_what_the_body_does() -> None:
    assert rendered("src/session.py", "Session.renew", "medium") == (
        "    def renew(self, seconds: int = LIMIT, *, force: bool = False) -> int:\n"
        "        # Make it last longer.\n"
        "        if self.is_over and not force:\n"
        '            raise SessionOverError("too late")\n'
        "        for listener in self.listeners:\n"
        "            listener.told(self)\n"
        "        while self.waiting:\n"
        "            self.until = time.time() + seconds\n"
        "        return seconds\n"
    )


CLASSES = """\
@register
class Many(Base, metaclass=Meta):
    \"\"\"What it is.\"\"\"

    first = 1; second = 2
    def short(self): return self.first
    third: dict[str, int] = {
        "a": 1,
    }

    # Said of the method.
    @property
    @cached(size=3)
    async def long(self) -> str:
        value = \"\"\"
    not a field = 3
\"\"\"
        return value

    class Inner:
        deep = True

        def method(self): ...

    if sys.platform == "win32":
        fourth = 4
        def on_windows(self):
            return 1
    else:
        fifth = 5
        def elsewhere(self):
            return 2

    sixth = lambda self: 6
    def last(self):
        pass


class Methods:
    def one(self):
        return 1

    def two(self):
        return 2


class Empty: pass
"""


@pytest.mark.parametrize("name", ["Many", "Many.Inner", "Methods", "Empty"])
def test_the_fields_of_a_class_are_the_same_whether_its_methods_are_read_or_not(name: str) -> None:
    file = text_of_reading(reading_of("many.py", CLASSES))
    index = [unit.name for unit in file.units].index(name)
    read = field_lines(file, index)
    file.is_sound = True
    assert field_lines(file, index) == read
    if name == "Many":
        assert {"first = 1", "second = 2", "sixth = lambda self: 6"} < set(read)


def test_medium_leaves_nested_functions_to_themselves() -> None:
    text = rendered("src/session.py", "log_in", "medium")
    assert "return Session(user)" in text
    assert "return 1" not in text
    assert ":param" not in text


def test_low_tells_flow_calls_effects_and_errors_in_two_lines() -> None:
    assert rendered("src/session.py", "Session.renew", "low") == (
        "    def renew(self, seconds: int = LIMIT, *, force: bool = False) -> int:\n"
        "        flow if > for > while > return; calls listener.told, time.time; sets self.until;"
        " raises SessionOverError\n"
    )


def test_outline_is_the_signature_and_what_it_is_for() -> None:
    assert rendered("src/session.py", "log_in", "outline") == (
        "def log_in(name, password):\n    # Start a session.\n"
    )


def test_the_outline_of_a_file_says_what_it_holds() -> None:
    assert rendered("src/session.py", "", "outline") == (
        "# Sessions: who is logged in, and until when.\n# has: Session, log_in\n"
    )


@pytest.mark.parametrize(
    ("path", "name", "resolution", "expected"),
    [
        ("src/cart.ts", "Cart.add", "outline", "  add(item: Item, times = 1): void\n      // Add one thing.\n"),
        ("src/cart.ts", "total", "outline", "export const total = (cart: Cart): number\n"),
        ("src/price.go", "Cart.Price", "outline",
         "func (c *Cart) Price(name string) (int, error)\n    // Price of a thing.\n"),
        ("src/price.go", "Cart.Price", "low",
         "func (c *Cart) Price(name string) (int, error)\n    flow if > return; calls errors.New\n"),
        ("README.md", "shop/carts", "outline", "## Carts\n"),
    ],
)  # fmt: skip
def test_other_languages_have_signatures_too(
    path: str, name: str, resolution: Resolution, expected: str
) -> None:
    assert rendered(path, name, resolution) == expected


def test_typescript_tells_what_it_throws() -> None:
    assert "raises RangeError" in rendered("src/cart.ts", "Cart.add", "low")
    assert 'throw new RangeError("times")' in rendered("src/cart.ts", "Cart.add", "medium")


def test_secrets_are_masked_at_every_resolution() -> None:
    key = "AKIA" + "QWERTYUIOPASDFGH"
    text = f'def connect():\n    """Use {key} for it."""\n    return login("{key}")\n'
    reading = reading_of("a.py", text)
    for resolution in ("exact", *LOWER):
        assert key not in render_unit(reading, 1, resolution)
    assert "[masked: an AWS access key]" in render_unit(reading, 1, "exact")


@pytest.mark.parametrize("path", sorted(FILES))
def test_no_lower_resolution_of_a_definition_is_longer_than_the_whole(path: str) -> None:
    file = file_of(path)
    for index in range(1, len(file.units)):
        for resolution in LOWER:
            assert len(render(file, index, resolution)) <= len(render(file, index, "exact"))


def test_the_whole_units_of_a_file_hold_all_of_its_text() -> None:
    file = file_of("src/session.py")
    alone = [index for index in range(len(file.units)) if file.outermost(index) == index]
    assert len(alone) < len(file.units)
    whole = "".join(render(file, index, "exact") for index in alone)
    assert sorted("".join(whole.split())) == sorted("".join(PYTHON.split()))


def test_a_short_function_is_given_with_the_functions_inside_it() -> None:
    file = file_of("src/session.py")
    inner = next(index for index in range(len(file.units)) if file.outermost(index) != index)
    outer = file.outermost(inner)
    text = render(file, outer, "exact")
    assert render(file, inner, "exact").strip() in text
    assert file.tokens(outer) == file.units[outer].total_tokens > file.units[outer].tokens
    assert text.strip() in PYTHON


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.text(alphabet="def class(self):\n\t\"'#[]{}= returnifé\\", max_size=200),
    st.sampled_from(["a.py", "a.ts", "a.go", "a.md"]),
)
def test_any_text_can_be_rendered(text: str, path: str) -> None:
    file = file_of(path, text)
    for index in range(len(file.units)):
        for resolution in ("exact", *LOWER):
            given_text = render(file, index, resolution)
            assert given_text == "" or given_text.endswith("\n")
            assert count(given_text) >= 0
