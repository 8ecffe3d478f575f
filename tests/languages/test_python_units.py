"""Units of Python files."""

from language_checks import check_units


def test_a_function_takes_the_decorators_and_comments_directly_above_it() -> None:
    check_units(
        "python",
        """\
import os

# Not attached.

# Why f
# is here.
@cache
# between
@other(lambda: 1)
def f():
    pass
""",
        "5-11 function f",
    )
