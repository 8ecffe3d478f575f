"""Markdown: what is read of a file that holds the awkward cases of the language."""

from language_checks import check_glue, check_kept, check_units

SOURCE = """\
---
title: x
---
<!-- markdownlint-disable -->
Intro.

<!-- A note. -->

# One `x`
text <!-- inline -->
<!-- below text: parts it -->
more

<!--
Two
lines
-->
## Sub part
```python
# no heading
<!-- no comment -->
```

Setext
======
- # in a list

sub
---
> # quoted
### Sub part
"""


def test_markdown_definitions_are_units() -> None:
    check_units(
        "markdown",
        SOURCE,
        """
        9-23 section one-x
        14-23 section one-x/sub-part
        24-31 section setext
        28-31 section setext/sub
        31-31 section setext/sub/sub-part
        """,
    )


def test_markdown_comments_are_glue() -> None:
    check_glue(
        "markdown",
        SOURCE,
        [
            "<!-- A note. -->",
            "<!--\nTwo\nlines\n-->",
        ],
    )


def test_markdown_comments_that_are_read_are_kept() -> None:
    check_kept(
        "markdown",
        SOURCE,
        """
        pragma <!-- markdownlint-disable -->
        pragma <!-- below text: parts it -->
        """,
    )


def test_markdown_sections_are_named_as_links_name_them() -> None:
    check_units(
        "markdown",
        "# The [first](x.md) `API`!\n## 1.2 Ünï & co\n#\n### Deep ###\n",
        """
        1-2 section the-first-api
        2-2 section the-first-api/12-ünï--co
        3-4 section <anonymous>
        4-4 section <anonymous>/deep
        """,
    )


def test_markdown_a_comment_that_parts_text_is_kept() -> None:
    check_glue(
        "markdown", "a\n<!-- parts -->\nb\n\n<!-- between -->\n\nc <!-- d --> e\n", ["<!-- between -->"]
    )
