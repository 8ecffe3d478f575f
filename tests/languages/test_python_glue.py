"""Comments and docstrings of Python files: what is glue, and what is kept."""

from language_checks import check_glue, check_kept


def test_comments_and_docstrings_are_glue() -> None:
    check_glue(
        "python",
        '''\
"""Module."""
# a
# b
x = "# no comment"  # c


class A:
    # before
    """Class."""

    y = 1
    """Not a docstring to Python."""

    def f(self): "one line"

    def g(self):
        R"""raw"""; return 1
''',
        ['"""Module."""', "# a\n# b", "# c", "# before", '"""Class."""', '"one line"', 'R"""raw""";'],
    )


def test_only_plain_strings_are_docstrings() -> None:
    check_glue(
        "python",
        """\
def a():
    f"no"
def b():
    b"no"
def c():
    "no" f"{x}"
def d():
    "yes" "yes"
def e():
    ("yes"  # inside
     "yes")
def f():
    x = 1
    "no"
def g():
    "no", 1
def h():
    ("no")()
""",
        ['"yes" "yes"', '("yes"  # inside\n     "yes")'],
    )


def test_what_tools_read_is_kept() -> None:
    check_kept(
        "python",
        """\
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
# Copyright 2020 A. Person
# All of it.

# /// script
# dependencies = ["x"]
# ///
# just a comment
import a  # noqa: F401
import b  # because of c  # type: ignore[x]
import d  # pragma: no cover
#: documented
x = 1  # NOQA
y = 1  # fmt: skip
# noqa is a word here
# the type: of it
# pylint: disable=all
# %% cell
""",
        """\
shebang #!/usr/bin/env python3
encoding # -*- coding: utf-8 -*-
licence # Copyright 2020 A. Person
licence # All of it.
pragma # /// script
pragma # dependencies = ["x"]
pragma # ///
pragma # just a comment
pragma # noqa: F401
pragma # because of c  # type: ignore[x]
pragma # pragma: no cover
pragma # NOQA
pragma # fmt: skip
pragma # noqa is a word here
pragma # pylint: disable=all
pragma # %% cell
""",
    )


def test_a_licence_is_kept_without_the_paragraphs_around_it() -> None:
    check_glue(
        "python",
        """\
# What this is.

# Licensed under the MIT licence.

# More.
import a
# Copyright further down is a comment like any other.
""",
        ["# What this is.", "# More.", "# Copyright further down is a comment like any other."],
    )


def test_docstrings_that_the_program_reads_are_kept() -> None:
    check_kept(
        "python",
        '''\
"""usage"""
parser = P(description=__doc__)

@cli.command("x")
def a():
    """help"""

@app.get("/")
async def b():
    """endpoint"""

@cached
def c():
    """glue"""

class D(BaseModel):
    """schema"""

class E:
    """own"""
    def f(self):
        """glue"""
        print(self.__doc__)

def g():
    """read by name"""

def h():
    """given"""

print(g.__doc__, inspect.getdoc(h))
g.__doc__ = "assigned"
''',
        '''\
published """usage"""
published """help"""
published """endpoint"""
published """schema"""
published """own"""
published """read by name"""
published """given"""
''',
    )


def test_what_only_speaks_of_documentation_reads_none() -> None:
    check_kept(
        "python",
        '''\
"""module"""
# __doc__ is read elsewhere: f.__doc__
def f():
    """glue"""
    copy.__doc__ = f.__doc__

def g():
    """asked for"""

print(getattr(g, "__doc__", ""))

def h():
    """changed"""

copy.__doc__ = h.__doc__.upper()
''',
        '''\
published """asked for"""
published """changed"""
''',
    )


def test_doctests_are_kept_where_they_run() -> None:
    source = 'def f():\n    """\n    >>> f()\n    """\n'
    check_kept("python", source, 'doctest """', doctests=True)
    check_kept("python", source, "")
